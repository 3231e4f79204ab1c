"""Calls that are made twice and done once.

A claim is a row of the call's own transaction: a concurrent twin waits for it, and then gets the saved answer.
Source: docs.stripe.com/api/idempotent_requests
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flask_portal.wire import errors

from .blob import Uploaded
from .prepared import Prepared
from .store import IDEMPOTENCY_SECONDS, Store, idempotency_records, insert_or_ignore

MAX_KEY = 255


@dataclass(frozen=True, slots=True)
class Claim:
    """The wish to make a call once. fingerprint: of method, path and parameters."""

    account: str
    key: str
    fingerprint: str
    request_id: str
    now: int


@dataclass(frozen=True, slots=True)
class Saved:
    """What the first call with this key was answered."""

    status: int
    body: str
    request_id: str


def fingerprint(method: str, path: str, sent: dict[str, Any]) -> str:
    """Equal for equal requests, whatever the order of their parameters."""
    canonical = json.dumps([method, path, sent], sort_keys=True, ensure_ascii=False, default=_digest)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def _digest(uploaded: Uploaded) -> list[str]:
    return [uploaded.filename, hashlib.sha256(uploaded.content).hexdigest()]


def find(store: Store, connection: Connection, claim: Claim) -> Saved | None:
    """The answer of the first call with this key in the last 24 hours; StripeError when it was another call."""
    row = _statements(store.row_locks).find.execute(connection, {"a": claim.account, "k": claim.key}).fetchone()
    if row is None:
        return None
    fingerprint, created, request_id, status, body = row
    if created <= claim.now - IDEMPOTENCY_SECONDS:
        return None
    if fingerprint != claim.fingerprint:
        raise errors.StripeError(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. "
            f"Try using a key other than '{claim.key}' if you meant to execute a different request.",
            type="idempotency_error",
        )
    if status is None:
        raise errors.conflict(
            f"Another request with the idempotency key '{claim.key}' is still being worked on.",
            "idempotency_key_in_use",
        )
    return Saved(status, body, request_id)


def take(store: Store, connection: Connection, claim: Claim) -> Saved | None:
    """Claim the key in this transaction, or return what the first call was answered."""
    statements = _statements(store.row_locks)
    values = {
        "account": claim.account,
        "key": claim.key,
        "fingerprint": claim.fingerprint,
        "created": claim.now,
        "request_id": claim.request_id,
    }
    if statements.take.execute(connection, values).rowcount:
        return None
    saved = find(store, connection, claim)
    if saved is None:
        statements.renew.execute(connection, values)
    return saved


def settle(store: Store, connection: Connection, claim: Claim, status: int, body: str) -> None:
    """Save the answer of a claimed call."""
    values = {"a": claim.account, "k": claim.key, "status": status, "body": body}
    _statements(store.row_locks).settle.execute(connection, values)


@dataclass(frozen=True, slots=True)
class _Statements:
    find: Prepared
    take: Prepared
    renew: Prepared
    settle: Prepared


@cache
def _statements(on_postgresql: bool) -> _Statements:
    table = idempotency_records
    columns = table.c
    named: dict[str, Any] = {
        name: sa.bindparam(name) for name in ("account", "key", "fingerprint", "created", "request_id")
    }
    mine = (columns.account == sa.bindparam("a"), columns.key == sa.bindparam("k"))
    # An UPDATE's own columns may not lend their names to the parameters of its condition.
    again = (columns.account == sa.bindparam("account"), columns.key == sa.bindparam("key"))
    fresh = {"fingerprint": named["fingerprint"], "created": named["created"], "request_id": named["request_id"]}
    result: dict[str, Any] = {"status": sa.bindparam("status"), "body": sa.bindparam("body")}
    return _Statements(
        find=Prepared(
            sa.select(columns.fingerprint, columns.created, columns.request_id, columns.status, columns.body).where(
                *mine
            )
        ),
        take=Prepared(insert_or_ignore(on_postgresql, table).values(named)),
        renew=Prepared(table.update().where(*again).values(fresh | {"status": sa.null(), "body": sa.null()})),
        settle=Prepared(table.update().where(*mine).values(result)),
    )
