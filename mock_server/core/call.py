"""One API call, or one thing that fell due: whose it is, when it happens, and what happened in it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from . import events
from .prepared import Prepared
from .store import Store

Body = dict[str, Any]


class Kept(Exception):
    """An error that is answered although the call's changes are kept, such as a payment that was declined."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


class Registered(Protocol):
    """What a call needs of the registry."""

    def render(self, call: Call, body: Body) -> Body:
        """An object as the API shows it."""
        ...

    def lock_customer(self, call: Call, id: str) -> None:
        """Keep other writers away from this customer's objects until the call ends."""
        ...


@dataclass(slots=True)
class Call:
    """What a resource's function gets to work with. All its changes are one transaction.

    now: Unix seconds; everything in this call happens at this moment.
    base_url: scheme and host under which this mock is reached, without a slash at the end.
    request_id: None when nobody asked, because something fell due.
    shown: each object as the outside last saw it, in an event or (as its stored text) before this call; the next event
    tells the difference.
    stands_for: what a test id such as `pm_card_visa` stands for within this call.
    memo: what was looked up once and holds for the whole call.
    """

    registry: Registered
    store: Store
    connection: Connection
    account: str
    now: int
    base_url: str = ""
    writes: bool = True
    request_id: str | None = None
    idempotency_key: str | None = None
    api_version: str = ""
    livemode: bool = False
    shown: dict[tuple[str, str], Body | str] = field(default_factory=dict)
    occurred: list[events.Occurrence] = field(default_factory=list)
    stands_for: dict[str, str] = field(default_factory=dict)
    memo: dict[str, Any] = field(default_factory=dict)

    def emit(self, kind: str, body: Body) -> None:
        """Record that `kind` happened to `body`, as it is now; `*.updated` also tells what changed."""
        snapshot = self.snapshot(body)
        previous: Body | None = None
        if kind.endswith(".updated"):
            previous = self._former_values(snapshot)
        self.shown[_key(snapshot)] = snapshot
        self.occurred.append(events.Occurrence(kind, snapshot, previous))

    def changed(self, body: Body) -> bool:
        """Whether `body` differs from what the outside last saw of it."""
        return self._former_values(self.snapshot(body)) != {}

    def snapshot(self, body: Body) -> Body:
        """`body` as the API shows it now, and as later changes to it will not touch it."""
        copy: Body = json.loads(json.dumps(self.registry.render(self, body)))
        return copy

    def alone(self, *what: str) -> None:
        """Let no other writing call of this account pass this point for the same `what` before this one has ended.

        For what no row stands for yet, such as an id or a key that must stay the only one of its kind.
        """
        if self.store.row_locks:
            named = " ".join((self.account, *what))
            _ALONE.execute(self.connection, {"named": named})

    def remember(self, noun: str, id: str, text: str) -> None:
        """Keep what an object was before this call changes it."""
        self.shown.setdefault((noun, id), text)

    def _former_values(self, snapshot: Body) -> Body | None:
        before = self.shown.get(_key(snapshot))
        if isinstance(before, str):
            before = self.registry.render(self, json.loads(before))
        return None if before is None else events.difference(before, snapshot)


# SQLite needs no such lock: it has one writer at a time.
_ALONE = Prepared(
    sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(sa.bindparam("named", type_=sa.Text), 0)))
)


def _key(body: Body) -> tuple[str, str]:
    return body["object"], body.get("id", "")
