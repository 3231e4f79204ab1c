"""What falls due: one loop does everything up to a moment, in order.

Each thing happens at its own moment and in its own transaction. Killed in the middle, it goes on where it stopped.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import sqlalchemy as sa

from .state import State

log = logging.getLogger(__name__)

PUT_OFF_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Item:
    """An object of an account with something to do at a moment, in Unix seconds."""

    at: int
    noun: str
    account: str
    id: str


def earliest(state: State, until: int) -> Item | None:
    """What falls due first, up to and with `until`."""
    found: list[Item] = []
    with state.store.reading() as connection:
        for resource in state.registry:
            if resource.when_due is None:
                continue
            columns = resource.table.c
            query = sa.select(columns.due, columns.account, columns.id).where(columns.due <= until)
            row = connection.execute(query.order_by(columns.due, columns.seq).limit(1)).one_or_none()
            if row is not None:
                found.append(Item(row.due, resource.noun, row.account, row.id))
    return min(found, key=lambda item: item.at, default=None)


def advance(state: State, until: int) -> int:
    """Do everything that falls due up to `until`; returns how many things that were."""
    done = 0
    while (item := earliest(state, until)) is not None:
        try:
            done += _do(state, item)
        except Exception:
            # One broken object must not hold up all others: it is reported, and asked again later.
            log.exception("%s %s could not be done when it fell due", item.noun, item.id)
            _put_off(state, item)
    return done


def _do(state: State, item: Item) -> bool:
    resource = state.registry[item.noun]
    columns = resource.table.c
    with state.writing(item.account, now=item.at) as call:
        # The object first, which locks its customer: calls of the API take the two locks in that order as well.
        body = resource.find(call, item.id)
        query = sa.select(columns.due).where(columns.account == item.account, columns.id == item.id)
        if body is None or call.connection.execute(query.with_for_update()).scalar() != item.at:
            # Another worker was quicker.
            return False
        if resource.when_due is not None:
            resource.when_due(call, body)
        return True


def _put_off(state: State, item: Item) -> None:
    columns = state.registry[item.noun].table.c
    with state.store.writing() as connection:
        mine = (columns.account == item.account, columns.id == item.id, columns.due == item.at)
        later = state.clock.now() + PUT_OFF_SECONDS
        connection.execute(sa.update(state.registry[item.noun].table).where(*mine).values(due=later))
