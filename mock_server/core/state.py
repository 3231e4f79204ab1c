"""A running mock: its clock, its store, its resources, and the way into a call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from . import json_text
from .call import Call
from .clock import Clock
from .prepared import Prepared
from .registry import Registry
from .store import Store, account_state, faults, insert_or_ignore

_mine = account_state.c.account == sa.bindparam("own_account")
_AHEAD = Prepared(sa.select(account_state.c.ahead).where(_mine))
_AHEAD_AND_FAULTY = Prepared(
    sa.select(
        sa.select(account_state.c.ahead).where(_mine).scalar_subquery(),
        sa.exists().where(faults.c.account == sa.bindparam("own_account")),
    )
)


@dataclass(slots=True)
class State:
    """What one process of the mock works with.

    public_url: scheme and host under which it is reached when nobody asked it (things that fall due), without a slash.
    prepared: statements that are built once, by whatever name their users give them.
    wake: called after a call that has begun something which goes on in the background.
    """

    registry: Registry
    store: Store
    clock: Clock
    public_url: str
    api_version: str
    wake: Callable[[], object] | None = None
    prepared: dict[str, Prepared] = field(default_factory=dict)

    def now(self, account: str) -> int:
        """The moment as this account sees it, in Unix seconds."""
        with self.store.reading() as connection:
            return self._now(connection, account)

    def move(self, account: str, to: int) -> None:
        """Let this account's clock show `to` from now on, for all workers; ValueError when asked to go back."""
        with self.store.writing() as connection:
            connection.execute(insert_or_ignore(self.store.row_locks, account_state).values(account=account))
            mine = account_state.c.account == account
            before = connection.execute(sa.select(account_state.c.ahead).where(mine).with_for_update()).scalar_one()
            ahead = to - self.clock.now()
            if ahead < before:
                raise ValueError("a clock goes forwards; reset the account to go back")
            connection.execute(sa.update(account_state).where(mine).values(ahead=ahead))

    def moved(self) -> Mapping[str, int]:
        """The accounts whose clock was moved, and what time it is for them."""
        query = sa.select(account_state.c.account, account_state.c.ahead).where(account_state.c.ahead > 0)
        with self.store.reading() as connection:
            rows = connection.execute(query).all()
        now = self.clock.now()
        return {row.account: now + row.ahead for row in rows}

    def keep_settings(self, account: str, settings: Mapping[str, Any]) -> None:
        """Store what was set for this account, as `settings.changed` returns it."""
        with self.store.writing() as connection:
            connection.execute(insert_or_ignore(self.store.row_locks, account_state).values(account=account))
            changed = sa.update(account_state).where(account_state.c.account == account)
            connection.execute(changed.values(settings=json_text.dump(settings)))

    @contextmanager
    def reading(self, account: str, **about: Any) -> Iterator[Call]:
        """A call that writes nothing."""
        with self.store.reading() as connection:
            yield self._call(account, connection, {"writes": False, **about})

    @contextmanager
    def writing(self, account: str, **about: Any) -> Iterator[Call]:
        """A call whose changes and events are one transaction; an exception leaves nothing of it."""
        with self.store.writing() as connection:
            call = self._call(account, connection, about)
            yield call
            told = self.registry.record(call)
        if told and self.registry.outbox:
            self.registry.outbox.wake()
        if call.wakes and self.wake is not None:
            self.wake()

    def _call(self, account: str, connection: Connection, about: dict[str, Any]) -> Call:
        defaults: dict[str, Any] = {
            "outside": self.clock.now(),
            "base_url": self.public_url,
            "api_version": self.api_version,
        }
        if "now" not in about:
            ahead, faulty = _AHEAD_AND_FAULTY.execute(connection, {"own_account": account}).fetchone()
            defaults |= {"now": defaults["outside"] + (ahead or 0), "faulty": bool(faulty)}
        return Call(self.registry, self.store, connection, account, **(defaults | about))

    def _now(self, connection: Connection, account: str) -> int:
        return self.clock.now() + (_AHEAD.first(connection, {"own_account": account}) or 0)
