"""Stripe's form encoding: `items[0][price]=p&items[0][quantity]=2` and the nested value it stands for.

    customer=cus_1                      {"customer": "cus_1"}
    metadata[7]=x                       {"metadata": {"7": "x"}}
    expand[]=a&expand[]=b               {"expand": ["a", "b"]}
    items[0][id]=a&items[1][id]=b       {"items": {"0": {"id": "a"}, "1": {"id": "b"}}}
    items[][id]=a&items[][id]=b         {"items": [{"id": "a"}, {"id": "b"}]}

Leaves are strings. Only `[]` makes a list: whether `0` and `1` are positions or names is known to the parameter's type
alone, so `params.ListOf` reads such a mapping as a list, in the order of its numbers, gaps allowed, and
`params.Metadata` leaves it a mapping. Within `[][name]` a new element begins where a name repeats. A scalar that is
sent twice counts as sent last; the body comes after the query.

Source: docs.stripe.com/api, the encoding of the official clients, and Rack for `[][name]`
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote

from flask_portal.wire.errors import StripeError, invalid, shortened

MAX_BYTES = 1_048_576
MAX_KEYS = 1_000
MAX_LEVELS = 10
# Longer than any real name by far; it keeps the cache of names small.
MAX_NAME_LENGTH = 1_000

FORM = "application/x-www-form-urlencoded"

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_BROKEN_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")

NESTED = (dict, list)

Path = tuple[str, ...]


def decode(body: bytes, query: bytes = b"", content_type: str | None = None) -> dict[str, Any]:
    """The parameters of a request as nested mappings, lists and strings; see the module for the shapes.

    body, query: as they came over the wire.  content_type: of the body; none counts as a form.
    StripeError 413 above 1 MiB; 400 for another content type, broken escapes or UTF-8, NUL, more than 1,000 parameters,
    more than 10 levels, malformed names, and one name used for two shapes (`a=1&a[b]=2`).
    """
    if body:
        _check_content_type(content_type)
    if len(body) + len(query) > MAX_BYTES:
        raise StripeError("Request too large: parameters may take at most 1 MiB.", status=413)
    raw = b"%b&%b" % (query, body) if query and body else query or body
    form: dict[str, Any] = {}
    for name, value in _pairs(raw):
        path = _path(name)
        if len(path) == 1:
            if isinstance(form.get(path[0]), NESTED):
                raise _two_shapes(path)
            form[path[0]] = value
        else:
            _put(form, path, value)
    return form


def encode(mapping: Mapping[str, Any]) -> str:
    """The form for nested mappings, lists and scalars, as the official clients write it.

    Lists are indexed (`a[0]=x`), booleans are `true` and `false`. None, an empty list and an empty mapping are the
    empty string, which unsets. `decode` gives back the same with strings as leaves and `{"0": ...}` for lists.
    """
    pairs = (pair for name, value in mapping.items() for pair in _flattened(name, value))
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)


def _flattened(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _flattened(f"{name}[{key}]", inner)
    elif isinstance(value, list | tuple) and value:
        for index, inner in enumerate(value):
            yield from _flattened(f"{name}[{index}]", inner)
    elif isinstance(value, bool):
        yield name, "true" if value else "false"
    elif value is None or isinstance(value, Mapping | list | tuple):
        yield name, ""
    else:
        yield name, str(value)


def _check_content_type(content_type: str | None) -> None:
    kind = (content_type or FORM).partition(";")[0].strip().lower()
    if kind == FORM:
        return
    if kind == "application/json" or kind.endswith("+json"):
        raise invalid(f"This API takes form-encoded bodies ({FORM}), not JSON.")
    if kind == "multipart/form-data":
        raise invalid(f"Only a file is uploaded in parts ({kind}), by POST /v1/files. Send {FORM}.")
    raise invalid(f"This API takes form-encoded bodies ({FORM}), not {shortened(kind, 100)}.")


def _pairs(raw: bytes) -> Iterator[tuple[str, str]]:
    """Names still escaped, since they are looked up in a cache, and values as text."""
    if raw.count(b"&") >= MAX_KEYS:
        raise invalid(f"Too many parameters: at most {MAX_KEYS:,} are accepted.")
    if b"\0" in raw or b"%00" in raw:
        raise invalid("Invalid characters: parameters cannot contain NUL.", code="invalid_characters")
    if _BROKEN_ESCAPE.search(raw):
        raise invalid("Invalid encoding: a percent sign must be followed by two hexadecimal digits; escape it as %25.")
    try:
        text = raw.decode()
        for pair in text.split("&"):
            if pair:
                name, _, value = pair.partition("=")
                yield name, _unescaped(value)
    except UnicodeDecodeError:
        raise invalid("Invalid encoding: parameters must be UTF-8.") from None


def _unescaped(text: str) -> str:
    if "+" in text:
        text = text.replace("+", " ")
    return unquote(text, errors="strict") if "%" in text else text


@lru_cache(maxsize=4096)
def _path(escaped: str) -> Path:
    """The parts of a name: `a[b][]` is `("a", "b", "")`."""
    if len(escaped) > MAX_NAME_LENGTH:
        raise invalid(f"Invalid parameter name: {escaped[:100]}... is too long.")
    try:
        name = _unescaped(escaped)
    except UnicodeDecodeError:
        raise invalid("Invalid encoding: parameter names must be UTF-8.") from None
    match = _NAME.fullmatch(name)
    if match is None or "[][]" in name:
        raise invalid(f"Invalid parameter name: {name or '(empty)'}")
    head, rest = match.groups()
    path = (head, *rest[1:-1].split("][")) if rest else (head,)
    if len(path) > MAX_LEVELS:
        raise invalid(f"Invalid parameter name: {name} is nested deeper than {MAX_LEVELS} levels.")
    return path


def _put(form: dict[str, Any], path: Path, value: str) -> None:
    """Write one value at its place, making the mappings and lists on the way."""
    node: Any = form
    for depth, part in enumerate(path[:-1]):
        wanted = list if path[depth + 1] == "" else dict
        node = _element(node, path[depth + 1 :]) if part == "" else _child(node, part, wanted)
        if type(node) is not wanted:
            raise _two_shapes(path[: depth + 1])
    last = path[-1]
    if last == "":
        node.append(value)
    elif isinstance(node.get(last), NESTED):
        raise _two_shapes(path)
    else:
        node[last] = value


def _child(node: dict[str, Any], part: str, wanted: type[Any]) -> Any:
    child = node.get(part)
    if child is None:
        child = node[part] = wanted()
    return child


def _element(elements: list[Any], rest: Path) -> Any:
    """The element of a `[]` list that takes `rest`: the last one, or a new one when the last has that name already."""
    if not elements or (isinstance(elements[-1], dict) and _holds(elements[-1], rest)):
        elements.append({})
    return elements[-1]


def _holds(node: Any, rest: Path) -> bool:
    for part in rest:
        if part == "" or not isinstance(node, dict) or part not in node:
            return False
        node = node[part]
    return True


def _two_shapes(path: Path) -> StripeError:
    name = path[0] + "".join(f"[{part}]" for part in path[1:])
    return invalid(f"Invalid parameter: {name} was sent both as a value and as a list or an object.", name)
