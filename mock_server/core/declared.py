"""What a resource is declared with: its columns, the lists it carries, its calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_portal.wire.params import Params

from .blob import Blob
from .call import Body, Call

Run = Callable[[Call, dict[str, str], Body], "Body | Blob | str"]


@dataclass(frozen=True, slots=True)
class Key:
    """A promoted column.

    of: the value in the stored object: a dotted path (default: the name itself) or a function of the object.
    """

    name: str
    type: type = str
    of: str | Callable[[Body], Any] | None = None

    def value(self, body: Body) -> Any:
        """The column's value for `body`; None where the path leads nowhere."""
        if callable(self.of):
            return self.of(body)
        found: Any = body
        for part in (self.of or self.name).split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return id_of(found)


@dataclass(frozen=True, slots=True)
class Included:
    """A list that an object carries only when asked for by `expand`: the `noun`s whose column `by` is its id.

    url: the list's address, with `{id}` for the object's id.
    """

    noun: str
    by: str
    url: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One API call.

    path: with the ids in braces, such as `/v1/customers/{id}`.
    run: called with the call, the ids and the loaded parameters; inside one transaction when `writes`.
    upload: bytes that a file sent in a body of parts may have; 0 where none is taken.
    """

    method: str
    path: str
    params: type[Params]
    run: Run
    writes: bool
    upload: int = 0


def id_of(value: Any) -> Any:
    """The id of an object that is stored whole or as its id."""
    return value["id"] if isinstance(value, dict) else value
