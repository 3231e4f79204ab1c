"""Faults that were asked for: the next calls that match one are refused or delayed, as if Stripe had a bad day.

They are found by the query that tells an account's time, so a mock without faults does not pay for them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flask_portal.wire import errors

from .store import Store, faults

METHODS = ("GET", "POST", "DELETE")
ANY_PATH = "*"
MOST_TIMES = 1_000_000
LONGEST_DELAY = 60
MILLISECONDS = 1000
TYPES = {402: "card_error", 409: "invalid_request_error"}
DESCRIPTION = "This fault was asked for by POST /_mock/faults."


class Faulty(Exception):
    """Faults were asked for in this account: whether one is meant for this call has to be found out first."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a call. status: None when it is only delayed.  delay: milliseconds."""

    status: int | None
    code: str | None
    delay: int

    def error(self) -> errors.StripeError | None:
        """The error that the call is answered with."""
        if self.status is None:
            return None
        kind = TYPES.get(self.status, "api_error" if self.status >= 500 else "invalid_request_error")
        return errors.StripeError(DESCRIPTION, status=self.status, type=kind, code=self.code)


def add(store: Store, account: str, sent: Mapping[str, Any]) -> None:
    """Ask for a fault: `method`, `path`, `status`, `code`, `times`, `delay`. StripeError for anything else."""
    row = checked(sent)
    with store.writing() as connection:
        connection.execute(sa.insert(faults).values(account=account, **row))


def checked(sent: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the table, without the account."""
    known = ("method", "path", "status", "code", "times", "delay")
    unknown = sorted(sent.keys() - set(known))
    if unknown:
        raise errors.unknown_parameters(unknown, known=known)
    method, path, status, code = (sent.get(name) for name in known[:4])
    times, delay = sent.get("times", 1), sent.get("delay", 0)
    if method is not None and method not in METHODS:
        raise errors.not_one_of("method", METHODS)
    if path is not None and (not isinstance(path, str) or not path.startswith(("/", ANY_PATH)) or "\0" in path):
        raise errors.invalid("path begins with /; * stands for anything, and {id} for one part.", "path")
    if status is not None and not _is_whole(status, 400, 599):
        raise errors.invalid("status is an HTTP status from 400 to 599.", "status")
    if code is not None and (not isinstance(code, str) or status is None):
        raise errors.invalid("code is the code of an error, and comes with a status.", "code")
    if not _is_whole(times, 1, MOST_TIMES):
        raise errors.invalid(f"times is a number from 1 to {MOST_TIMES}.", "times")
    if isinstance(delay, bool) or not isinstance(delay, int | float) or not 0 <= delay <= LONGEST_DELAY:
        raise errors.invalid(f"delay is a number of seconds from 0 to {LONGEST_DELAY}.", "delay")
    if status is None and not delay:
        raise errors.invalid("A fault has a status, a delay, or both.", "status")
    what = {"method": method, "path": path or ANY_PATH, "status": status, "code": code}
    return what | {"times": times, "delay": round(delay * MILLISECONDS)}


def _is_whole(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def listed(store: Store, account: str) -> list[dict[str, Any]]:
    """The faults that have still to happen, in their order, as they were asked for."""
    query = sa.select(faults).where(faults.c.account == account).order_by(faults.c.id)
    with store.reading() as connection:
        return [_entry(row) for row in connection.execute(query)]


def clear(store: Store, account: str) -> None:
    """Take back all of them."""
    with store.writing() as connection:
        connection.execute(faults.delete().where(faults.c.account == account))


def take(store: Store, account: str, method: str, path: str) -> Fault | None:
    """The first fault that is meant for this call, which has then happened once more; None when there is none."""
    with store.writing() as connection:
        query = sa.select(faults).where(faults.c.account == account).order_by(faults.c.id).with_for_update()
        for row in connection.execute(query).all():
            if row.method in (None, method) and matches(row.path, path):
                _use_up(connection, row)
                return Fault(row.status, row.code, row.delay)
    return None


def matches(pattern: str, path: str) -> bool:
    """Whether an address fits: `*` stands for anything, `{id}` for one part."""
    parts = re.split(r"(\*|\{\w*\})", pattern)
    spelled = (".*" if part == "*" else "[^/]+" if part[:1] == "{" else re.escape(part) for part in parts)
    return re.fullmatch("".join(spelled), path, re.DOTALL) is not None


def _use_up(connection: Connection, row: Any) -> None:
    this = faults.c.id == row.id
    left = faults.update().where(this).values(times=row.times - 1) if row.times > 1 else faults.delete().where(this)
    connection.execute(left)


def _entry(row: Any) -> dict[str, Any]:
    names = ("method", "path", "status", "code", "times")
    return {name: getattr(row, name) for name in names} | {"delay": row.delay / MILLISECONDS}
