"""`flask portal ...`: tables, links and configurations from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from flask_portal.api.configurations import Configurations
from flask_portal.api.plain import PlainHost
from flask_portal.api.schemas import CreateSession, ListConfigurations
from flask_portal.api.sessions import Sessions
from flask_portal.config import ConfigurationError
from flask_portal.host import Body, State
from flask_portal.pages import history
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


@portal.command("reasons")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only what was said on this day (UTC) or later.")
@_command
def reasons(since: datetime | None) -> None:
    """Print why customers have left: how often each reason was given in the portal, most frequent first."""
    state = _state()
    first = int(since.replace(tzinfo=UTC).timestamp()) if since else 0
    with state.host.session_factory() as db:
        counted = history.reasons(db, state.host.own_principal(), first)
    for reason, number in counted:
        click.echo(f"{number:>6}  {reason}")


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
