"""What every test may ask for: databases of each kind, and skips that count in CI."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Generator, Iterator
from pathlib import Path

import flask
import jinja2
import jinja2.bccache
import psycopg
import pytest
import sqlalchemy as sa

from mock_server.http.transport import InProcessTransport
from tests.contract.recorder import watched


class CompiledTemplates(jinja2.BytecodeCache):
    """Each template is compiled once in a test process, and not once for each of its applications."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], bytes] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        known = self._code.get((bucket.key, bucket.checksum))
        if known is not None:
            bucket.bytecode_from_string(known)

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        self._code[bucket.key, bucket.checksum] = bucket.bytecode_to_string()


flask.Flask.jinja_options = {"bytecode_cache": CompiledTemplates()}

IN_CI = os.environ.get("CI", "").lower() in ("1", "true")
POSTGRESQL = sa.make_url(
    os.environ.get("PORTAL_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
)
LIVE_KEY = "PORTAL_TEST_STRIPE_KEY"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Calls to Stripe's own test mode are left out, not skipped, unless a key is given; slow tests outside of CI."""
    unwanted = [] if os.environ.get(LIVE_KEY) else ["live"]
    if not IN_CI and not config.getoption("-m"):
        unwanted.append("slow")
    left_out = {item for item in items if any(item.get_closest_marker(name) for name in unwanted)}
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI nothing is skipped: what a test needs must be there."""
    report = yield
    if IN_CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped in CI: {_reason(report.longrepr)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a module that skips itself."""
    report = yield
    if IN_CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} was skipped in CI: {_reason(report.longrepr)}"
    return report


def _reason(longrepr: object) -> str:
    return str(longrepr[2]) if isinstance(longrepr, tuple) else str(longrepr)


@pytest.fixture(autouse=True)
def contract(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every answer that any test gets in process is held against the annotations of the `stripe` package."""
    monkeypatch.setattr(InProcessTransport, "send", watched(InProcessTransport.send))


@pytest.fixture(scope="session")
def postgresql_database(worker_id: str) -> sa.URL:
    """A database of this test process; a test takes a schema of its own in it."""
    name = f"portal_test_{worker_id}"
    try:
        connection = psycopg.connect(_dsn(POSTGRESQL), autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        pytest.skip(f"no PostgreSQL answers: {error}")
    with connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if known is None:
            connection.execute(f'CREATE DATABASE "{name}"')
    return POSTGRESQL.set(database=name)


@pytest.fixture(scope="session")
def postgresql_schema(postgresql_database: sa.URL) -> Iterator[str]:
    """A schema of this test process, removed at its end: tables are made once, because that takes a while."""
    schema = f"t{uuid.uuid4().hex}"
    with psycopg.connect(_dsn(postgresql_database), autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    yield schema
    with psycopg.connect(_dsn(postgresql_database), autocommit=True) as connection:
        # A connection that a test forgot must show up as an error here, not as a test run that hangs.
        connection.execute("SET lock_timeout = '10s'")
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def postgresql_url(postgresql_database: sa.URL, postgresql_schema: str) -> str:
    """The URL of a PostgreSQL schema without a row; its tables may be there from an earlier test."""
    with psycopg.connect(_dsn(postgresql_database), autocommit=True) as connection:
        connection.execute("SET lock_timeout = '10s'")
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (postgresql_schema,))
        for (table,) in tables.fetchall():
            connection.execute(f'DELETE FROM {postgresql_schema}."{table}"')
    url = postgresql_database.update_query_dict({"options": f"-csearch_path={postgresql_schema}"})
    return url.render_as_string(hide_password=False)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path}/mock.db"


@pytest.fixture
def memory_url() -> Iterator[str]:
    """The URL of a SQLite file where --memory keeps its own."""
    base = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="portal-test-", dir=base) as folder:
        yield f"sqlite:///{folder}/mock.db"


@pytest.fixture(params=["sqlite", pytest.param("memory", marks=pytest.mark.slow), "postgresql"])
def engine_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each kind: a SQLite file, one in memory (in CI: it hardly differs), PostgreSQL."""
    return str(request.getfixturevalue(f"{request.param}_url"))


def _dsn(url: sa.URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
