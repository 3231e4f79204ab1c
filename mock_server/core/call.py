"""One API call, or one thing that fell due: whose it is, when it happens, and what happened in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flask_portal.wire import errors

from . import accounts, events, json_text, settings
from .documents import Stored
from .prepared import Prepared
from .store import Store

Body = dict[str, Any]
SETTINGS = "settings"
PLATFORM = "platform"


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

    def move_to_clock(self, call: Call, customer: str) -> None:
        """Let all that is a customer's live on the test clock that this call is on."""
        ...

    def test_clock(self, call: Call, id: str) -> Body | None:
        """The test clock; in a writing call nobody else changes it until the call ends."""
        ...


@dataclass(slots=True)
class Call:
    """What a resource's function gets to work with. All its changes are one transaction.

    now: Unix seconds; everything in this call happens at this moment. It is the account's time, until an object is
    loaded that lives on a test clock: then it is that clock's.
    clock: the test clock that this call happens on.
    outside: Unix seconds by the process's clock, for what is waited for outside, such as webhooks.
    base_url: scheme and host under which this mock is reached, without a slash at the end.
    request_id: None when nobody asked, because something fell due.
    faulty: whether faults were asked for in this account, which may be meant for this call.
    shown: each object as the outside last saw it, in an event or (as its stored text) before this call; the next event
    tells the difference.
    rows: what is stored of each object that was read or written in this call, by account, noun and id.
    moments: when things fall due that this call has put off or begun.
    stands_for: what a test id such as `pm_card_visa` stands for within this call.
    wakes: whether the call has begun something that goes on in the background.
    memo: what was looked up once and holds for the whole call.
    """

    registry: Registered
    store: Store
    connection: Connection
    account: str
    now: int
    clock: str | None = None
    outside: int = 0
    base_url: str = ""
    writes: bool = True
    request_id: str | None = None
    idempotency_key: str | None = None
    api_version: str = ""
    livemode: bool = False
    wakes: bool = False
    faulty: bool = False
    shown: dict[tuple[str, str], Body | str] = field(default_factory=dict)
    rows: dict[tuple[str, str, str], Stored] = field(default_factory=dict)
    moments: list[int] = field(default_factory=list)
    occurred: list[events.Occurrence] = field(default_factory=list)
    stands_for: dict[str, str] = field(default_factory=dict)
    memo: dict[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> Body:
        """What the account has set, with the defaults of what it has not."""
        if SETTINGS not in self.memo:
            self.memo[SETTINGS] = settings.of(self.connection, self.account)
        found: Body = self.memo[SETTINGS]
        return found

    @property
    def platform(self) -> str | None:
        """The account that this one is connected to; None when it is no connected account."""
        if PLATFORM not in self.memo:
            self.memo[PLATFORM] = accounts.platform_of(self.connection, self.account)
        found: str | None = self.memo[PLATFORM]
        return found

    def emit(self, kind: str, body: Body, *also: str) -> None:
        """Record that `kind` happened to `body`, as it is now; `*.updated` also tells what changed.

        also: further types of events that tell of the same.
        """
        snapshot = self.snapshot(body)
        former = self._former_values(snapshot) if any(one.endswith(".updated") for one in (kind, *also)) else None
        self._record(snapshot, former, kind, *also)

    def emit_changed(self, kind: str, body: Body) -> bool:
        """Record that `kind` happened to `body`, if it differs from what the outside last saw of it."""
        snapshot = self.snapshot(body)
        former = self._former_values(snapshot)
        if former == {}:
            return False
        self._record(snapshot, former, kind)
        return True

    def _record(self, snapshot: Body, former: Body | None, *kinds: str) -> None:
        self.shown[_key(snapshot)] = snapshot
        for one in kinds:
            previous = former if one.endswith(".updated") else None
            self.occurred.append(events.Occurrence(one, snapshot, previous, self.account))

    def enter(self, clock: str) -> None:
        """From here on, `now` is this test clock's time. StripeError when it is moving, or when it is another one."""
        if clock == self.clock:
            return
        found = self.registry.test_clock(self, clock)
        if found is None or found.get("deleted"):
            return
        if self.writes and self.clock is not None:
            raise errors.invalid(f"The test clocks {self.clock} and {clock} have different times: use objects of one.")
        if self.writes and found["status"] != "ready":
            raise errors.StripeError(
                f"The test clock {clock} is {found['status']}, and nothing on it can be changed until it is ready.",
                status=429,
            )
        self.clock, self.now = clock, found["frozen_time"]

    def acting_for(self, account: str) -> Call:
        """The same call, in the same transaction, as it works on what belongs to another account."""
        return replace(self, account=account, clock=None, memo={})

    def changed(self, body: Body) -> bool:
        """Whether `body` differs from what the outside last saw of it."""
        return self._former_values(self.snapshot(body)) != {}

    def snapshot(self, body: Body) -> Body:
        """`body` as the API shows it now, and as later changes to it will not touch it."""
        copy: Body = json_text.copied(self.registry.render(self, body))
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

    def note_moment(self, due: int | None) -> None:
        """Something falls due at this moment, if at any."""
        if due is not None:
            self.moments.append(due)

    def _former_values(self, snapshot: Body) -> Body | None:
        before = self.shown.get(_key(snapshot))
        if isinstance(before, str):
            before = self.registry.render(self, json_text.load(before))
        return None if before is None else events.difference(before, snapshot)


# SQLite needs no such lock: it has one writer at a time.
_ALONE = Prepared(
    sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(sa.bindparam("named", type_=sa.Text), 0)))
)


def _key(body: Body) -> tuple[str, str]:
    return body["object"], body.get("id", "")
