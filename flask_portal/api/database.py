"""Where the portal's tables are: on the host's Flask-SQLAlchemy engine, or on an engine of our own.

The engine is found at first use, so that it does not matter whether the portal or the database was set up first.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

from flask import Flask, appcontext_pushed, current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, create_engine, event, inspect, orm

from flask_portal.config import ConfigurationError
from flask_portal.models import Base, PortalSession, copy_into

AFTER_COMMIT = "portal_after_commit"
"""Key of a host session's `info`: functions to call once its transaction is committed."""

_UNSAVED = "portal_unsaved_changes"
_COMMITTED = "portal_committed"


class Database:
    """The database of one application. Every method needs an app context."""

    def __init__(self, uri: str | None) -> None:
        self._uri = uri
        self._own: Engine | None = None
        self._checked: Engine | None = None
        self._lock = Lock()

    def engine(self) -> Engine:
        """The engine with the portal's tables. Raises ConfigurationError when nothing names a database."""
        if self._uri is not None:
            return self._own_engine(self._uri)
        host = host_database(current_app)
        if host is not None and None in host.engines:
            return host.engine
        raise ConfigurationError(
            "The portal has no database: set up Flask-SQLAlchemy with SQLALCHEMY_DATABASE_URI, "
            "or set PORTAL_DATABASE_URI."
        )

    def session(self) -> orm.Session:
        """A new session of our own. Raises ConfigurationError when the tables are missing."""
        engine = self.engine()
        if engine is not self._checked:
            if not inspect(engine).has_table(PortalSession.__tablename__):
                raise ConfigurationError("The portal's tables are missing: run `flask portal init-db`.")
            self._checked = engine
        return orm.Session(engine)

    def host_session(self) -> orm.Session | None:
        """The session that the host's own views use, when its engine has the portal's tables; else None."""
        host = host_database(current_app)
        if self._uri is not None or host is None:
            return None
        _watch(host)
        return host.session()

    def create_tables(self) -> None:
        """Create the tables that are not there yet."""
        Base.metadata.create_all(self.engine())

    def _own_engine(self, uri: str) -> Engine:
        with self._lock:
            if self._own is None:
                self._own = create_engine(uri)
            return self._own


def host_database(app: Flask) -> SQLAlchemy | None:
    """The host's Flask-SQLAlchemy instance, if it has one."""
    found: SQLAlchemy | None = app.extensions.get("sqlalchemy")
    return found


def publish_tables(app: Flask) -> None:
    """Let the host's `create_all` and migrations see our tables, whether its `db.init_app` came before or not."""

    def publish(app: Flask, **_: Any) -> None:
        host = host_database(app)
        if host is not None:
            copy_into(host.metadata)
            _watch(host)

    publish(app)
    # `create_all` and migrations run in an app context; by the time one is pushed the host's database is set up. The
    # reference is strong because nothing else holds this function.
    appcontext_pushed.connect(publish, app, weak=False)


def has_unsaved_changes(session: orm.Session) -> bool:
    """Whether a commit would publish changes that the host made: waiting in the session, or flushed already."""
    return bool(session.new or session.dirty or session.deleted or session.info.get(_UNSAVED))


def call_after_commit(session: orm.Session, function: Callable[[], None]) -> None:
    """Call `function` when the session's transaction has been committed; forget it when it is rolled back."""
    session.info.setdefault(AFTER_COMMIT, []).append(function)


def _watch(host: SQLAlchemy) -> None:
    """Note on the host's sessions whether they wrote, and run what waits for their commit."""
    if event.contains(host.session, "after_flush", _flushed):
        return
    event.listen(host.session, "after_flush", _flushed)
    event.listen(host.session, "do_orm_execute", _executed)
    event.listen(host.session, "after_commit", _committed)
    event.listen(host.session, "after_transaction_end", _ended)


def _flushed(session: orm.Session, _context: orm.UOWTransaction) -> None:
    session.info[_UNSAVED] = True


def _executed(state: orm.ORMExecuteState) -> None:
    # Text counts as a write because nobody can tell without reading it.
    if not state.is_select:
        state.session.info[_UNSAVED] = True


def _committed(session: orm.Session) -> None:
    if not session.in_nested_transaction():
        session.info[_COMMITTED] = True


def _ended(session: orm.Session, transaction: orm.SessionTransaction) -> None:
    """The session is usable again at this point, other than in `after_commit`, so receivers may query the database."""
    if transaction.parent is not None:
        return
    session.info.pop(_UNSAVED, None)
    committed = session.info.pop(_COMMITTED, False)
    waiting = session.info.pop(AFTER_COMMIT, [])
    if committed:
        for function in waiting:
            function()
