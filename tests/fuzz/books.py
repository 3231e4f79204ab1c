"""Everything that an account has, as it is stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from mock_server.core.state import State

Body = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One object. due: Unix seconds.  clock: the test clock that it lives on."""

    noun: str
    id: str
    due: int | None
    clock: str | None
    deleted: bool
    body: Body


class Books:
    """All objects of an account, events apart, by kind and id."""

    def __init__(self, state: State, account: str) -> None:
        self.rows = list(_rows(state, account))
        self._by_noun: dict[str, dict[str, Body]] = {}
        for row in self.rows:
            if not row.deleted:
                self._by_noun.setdefault(row.noun, {})[row.id] = row.body
        # An account is no object of its own.
        self.ids = {account, *(row.id for row in self.rows)}
        kept = {row.noun for row in self.rows}
        self.prefixes = {resource.prefix for resource in state.registry if resource.noun in kept}

    def all(self, noun: str) -> list[Body]:
        """The objects of a kind that are not deleted, oldest first."""
        return list(self._by_noun.get(noun, {}).values())

    def get(self, noun: str, id: str | None) -> Body | None:
        """One of them."""
        return self._by_noun.get(noun, {}).get(id or "")

    def those(self, noun: str, **keys: Any) -> list[Body]:
        """Those with these values."""
        return [body for body in self.all(noun) if all(body[name] == value for name, value in keys.items())]


def _rows(state: State, account: str) -> Iterator[Row]:
    with state.store.reading() as connection:
        for resource in state.registry:
            if resource.noun == "event":
                continue
            table = resource.table.c
            query = sa.select(table.id, table.due, table.clock, table.deleted, table.body)
            for row in connection.execute(query.where(table.account == account).order_by(table.seq)):
                yield Row(resource.noun, row.id, row.due, row.clock, row.deleted, json.loads(row.body))
