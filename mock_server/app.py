"""The mock as a Flask application: tables, resources, and the portal mounted on itself."""

from __future__ import annotations

import hmac
import secrets
import shutil
import tempfile
from functools import partial
from pathlib import Path

import flask

from flask_portal.extension import Portal
from flask_portal.models import Base, PortalConfiguration, PortalSession
from mock_server.background import Background
from mock_server.core.clock import Clock
from mock_server.core.snapshot import Snapshots
from mock_server.core.state import State
from mock_server.core.store import Store
from mock_server.hosted import (
    bank_account,
    challenge,
    checkout,
    express,
    file_link,
    invoice,
    onboarding,
    payment_link,
)
from mock_server.http import control, routes
from mock_server.portal import MockHost
from mock_server.resources import registry, test_clock
from mock_server.resources.event import event
from mock_server.resources.webhook_endpoint import webhook_endpoint
from mock_server.versions import CURRENT
from mock_server.webhooks import outbox
from mock_server.webhooks.log import DeliveryLog

DEFAULT_DATABASE = "./mock-server.db"
DEFAULT_URL = "http://127.0.0.1:12111"
PORTAL_PREFIX = "/p"
SESSION_COOKIE = "mock_server"


def create_app(
    *,
    database: str | None = None,
    memory: bool = False,
    durable: bool = False,
    public_url: str | None = None,
    forward_to: str | None = None,
    background: bool = True,
) -> flask.Flask:
    """The WSGI application of a mock.

    database: a SQLAlchemy URL or the path of a SQLite file; `./mock-server.db` by default.
    memory: keep everything in a private directory that nobody else sees; remove it with `close(app)`. With `database`,
        only write without waiting for the disk.
    durable: also outlive a power cut, not only a killed process.
    public_url: scheme and host under which the mock is reached, for links in what nobody asked for.
    forward_to: a URL that is told of all events of all accounts; `forwarding_secret(app)` signs them.
    background: run the thread that delivers webhooks and does what falls due.
    """
    folder = private_folder() if memory and database is None else None
    url = f"sqlite:///{folder / 'mock.db'}" if folder else database_url(database or DEFAULT_DATABASE)
    store = Store(url, synchronous="OFF" if memory else "FULL" if durable else "NORMAL")
    box = outbox.Outbox(webhook_endpoint, event)
    state = State(registry(box), store, Clock(), (public_url or DEFAULT_URL).rstrip("/"), CURRENT)
    # Without a thread in the background, what a call has begun is done before it is answered.
    state.wake = box.wake if background else partial(test_clock.advance_all, state)
    app = flask.Flask("mock_server", static_folder=None)
    app.config.update(SESSION_COOKIE_NAME=SESSION_COOKIE, PORTAL_URL_PREFIX=PORTAL_PREFIX)
    app.extensions["mock_server"] = state
    app.extensions["mock_server_outbox"] = box
    store.create_tables(state.registry.metadata, outbox.metadata, Base.metadata)
    app.secret_key = server_key(state)
    Portal(app, host=MockHost(app, state, works_beside=background))
    if forward_to is not None:
        box.forwarding = outbox.Target(forward_to, forwarding_secret(app))
    app.register_blueprint(bank_account.blueprint(state))
    app.register_blueprint(challenge.blueprint(state))
    app.register_blueprint(invoice.blueprint(state))
    app.register_blueprint(onboarding.blueprint(state))
    app.register_blueprint(checkout.blueprint(state))
    app.register_blueprint(payment_link.blueprint(state))
    app.register_blueprint(file_link.blueprint(state))
    app.register_blueprint(express.blueprint(state))
    kept = snapshots(state)
    app.extensions["mock_server_snapshots"] = kept
    app.register_blueprint(control.blueprint(state, kept, DeliveryLog(store, box)))
    app.add_url_rule("/healthz", "healthz", lambda: healthy(state))
    work = Background(state, box, test_clock.advance_all)
    # A thread does not outlive a fork, so the first request of each worker starts its own.
    started = work.start if background else do_nothing
    app.extensions["mock_server_background"] = work
    app.before_request(started)
    app.wsgi_app = routes.Api(state, app.wsgi_app, started)  # type: ignore[method-assign]
    if folder is not None:
        app.extensions["mock_server_folder"] = folder
    return app


def snapshots(state: State) -> Snapshots:
    """Snapshots of all that belongs to an account: Stripe's objects, and the portal's sessions and configurations."""
    everything = (state.registry.metadata, outbox.metadata, Base.metadata)
    portal = [Base.metadata.tables[model.__tablename__] for model in (PortalConfiguration, PortalSession)]
    return Snapshots(
        state,
        (*state.registry.metadata.sorted_tables, *portal),
        lambda connection, account: state.store.empty_in(connection, *everything, account=account),
    )


def do_nothing() -> None:
    """What a mock without a background thread starts with."""


def close(app: flask.Flask) -> None:
    """Let go of the database, and remove what `memory=True` has made."""
    app.extensions["mock_server_background"].stop()
    app.extensions["mock_server"].store.close()
    folder = app.extensions.pop("mock_server_folder", None)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)


def forwarding_secret(app: flask.Flask) -> str:
    """The secret that signs what is forwarded: the same for all workers, and after a restart on the same database."""
    key = str(app.secret_key).encode()
    return "whsec_" + hmac.new(key, b"webhook forwarding", "sha256").hexdigest()


def database_url(named: str) -> str:
    """A SQLAlchemy URL; a name without a scheme is the path of a SQLite file."""
    return named if "://" in named else f"sqlite:///{Path(named).absolute()}"


def private_folder() -> Path:
    """A folder of our own, in memory where the system has one: SQLite's own :memory: fails under threads."""
    shared_memory = Path("/dev/shm")  # noqa: S108 - a folder with a random name and no access for others is made in it
    return Path(tempfile.mkdtemp(prefix="mock-server-", dir=shared_memory if shared_memory.is_dir() else None))


def server_key(state: State) -> str:
    """The key that signs this database's portal links: the same for all workers, and after a restart."""
    with state.store.writing() as connection:
        return state.store.setting(connection, "secret_key", secrets.token_hex(32))


def healthy(state: State) -> flask.Response:
    """200 when the database answers."""
    with state.store.reading() as connection:
        connection.exec_driver_sql("SELECT 1")
    return flask.Response("ok\n", content_type="text/plain; charset=utf-8")
