"""What falls due: one loop does everything up to a moment, in order.

Each thing happens at its own moment and in its own transaction. Killed in the middle, it goes on where it stopped.
What lives on a test clock falls due by that clock, everything else by its account's.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from .deadlock import tried_again
from .prepared import Prepared
from .state import State

log = logging.getLogger(__name__)

PUT_OFF_SECONDS = 3600
AT_ONCE = 32
"""So many things are looked up at once."""

Scope = Literal["live", "account", "clock"]


@dataclass(frozen=True, slots=True)
class Item:
    """An object of an account with something to do at a moment, in Unix seconds. clock: the test clock it lives on."""

    at: int
    noun: str
    account: str
    id: str
    clock: str | None = None


class Stopped(RuntimeError):
    """Something that fell due on a test clock could not be done, so the clock cannot go on."""


def upcoming(state: State, until: int, account: str | None = None, clock: str | None = None) -> list[Item]:
    """What falls due first, some of it, up to and with `until`: on this test clock, or else in this account, or in all.

    In order.
    """
    scope: Scope = "live" if account is None else "account" if clock is None else "clock"
    if scope not in state.prepared:
        state.prepared[scope] = _first_of_all(state, scope)
    given = {"until": until, "mine": account, "on": clock}
    values = {name: value for name, value in given.items() if value is not None}
    with state.store.reading() as connection:
        rows = state.prepared[scope].execute(connection, values).fetchall()
    return [Item(row[0], row[3], row[4], row[5], clock) for row in rows]


def _first_of_all(state: State, scope: Scope) -> Prepared:
    """The earliest things of each resource, and the first of these; a lower resource comes first in the same second."""
    firsts = []
    for rank, resource in enumerate(state.registry):
        if resource.when_due is None:
            continue
        columns = resource.table.c
        wanted = [columns.due <= sa.bindparam("until")]
        wanted.append(columns.clock == sa.bindparam("on") if scope == "clock" else columns.clock.is_(None))
        if scope != "live":
            wanted.append(columns.account == sa.bindparam("mine"))
        place: sa.Label[Any] = sa.literal_column(str(rank)).label("rank")
        noun = sa.literal(resource.noun).label("noun")
        query = sa.select(columns.due, place, columns.seq, noun, columns.account, columns.id).where(*wanted)
        firsts.append(sa.select(query.order_by(columns.due, columns.seq).limit(AT_ONCE).subquery()))
    together = sa.union_all(*firsts).subquery()
    return Prepared(sa.select(together).order_by(together.c.due, together.c.rank, together.c.seq).limit(AT_ONCE))


def advance(state: State, until: int, account: str | None = None) -> int:
    """Do everything that falls due up to `until`, of one account or of all; returns how many things that were."""
    done = 0
    for item, moments in _in_order(state, until, account):
        try:
            done += _do(state, item, moments)
        except Exception:
            # One broken object must not hold up all others: it is reported, and asked again later.
            log.exception("%s %s could not be done when it fell due", item.noun, item.id)
            _put_off(state, item)
    return done


def advance_live(state: State) -> int:
    """Do everything that has fallen due by the clocks of all accounts; returns how many things that were."""
    done = advance(state, state.clock.now())
    return done + sum(advance(state, now, account) for account, now in state.moved().items())


def advance_clock(state: State, account: str, clock: str, until: int) -> int:
    """Do everything that falls due on a test clock up to `until`; `Stopped` when something could not be done."""
    done = 0
    for item, moments in _in_order(state, until, account, clock):
        try:
            done += _do(state, item, moments)
        except Exception as problem:
            raise Stopped(f"{item.noun} {item.id} could not be done when it fell due at {item.at}") from problem
    return done


def _in_order(
    state: State, until: int, account: str | None, clock: str | None = None
) -> Iterator[tuple[Item, list[int]]]:
    """What falls due, and a list for the moments that doing it leads to: what they bring may come before the rest."""
    while items := upcoming(state, until, account, clock):
        moments: list[int] = []
        for item in items:
            if moments and min(moments) <= item.at:
                break
            yield item, moments


def _do(state: State, item: Item, moments: list[int]) -> bool:
    """Whether it was there to be done, and is done now. Two workers may lock what the other one needs next.

    `moments` gains when more falls due.
    """
    return tried_again(lambda: _do_once(state, item, moments))


def _do_once(state: State, item: Item, moments: list[int]) -> bool:
    """Do it in a transaction of its own."""
    resource = state.registry[item.noun]
    with state.writing(item.account, now=item.at, clock=item.clock, moments=moments) as call:
        # The object first, which locks its customer: calls of the API take the two locks in that order as well.
        body = resource.find(call, item.id)
        if body is None or call.rows[item.account, item.noun, item.id].due != item.at:
            # Another worker was quicker, or what came before has changed it.
            return False
        if resource.when_due is not None:
            resource.when_due(call, body)
        return True


def _put_off(state: State, item: Item) -> None:
    columns = state.registry[item.noun].table.c
    later = state.now(item.account) + PUT_OFF_SECONDS
    with state.store.writing() as connection:
        mine = (columns.account == item.account, columns.id == item.id, columns.due == item.at)
        connection.execute(sa.update(state.registry[item.noun].table).where(*mine).values(due=later))
