"""Print every key of an object: `python -m tests.contract.skeleton subscription [path.to.a.hash]`.

One key a line: its name, `?` where null is allowed, its type or the values of an enum, and when it is absent. A nested
hash is indented below its key; an object with an `object` of its own is named and not unfolded (ask for it by name).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from stripe._object_classes import OBJECT_CLASSES
from stripe._stripe_object import StripeObject

from tests.contract import absent
from tests.contract.annotations import (
    class_of,
    classes_of,
    enum_of,
    is_expandable,
    item_of,
    keys_of,
    members,
    nullable,
    object_name,
)

NAMES = {Decimal: "decimal string", Any: "anything"}


def skeleton(cls: type[StripeObject], root: str, path: str = "", depth: int = 0) -> Iterator[str]:
    """The lines of a class, keys in alphabetical order as in the package.

    root: the `object` that the class belongs to.  path: where in it.
    """
    for key, hint in keys_of(cls).items():
        where = f"{path}.{key}" if path else key
        note = absent.note(root, where)
        yield f"{'    ' * depth}{key}{'?' if nullable(hint) else ''}: {describe(hint)}{f'   # {note}' if note else ''}"
        for nested in inner(hint):
            if not object_name(nested):
                yield from skeleton(nested, root, where, depth + 1)


def describe(hint: Any) -> str:
    """A type in a few words, such as `list of subscription_item` or `id of customer`."""
    if collection := item_of(hint):
        return f"{collection[0]} of {describe(collection[1])}"
    if values := enum_of(hint):
        return " | ".join(sorted(map(str, values)))
    if is_expandable(hint):
        return "id of " + " or ".join(object_name(cls) or cls.__name__ for cls in classes_of(hint))
    if classes := classes_of(hint):
        return " or ".join(object_name(cls) or "hash" for cls in classes)
    return " | ".join(NAMES.get(member, getattr(member, "__name__", str(member))) for member in members(hint))


def inner(hint: Any) -> tuple[type[StripeObject], ...]:
    """The classes of a value, or of the items of a collection."""
    while collection := item_of(hint):
        hint = collection[1]
    return classes_of(hint)


def main(arguments: list[str]) -> int:
    """Print the skeleton; 2 when no such object is known.

    arguments: an object's name, and optionally the path of a hash inside it.
    """
    cls = class_of(arguments[0]) if arguments else None
    if cls is None:
        sys.stdout.write("Which object? One of:\n  " + "\n  ".join(sorted(OBJECT_CLASSES)) + "\n")
        return 2
    root, path = arguments[0], ""
    for key in filter(None, ".".join(arguments[1:]).split(".")):
        cls = inner(keys_of(cls)[key])[0]
        own = object_name(cls)
        root, path = (own, "") if own else (root, f"{path}.{key}".strip("."))
    sys.stdout.write("\n".join(skeleton(cls, root, path)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
