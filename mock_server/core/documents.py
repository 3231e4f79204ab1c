"""One table of documents, and the statements that reach it: each is compiled once, however often it is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .prepared import Prepared
from .store import Serial

KINDS: Mapping[type, sa.types.TypeEngine[Any]] = {str: sa.String(512), int: sa.BigInteger(), bool: sa.Boolean()}


def table_of(noun: str, keys: Mapping[str, type]) -> sa.Table:
    """The table of a resource's objects. keys: the promoted columns."""
    name = "doc_" + noun.replace(".", "_")
    return sa.Table(
        name,
        sa.MetaData(),
        sa.Column("seq", Serial, primary_key=True, autoincrement=True),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("id", sa.String(255), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("due", sa.BigInteger),
        sa.Column("clock", sa.String(64)),
        sa.Column("deleted", sa.Boolean, nullable=False, default=False),
        sa.Column("body", sa.Text, nullable=False),
        *(sa.Column(key, KINDS[kind]) for key, kind in keys.items()),
        sa.Index(f"ix_{name}_id", "account", "id", unique=True),
        sa.Index(f"ix_{name}_created", "account", "created", "seq"),
        # Most objects have nothing to do later, and would only make each insert dearer.
        sa.Index(
            f"ix_{name}_due",
            "clock",
            "due",
            "seq",
            sqlite_where=sa.text("due IS NOT NULL"),
            postgresql_where=sa.text("due IS NOT NULL"),
        ),
        *(sa.Index(f"ix_{name}_{key}", "account", key, "created", "seq") for key in keys),
    )


class Stored(NamedTuple):
    """What a row says of an object: its JSON text, the test clock it lives on, and when it falls due.

    columns: all that was written by this call, where it has written the object.
    """

    text: str
    clock: str | None
    due: int | None
    columns: Mapping[str, Any] | None = None


class Documents:
    """Rows of one table. Every method wants a connection whose transaction has begun."""

    def __init__(self, table: sa.Table) -> None:
        self.table = table
        columns = table.c
        self._own = (columns.account == sa.bindparam("own_account"), columns.id == sa.bindparam("own_id"))
        self._by_id = Prepared(sa.select(columns.body).where(*self._own))
        self._row = Prepared(sa.select(columns.body, columns.clock, columns.due).where(*self._own))
        self._row_locked = Prepared(
            sa.select(columns.body, columns.clock, columns.due).where(*self._own).with_for_update()
        )
        self._by_id_locked = Prepared(sa.select(columns.body).where(*self._own).with_for_update())
        stored = [column.name for column in columns if column.name != "seq"]
        self._insert = Prepared(sa.insert(table).values({name: sa.bindparam(name) for name in stored}))
        self._updates: dict[tuple[str, ...], Prepared] = {}
        self._selects: dict[tuple[tuple[str, bool], ...], Prepared] = {}

    def text(self, connection: Connection, account: str, id: str, *, lock: bool = False) -> str | None:
        """The JSON text of an object, or None."""
        if "\0" in id:
            # PostgreSQL has no such character, and says so with an error instead of finding nothing.
            return None
        query = self._by_id_locked if lock else self._by_id
        found: str | None = query.first(connection, {"own_account": account, "own_id": id})
        return found

    def found(self, connection: Connection, account: str, id: str, *, lock: bool = False) -> Stored | None:
        """The row of an object, or None."""
        if "\0" in id:
            return None
        query = self._row_locked if lock else self._row
        row = query.execute(connection, {"own_account": account, "own_id": id}).fetchone()
        return None if row is None else Stored(*row)

    def insert(self, connection: Connection, row: Mapping[str, Any]) -> None:
        """Add a row with all its columns."""
        self._insert.execute(connection, row)

    def update(self, connection: Connection, account: str, id: str, values: Mapping[str, Any]) -> None:
        """Set some columns of an object's row."""
        names = tuple(values)
        if names not in self._updates:
            named: dict[str, Any] = {name: sa.bindparam(name) for name in names}
            self._updates[names] = Prepared(sa.update(self.table).where(*self._own).values(named))
        self._updates[names].execute(connection, {**values, "own_account": account, "own_id": id})

    def delete(self, connection: Connection, account: str, id: str) -> None:
        """Remove a row without a trace."""
        connection.execute(sa.delete(self.table).where(*self._own), {"own_account": account, "own_id": id})

    def texts(self, connection: Connection, account: str, keys: Mapping[str, Any], most: int) -> Sequence[str]:
        """JSON texts of what has these column values, newest first, without deleted ones, at most `most`."""
        asked = tuple((name, value is None) for name, value in keys.items())
        if asked not in self._selects:
            self._selects[asked] = self._select(asked)
        values = {f"key_{name}": value for name, value in keys.items() if value is not None}
        rows = self._selects[asked].execute(connection, {**values, "own_account": account, "most": most}).fetchall()
        return [text for (text,) in rows]

    def _select(self, asked: tuple[tuple[str, bool], ...]) -> Prepared:
        columns = self.table.c
        wanted: list[sa.ColumnElement[bool]] = [self._own[0], columns.deleted.is_(False)]
        for name, is_null in asked:
            wanted.append(columns[name].is_(None) if is_null else columns[name] == sa.bindparam(f"key_{name}"))
        newest = (columns.created.desc(), columns.seq.desc())
        return Prepared(sa.select(columns.body).where(*wanted).order_by(*newest).limit(sa.bindparam("most")))
