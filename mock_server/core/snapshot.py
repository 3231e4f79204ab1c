"""All that an account has, as JSON: to start many tests from one state, or to look at it.

What is left out belongs to the past of one mock: answers saved for a repetition, refused requests, deliveries of
webhooks, and faults that were asked for.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flask_portal.wire import errors, ids

from . import accounts, settings
from .state import State
from .store import SCHEMA, account_state

KEYS = {"account", "connected", "now", "schema", "settings", "tables"}
Replace = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Snapshots:
    """Takes and restores them.

    tables: what is kept of an account; each has a column `account`.
    empty: removes all that an account has, also what is in no snapshot.
    """

    state: State
    tables: Sequence[sa.Table]
    empty: Callable[[Connection, str], None]

    def take(self, account: str) -> dict[str, Any]:
        """The objects of an account and of those that are connected to it, its settings and its time."""
        with self.state.reading(account) as call:
            own, *connected = accounts.with_connected(call.connection, account)
            return {
                "account": account,
                "connected": connected,
                "now": call.now,
                "schema": SCHEMA,
                "settings": call.settings,
                "tables": {
                    table.name: rows
                    for table in self.tables
                    if (rows := _rows(call.connection, table, [own, *connected]))
                },
            }

    def restore(self, account: str, sent: Mapping[str, Any]) -> None:
        """Let an account have this, and nothing else; StripeError when it is no snapshot of this release.

        A snapshot of another account fits too: its own id becomes that of this one, and what somebody else has in this
        database by now gets new ids.
        """
        _check(sent)
        with self.state.store.writing() as connection:
            self.empty(connection, account)
            found = self._own(connection, account, sent)
            self._put(connection, account, found)

    def _own(self, connection: Connection, account: str, sent: Mapping[str, Any]) -> dict[str, Any]:
        """The snapshot with ids that are free here."""
        names = {sent["account"]: account}
        for id in sent["connected"]:
            taken = accounts.platform_of(connection, id) is not None
            names[id] = ids.new("acct") if taken else id
        for table in self.tables:
            if "id" in table.primary_key.columns:
                asked = [str(row.get("id")) for row in sent["tables"].get(table.name, ())]
                taken_ids = connection.execute(sa.select(table.c.id).where(table.c.id.in_(asked))).scalars()
                names |= {id: ids.new(id.partition("_")[0]) for id in taken_ids}
        text = json.dumps(sent)
        for old, new in names.items():
            text = text.replace(old, new) if old != new else text
        renamed: dict[str, Any] = json.loads(text)
        return renamed

    def _put(self, connection: Connection, account: str, found: Mapping[str, Any]) -> None:
        for id in found["connected"]:
            accounts.connect(connection, id, account)
        owners = {account, *found["connected"]}
        known = {table.name: table for table in self.tables}
        if unknown := sorted(found["tables"].keys() - known.keys()):
            raise _broken(f"this release has no tables {', '.join(unknown)}")
        for name, rows in found["tables"].items():
            if any(row.get("account") not in owners for row in rows):
                raise _broken(f"it has rows of {name} that belong to nobody in it")
            try:
                connection.execute(sa.insert(known[name]), [_from_json(known[name], row) for row in rows])
            except (sa.exc.SQLAlchemyError, binascii.Error) as error:
                raise _broken(f"its rows of {name} do not fit ({type(error).__name__})") from error
        ahead = max(0, found["now"] - self.state.clock.now())
        told = json.dumps(found["settings"])
        connection.execute(sa.insert(account_state).values(account=account, ahead=ahead, settings=told))


def _rows(connection: Connection, table: sa.Table, owners: Sequence[str]) -> list[dict[str, Any]]:
    columns = _columns(table)
    order = table.c.seq if "seq" in table.c else next(iter(table.primary_key.columns))
    query = sa.select(*columns).where(table.c.account.in_(owners)).order_by(order)
    return [
        {column.name: _to_json(column, value) for column, value in zip(columns, row, strict=True)}
        for row in connection.execute(query)
    ]


def _columns(table: sa.Table) -> list[sa.Column[Any]]:
    """Those with a meaning outside of this database: a running number says no more than the order of the rows."""
    return [column for column in table.columns if column is not table.autoincrement_column]


def _to_json(column: sa.Column[Any], value: Any) -> Any:
    if _is_document(column):
        return json.loads(value)
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _from_json(table: sa.Table, row: Mapping[str, Any]) -> dict[str, Any]:
    columns = {column.name: column for column in _columns(table)}
    if row.keys() != columns.keys():
        raise _broken(f"a row of {table.name} has other columns than this release")
    return {name: _to_stored(columns[name], value) for name, value in row.items()}


def _to_stored(column: sa.Column[Any], value: Any) -> Any:
    if _is_document(column):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    if isinstance(column.type, sa.LargeBinary):
        return base64.b64decode(value, validate=True)
    if isinstance(value, dict | list) and not isinstance(column.type, sa.JSON):
        raise _broken(f"{column.name} of {column.table.name} is a single value")
    return value


def _is_document(column: sa.Column[Any]) -> bool:
    return column.name == "body" and isinstance(column.type, sa.Text)


def _check(sent: Mapping[str, Any]) -> None:
    """It has the parts of a snapshot; what is in its rows is looked at one by one."""
    if sent.keys() != KEYS:
        raise _broken(f"it has the keys {', '.join(sorted(KEYS))}")
    if sent["schema"] != SCHEMA:
        raise _broken(f"it was taken by another release: it has schema {sent['schema']}, and this one {SCHEMA}")
    if type(sent["now"]) is not int or not isinstance(sent["settings"], dict):
        raise _broken("its time or its settings are none")
    if not all(isinstance(id, str) and id.startswith("acct_") for id in (sent["account"], *_list(sent["connected"]))):
        raise _broken("it names accounts by their ids")
    if not isinstance(sent["tables"], dict) or not all(isinstance(rows, list) for rows in sent["tables"].values()):
        raise _broken("its tables are lists of rows")
    if not all(isinstance(row, dict) for rows in sent["tables"].values() for row in rows):
        raise _broken("its rows are objects")
    settings.changed({}, sent["settings"])


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [None]


def _broken(why: str) -> errors.StripeError:
    return errors.invalid(f"This is no snapshot that GET /_mock/state has given: {why}.")
