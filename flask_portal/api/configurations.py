"""Portal configurations: what customers may do, several per account, one of them the default.

Source: docs.stripe.com/api/customer_portal/configurations
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from flask_portal import mail
from flask_portal.api import expanding, features, lookups
from flask_portal.api.addresses import base_url
from flask_portal.config import Settings
from flask_portal.defaults import BUSINESS_PROFILE, FEATURES
from flask_portal.host import Body, Host, Principal
from flask_portal.models import PortalConfiguration
from flask_portal.security import check_return_url
from flask_portal.wire import ids, lists
from flask_portal.wire.errors import invalid, missing_object

NOUN = "configuration"
NO_LOGIN_PAGE: Body = {"enabled": False, "url": None}
_LOGIN_ID_LENGTH = 24


def represent(
    row: PortalConfiguration, expand: Collection[str] = (), options: Mapping[str, Body] | None = None
) -> Body:
    """The configuration as the API serves it. The products are there only when they are asked for.

    options: the feedback options by id, when they are to stand there in place of their ids.
    """
    stored = _with_options(row.body["features"], options or {})
    update = dict(stored["subscription_update"])
    if expanding.PRODUCTS not in expand:
        del update["products"]
    return {
        "id": row.id,
        "object": "billing_portal.configuration",
        "active": row.active,
        "application": row.application,
        "business_profile": row.body["business_profile"],
        "created": row.created,
        "default_return_url": row.default_return_url,
        "features": {**stored, "subscription_update": update},
        "is_default": row.is_default,
        "livemode": row.livemode,
        "login_page": row.body["login_page"],
        "metadata": row.body["metadata"],
        "name": row.name,
        "updated": row.updated,
    }


def _with_options(stored: features.Features, options: Mapping[str, Body]) -> features.Features:
    if not options:
        return stored
    cancel = stored["subscription_cancel"]
    shown = [options.get(id, id) for id in features.feedback_options(stored)]
    reasons = {**cancel["cancellation_reason"], "feedback_options": shown}
    return {**stored, "subscription_cancel": {**cancel, "cancellation_reason": reasons}}


def effective(db: Session, principal: Principal, id: str | None, now: int) -> PortalConfiguration:
    """The configuration of a new session: the one named, else the default. StripeError when it cannot be used."""
    if id is None:
        return ensure_default(db, principal, now)
    row = db.scalar(_owned(principal).where(PortalConfiguration.id == id))
    if row is None:
        raise missing_object(NOUN, id, "configuration")
    if not row.active:
        raise invalid(f"The configuration `{id}` is not active: activate it, or choose another one.", "configuration")
    return row


def ensure_default(db: Session, principal: Principal, now: int) -> PortalConfiguration:
    """The default configuration of the account and mode, made on first use. Of two concurrent makers one wins."""
    is_default = _owned(principal).where(PortalConfiguration.is_default)
    row = db.scalar(is_default)
    if row is not None:
        return row
    body = _body(deepcopy(FEATURES), BUSINESS_PROFILE, {})
    row = _new(db, principal, now, body, is_default=True)
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:
        return db.scalars(is_default).one()
    return row


def _owned(principal: Principal) -> Select[PortalConfiguration]:
    return select(PortalConfiguration).where(
        PortalConfiguration.account == principal.account, PortalConfiguration.livemode == principal.livemode
    )


def _body(
    features: features.Features, profile: Body, metadata: Mapping[str, str | None], login_page: Body = NO_LOGIN_PAGE
) -> Body:
    kept = {key: value for key, value in metadata.items() if value is not None}
    return {
        "business_profile": profile,
        "features": features,
        "login_page": login_page,
        "metadata": kept,
    }


def _new(db: Session, principal: Principal, now: int, body: Body, **values: Any) -> PortalConfiguration:
    last = db.scalar(select(func.max(PortalConfiguration.seq))) or 0
    return PortalConfiguration(
        id=ids.new("bpc"),
        # Two made at the very same time may share a number: then the id decides their order.
        seq=last + 1,
        account=principal.account,
        livemode=principal.livemode,
        application=principal.application,
        active=True,
        created=now,
        updated=now,
        body=body,
        **values,
    )


@dataclass(frozen=True, slots=True)
class Change:
    """What a create or an update will do, checked as far as it can be without a transaction.

    id: None for a create.  options: the feedback options that the answer shows in full.
    """

    id: str | None
    sent: dict[str, Any]
    expand: tuple[str, ...]
    now: int
    options: Mapping[str, Body]


class Configurations:
    """The calls of this resource, each in the two phases of `flask_portal.host.Operation`."""

    def __init__(self, host: Host, settings: Settings) -> None:
        self._host = host
        self._settings = settings
        self._url = f"{settings.api_prefix}/configurations"

    def plan_create(self, principal: Principal, params: dict[str, Any], _ids: dict[str, str]) -> Change:
        expand = _checked_expand(params)
        _check_simple(params)
        sent = {**params, "features": features.created(params["features"])}
        self._check_lookups(principal, params)
        options = self._options(principal, expand, sent["features"])
        return Change(None, sent, expand, self._prepared(principal), options)

    def create(self, db: Session, principal: Principal, plan: Change) -> Body:
        sent = plan.sent
        profile = {**BUSINESS_PROFILE, **sent.get("business_profile", {})}
        login_id, login_page = self._login_page(principal, sent, None, NO_LOGIN_PAGE)
        row = _new(
            db,
            principal,
            plan.now,
            _body(sent["features"], profile, sent.get("metadata") or {}, login_page),
            login_id=login_id,
            name=sent.get("name"),
            default_return_url=sent.get("default_return_url"),
            is_default=False,
        )
        db.add(row)
        db.flush()
        self._host.recorded("billing_portal.configuration.created", represent(row))
        return represent(row, plan.expand, plan.options)

    def plan_update(self, principal: Principal, params: dict[str, Any], ids: dict[str, str]) -> Change:
        expand = _checked_expand(params)
        _check_simple(params)
        now = self._prepared(principal)
        with self._host.session_factory() as db:
            # The change is worked out again in the transaction; here it fails early, before Stripe is asked.
            after = _changed(self._row(db, principal, ids["id"]), params)["body"]["features"]
        self._check_lookups(principal, params)
        return Change(ids["id"], params, expand, now, self._options(principal, expand, after))

    def update(self, db: Session, principal: Principal, plan: Change) -> Body:
        # A write comes first, so that two updates of one configuration follow each other on every database.
        mine = update(PortalConfiguration).where(PortalConfiguration.id == plan.id)
        db.execute(mine.values(seq=PortalConfiguration.seq), execution_options={"synchronize_session": False})
        row = self._row(db, principal, str(plan.id))
        before = represent(row)
        login_id, login_page = self._login_page(principal, plan.sent, row.login_id, row.body["login_page"])
        for name, value in _changed(row, plan.sent).items():
            setattr(row, name, value)
        row.login_id, row.body = login_id, {**row.body, "login_page": login_page}
        row.updated = plan.now
        db.flush()
        self._host.recorded("billing_portal.configuration.updated", represent(row), before)
        return represent(row, plan.expand, plan.options)

    def retrieve(self, principal: Principal, params: dict[str, Any], ids: dict[str, str]) -> Body:
        expand = _checked_expand(params)
        with self._host.session_factory() as db:
            row = self._row(db, principal, ids["id"])
            db.expunge(row)
        # Stripe is asked with no transaction open.
        return represent(row, expand, self._options(principal, expand, row.body["features"]))

    def page(self, principal: Principal, params: dict[str, Any], _ids: dict[str, str]) -> Body:
        paths = params.get("expand", [])
        expanding.check(paths, expanding.OF_LIST)
        expand = [path.removeprefix("data.") for path in paths]
        self._prepared(principal)
        with self._host.session_factory() as db:
            rows, has_more = _page(db, principal, params)
            return lists.envelope(self._url, [represent(row, expand) for row in rows], has_more)

    def _login_page(self, principal: Principal, sent: Body, id: str | None, before: Body) -> tuple[str | None, Body]:
        """The id of the no-code link, and `login_page` as served. Switching it off ends the address for good."""
        if "login_page" not in sent or sent["login_page"]["enabled"] == before["enabled"]:
            return id, before
        if not sent["login_page"]["enabled"]:
            return None, NO_LOGIN_PAGE
        new = f"{'' if principal.livemode else 'test_'}{ids.characters(_LOGIN_ID_LENGTH)}"
        start = f"{base_url(self._host, self._settings)}{self._settings.url_prefix}"
        return new, {"enabled": True, "url": f"{start}/login/{new}"}

    def _prepared(self, principal: Principal) -> int:
        """The time; and from the account's first use on there is a default configuration, also in lists."""
        now = self._host.now(principal.account)
        with self._host.session_factory() as db:
            ensure_default(db, principal, now)
            db.commit()
        return now

    def _row(self, db: Session, principal: Principal, id: str) -> PortalConfiguration:
        row = db.scalar(_owned(principal).where(PortalConfiguration.id == id))
        if row is None:
            raise missing_object(NOUN, id)
        return row

    def _check_lookups(self, principal: Principal, params: dict[str, Any]) -> None:
        sent = params.get("features", {})
        products = sent.get("subscription_update", {}).get("products")
        if products:
            lookups.check_products(self._host.client(principal.account), products)
        methods = sent.get("payment_method_update", {}).get("payment_method_configuration")
        if methods:
            lookups.check_methods(self._host.client(principal.account), methods)
        options = features.feedback_options(sent)
        if options:
            lookups.check_feedback_options(self._host.client(principal.account), options)

    def _options(self, principal: Principal, expand: Collection[str], shown: features.Features) -> dict[str, Body]:
        """The feedback options by id, when they are to be shown in full."""
        if expanding.FEEDBACK_OPTIONS not in expand:
            return {}
        client = self._host.client(principal.account)
        path = lookups.FEEDBACK_OPTIONS
        return {id: lookups.feedback_option(client, id, path).to_dict() for id in features.feedback_options(shown)}


def _checked_expand(params: dict[str, Any]) -> tuple[str, ...]:
    paths = tuple(params.get("expand", []))
    expanding.check(paths, expanding.OF_CONFIGURATION)
    return paths


def _check_simple(params: dict[str, Any]) -> None:
    """What can be said without looking at anything stored."""
    url = params.get("default_return_url")
    if url is not None and not check_return_url(url):
        raise invalid("Not a valid URL", "default_return_url", "url_invalid")
    if params.get("login_page", {}).get("enabled") and not mail.is_on():
        raise invalid(
            "The login page mails codes, and this application sends no mail: set PORTAL_MAIL_SERVER, or decorate a "
            "function with portal.mail_sender.",
            "login_page[enabled]",
        )


def _changed(row: PortalConfiguration, sent: dict[str, Any]) -> dict[str, Any]:
    """The attributes of the row after an update. Raises StripeError when they do not go together."""
    if sent.get("active") is False and row.is_default:
        raise invalid("The default configuration cannot be deactivated.", "active")
    body = {
        **row.body,
        "business_profile": {**row.body["business_profile"], **sent.get("business_profile", {})},
        "features": features.changed(row.body["features"], sent.get("features", {})),
        "metadata": _merged(row.body["metadata"], sent.get("metadata", {})),
    }
    plain: dict[str, Any] = {name: sent[name] for name in ("active", "name", "default_return_url") if name in sent}
    return {**plain, "body": body}


def _merged(metadata: dict[str, str], sent: dict[str, str | None] | None) -> dict[str, str]:
    """Metadata merges by key; None removes a key, and None for the whole removes all."""
    if sent is None:
        return {}
    return {key: value for key, value in {**metadata, **sent}.items() if value is not None}


def _page(db: Session, principal: Principal, params: dict[str, Any]) -> tuple[list[PortalConfiguration], bool]:
    """One page, newest first, and whether there is more in the direction of the cursor."""
    wanted = _owned(principal)
    for name in ("active", "is_default"):
        if name in params:
            wanted = wanted.where(getattr(PortalConfiguration, name).is_(params[name]))
    limit = params["limit"]
    if "ending_before" in params:
        newer = wanted.where(_place(db, principal, params, "ending_before") < _PLACE)
        ascending = newer.order_by(PortalConfiguration.seq, PortalConfiguration.id)
        rows, has_more = lists.cut(db.scalars(ascending.limit(limit + 1)).all(), limit)
        return rows[::-1], has_more
    if "starting_after" in params:
        wanted = wanted.where(_place(db, principal, params, "starting_after") > _PLACE)
    descending = wanted.order_by(PortalConfiguration.seq.desc(), PortalConfiguration.id.desc())
    return lists.cut(db.scalars(descending.limit(limit + 1)).all(), limit)


_PLACE = tuple_(PortalConfiguration.seq, PortalConfiguration.id)


def _place(db: Session, principal: Principal, params: dict[str, Any], cursor: str) -> tuple[int, str]:
    row = db.scalar(_owned(principal).where(PortalConfiguration.id == params[cursor]))
    if row is None:
        raise missing_object(NOUN, params[cursor], cursor)
    return row.seq, row.id
