"""The host of the portal in an ordinary Flask application: account, keys and branding come from its configuration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

import stripe
from blinker import NamedSignal
from flask import Request, current_app, g
from flask.typing import ResponseReturnValue
from sqlalchemy import orm

from flask_portal import clock, mail, signals
from flask_portal.api import auth, envelope
from flask_portal.api.database import Database
from flask_portal.config import ConfigurationError, Settings
from flask_portal.host import Body, Branding, Host, Operation, Principal
from flask_portal.upstream import client
from flask_portal.upstream.files import Files

OWN_ACCOUNT = "acct_own"
"""Stands for the account that PORTAL_STRIPE_API_KEY belongs to: its real id is not known without asking Stripe."""

_SIGNALS: dict[str, tuple[NamedSignal, str]] = {
    "billing_portal.session.created": (signals.session_created, "session"),
    "billing_portal.configuration.created": (signals.configuration_created, "configuration"),
    "billing_portal.configuration.updated": (signals.configuration_updated, "configuration"),
}


class PlainHost(Host):
    """Answers for a Flask application that has Flask-SQLAlchemy or PORTAL_DATABASE_URI.

    http_client: transport of the official client, for tests and for proxies; its default when None.
    """

    def __init__(self, settings: Settings, http_client: stripe.HTTPClient | None = None) -> None:
        self.database = Database(settings.database_uri)
        self._settings = settings
        self._mail_sender = mail.smtp_sender(settings)
        self._http_client = http_client
        self._clients: dict[str, stripe.StripeClient] = {}
        self._lock = Lock()

    def principal(self, request: Request) -> Principal:
        auth.authenticate(request, self._settings.api_keys)
        return Principal(auth.connected_account(request) or OWN_ACCOUNT, self._livemode())

    def own_principal(self) -> Principal:
        return Principal(OWN_ACCOUNT, self._livemode())

    def _livemode(self) -> bool:
        return (self._settings.stripe_api_key or "").startswith(("sk_live_", "rk_live_"))

    def client(self, account: str) -> stripe.StripeClient:
        with self._lock:
            if account not in self._clients:
                self._clients[account] = self._new_client(account)
            return self._clients[account]

    def _new_client(self, account: str) -> stripe.StripeClient:
        if self._settings.stripe_api_key is None:
            raise ConfigurationError("The portal has no key for Stripe: set PORTAL_STRIPE_API_KEY.")
        return client.make(
            self._settings.stripe_api_key,
            self._settings.stripe_api_base,
            self._http_client,
            account=None if account == OWN_ACCOUNT else account,
        )

    def files(self, account: str) -> Files:
        return Files(self._settings.stripe_api_base, self._http_client)

    def now(self, account: str) -> int:
        return clock.now()

    def branding(self, account: str) -> Branding:
        settings = self._settings
        return Branding(
            name=settings.company or current_app.name,
            icon=settings.brand_icon,
            logo=settings.brand_logo,
            primary_color=settings.brand_primary_color,
            secondary_color=settings.brand_secondary_color,
            privacy_policy_url=settings.brand_privacy_policy_url,
            terms_of_service_url=settings.brand_terms_of_service_url,
        )

    def mail_sender(self) -> mail.MailSender | None:
        return self._mail_sender

    def session_factory(self) -> orm.Session:
        return self.database.session()

    def recorded(self, kind: str, body: Body, before: Mapping[str, Any] | None = None) -> None:
        """Kept until the transaction has ended; `take_recorded` hands it over."""
        g.setdefault("portal_recorded", []).append((kind, body, before))

    def take_recorded(self) -> Callable[[], None]:
        """A function that sends the signals for what was recorded so far in this context."""
        recorded = g.pop("portal_recorded", [])
        app = current_app._get_current_object()  # type: ignore[attr-defined]

        def send() -> None:
            for kind, body, before in recorded:
                signal, keyword = _SIGNALS[kind]
                values = {keyword: body} if before is None else {keyword: body, "before": before}
                signal.send(app, **values)

        return send

    def envelope(self, operation: Operation) -> Callable[..., ResponseReturnValue]:
        return envelope.view(self, operation)
