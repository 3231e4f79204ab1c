"""A transaction that the database gave up, for the sake of another one, is done again from its start."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

ATTEMPTS = 4
SERIALIZATION_FAILURE, DEADLOCK = "40001", "40P01"

T = TypeVar("T")


def tried_again(transaction: Callable[[], T]) -> T:
    """What the transaction returns, after at most four attempts. Any error that is not the database's passes at once.

    transaction: does everything anew each time it is called; nothing is left of an attempt that failed.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return transaction()
        except Exception as error:
            if not is_deadlock(error):
                raise
    return transaction()


def is_deadlock(error: Exception) -> bool:
    """Whether the database says that the same transaction may succeed another time."""
    return getattr(getattr(error, "orig", error), "sqlstate", None) in (SERIALIZATION_FAILURE, DEADLOCK)
