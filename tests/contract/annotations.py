"""What the installed `stripe` package says an object looks like: its classes, their keys and the keys' types.

The package keeps many names of its annotations in TYPE_CHECKING blocks, and its own nested classes in the class body.
So hints are resolved with the names of the module and of its TYPE_CHECKING block as globals, and with the class's own
`vars` as locals.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import threading
import typing
from types import NoneType, UnionType
from typing import Any, ClassVar, Literal, Union

import stripe._stripe_object
from stripe._list_object import ListObject
from stripe._object_classes import OBJECT_CLASSES
from stripe._search_result_object import SearchResultObject
from stripe._stripe_object import StripeObject, UntypedStripeObject

BASES = vars(stripe._stripe_object)

_one_at_a_time = threading.Lock()
"""CPython 3.11 counts the depth of all threads' syntax trees in one place, and fails when two are built at once."""


@functools.cache
def class_of(object_name: str) -> type[StripeObject] | None:
    """The `stripe` class of objects whose `object` is this name; None for a name that the package does not know."""
    place = OBJECT_CLASSES.get(object_name)
    return getattr(importlib.import_module(place[0]), place[1]) if place else None


@functools.cache
def object_name(cls: type) -> str | None:
    """The `object` of a top-level class, None for a hash nested in another object."""
    return cls.__dict__.get("OBJECT_NAME")


@functools.cache
def keys_of(cls: type[StripeObject]) -> dict[str, Any]:
    """Key in JSON -> type, of every key that objects of this class may have."""
    names = {**BASES, **_names_of(cls.__module__)}
    hints: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        if base is StripeObject or not issubclass(base, StripeObject):
            continue
        hints |= _own_hints(base, names)
    remapped = vars(cls).get("_field_remappings", {})
    return {remapped.get(name, name): hint for name, hint in hints.items()}


def _own_hints(cls: type[StripeObject], names: dict[str, Any]) -> dict[str, Any]:
    own = type(cls.__name__, (), {"__annotations__": inspect.get_annotations(cls)})
    hints = typing.get_type_hints(own, globalns=names, localns=dict(vars(cls)))
    return {
        name: hint
        for name, hint in hints.items()
        if not name.startswith("_") and name != "OBJECT_NAME" and typing.get_origin(hint) is not ClassVar
    }


@functools.cache
def _names_of(module_name: str) -> dict[str, Any]:
    """The module's names and those that it imports for type checkers alone, those of parameters left out."""
    module = importlib.import_module(module_name)
    names = dict(vars(module))
    with _one_at_a_time:
        tree = ast.parse(inspect.getsource(module))
    for node in tree.body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for imported in node.body:
                if isinstance(imported, ast.ImportFrom) and imported.module and ".params" not in imported.module:
                    source = importlib.import_module(imported.module)
                    names |= {alias.asname or alias.name: getattr(source, alias.name) for alias in imported.names}
    return names


def members(hint: Any) -> tuple[Any, ...]:
    """The alternatives of a Union, null left out; a tuple of one for anything else."""
    if typing.get_origin(hint) in (Union, UnionType):
        return tuple(member for member in typing.get_args(hint) if member is not NoneType)
    return (hint,)


def nullable(hint: Any) -> bool:
    """Whether the annotation is `Optional[...]`."""
    return typing.get_origin(hint) in (Union, UnionType) and NoneType in typing.get_args(hint)


def enum_of(hint: Any) -> frozenset[Any] | None:
    """The allowed values of an enum, open (`Union[Literal[...], str]`) or closed; None for anything else.

    The mock answers in one known version, so what the package lists is all that it may answer.
    """
    values = [
        value for member in members(hint) if typing.get_origin(member) is Literal for value in typing.get_args(member)
    ]
    return frozenset(values) or None


def classes_of(hint: Any) -> tuple[type[StripeObject], ...]:
    """The object classes among the alternatives: those of a nested hash or of an expandable id."""
    return tuple(member for member in members(hint) if isinstance(member, type) and issubclass(member, StripeObject))


def is_expandable(hint: Any) -> bool:
    """Whether the value is an id that `expand` turns into the object."""
    return str in members(hint) and bool(classes_of(hint))


def item_of(hint: Any) -> tuple[str, Any] | None:
    """("array" | "list" | "search_result" | "map", type of the items) for a collection, None for anything else."""
    kinds: dict[Any, str] = {list: "array", ListObject: "list", SearchResultObject: "search_result"}
    kinds[UntypedStripeObject] = "map"
    for member in members(hint):
        if typing.get_origin(member) in kinds:
            return kinds[typing.get_origin(member)], typing.get_args(member)[0]
    return None
