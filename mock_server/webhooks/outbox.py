"""Who has to be told of which event: rows that are written with the event, and claimed by whoever delivers.

Source: docs.stripe.com/webhooks
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mock_server.core import accounts, json_text, settings
from mock_server.core.call import Body, Call
from mock_server.core.prepared import Prepared
from mock_server.core.resource import Resource
from mock_server.core.store import Serial, Store

LEASE_SECONDS = 90
"""How long a claimed delivery is left alone; whoever claimed it may have been killed."""
CONNECT = "_connect"
"""Where an endpoint notes that it is told of what happens on the connected accounts, and not on its own."""
FORWARDING = "we_forwarding"
"""The endpoint that `--forward-to` stands for."""

metadata = sa.MetaData()
deliveries = sa.Table(
    "mock_deliveries",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("account", sa.String(64), nullable=False),
    sa.Column("event", sa.String(64), nullable=False),
    sa.Column("endpoint", sa.String(64), nullable=False),
    sa.Column("created", sa.BigInteger, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("next_attempt", sa.BigInteger, index=True),
    sa.Column("response", sa.Integer),
    sa.Column("problem", sa.Text),
    sa.Index("ix_mock_deliveries_event", "account", "event"),
)
undelivered = sa.or_(deliveries.c.response.is_(None), deliveries.c.problem.is_not(None))
"""What its endpoint has not accepted, or not yet."""
attempts = sa.Table(
    "mock_delivery_attempts",
    metadata,
    sa.Column("id", Serial, primary_key=True, autoincrement=True),
    sa.Column("account", sa.String(64), nullable=False),
    sa.Column("delivery", sa.BigInteger, nullable=False, index=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("response", sa.Integer),
    sa.Column("body", sa.Text),
    sa.Column("problem", sa.Text),
)
"""Each try, with what was answered."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where an event goes, and the secret that signs it."""

    url: str
    secret: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event that one endpoint has to be told.

    payload: the event's JSON text.  attempts: with this one.  target: None when the endpoint is gone or disabled.
    twice: whether it is told again when it has accepted.
    """

    id: int
    account: str
    event: str
    endpoint: str
    attempts: int
    payload: str
    target: Target | None
    twice: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended. response, body: None when there was no answer.  problem: None when it was accepted."""

    response: int | None
    body: str | None
    problem: str | None


class Outbox:
    """What has to be told, in the database.

    endpoints, events: the resources of webhook endpoints and of events.
    forwarding: where all events of all accounts go as well.
    """

    def __init__(self, endpoints: Resource, events: Resource, forwarding: Target | None = None) -> None:
        self.endpoints = endpoints
        self.events = events
        self.forwarding = forwarding
        columns = endpoints.table.c
        mine = (columns.account == sa.bindparam("a"), columns.status == "enabled", columns.deleted.is_(False))
        self._enabled = Prepared(sa.select(columns.body).where(*mine).order_by(columns.seq))
        self.something_to_do = threading.Event()

    def interested(self, call: Call, kind: str) -> Sequence[str]:
        """The ids of the enabled endpoints that want events of type `kind`."""
        if "webhook_endpoints" not in call.memo:
            own = [one for one in self._enabled_of(call, call.account) if not one.get(CONNECT)]
            others = self._enabled_of(call, call.platform) if call.platform else []
            call.memo["webhook_endpoints"] = [*own, *(one for one in others if one.get(CONNECT))]
        wanted = [
            str(endpoint["id"])
            for endpoint in call.memo["webhook_endpoints"]
            if "*" in endpoint["enabled_events"] or kind in endpoint["enabled_events"]
        ]
        return [*wanted, FORWARDING] if self.forwarding else wanted

    def _enabled_of(self, call: Call, account: str) -> list[Body]:
        rows = self._enabled.execute(call.connection, {"a": account}).fetchall()
        return [json_text.load(text) for (text,) in rows]

    def put(self, call: Call, event: Body, endpoints: Sequence[str]) -> None:
        """Write down that these endpoints have to be told of `event`."""
        row = {"account": call.account, "event": event["id"], "created": call.outside, "next_attempt": call.outside}
        call.connection.execute(sa.insert(deliveries), [row | {"endpoint": endpoint} for endpoint in endpoints])

    def wake(self) -> None:
        self.something_to_do.set()

    def claim(self, store: Store, now: int, most: int) -> list[Delivery]:
        """Deliveries whose time has come, left alone by others for a while."""
        columns = deliveries.c
        with store.reading() as connection:
            # Looking first keeps an idle mock from taking the writers' turn again and again.
            if connection.execute(sa.select(columns.id).where(columns.next_attempt <= now).limit(1)).first() is None:
                return []
        with store.writing() as connection:
            query = sa.select(deliveries).where(columns.next_attempt <= now).order_by(columns.next_attempt, columns.id)
            rows = connection.execute(query.limit(most).with_for_update(skip_locked=True)).all()
            taken = {"next_attempt": now + LEASE_SECONDS, "attempts": columns.attempts + 1}
            connection.execute(sa.update(deliveries).where(columns.id.in_([row.id for row in rows])).values(taken))
            wishes = {row.account: settings.of(connection, row.account) for row in rows}
            told = [self._delivery(connection, row, wishes[row.account]) for row in rows]
        # An id ends at random, so an order by its end is a shuffled one.
        return sorted(
            told, key=lambda one: one.event[::-1] if wishes[one.account]["webhook_order"] == "shuffled" else ""
        )

    def _delivery(self, connection: Connection, row: Any, wishes: Body) -> Delivery:
        payload = self._text(connection, self.events, row.account, row.event) or ""
        endpoint = self.endpoint(connection, row.account, row.endpoint)
        if payload and endpoint.get("api_version"):
            event = json_text.load(payload) | {"api_version": endpoint["api_version"]}
            payload = json_text.dump(event)
        target = self.forwarding if row.endpoint == FORWARDING else target_of(endpoint)
        tries, twice = row.attempts + 1, bool(wishes["webhook_duplicates"])
        return Delivery(row.id, row.account, row.event, row.endpoint, tries, payload, target, twice)

    def endpoint(self, connection: Connection, account: str, endpoint: str) -> Body:
        """The endpoint, which may be the platform's; empty when there is none."""
        text = self._text(connection, self.endpoints, account, endpoint)
        platform = accounts.platform_of(connection, account) if text is None else None
        if platform is not None:
            text = self._text(connection, self.endpoints, platform, endpoint)
        found: Body = json_text.load(text or "{}")
        return found

    def owner(self, connection: Connection, account: str, event: str) -> str | None:
        """Whose event it is: this account's, or one's that is connected to it; None when there is no such event."""
        owners = accounts.with_connected(connection, account)
        return next((one for one in owners if self._text(connection, self.events, one, event) is not None), None)

    @staticmethod
    def _text(connection: Connection, resource: Resource, account: str, id: str) -> str | None:
        columns = resource.table.c
        return connection.execute(sa.select(columns.body).where(columns.account == account, columns.id == id)).scalar()

    def settle(self, store: Store, delivery: Delivery, now: int, outcome: Outcome) -> None:
        """Note how an attempt ended, and when the next one is, if any."""
        tried = {"account": delivery.account, "delivery": delivery.id, "at": now}
        ended = {"response": outcome.response, "problem": outcome.problem}
        with store.writing() as connection:
            pauses = settings.of(connection, delivery.account)["webhook_retry_after_seconds"]
            again: int | None = None
            if outcome.problem is not None and delivery.target is not None and delivery.attempts <= len(pauses):
                again = now + pauses[delivery.attempts - 1]
            this = deliveries.c.id == delivery.id
            found = connection.execute(sa.update(deliveries).where(this).values(ended | {"next_attempt": again}))
            if not found.rowcount:
                # The account was reset while its endpoint was being told.
                return
            connection.execute(sa.insert(attempts).values(tried | ended | {"body": outcome.body}))
            if outcome.problem is None:
                self._count_pending(connection, delivery)

    def _count_pending(self, connection: Connection, delivery: Delivery) -> None:
        table = self.events.table
        mine = (table.c.account == delivery.account, table.c.id == delivery.event)
        text = connection.execute(sa.select(table.c.body).where(*mine).with_for_update()).scalar()
        if text is None:
            return
        event = json_text.load(text)
        same = (deliveries.c.account == delivery.account, deliveries.c.event == delivery.event)
        query = sa.select(sa.func.count()).select_from(deliveries).where(*same, undelivered)
        event["pending_webhooks"] = connection.execute(query).scalar_one()
        body = json_text.dump(event)
        connection.execute(sa.update(table).where(*mine).values(body=body))


def target_of(endpoint: Body) -> Target | None:
    """Where an endpoint is told; None when it is disabled or gone."""
    return Target(endpoint["url"], endpoint["_secret"]) if endpoint.get("status") == "enabled" else None
