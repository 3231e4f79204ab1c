"""What the command prints when it serves."""

from __future__ import annotations

import http.client
import sys
import threading

import sqlalchemy
import stripe

from mock_server import demo
from mock_server.app import close, create_app, forwarding_secret
from mock_server.serving.options import Options, StartError

START_SECONDS = 30
POLL_SECONDS = 0.02


def announce(options: Options) -> None:
    """Wait for the first answer, fill the demo account when asked to, and print where everything is."""
    wait_until_serving(options)
    if not options.quiet:
        say(*addresses(options))
    if options.forward_to is not None:
        say(f"Webhooks {options.forward_to}   signed with {signing_secret(options)}")
    if options.demo:
        client = stripe.StripeClient(
            demo.API_KEY, base_addresses={"api": options.base_url}, max_network_retries=demo.RETRIES
        )
        demo.seed(client)
        if not options.quiet:
            say(f"A portal link of {demo.VISITOR}, fresh from the account {demo.API_KEY}:")
        say(demo.portal_link(client))
    if not options.quiet:
        say("Press Ctrl-C to end.")


def addresses(options: Options) -> list[str]:
    """Where API, portal and data are, a line each."""
    keeps = "in memory, gone when the server ends" if options.memory else _without_password(options.database)
    return [
        f"API      {options.base_url}/v1   with any sk_test_ key",
        f"Portal   {options.base_url}/p    links come from /v1/billing_portal/sessions",
        f"Data     {keeps}",
    ]


def signing_secret(options: Options) -> str:
    """The secret that signs what is forwarded, read from the database that the workers have made."""
    app = create_app(database=options.database, memory=options.memory, background=False)
    try:
        return forwarding_secret(app)
    finally:
        close(app)


def say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


def wait_until_serving(options: Options) -> None:
    """Return when /healthz answers 200; StartError after half a minute without."""
    pause = threading.Event()
    for _ in range(int(START_SECONDS / POLL_SECONDS)):
        if _healthy(options):
            return
        pause.wait(POLL_SECONDS)
    raise StartError(f"{options.base_url}/healthz did not answer within {START_SECONDS} seconds")


def _healthy(options: Options) -> bool:
    host, _, port = options.base_url.removeprefix("http://").rpartition(":")
    connection = http.client.HTTPConnection(host.strip("[]"), int(port), timeout=START_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        # Nothing listens yet.
        return False
    finally:
        connection.close()


def _without_password(database: str | None) -> str:
    return sqlalchemy.make_url(database or "").render_as_string(hide_password=True)
