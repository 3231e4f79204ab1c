"""`flask portal ...`: tables, links and configurations from the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import click
import stripe
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from flask_portal import explaining
from flask_portal.api.configurations import Configurations
from flask_portal.api.plain import PlainHost
from flask_portal.api.schemas import CreateSession, ListConfigurations
from flask_portal.api.sessions import Sessions
from flask_portal.config import ConfigurationError
from flask_portal.host import Body, State
from flask_portal.models import PublicRequest
from flask_portal.pages import declaration_work, history, visit
from flask_portal.rules import declarations as rules
from flask_portal.rules import policies
from flask_portal.upstream.actions import Done
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


@portal.group("requests")
def requests() -> None:
    """Cancellations and withdrawals that were declared without a login."""


@requests.command("list")
@click.option("--all", "everything", is_flag=True, help="Also those that are done.")
@_command
def list_requests(everything: bool) -> None:
    """Print reference, date, state, kind, email and contract of each, oldest first."""
    wanted = select(PublicRequest).order_by(PublicRequest.created, PublicRequest.id)
    if not everything:
        wanted = wanted.where(PublicRequest.state.in_(rules.OPEN))
    with _state().host.session_factory() as db:
        for row in db.scalars(wanted):
            at = datetime.fromtimestamp(row.created, UTC).isoformat()
            click.echo("  ".join((row.id, at, row.state, row.kind, row.email, row.contract)))


@requests.command("show")
@click.argument("reference")
@_command
def show_request(reference: str) -> None:
    """Print the declaration REFERENCE as JSON."""
    click.echo(json.dumps(declaration_work.represent(_request(reference)), indent=2, ensure_ascii=False))


@requests.command("execute")
@click.argument("reference")
@_command
def execute_request(reference: str) -> None:
    """Set the end of the subscription that the cancellation REFERENCE fits."""
    row = _request(reference)
    if row.state not in rules.OPEN:
        raise click.ClickException(f"{row.id} is {row.state} already.")
    found = declaration_work.find(row)
    if found is None:
        raise click.ClickException(
            "No single live subscription fits: end the right one at Stripe, then close the request."
        )
    if not rules.may_execute(row.kind, row.manner, found.view):
        raise click.ClickException(
            f"Only an ordinary cancellation of a subscription that goes on can be executed: look at {found.view.id} "
            "at Stripe, then close the request."
        )
    declaration_work.belongs_to(row, found)
    outcome = declaration_work.execute(row, found.view)
    if not isinstance(outcome, Done):
        raise click.ClickException(f"Stripe did not do it, and the request stays open: {outcome}")
    click.echo(f"{found.view.id} of {found.customer} is set to end.")


@requests.command("close")
@click.argument("reference")
@_command
def close_request(reference: str) -> None:
    """Take REFERENCE off the list: somebody has seen to it."""
    row = _request(reference)
    declaration_work.close(row)
    click.echo(f"{row.id} is closed.")


def _request(reference: str) -> PublicRequest:
    try:
        return declaration_work.get(reference)
    except LookupError as error:
        raise click.ClickException(str(error.args[0])) from None


def _calls() -> Configurations:
    state = _state()
    return Configurations(state.host, state.settings)
