"""Who is here, and what this person may do.

The customer comes from the portal session of the address, proved by the cookie, or from the host's `customer_loader`.
It never comes from the parameters of a request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import stripe
from flask import abort, current_app, g, request
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.exceptions import Gone

from flask_portal import defaults, security, signals
from flask_portal.config import Settings
from flask_portal.host import Branding, Host, Principal, State
from flask_portal.models import AuditEntry, PortalConfiguration, PortalSession
from flask_portal.rules import lifetime

COOKIE = "portal_session"

FINISHING = (
    "customer.update",
    "payment_method.default",
    "subscription.cancel",
    "subscription.cancel_scheduled",
    "subscription.offer_taken",
    "subscription.pause",
    "subscription.update",
    "subscription.update_scheduled",
)
"""The changes that finish a flow, as they stand in the history."""


class Expired(Gone):
    """The link was a real one, but its time is over.  account: whose page says so. return_url: where to go on.

    session, customer: what was expired, and whose it is. recovers: a code by mail opens a replacement.
    """

    def __init__(self, row: PortalSession, recovers: bool) -> None:
        super().__init__()
        self.account = row.account
        self.return_url = row.return_url
        self.locale = row.locale
        self.livemode = row.livemode
        self.configuration = row.configuration
        self.session = row.id
        self.customer = row.customer
        self.recovers = recovers


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the business allows.  id: None when the account never stored one."""

    id: str | None
    features: dict[str, Any]
    business_profile: dict[str, Any]
    default_return_url: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """The portal session that was used to come in.  flow: None for the whole portal, or once the flow is finished."""

    id: str
    flow: dict[str, Any] | None
    locale: str | None
    return_url: str | None
    on_behalf_of: str | None
    origin: str


@dataclass(frozen=True, slots=True)
class Visit:
    """One request of one customer.  entry: None for a signed-in user of the host application."""

    principal: Principal
    customer_id: str
    configuration: Configuration
    entry: Entry | None
    host: Host
    settings: Settings
    branding: Branding
    now: int

    @property
    def client(self) -> stripe.StripeClient:
        """Reads and changes the billing data of the account."""
        return self.host.client(self.principal.account)

    @property
    def features(self) -> dict[str, Any]:
        return self.configuration.features

    def absolute(self, path: str) -> str:
        """The whole address of a page of ours, for another site to lead back to.  path: from `url_for`."""
        base = self.settings.base_url or self.host.base_url() or request.url_root
        return base.rstrip("/") + path.removeprefix(request.script_root)

    @property
    def flow(self) -> dict[str, Any] | None:
        """The one task that this visit is for, or None when the whole portal is open."""
        return self.entry.flow if self.entry else None

    @property
    def on_behalf_of(self) -> str | None:
        """Only subscriptions and invoices of this connected account are shown, when it is set."""
        return self.entry.on_behalf_of if self.entry else None

    @property
    def return_url(self) -> str | None:
        if self.entry is not None:
            return self.entry.return_url
        return self.configuration.default_return_url or self.settings.default_return_url


def current() -> Visit:
    """The visit of this request."""
    return cast(Visit, g.portal_visit)


def known() -> Visit | None:
    """The same, or None where nobody has been recognised yet."""
    return cast("Visit | None", g.get("portal_visit"))


def by_link(session_id: str) -> None:
    """Recognise the holder of a link: address and cookie must agree. 403 when they do not, 410 when time is over."""
    if security.session_id_of(server_key(), request.cookies.get(COOKIE, "")) != session_id:
        abort(403, "no_entry")
    g.portal_visit = _visit(session_id)


def by_host() -> None:
    """Recognise the host's signed-in user. 404 in an application without a `customer_loader`, 401 for nobody."""
    state = _state()
    loader = state.customer_loader
    if loader is None:
        abort(404)
    customer_id = loader()
    if customer_id is None:
        abort(401)
    principal = state.host.own_principal()
    with state.host.session_factory() as db:
        configuration = _default(db, principal)
    g.portal_visit = _with_host(state, principal, customer_id, configuration, None)


def open_session(session_id: str) -> None:
    """Note that a link was followed. 404 for one that never was, Expired for one whose time is over."""
    state = _state()
    with state.host.session_factory() as db:
        row = _living(db, state.host, session_id)
        customer, account = row.customer, row.account
        first = row.first_used_at is None and _mark_first_use(db, session_id, state.host.now(account))
        db.commit()
    if first:
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        signals.session_opened.send(app, session=session_id, customer=customer)


def expiry(session_id: str) -> Expired | None:
    """What is left of a session whose time is over; None when it lives. 404 for one that never was."""
    state = _state()
    with state.host.session_factory() as db:
        try:
            _living(db, state.host, session_id)
        except Expired as expired:
            return expired
    return None


def server_key() -> str | bytes:
    """The key that links are signed with; `init_app` has made sure that there is one."""
    return cast("str | bytes", current_app.secret_key)


def is_secure() -> bool:
    """Whether customers come by HTTPS; behind a proxy only the configured address says so."""
    base: str | None = _state().settings.base_url
    return request.is_secure or (base or "").startswith("https://")


def _state() -> State:
    return cast(State, current_app.extensions["portal"])


def _visit(session_id: str) -> Visit:
    """Read the session and note the use. The transaction ends here, before Stripe is asked anything."""
    state = _state()
    with state.host.session_factory() as db:
        row = _living(db, state.host, session_id)
        principal = Principal(row.account, row.livemode, row.application)
        entry = Entry(row.id, open_flow(db, row), row.locale, row.return_url, row.on_behalf_of, row.origin)
        customer_id = row.customer
        configuration = _configuration(db, principal, row.configuration)
        now = state.host.now(row.account)
        if row.last_active_at != now:
            _touch(db, session_id, now)
        db.commit()
    return _with_host(state, principal, customer_id, configuration, entry)


def _with_host(
    state: State, principal: Principal, customer_id: str, configuration: Configuration, entry: Entry | None
) -> Visit:
    host = state.host
    branding, now = host.branding(principal.account), host.now(principal.account)
    return Visit(principal, customer_id, configuration, entry, host, state.settings, branding, now)


def _living(db: Session, host: Host, session_id: str) -> PortalSession:
    row = db.get(PortalSession, session_id)
    if row is None:
        abort(404)
    now = host.now(row.account)
    if not lifetime.alive(row.created, row.first_used_at, row.last_active_at, now):
        raise Expired(row, lifetime.may_recover(row.after_expiration, now))
    return row


def _mark_first_use(db: Session, session_id: str, now: int) -> bool:
    """Whether this was the first use: of two at the same time one is."""
    unused = update(PortalSession).where(PortalSession.id == session_id, PortalSession.first_used_at.is_(None))
    marked = db.execute(unused.values(first_used_at=now, last_active_at=now), execution_options=_UNSYNCHRONISED)
    return bool(cast(Any, marked).rowcount)


def _touch(db: Session, session_id: str, now: int) -> None:
    first = func.coalesce(PortalSession.first_used_at, now)
    touched = update(PortalSession).where(PortalSession.id == session_id)
    db.execute(touched.values(last_active_at=now, first_used_at=first), execution_options=_UNSYNCHRONISED)


_UNSYNCHRONISED = {"synchronize_session": False}


def open_flow(db: Session, row: PortalSession) -> dict[str, Any] | None:
    """The flow that still binds this session. A finished one that leads to the portal's home page binds no more."""
    if row.flow is None or row.flow["after_completion"]["type"] != "portal_homepage":
        return row.flow
    finished = select(AuditEntry.id).where(AuditEntry.session == row.id, AuditEntry.action.in_(FINISHING)).limit(1)
    return None if db.scalar(finished) is not None else row.flow


def _configuration(db: Session, principal: Principal, id: str) -> Configuration:
    row = db.get(PortalConfiguration, id)
    if row is None or row.account != principal.account:
        raise LookupError(f"There is no portal configuration {id}.")
    return _of(row)


def configuration_of(db: Session, principal: Principal, id: str | None) -> Configuration:
    """The configuration with this id, or the default one. LookupError when there is none with it."""
    return _default(db, principal) if id is None else _configuration(db, principal, id)


def _default(db: Session, principal: Principal) -> Configuration:
    wanted = select(PortalConfiguration).where(
        PortalConfiguration.account == principal.account,
        PortalConfiguration.livemode == principal.livemode,
        PortalConfiguration.is_default,
    )
    row = db.scalar(wanted)
    return _of(row) if row else Configuration(None, defaults.FEATURES, defaults.BUSINESS_PROFILE, None)


def _of(row: PortalConfiguration) -> Configuration:
    return Configuration(row.id, row.body["features"], row.body["business_profile"], row.default_return_url)
