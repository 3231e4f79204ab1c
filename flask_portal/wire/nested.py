"""The fields of `flask_portal.wire.params` that hold others: lists and mappings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Unpack

from marshmallow import ValidationError

from flask_portal.wire.problems import refused
from flask_portal.wire.scalars import Options, Parameter, Str

METADATA_KEYS = 50
METADATA_KEY_LENGTH = 40
METADATA_VALUE_LENGTH = 500


class ListOf(Parameter):
    """A list, sent as `a[]=x`, or as `a[0]=x` in the order of the numbers.

    field: what each element is.  min, max: number of elements, both included.
    """

    def __init__(
        self, field: Parameter, *, min: int | None = None, max: int | None = None, **options: Unpack[Options]
    ) -> None:
        super().__init__(**options)
        self.inner = field
        self.min = min
        self.max = max

    def read(self, value: Any) -> list[Any]:
        elements = _elements(value)
        if self.max is not None and len(elements) > self.max:
            raise refused(f"Invalid array: must have at most {self.max} elements")
        found = [element for _, element in _each(elements, self._read_element)]
        if self.min is not None and len(elements) < self.min:
            raise refused(f"Invalid array: must have at least {self.min} elements")
        return found

    def _read_element(self, index: str, element: Any) -> tuple[str, Any]:
        return index, self.inner.deserialize(element)


class MapOf(Parameter):
    """A mapping with names of the caller's choice: `MapOf(Hash(Option), keys=Currency())`."""

    def __init__(self, field: Parameter, *, keys: Parameter | None = None, **options: Unpack[Options]) -> None:
        super().__init__(**options)
        self.inner = field
        self.keys = keys or Str()

    def read(self, value: Any) -> dict[str, Any]:
        return dict(_each(checked_mapping(value).items(), self._read_entry))

    def _read_entry(self, key: str, entry: Any) -> tuple[str, Any]:
        return self.keys.deserialize(key), self.inner.deserialize(entry)


class Metadata(Parameter):
    """Strings under names of the caller's choice; None for a key to remove, None for the whole to remove all.

    Source: docs.stripe.com/api/metadata (50 keys of 40 characters, values of 500 characters)
    """

    def __init__(self, **options: Unpack[Options]) -> None:
        options.setdefault("nullable", True)
        super().__init__(**options)

    def read(self, value: Any) -> dict[str, str | None]:
        entries = checked_mapping(value)
        if sum(entry != "" for entry in entries.values()) > METADATA_KEYS:
            raise refused(f"Metadata can have up to {METADATA_KEYS} keys.")
        return dict(_each(entries.items(), _read_metadata))


def _read_metadata(key: str, value: Any) -> tuple[str, str | None]:
    if not isinstance(value, str):
        raise refused("Invalid string: metadata values cannot be nested.")
    if len(key) > METADATA_KEY_LENGTH:
        raise refused(f"Metadata keys can have up to {METADATA_KEY_LENGTH} characters; this one has {len(key)}.")
    if len(value) > METADATA_VALUE_LENGTH:
        raise refused(f"Metadata values can have up to {METADATA_VALUE_LENGTH} characters; this one has {len(value)}.")
    return key, value or None


def checked_mapping(value: Any) -> dict[str, Any]:
    """The value if it is a mapping, else the refusal."""
    if not isinstance(value, dict):
        raise refused("Invalid object")
    return value


def _elements(value: Any) -> list[tuple[str, Any]]:
    """The elements with the index that each was sent with."""
    if isinstance(value, list):
        return [(str(index), element) for index, element in enumerate(value)]
    if isinstance(value, dict) and all(key.isascii() and key.isdigit() for key in value):
        return sorted(value.items(), key=lambda item: int(item[0]))
    raise refused("Invalid array")


def _each(entries: Iterable[tuple[str, Any]], read: Callable[[str, Any], tuple[str, Any]]) -> list[tuple[str, Any]]:
    """What `read` makes of every entry; the problems of all of them, under their keys, when there are any."""
    result, problems = [], {}
    for key, entry in entries:
        try:
            result.append(read(key, entry))
        except ValidationError as refused_entry:
            problems[key] = refused_entry.messages
    if problems:
        raise ValidationError(problems)
    return result
