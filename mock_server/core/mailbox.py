"""The mail that went out: on a mock nobody gets any, and everybody can look what it said."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from .store import Store, mails

MOST_LISTED = 100


def keep(store: Store, account: str, at: int, mail: Mapping[str, Any]) -> None:
    """mail: `to`, `subject`, `text`, `html`, `locale`, `kind`, and `customer` or None."""
    row = {"id": f"mail_{secrets.token_hex(12)}", "account": account, "created": at, **mail}
    with store.writing() as connection:
        connection.execute(sa.insert(mails).values(row))


def listed(store: Store, account: str) -> list[dict[str, Any]]:
    """The mail of an account, newest first, at most a hundred."""
    query = sa.select(mails).where(mails.c.account == account).order_by(mails.c.seq.desc()).limit(MOST_LISTED)
    with store.reading() as connection:
        return [_entry(row) for row in connection.execute(query)]


def find(store: Store, account: str, id: str) -> dict[str, Any] | None:
    """One mail of an account."""
    with store.reading() as connection:
        row = connection.execute(sa.select(mails).where(mails.c.account == account, mails.c.id == id)).one_or_none()
    return None if row is None else _entry(row)


def _entry(row: Any) -> dict[str, Any]:
    names = ("id", "created", "to", "subject", "kind", "locale", "customer", "text", "html")
    return {name: getattr(row, name) for name in names}
