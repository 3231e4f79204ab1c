"""Questions for every parameter of the `stripe` package's types: a plausible value, made from its annotation.

Each parameter is asked once for every type that its annotation allows, beside what is required and nothing else.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from mock_server.coverage import PARAMETER_OF_ALL, Answered, Classes, calls, classes_in, key_of, literals
from tests.parts import GIF

Value = Any
Leaf = Callable[[str, str], str]
"""Makes the text of a value from the name of its parameter and of its type, such as `int`."""

SCALARS = frozenset({"str", "int", "bool", "float", "Decimal"})


@dataclass(frozen=True, slots=True)
class Question:
    """A parameter and what is sent.

    path: its names and positions, outermost first.  kind: the name of the type of the leaf; None for a hash.
    form: as `form.decode` returns it.
    """

    path: tuple[str, ...]
    kind: str | None
    form: dict[str, Value]

    @property
    def param(self) -> str:
        """The path in brackets, as an error names it."""
        return self.path[0] + "".join(f"[{part}]" for part in self.path[1:])

    def instead(self, value: Value) -> dict[str, Value]:
        """What is sent, with another value for this parameter."""
        return _replaced(self.form, self.path, value)


def questions(route: Answered, leaf: Leaf) -> list[Question]:
    """All questions about a call, one at least for each of its parameters; none for a call without any."""
    call = calls()[key_of(route.method, route.path)]
    if call.params is None:
        return []
    module, name = call.params
    return [Question(*found) for found in _Asking(classes_in(module), leaf).of_class(name, top=True)]


def required(route: Answered, leaf: Leaf) -> dict[str, Value]:
    """What a call has to be sent, and nothing else."""
    call = calls()[key_of(route.method, route.path)]
    if call.params is None:
        return {}
    module, name = call.params
    return _Asking(classes_in(module), leaf).required_of(name)


Found = tuple[tuple[str, ...], str | None, Value]


@dataclass(frozen=True, slots=True)
class _Asking:
    classes: Classes
    leaf: Leaf

    def of_class(self, name: str, *, top: bool = False) -> Iterator[Found]:
        needed = self.required_of(name)
        for key, hint in self.classes[name].items():
            if top and key == PARAMETER_OF_ALL:
                continue
            for path, kind, value in self.of_hint(hint, key):
                yield (key, *path), kind, needed | {key: value}

    def required_of(self, name: str) -> dict[str, Value]:
        return {
            key: next(self.of_hint(hint, key))[2]
            for key, hint in self.classes[name].items()
            if not ast.unparse(hint).startswith("NotRequired[")
        }

    def of_hint(self, hint: ast.expr, key: str) -> Iterator[Found]:
        match hint:
            case ast.Constant(value=str(text)):
                yield from self.of_hint(ast.parse(text, mode="eval").body, key)
            case ast.BinOp(left=left, right=right):
                yield from self.of_hint(left, key)
                yield from self.of_hint(right, key)
            case ast.Subscript(value=ast.Name(id="NotRequired"), slice=inner):
                yield from self.of_hint(inner, key)
            case ast.Subscript(value=ast.Name(id="Union"), slice=ast.Tuple(elts=several)):
                for one in several:
                    yield from self.of_hint(one, key)
            case ast.Subscript(value=ast.Name(id="List"), slice=inner):
                for path, kind, value in self.of_hint(inner, key):
                    yield ("0", *path), kind, {"0": value}
            case ast.Subscript(value=ast.Name(id="Dict"), slice=ast.Tuple(elts=[_, inner])):
                entry = "usd" if "currency" in key else "order"
                for path, kind, value in self.of_hint(inner, key):
                    yield (entry, *path), kind, {entry: value}
            case ast.Subscript(value=ast.Name(id="Literal")):
                words = literals(hint)
                yield from (((), "Literal" if word else "empty", word) for word in sorted(words, reverse=True))
            case ast.Name(id=name) if name in self.classes:
                yield (), None, self.required_of(name)
                yield from self.of_class(name)
            case ast.Name(id="Any"):
                # A file, which comes in a body of parts.
                yield (), "Any", GIF
            case ast.Name(id=name) if name in SCALARS:
                yield (), name, self.leaf(key, name)
            case ast.Subscript(value=ast.Name(id="UntypedStripeObject")):
                # What an answer held before, sent again: on the wire it is the mapping that is allowed beside it.
                return
            case _:
                raise TypeError(f"the stripe package has a type that is not understood: {ast.unparse(hint)}")


def _replaced(form: dict[str, Value], path: tuple[str, ...], value: Value) -> dict[str, Value]:
    first, *rest = path
    inner = _replaced(form[first], tuple(rest), value) if rest else value
    return form | {first: inner}
