"""The log of refused requests: what the address in an error leads to."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from . import json_text
from .store import Store, refused_requests

MOST_LISTED = 100


def note(store: Store, id: str, account: str, at: int, method: str, path: str, status: int, answer: str) -> None:
    """Keep that a request was refused; its parameters may be secret, and are not kept.

    answer: the JSON text that it got.
    """
    error = json_text.dump(json_text.load(answer)["error"])
    row = {
        "id": id,
        "account": account,
        "created": at,
        "method": method,
        "path": path.replace("\0", "\ufffd"),
        "status": status,
    }
    with store.writing() as connection:
        connection.execute(sa.insert(refused_requests).values(row | {"error": error}))


def listed(store: Store, account: str) -> list[dict[str, Any]]:
    """The refused requests of an account, newest first, at most a hundred."""
    columns = refused_requests.c
    query = sa.select(refused_requests).where(columns.account == account).order_by(columns.created.desc(), columns.id)
    with store.reading() as connection:
        return [_entry(row) for row in connection.execute(query.limit(MOST_LISTED))]


def find(store: Store, account: str, id: str) -> dict[str, Any] | None:
    """One refused request of an account."""
    columns = refused_requests.c
    with store.reading() as connection:
        query = sa.select(refused_requests).where(columns.account == account, columns.id == id)
        row = connection.execute(query).one_or_none()
    return None if row is None else _entry(row)


def _entry(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "created": row.created,
        "method": row.method,
        "path": row.path,
        "status": row.status,
        "error": json_text.load(row.error),
    }
