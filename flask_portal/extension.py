"""The extension: `Portal(app)` puts the portal's pages and its API into a Flask application."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import stripe
from flask import Blueprint, Flask, current_app
from sqlalchemy.orm import Session

from flask_portal import i18n, pages, rate_limits, security
from flask_portal.api import database, routes
from flask_portal.api.plain import PlainHost
from flask_portal.api.schemas import CreateSession
from flask_portal.api.sessions import Sessions, checked_flow
from flask_portal.cli import portal as commands
from flask_portal.config import ConfigurationError, Settings
from flask_portal.host import Body, CustomerLoader, Host, Principal, State
from flask_portal.mail import MailSender
from flask_portal.paths import data_folder
from flask_portal.rules.policies import Policies
from flask_portal.wire.form import decode, encode
from flask_portal.wire.params import load

Loader = TypeVar("Loader", bound=CustomerLoader)
Policy = TypeVar("Policy", bound=Callable[..., Any])
Sender = TypeVar("Sender", bound=MailSender)


class Portal:
    """A customer portal for Flask applications.

        portal = Portal(app)            # or: portal = Portal(); portal.init_app(app)

    host: answers for applications that are not ordinary ones; see `flask_portal.Host`. One object may serve several
    applications; what belongs to one of them lies in its `extensions["portal"]`.
    """

    def __init__(self, app: Flask | None = None, host: Host | None = None) -> None:
        self._host = host
        self._customer_loader: CustomerLoader | None = None
        self._policies = Policies()
        self._mail_sender: MailSender | None = None
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Register pages, API, commands and tables. The order with `db.init_app` does not matter.

        ConfigurationError when SECRET_KEY is missing or a `PORTAL_*` key has a value of the wrong kind.
        """
        if "portal" in app.extensions:
            raise ConfigurationError("A portal is registered on this application already: call init_app once.")
        if not app.secret_key:
            raise ConfigurationError("The portal signs its links: set SECRET_KEY before the portal is initialised.")
        settings = Settings.of(app.config)
        host = self._host or PlainHost(settings)
        app.extensions["portal"] = State(
            settings, host, lambda: self._customer_loader, lambda: self._mail_sender, self._policies
        )
        database.publish_tables(app)
        _add_templates(app)
        i18n.init_app(app)
        security.init_app(app)
        rate_limits.init_app(app, settings)
        pages.register(app, settings, host)
        if settings.api_keys or self._host is not None:
            app.register_blueprint(routes.blueprint(host, settings))
        app.cli.add_command(commands)

    def customer_loader(self, function: Loader) -> Loader:
        """Decorate the function that returns the signed-in user's customer id, or None when nobody is signed in."""
        self._customer_loader = function
        return function

    def mail_sender(self, function: Sender) -> Sender:
        """Decorate the function that sends one `flask_portal.mail.Message`; it comes before the SMTP settings."""
        self._mail_sender = function
        return function

    def may_switch(self, function: Policy) -> Policy:
        """Decorate `f(subscription, price)`: whether this subscription may change to this price.

        Both are dicts as Stripe serves them. It returns True, False, or a `flask_portal.Refusal` with a sentence for
        the customer; so do `may_cancel` and `may_pause`. It is asked for what the configuration allows, and only then.
        """
        return self._register("may_switch", function)

    def may_cancel(self, function: Policy) -> Policy:
        """Decorate `f(subscription, view)`: whether this subscription may be canceled.

        subscription: a dict as Stripe serves it. view: `flask_portal.rules.subscriptions.SubscriptionView` of it.
        """
        return self._register("may_cancel", function)

    def may_pause(self, function: Policy) -> Policy:
        """Decorate `f(subscription, view)`: whether this subscription may be paused. The same as for `may_cancel`."""
        return self._register("may_pause", function)

    def offer_for(self, function: Policy) -> Policy:
        """Decorate `f(reason, customer)`: the id of a coupon for a customer who is about to leave, or None.

        reason: None for the offer that everybody gets, else a value of `cancellation_details[feedback]`, for the offer
        to whoever leaves for it. customer: a dict as Stripe serves it. The page shows offers beside the way out.
        """
        return self._register("offer_for", function)

    def seat_bounds(self, function: Policy) -> Policy:
        """Decorate `f(subscription, price, bounds)`: how many of this price the subscription may have.

        bounds: `flask_portal.Bounds`, what the configuration allows. It returns `Bounds`, which narrow them.
        """
        return self._register("seat_bounds", function)

    def _register(self, name: str, function: Policy) -> Policy:
        if name in self._policies.functions:
            raise ConfigurationError(f"A policy {name} is registered already: decorate one function with it.")
        self._policies.functions[name] = function
        return function

    def create_session(
        self,
        *,
        customer: str,
        return_url: str | None = None,
        configuration: str | None = None,
        flow_data: Mapping[str, Any] | None = None,
        locale: str | None = None,
        on_behalf_of: str | None = None,
    ) -> stripe.billing_portal.Session:
        """A portal session for a customer of the application's own account; redirect to its `url` at once.

        Parameters and errors are those of the API (`flask_portal.wire.errors.StripeError`). In an application with
        Flask-SQLAlchemy the session is added to `db.session` and committed, unless the application has changes of its
        own waiting there: then it becomes valid with the application's commit.
        """
        sent = {
            "customer": customer,
            "return_url": return_url,
            "configuration": configuration,
            "flow_data": flow_data,
            "locale": locale,
            "on_behalf_of": on_behalf_of,
        }
        given = {name: value for name, value in sent.items() if value is not None}
        body = _created(_state(), load(CreateSession, decode(encode(given).encode())))
        return stripe.billing_portal.Session.construct_from(body, key=None)


def _state() -> State:
    state: State | None = current_app.extensions.get("portal")
    if state is None:
        raise ConfigurationError("This application has no portal: call Portal.init_app with it.")
    return state


def _created(state: State, params: dict[str, Any]) -> Body:
    host: Host = state.host
    sessions = Sessions(host, state.settings)
    principal = host.own_principal()
    shared = host.database.host_session() if isinstance(host, PlainHost) else None
    if isinstance(host, PlainHost) and shared is not None:
        return sessions.reveal(_in_host_session(host, shared, sessions, principal, params))
    plan = sessions.plan_create(principal, params, {})
    with host.session_factory() as db, db.begin():
        body = sessions.create(db, principal, plan)
    if isinstance(host, PlainHost):
        host.take_recorded()()
    return sessions.reveal(body)


def _in_host_session(
    host: PlainHost, db: Session, sessions: Sessions, principal: Principal, params: dict[str, Any]
) -> Body:
    """Everything happens in the host's own session: a second writer beside it would wait for it on SQLite."""
    published_by_host = database.has_unsaved_changes(db)
    flow = checked_flow(params)
    plan = sessions.plan(principal, params, flow, sessions.configuration(db, principal, params))
    body = sessions.create(db, principal, plan)
    database.call_after_commit(db, host.take_recorded())
    if not published_by_host:
        db.commit()
    return body


def _add_templates(app: Flask) -> None:
    """Flask asks a blueprint's templates after the application's: one of the same name there replaces ours."""
    app.register_blueprint(Blueprint("portal_templates", __name__, template_folder=str(data_folder("templates"))))
