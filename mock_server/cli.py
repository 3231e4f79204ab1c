"""The command `mock-server`: a Stripe of one's own on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from mock_server.serving.options import Options, StartError

try:
    from mock_server.serving.parent import serve
except ModuleNotFoundError as missing:
    if missing.name not in ("granian", "orjson", "responses", "schwifty", "typst"):
        raise
    # Said here, because a package that was left out on purpose is no reason for a traceback.
    raise SystemExit(f"mock-server needs {missing.name}: pip install 'flask-portal[mock]'") from missing

DEFAULT_DATABASE = "mock-server.db"


def database_url(given: str) -> str:
    """`given` as a SQLAlchemy URL; a bare path is a SQLite file."""
    return given if "://" in given else f"sqlite:///{Path(given).resolve()}"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="flask-portal", message="mock-server %(version)s")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=12111, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--database", metavar="URL", help=f"A SQLite file or PostgreSQL.  [default: ./{DEFAULT_DATABASE}]")
@click.option("--memory", is_flag=True, help="Keep nothing: everything is gone when the server ends.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that serve.")
@click.option("--durable", is_flag=True, help="Outlive a power cut, too; writes become slower.")
@click.option("--demo", is_flag=True, help="Fill the account sk_test_demo with a shop and print a portal link.")
@click.option("--forward-to", metavar="URL", help="Send every account's webhooks here and print the signing secret.")
@click.option("--quiet", is_flag=True, help="Print the portal link of --demo and errors, nothing else.")
def main(
    host: str,
    port: int,
    database: str | None,
    memory: bool,
    workers: int,
    durable: bool,
    demo: bool,
    forward_to: str | None,
    quiet: bool,
) -> None:
    """Serve a stateful mock of Stripe, with customer portal links that open.

    Point the official client at it: stripe.StripeClient("sk_test_demo", base_addresses={"api": "http://127.0.0.1:12111"}).
    """
    if memory and database:
        raise click.UsageError("--memory keeps nothing, so there is no --database beside it.")
    if memory and durable:
        raise click.UsageError("--memory keeps nothing, so there is nothing for --durable to make safer.")
    if memory and workers > 1:
        raise click.UsageError("--memory is served by one worker: name a --database to have more.")
    if forward_to is not None and not forward_to.startswith(("http://", "https://")):
        raise click.BadParameter("an address starts with http:// or https://", param_hint="--forward-to")
    options = Options(
        host=host,
        port=port,
        database=None if memory else database_url(database or DEFAULT_DATABASE),
        memory=memory,
        workers=workers,
        durable=durable,
        demo=demo,
        forward_to=forward_to,
        quiet=quiet,
    )
    try:
        serve(options)
    except StartError as refusal:
        raise click.ClickException(str(refusal)) from refusal
