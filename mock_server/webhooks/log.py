"""What was delivered to whom, and how that went; and telling it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flask_portal.wire import errors
from mock_server.core import accounts
from mock_server.core.store import Store

from .outbox import FORWARDING, Outbox, attempts, deliveries

MOST_LISTED = 100


@dataclass(frozen=True, slots=True)
class DeliveryLog:
    """The deliveries of one mock. What belongs to connected accounts is their platform's too."""

    store: Store
    outbox: Outbox

    def listed(self, account: str, asked: Mapping[str, str]) -> list[dict[str, Any]]:
        """The newest deliveries of an account, at most a hundred, with all their attempts.

        asked: filters by `event` and `endpoint`; StripeError for any other.
        """
        known = ("event", "endpoint")
        if unknown := sorted(asked.keys() - set(known)):
            raise errors.unknown_parameters(unknown, known=known)
        with self.store.reading() as connection:
            wanted = [deliveries.c[name] == value.replace("\0", "") for name, value in asked.items()]
            query = _of(connection, account, *wanted).order_by(deliveries.c.id.desc()).limit(MOST_LISTED)
            return _entries(connection, connection.execute(query).all())

    def one(self, account: str, id: int) -> dict[str, Any]:
        """One delivery; StripeError 404 when there is none."""
        with self.store.reading() as connection:
            [entry] = _entries(connection, [_row(connection, account, id)])
        return entry

    def resend(self, account: str, id: int, now: int) -> None:
        """Tell it once more, as soon as possible."""
        with self.store.writing() as connection:
            _again(connection, _row(connection, account, id).id, now)
        self.outbox.wake()

    def resend_event(self, account: str, event: str, endpoint: str, now: int) -> int:
        """Tell an endpoint of an event, whether it has been told or not; returns the delivery's id."""
        with self.store.writing() as connection:
            owner = self.outbox.owner(connection, account, event)
            if owner is None:
                raise errors.missing_object("event", event)
            self._check_endpoint(connection, owner, endpoint)
            id = _delivery_of(connection, owner, event, endpoint, now)
        self.outbox.wake()
        return id

    def _check_endpoint(self, connection: Connection, owner: str, endpoint: str) -> None:
        forwarded = endpoint == FORWARDING and self.outbox.forwarding is not None
        if not forwarded and not self.outbox.endpoint(connection, owner, endpoint):
            raise errors.missing_object("webhook endpoint", endpoint, "endpoint")


def _delivery_of(connection: Connection, owner: str, event: str, endpoint: str, now: int) -> int:
    """The delivery of an event to an endpoint, which is due now."""
    row = {"account": owner, "event": event, "endpoint": endpoint}
    same = (deliveries.c[name] == value for name, value in row.items())
    found = connection.execute(sa.select(sa.func.max(deliveries.c.id)).where(*same)).scalar()
    if found is not None:
        _again(connection, found, now)
        return int(found)
    made = sa.insert(deliveries).values(row | {"created": now, "next_attempt": now})
    return int(connection.execute(made.returning(deliveries.c.id)).scalar_one())


def _again(connection: Connection, id: int, now: int) -> None:
    connection.execute(sa.update(deliveries).where(deliveries.c.id == id).values(next_attempt=now))


def _of(connection: Connection, account: str, *wanted: sa.ColumnElement[bool]) -> sa.Select[Any]:
    owners = accounts.with_connected(connection, account)
    return sa.select(deliveries).where(deliveries.c.account.in_(owners), *wanted)


def _row(connection: Connection, account: str, id: int) -> Any:
    found = connection.execute(_of(connection, account, deliveries.c.id == id)).one_or_none()
    if found is None:
        raise errors.missing_object("delivery", str(id))
    return found


def _entries(connection: Connection, rows: Sequence[Any]) -> list[dict[str, Any]]:
    tries: dict[int, list[dict[str, Any]]] = {row.id: [] for row in rows}
    query = sa.select(attempts).where(attempts.c.delivery.in_(tries)).order_by(attempts.c.id)
    for each in connection.execute(query):
        told = {"at": each.at, "status": each.response, "body": each.body, "problem": each.problem}
        tries[each.delivery].append(told)
    return [_entry(row, tries[row.id]) for row in rows]


def _entry(row: Any, tries: list[dict[str, Any]]) -> dict[str, Any]:
    accepted = row.response is not None and row.problem is None
    return {
        "id": row.id,
        "account": row.account,
        "event": row.event,
        "endpoint": row.endpoint,
        "created": row.created,
        "status": "pending" if row.next_attempt is not None else "delivered" if accepted else "failed",
        "next_attempt": row.next_attempt,
        "attempts": tries,
    }
