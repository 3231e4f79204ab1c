"""Portal sessions: one temporary entry for one customer. They are created; there is no way to read or end them.

Source: docs.stripe.com/api/customer_portal/sessions
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from flask_portal.api import configurations, expanding, flows, lookups
from flask_portal.api.addresses import base_url
from flask_portal.api.features import at
from flask_portal.config import ConfigurationError, Settings
from flask_portal.host import Body, Host, Principal
from flask_portal.models import PortalSession
from flask_portal.security import check_return_url, session_token
from flask_portal.wire import ids
from flask_portal.wire.errors import invalid, missing_parameter, not_built


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that may be made.  configuration: as served, with its products."""

    params: dict[str, Any]
    flow: Body | None
    configuration: Body
    expand: tuple[str, ...]
    now: int


def represent(row: PortalSession) -> Body:
    """The session as the API serves it, but for its `url`, which is never stored."""
    return {
        "id": row.id,
        "object": "billing_portal.session",
        "after_expiration": row.after_expiration,
        "configuration": row.configuration,
        "created": row.created,
        "customer": row.customer,
        "customer_account": row.customer_account,
        "flow": row.flow,
        "livemode": row.livemode,
        "locale": row.locale,
        "on_behalf_of": row.on_behalf_of,
        "return_url": row.return_url,
        "url": None,
    }


class Sessions:
    """The calls of this resource, each in the two phases of `flask_portal.host.Operation`."""

    def __init__(self, host: Host, settings: Settings) -> None:
        self._host = host
        self._settings = settings

    def plan_create(self, principal: Principal, params: dict[str, Any], _ids: dict[str, str]) -> NewSession:
        """Check everything. Sessions of the API read the portal's tables in a transaction of their own."""
        flow = checked_flow(params)
        with self._host.session_factory() as db:
            configuration = self.configuration(db, principal, params)
            db.commit()
        return self.plan(principal, params, flow, configuration)

    def configuration(self, db: Session, principal: Principal, params: dict[str, Any]) -> Body:
        """The configuration in effect, as served, with its products."""
        now = self._host.now(principal.account)
        row = configurations.effective(db, principal, params.get("configuration"), now)
        return configurations.represent(row, [expanding.PRODUCTS])

    def plan(self, principal: Principal, params: dict[str, Any], flow: Body | None, configuration: Body) -> NewSession:
        """The checks that Stripe has to answer: the customer exists, and the flow can be finished."""
        client = self._host.client(principal.account)
        lookups.customer(client, params["customer"])
        if flow is not None:
            flows.check(client, flow, configuration, params["customer"], params.get("on_behalf_of"))
        expand = tuple(params.get("expand", []))
        return NewSession(params, flow, configuration, expand, self._host.now(principal.account))

    def create(self, db: Session, principal: Principal, plan: NewSession) -> Body:
        row = self._row(principal, plan)
        db.add(row)
        db.flush()
        body = represent(row)
        self._host.recorded("billing_portal.session.created", body)
        return {**body, "configuration": _expanded(plan.configuration, plan.expand)}

    def _row(self, principal: Principal, plan: NewSession) -> PortalSession:
        params = plan.params
        return PortalSession(
            id=ids.new("bps"),
            account=principal.account,
            livemode=principal.livemode,
            application=principal.application,
            customer=params["customer"],
            configuration=plan.configuration["id"],
            flow=plan.flow,
            after_expiration=_after_expiration(params.get("after_expiration")),
            locale=params.get("locale"),
            on_behalf_of=params.get("on_behalf_of"),
            return_url=self._return_url(plan),
            created=plan.now,
            origin="api",
        )

    def _return_url(self, plan: NewSession) -> str | None:
        """The address in effect; null when nobody named one, and then the pages show no link back."""
        found: str | None = plan.params.get("return_url") or plan.configuration["default_return_url"]
        return found or self._settings.default_return_url

    def reveal(self, body: Body) -> Body:
        """With the secret address, which is worked out each time it is shown."""
        token = session_token(_server_key(), body["id"])
        return {**body, "url": f"{base_url(self._host, self._settings)}{self._settings.url_prefix}/session/{token}"}


def checked_flow(params: dict[str, Any]) -> Body | None:
    """`flow` as served, after all checks that need nothing but the parameters. Raises StripeError 400."""
    expanding.check(params.get("expand", []), expanding.OF_SESSION)
    if "customer_account" in params:
        raise at("customer_account", not_built("An account that acts as the customer"))
    if "customer" not in params:
        raise missing_parameter("customer")
    if "return_url" in params and not check_return_url(params["return_url"]):
        raise invalid("Not a valid URL", "return_url", "url_invalid")
    return flows.represent(params["flow_data"]) if "flow_data" in params else None


def _after_expiration(sent: dict[str, Any] | None) -> Body | None:
    if sent is None:
        return None
    login = sent.get("customer_login")
    return {
        "customer_login": None if login is None else {"expires_at": login.get("expires_at")},
        "type": sent["type"],
    }


def _expanded(configuration: Body, expand: Collection[str]) -> str | Body:
    """What stands under `configuration`: the id, or the object when it was asked for."""
    if not expand:
        id: str = configuration["id"]
        return id
    if f"configuration.{expanding.PRODUCTS}" in expand:
        return configuration
    features = configuration["features"]
    update = {name: value for name, value in features["subscription_update"].items() if name != "products"}
    return {**configuration, "features": {**features, "subscription_update": update}}


def _server_key() -> str | bytes:
    key = current_app.secret_key
    if not key:
        raise ConfigurationError("The portal needs a secret key: set SECRET_KEY in the application's configuration.")
    return key
