"""Events: what happened, recorded with the change itself in one transaction.

Source: docs.stripe.com/api/events
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Something that happened in a call: the event's type, the object at that moment, and its former values.

    account: whose object it is: the call's, or one that the call has acted for.
    """

    kind: str
    body: Body
    previous: Body | None
    account: str

    def data(self) -> Body:
        """The event's `data`."""
        if self.previous is None:
            return {"object": self.body}
        return {"object": self.body, "previous_attributes": self.previous}


def difference(before: Body, after: Body) -> Body:
    """The former values of what changed: arrays whole, nested maps with their changed keys only, null for a new key."""
    changed: Body = {}
    for key in sorted(after.keys() | before.keys()):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        changed[key] = difference(old, new) if isinstance(old, dict) and isinstance(new, dict) else old
    return changed
