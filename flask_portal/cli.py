"""`flask portal ...`: tables, links and configurations from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
import stripe
from flask import current_app
from flask.cli import with_appcontext

from flask_portal import explaining
from flask_portal.api.configurations import Configurations
from flask_portal.api.plain import PlainHost
from flask_portal.api.schemas import CreateSession, ListConfigurations
from flask_portal.api.sessions import Sessions
from flask_portal.config import ConfigurationError
from flask_portal.host import Body, State
from flask_portal.pages import visit
from flask_portal.rules import policies
from flask_portal.wire.errors import StripeError
from flask_portal.wire.params import load


@click.group()
def portal() -> None:
    """The customer portal of this application."""


def _command(function: Callable[..., None]) -> Callable[..., None]:
    """Runs in an app context, and says what is wrong in one line."""

    @wraps(function)
    def run(*args: Any, **options: Any) -> None:
        try:
            function(*args, **options)
        except StripeError as error:
            raise click.ClickException(error.message) from error
        except ConfigurationError as error:
            raise click.ClickException(str(error)) from error

    return with_appcontext(run)


def _state() -> State:
    state: State | None = current_app.extensions.get("portal")
    if state is None:
        raise ConfigurationError("This application has no portal: call Portal.init_app with it.")
    return state


@portal.command("init-db")
@_command
def init_db() -> None:
    """Create the portal's tables where they are missing."""
    host = _state().host
    if not isinstance(host, PlainHost):
        raise ConfigurationError("This application looks after its tables itself.")
    host.database.create_tables()
    click.echo("The portal's tables are there.")


@portal.command("session")
@click.argument("customer")
@click.option("--return-url", help="Where the link back to the business leads.")
@_command
def session(customer: str, return_url: str | None) -> None:
    """Print a fresh portal link for CUSTOMER (cus_...). Without use it lives for 5 minutes."""
    state = _state()
    sessions = Sessions(state.host, state.settings)
    principal = state.host.own_principal()
    sent = {"customer": customer} if return_url is None else {"customer": customer, "return_url": return_url}
    plan = sessions.plan_create(principal, load(CreateSession, sent), {})
    with state.host.session_factory() as db, db.begin():
        body = sessions.create(db, principal, plan)
    click.echo(sessions.reveal(body)["url"])


@portal.command("explain")
@click.argument("customer")
@click.option("--configuration", "id", help="The configuration (bpc_...) whose rules count, if not the default one.")
@_command
def explain(customer: str, id: str | None) -> None:
    """Print what the portal lets CUSTOMER (cus_...) do, and why not."""
    state = _state()
    principal = state.host.own_principal()
    with state.host.session_factory() as db:
        try:
            features = visit.configuration_of(db, principal, id).features
        except LookupError as error:
            raise click.ClickException(str(error)) from error
    token = policies.apply(state.policies)
    try:
        lines = explaining.explain(
            state.host.client(principal.account), principal.account, customer, features, state.settings.start_again
        )
    except stripe.StripeError as error:
        raise click.ClickException(error.user_message or str(error)) from error
    finally:
        policies.forget(token)
    click.echo("\n".join(lines))


@portal.group("configuration")
def configuration() -> None:
    """Portal configurations of this application's own account."""


@configuration.command("list")
@click.option("--limit", default=10, show_default=True, type=click.IntRange(1, 100))
@_command
def list_configurations(limit: int) -> None:
    """Print id, state and name of each configuration, newest first."""
    params = load(ListConfigurations, {"limit": str(limit)})
    for each in _calls().page(_state().host.own_principal(), params, {})["data"]:
        click.echo(_line(each))


def _line(body: Body) -> str:
    words = ["active" if body["active"] else "inactive", *(["default"] if body["is_default"] else [])]
    return f"{body['id']}  {', '.join(words)}  {body['name'] or ''}".rstrip()


@configuration.command("show")
@click.argument("id")
@_command
def show_configuration(id: str) -> None:
    """Print the configuration ID (bpc_...) as the API serves it."""
    expand = {"expand": ["features.subscription_update.products"]}
    body = _calls().retrieve(_state().host.own_principal(), expand, {"id": id})
    click.echo(json.dumps(body, indent=2, ensure_ascii=False))


def _calls() -> Configurations:
    state = _state()
    return Configurations(state.host, state.settings)
