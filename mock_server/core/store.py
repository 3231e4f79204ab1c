"""Where documents are kept: an engine, one table per resource, and transactions.

Every object is stored as the JSON text that is served. A few keys are promoted to columns, to be searched.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.schema import CreateIndex, CreateTable

SCHEMA = 4
SQLITE_BUSY_SECONDS = 30
IDEMPOTENCY_SECONDS = 24 * 3600
LOG_SECONDS = 30 * 24 * 3600

Serial = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class SchemaMismatch(RuntimeError):
    """The database was written by another release of the mock."""


metadata = sa.MetaData()
"""The tables that belong to no resource."""

settings = sa.Table(
    "mock_settings",
    metadata,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
connected_accounts = sa.Table(
    "mock_accounts",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("platform", sa.String(64), nullable=False, index=True),
)
account_state = sa.Table(
    "mock_account_state",
    metadata,
    sa.Column("account", sa.String(64), primary_key=True),
    sa.Column("ahead", sa.BigInteger, nullable=False, default=0),
    sa.Column("settings", sa.Text, nullable=False, default="{}"),
)
"""Accounts whose clock was moved, by seconds, and what was set for them, as JSON."""
idempotency_records = sa.Table(
    "mock_idempotency",
    metadata,
    sa.Column("account", sa.String(64), primary_key=True),
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("request_id", sa.String(64), nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("body", sa.Text),
)
refused_requests = sa.Table(
    "mock_requests",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("account", sa.String(64), nullable=False, index=True),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("method", sa.String(16), nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
)


faults = sa.Table(
    "mock_faults",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("account", sa.String(64), nullable=False, index=True),
    sa.Column("method", sa.String(16)),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("code", sa.Text),
    sa.Column("times", sa.Integer, nullable=False),
    sa.Column("delay", sa.Integer, nullable=False),
)
"""Calls that are to be refused or delayed, by milliseconds."""

mails = sa.Table(
    "mock_mails",
    metadata,
    sa.Column("seq", Serial, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(64), nullable=False, unique=True),
    sa.Column("account", sa.String(64), nullable=False, index=True),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("to", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("locale", sa.String(16), nullable=False),
    sa.Column("customer", sa.String(255)),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("html", sa.Text, nullable=False),
)

_FORGOTTEN = ((idempotency_records, IDEMPOTENCY_SECONDS), (refused_requests, LOG_SECONDS), (mails, LOG_SECONDS))
"""What nobody asks for any more after a while, by seconds."""


class Store:
    """The database of one mock.

    url: a SQLAlchemy URL of a SQLite file or of PostgreSQL.
    synchronous: SQLite's pragma: NORMAL outlives a killed process, FULL a power cut, OFF neither.
    """

    def __init__(self, url: str, synchronous: str = "NORMAL") -> None:
        self.engine = make_engine(url, synchronous)
        self.row_locks = self.engine.dialect.name == "postgresql"
        # Threads of one process queue here; SQLite itself would make them sleep and poll.
        self._writers = threading.Lock() if not self.row_locks else None
        self._kept = {True: _Kept(self.engine, writes=True), False: _Kept(self.engine, writes=False)}

    def create_tables(self, *more: sa.MetaData) -> None:
        """Create what is missing, and refuse a database of another schema with a remedy."""
        with self.writing() as connection:
            if self.row_locks:
                # Several workers start at once, and CREATE TABLE IF NOT EXISTS is not safe against its own twin.
                connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7205759403)")
            for tables in (metadata, *more):
                for statement in _definitions(tables, self.engine.dialect.name):
                    connection.exec_driver_sql(statement)
            found = self.setting(connection, "schema", str(SCHEMA))
        if found != str(SCHEMA):
            raise SchemaMismatch(
                f"this database has schema {found}, and this release of the mock needs {SCHEMA}: "
                "name another database with --database, or remove this one"
            )

    def setting(self, connection: Connection, name: str, default: str) -> str:
        """The stored value of `name`, stored as `default` first where there is none."""
        query = sa.select(settings.c.value).where(settings.c.name == name)
        found = connection.execute(query).scalar()
        if found is None:
            connection.execute(insert_or_ignore(self.row_locks, settings).values(name=name, value=default))
            found = connection.execute(query).scalar_one()
        return str(found)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection on which nothing is written; what it reads is one moment of the database."""
        with self._connection(writes=False) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: committed at the end, rolled back by an exception."""
        with (
            self._writers or nullcontext(),
            self._connection(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    def _connection(self, *, writes: bool) -> AbstractContextManager[Connection]:
        # A server may go away behind a connection that is kept, so only its pool knows which ones still live.
        return self.engine.connect() if self.row_locks else self._kept[writes].one()

    def empty(self, *more: sa.MetaData, account: str | None = None) -> None:
        """Remove every object of an account and of those that are connected to it, or of every account."""
        with self.writing() as connection:
            self.empty_in(connection, *more, account=account)

    def empty_in(self, connection: Connection, *more: sa.MetaData, account: str | None = None) -> None:
        """The same, as a part of a transaction."""
        theirs = connected_accounts.c.platform == account
        owners = [account, *connection.execute(sa.select(connected_accounts.c.id).where(theirs)).scalars()]
        for tables in (metadata, *more):
            for table in reversed(tables.sorted_tables):
                if table is settings or (account is not None and "account" not in table.c):
                    continue
                gone = table.delete()
                connection.execute(gone if account is None else gone.where(table.c.account.in_(owners)))
        connection.execute(connected_accounts.delete().where(theirs))

    def forget(self, now: int) -> None:
        """Remove what nobody asks for any more: answers saved for a repetition, and old entries of the log."""
        with self.writing() as connection:
            for table, kept in _FORGOTTEN:
                connection.execute(table.delete().where(table.c.created <= now - kept))

    def close(self) -> None:
        for kept in self._kept.values():
            kept.close()
        self.engine.dispose()


class _Kept:
    """Connections to SQLite that stay open between their uses: taking one from a pool costs more than a query."""

    def __init__(self, engine: Engine, *, writes: bool) -> None:
        self._engine = engine
        self._writes = writes
        self._process = os.getpid()
        self._idle: list[Connection] = []

    @contextmanager
    def one(self) -> Iterator[Connection]:
        """A connection for one user at a time."""
        if self._process != os.getpid():
            # A connection must not be used on both sides of a fork.
            self._process, self._idle = os.getpid(), []
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._engine.connect().execution_options(mock_writes=self._writes)
        try:
            yield connection
        finally:
            if connection.in_transaction():
                # BEGIN or COMMIT itself has failed; nobody else is to go on from there.
                connection.close()
            else:
                self._idle.append(connection)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()


@cache
def _definitions(tables: sa.MetaData, dialect: str) -> list[str]:
    """What creates the missing tables and indexes.

    Written once for each process: compiling it costs more than executing it, and a test process makes many mocks.
    """
    compiler = (postgresql if dialect == "postgresql" else sqlite).dialect()
    made: list[Any] = []
    for table in tables.sorted_tables:
        made.append(CreateTable(table, if_not_exists=True))
        made += [
            CreateIndex(index, if_not_exists=True) for index in sorted(table.indexes, key=lambda index: str(index.name))
        ]
    return [str(element.compile(dialect=compiler)) for element in made]


def insert_or_ignore(on_postgresql: bool, table: sa.Table) -> Any:
    """An INSERT that does nothing when the primary key is taken; it waits for a twin that is not committed yet."""
    insert = postgresql.insert if on_postgresql else sqlite.insert
    return insert(table).on_conflict_do_nothing()


def make_engine(url: str, synchronous: str) -> Engine:
    """An engine with the pragmas and the kind of BEGIN that concurrent writers need."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        return sa.create_engine(parsed, pool_size=16, max_overflow=32)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        raise ValueError(f"a database is a SQLite file or PostgreSQL, not {parsed.render_as_string()!r}")
    engine = sa.create_engine(
        parsed, pool_size=64, max_overflow=-1, connect_args={"timeout": SQLITE_BUSY_SECONDS, "check_same_thread": False}
    )

    @sa.event.listens_for(engine, "connect")
    def _prepare(dbapi_connection: Any, _record: Any) -> None:
        # Python's own implicit BEGIN would come too late, so the driver is told to leave transactions to us.
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-262144")
        cursor.execute("PRAGMA wal_autocheckpoint=4000")
        cursor.execute("PRAGMA mmap_size=268435456")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A plain BEGIN that writes later fails at once when another writer was quicker; IMMEDIATE waits its turn.
        writes = connection.get_execution_options().get("mock_writes", False)
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine
