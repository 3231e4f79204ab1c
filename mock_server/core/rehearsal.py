"""What is done and may be undone within a call.

A rehearsal: something is done as it would be done, up to one event, and then undone. What a preview shows is what
will happen, because it has happened. An attempt: something is done as a whole, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from flask_portal.wire.errors import StripeError

from .call import Body, Call, Kept
from .prepared import driver_of


class Reached(Exception):
    """The event that was waited for. body: its object at that moment."""

    def __init__(self, body: Body) -> None:
        super().__init__(body.get("id"))
        self.body = body


@dataclass(slots=True)
class Rehearsal(Call):
    """A call that stops at an event.

    wanted: told the type and the object of each event; whether it is the one that is waited for.
    """

    wanted: Callable[[str, Body], bool] = lambda _kind, _body: False

    def emit(self, kind: str, body: Body, *also: str) -> None:
        """Stop at the event that is wanted; nobody is told of any other. Raises Reached."""
        if self.wanted(kind, body):
            raise Reached(self.snapshot(body))

    def emit_changed(self, kind: str, body: Body) -> bool:
        """The same, when anything has changed. Raises Reached."""
        changed = self.changed(body)
        if changed:
            self.emit(kind, body)
        return changed


def rehearse(call: Call, act: Callable[[Call], None], wanted: Callable[[str, Body], bool]) -> Body | None:
    """The object of the first wanted event that `act` leads to, or None. Nothing that `act` does is kept.

    StripeError where `act` cannot be done.
    """
    state = {field.name: getattr(call, field.name) for field in fields(Call)}
    apart = {
        "shown": {},
        "rows": dict(call.rows),
        "moments": [],
        "occurred": [],
        "memo": dict(call.memo),
        "stands_for": dict(call.stands_for),
    }
    trial = Rehearsal(**(state | apart), wanted=wanted)
    driver = driver_of(call.connection)
    driver.execute("SAVEPOINT rehearsal")
    try:
        act(trial)
    except Reached as reached:
        return reached.body
    except Kept as kept:
        raise kept.error from kept
    finally:
        driver.execute("ROLLBACK TO SAVEPOINT rehearsal")
        driver.execute("RELEASE SAVEPOINT rehearsal")
    return None


def attempt(call: Call, act: Callable[[Call], None]) -> StripeError | None:
    """Do `act`; where it is refused, nothing of it is left, and the refusal is returned.

    For what falls due when nobody is there to be told. Objects that `act` has changed have to be loaded anew.
    """
    before = {"shown": dict(call.shown), "occurred": list(call.occurred), "memo": dict(call.memo)}
    savepoint = call.connection.begin_nested()
    try:
        act(call)
    except Exception as stopped:
        savepoint.rollback()
        if not isinstance(stopped, StripeError):
            raise
        for name, value in before.items():
            setattr(call, name, value)
        return stopped
    savepoint.commit()
    return None
