"""Whether an object looks as the annotations of the installed `stripe` package say.

`violations(body)` names every missing, unknown and wrongly typed key by its dotted path; an empty list means that the
object is right. Each class is compiled once into a `Shape`, so that a check afterwards costs some microseconds.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from stripe._error_object import ErrorObject
from stripe._stripe_object import StripeObject

from tests.contract import absent
from tests.contract.annotations import (
    class_of,
    classes_of,
    enum_of,
    item_of,
    keys_of,
    members,
    nullable,
    object_name,
)

Check = Callable[[Any], Sequence[str]]
"""Takes a value that is not null, returns what is wrong with it: path below the value, colon, sentence."""

FINE: tuple[str, ...] = ()
STUB_KEYS = frozenset({"id", "object", "deleted"})
STUB_EXTRAS = {"bank_account": {"currency"}, "card": {"currency"}}
WHOLE_WHEN_DELETED = {"discount"}
BEYOND_THE_PACKAGE = {"request_id"}
"""Keys of errors that the package has no annotation for: the id stands in a header, too, where the package reads it."""
DECIMAL_STRING = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def violations(body: dict[str, Any], *, plain: bool = False, event: bool = False) -> list[str]:
    """Everything that is wrong with an object, an event or a list, in sentences that start with the dotted path.

    plain: nothing was expanded, so each expandable key must be an id and includable keys absent.
    event: the object is the payload of an event: plain, and without the secrets that events do not tell.
    """
    name = body.get("object") if isinstance(body, dict) else None
    if not isinstance(name, str):
        return [f"{shown(body)} is not an object: it has no `object`"]
    if name in ("list", "search_result"):
        return [f"{name}{problem}" for problem in _collection(name, None, plain or event)(body)]
    cls = class_of(name)
    if cls is None:
        return [f"{name}: the stripe package knows no such object"]
    found = [f"{name}{problem}" for problem in shape_of(cls, name, "", plain or event, event).problems(body)]
    return found + _event_payload(body) if name == "event" and not found else found


def error_violations(body: Any) -> list[str]:
    """Everything that is wrong with the body of an answer with a status of 400 or more."""
    if not isinstance(body, dict) or set(body) != {"error"} or not isinstance(body["error"], dict):
        return [f'error: {shown(body)} where {{"error": {{...}}}} belongs']
    error = {key: value for key, value in body["error"].items() if key not in BEYOND_THE_PACKAGE}
    shape = shape_of(ErrorObject, "error", "", False, False)
    found = [problem for problem in shape.problems(error) if not problem.endswith(MISSING)]
    if error.get("type") not in ("api_error", "card_error", "idempotency_error", "invalid_request_error"):
        found.append(f".type: {shown(error.get('type'))} is no type of error")
    if not error.get("message"):
        found.append(".message: an error without a sentence")
    return [f"error{problem}" for problem in found]


def _event_payload(body: dict[str, Any]) -> list[str]:
    payload = body["data"]["object"]
    found = [f"{body['type']}: {problem}" for problem in violations(payload, event=True)]
    previous = body["data"].get("previous_attributes")
    cls = class_of(payload.get("object", ""))
    if previous is not None and cls is not None:
        unknown = previous.keys() - keys_of(cls).keys()
        found += [f"event.data.previous_attributes.{key}: {UNKNOWN} of {payload['object']}" for key in sorted(unknown)]
    if previous == {}:
        found.append("event.data.previous_attributes: an event of a change that changed nothing")
    return found


MISSING = "missing"
UNKNOWN = "not a key"


@dataclass(frozen=True, slots=True)
class Shape:
    """What one class demands, in one place of one kind of object.

    by_type: keys that hold something only when the hash's `type` is their name.
    """

    name: str
    checks: dict[str, Check]
    nullable: frozenset[str]
    required: frozenset[str]
    never: dict[str, str]
    by_type: frozenset[str]

    def problems(self, body: Any) -> Sequence[str]:
        if type(body) is not dict:
            return [f": {shown(body)} where a hash belongs"]
        found: list[str] = []
        for key, value in body.items():
            check = self.checks.get(key)
            if check is None:
                found.append(f".{key}: {self.never.get(key) or f'{UNKNOWN} of {self.name}'}")
            elif value is None:
                if key not in self.nullable:
                    found.append(f".{key}: null, and may not be")
            elif wrong := check(value):
                found += [f".{key}{problem}" for problem in wrong]
        if body.get("deleted") is True and self.name not in WHOLE_WHEN_DELETED:
            return found + self._stub_problems(body)
        if not self.required <= body.keys():
            found += [f".{key}: {MISSING}" for key in sorted(self.required - body.keys())]
        return found + self._of_other_types(body) if self.by_type else found

    def _stub_problems(self, body: dict[str, Any]) -> list[str]:
        extra = body.keys() - STUB_KEYS - STUB_EXTRAS.get(self.name, set())
        found = [f".{key}: {MISSING}" for key in sorted(STUB_KEYS - body.keys())]
        return found + [f".{key}: the stub of a deleted object does not have it" for key in sorted(extra)]

    def _of_other_types(self, body: dict[str, Any]) -> list[str]:
        kind = body.get("type")
        foreign = [key for key in self.by_type & body.keys() if key != kind and body[key] is not None]
        found = [f".{key}: belongs to another type than {kind}" for key in sorted(foreign)]
        return [*found, f".{kind}: {MISSING}"] if kind in self.by_type and kind not in body else found


@functools.cache
def shape_of(cls: type[StripeObject], root: str, path: str, plain: bool, event: bool) -> Shape:
    """The shape of a class at a place: the same hash may have other absent keys elsewhere."""
    hints = keys_of(cls)
    places = {key: f"{path}.{key}" if path else key for key in hints}
    # The type of an error names no hash of it: a card error may carry an intent and a payment method. That of a file is
    # a kind of contents, such as png.
    by_type = frozenset[str]() if root in ("error", "file") else _keys_by_type(hints)
    never = {key: why for key, place in places.items() if (why := _never(root, place, plain))}
    may_miss = {key for key in hints if nullable(hints[key]) and absent.may_be_missing(root, places[key])}
    null_in_event = {key for key in hints if event and (root, places[key]) in absent.NULL_IN_EVENTS}
    return Shape(
        name=root if not path else f"{root}.{path}",
        checks={
            key: check_of(hint, root, places[key], plain, event) for key, hint in hints.items() if key not in never
        },
        nullable=frozenset(key for key in hints if nullable(hints[key])) - {"deleted"} | null_in_event,
        required=frozenset(hints.keys() - may_miss - by_type - never.keys()),
        never=never,
        by_type=by_type,
    )


def _never(root: str, place: str, plain: bool) -> str | None:
    if why := absent.reason(absent.ABSENT, root, place):
        return f"never served ({why})"
    if plain and absent.reason(absent.INCLUDABLE, root, place):
        return "absent unless it is expanded"
    return None


def _keys_by_type(hints: dict[str, Any]) -> frozenset[str]:
    """The Optional keys named after a `type`: the listed ones, or where the types are not listed, each nested hash."""
    if "type" not in hints:
        return frozenset()
    types = enum_of(hints["type"])
    return frozenset(
        key
        for key, hint in hints.items()
        if nullable(hint) and (key in types if types else bool(classes_of(hint) or item_of(hint)) and key != "metadata")
    )


def check_of(hint: Any, root: str, path: str, plain: bool, event: bool) -> Check:
    """The check of a key's value by its annotation; null has been judged before."""
    if collection := item_of(hint):
        return _collection_check(collection, root, path, plain, event)
    if classes := classes_of(hint):
        return _object_check(classes, str in members(hint), root, path, plain, event)
    if values := enum_of(hint):
        return lambda value: (
            FINE
            if type(value) in (str, bool) and value in values
            else [f": {shown(value)} is not one of {_some(values)}"]
        )
    return PRIMITIVES[members(hint)[0]]


def _collection_check(collection: tuple[str, Any], root: str, path: str, plain: bool, event: bool) -> Check:
    kind, item_hint = collection
    item = check_of(item_hint, root, path, plain, event)
    if kind == "array":
        return functools.partial(_array_problems, item)
    if kind == "map":
        return functools.partial(_map_problems, item)
    return _collection(kind, item, plain)


def _array_problems(item: Check, value: Any) -> Sequence[str]:
    if type(value) is not list:
        return [f": {shown(value)} where an array belongs"]
    found: list[str] = []
    for position, element in enumerate(value):
        wrong = item(element) if element is not None else [": null in an array"]
        found += [f"[{position}]{problem}" for problem in wrong]
    return found


def _map_problems(item: Check, value: Any) -> Sequence[str]:
    if type(value) is not dict:
        return [f": {shown(value)} where a map belongs"]
    found: list[str] = []
    for key, element in value.items():
        found += [f".{key}{problem}" for problem in item(element)]
    return found


ENVELOPES = {
    "list": frozenset({"object", "data", "has_more", "url"}),
    "search_result": frozenset({"object", "data", "has_more", "url", "next_page"}),
}


def _collection(kind: str, item: Check | None, plain: bool) -> Check:
    """The check of a list envelope; without `item` each element is checked by its own `object`."""

    def any_object(element: Any) -> Sequence[str]:
        return [f": {problem}" for problem in violations(element, plain=plain)]

    return functools.partial(_envelope_problems, kind, item or any_object)


def _envelope_problems(kind: str, item: Check, value: Any) -> Sequence[str]:
    if type(value) is not dict or value.get("object") != kind:
        return [f": {shown(value)} where a {kind} belongs"]
    keys = ENVELOPES[kind]
    found = [f".{key}: {MISSING}" for key in sorted(keys - value.keys())]
    found += [f".{key}: {UNKNOWN} of a {kind}" for key in sorted(value.keys() - keys - {"total_count"})]
    if type(value.get("has_more")) is not bool:
        found.append(f".has_more: {shown(value.get('has_more'))} is not a bool")
    if not str(value.get("url", "")).startswith("/v1/"):
        found.append(f".url: {shown(value.get('url'))} is not an address of the API")
    return [*found, *(f".data{problem}" for problem in _array_problems(item, value.get("data")))]


def _object_check(
    classes: tuple[type[StripeObject], ...], expandable: bool, root: str, path: str, plain: bool, event: bool
) -> Check:
    """The check of a nested hash, or of an id that may have been expanded to one of several objects."""

    def shape(name: str | None) -> Shape | None:
        for cls in classes:
            own = object_name(cls)
            if own is None or own == name:
                return shape_of(cls, own or root, "" if own else path, plain, event)
        return None

    def check(value: Any) -> Sequence[str]:
        if expandable and type(value) is str:
            return FINE if value else [": an empty id"]
        if expandable and plain:
            return [f": {shown(value)} where an id belongs, as it was not expanded"]
        if type(value) is not dict:
            return [f": {shown(value)} where a hash{' or an id' if expandable else ''} belongs"]
        found = shape(value.get("object"))
        return found.problems(value) if found else [f".object: {shown(value.get('object'))} does not belong here"]

    return check


def _typed(promised: str, right: Callable[[Any], bool]) -> Check:
    return lambda value: FINE if right(value) else [f": {shown(value)} is not {promised}"]


PRIMITIVES: dict[Any, Check] = {
    str: _typed("a str", lambda value: type(value) is str),
    int: _typed("an int", lambda value: type(value) is int),
    bool: _typed("a bool", lambda value: type(value) is bool),
    float: _typed("a number", lambda value: type(value) in (int, float)),
    Decimal: _typed(
        "a decimal string", lambda value: type(value) is str and DECIMAL_STRING.fullmatch(value) is not None
    ),
    Any: lambda value: FINE,
}


def shown(value: Any) -> str:
    """A value with its type, short enough for a line of a report."""
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '...'}"


def _some(values: frozenset[Any]) -> str:
    listed = sorted(map(str, values))
    return ", ".join(listed[:12]) + (", ..." if len(listed) > 12 else "")
