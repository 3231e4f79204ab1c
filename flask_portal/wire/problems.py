"""What is wrong with a parameter, kept until its path is known.

A field knows what is wrong and not where it stands. It raises marshmallow's ValidationError with a Problem; marshmallow
gathers them in nested mappings; `first_error` walks those and makes the one error that is answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from typing import Any

from marshmallow import ValidationError

from flask_portal.wire.errors import StripeError, invalid, missing_parameter, unknown_parameters


class Rank(IntEnum):
    """Which kind of problem is reported first."""

    UNKNOWN = 0
    MISSING = 1
    INVALID = 2


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong.  error: makes Stripe's error from the bracket path of the parameter."""

    rank: Rank
    error: Callable[[str], StripeError]


MISSING = Problem(Rank.MISSING, missing_parameter)


def unknown(known: tuple[str, ...]) -> Problem:
    """The problem of a name that is not a parameter.  known: the names that are, for a suggestion."""
    return Problem(Rank.UNKNOWN, lambda path: unknown_parameters([path], known))


def refusal(error: Callable[[str], StripeError]) -> ValidationError:
    """The exception a field raises for an invalid value; `error` makes Stripe's error from the path."""
    return ValidationError([Problem(Rank.INVALID, error)])


def refused(message: str, code: str | None = None) -> ValidationError:
    """The exception a field raises when the message does not name the path."""
    return refusal(partial(invalid, message, code=code))


def first_error(messages: Any) -> StripeError:
    """The error for what marshmallow gathered: all unknown parameters, else the first missing or first invalid one."""
    found = list(_problems(messages, ""))
    rank = min(problem.rank for _, problem in found)
    at_rank = [(path, problem) for path, problem in found if problem.rank == rank]
    if rank is Rank.UNKNOWN and len(at_rank) > 1:
        # Marshmallow reports unknown names in the order of a set, which differs between runs.
        return unknown_parameters(sorted(path for path, _ in at_rank))
    path, problem = at_rank[0]
    return problem.error(path)


def _problems(messages: Any, path: str) -> Iterator[tuple[str, Problem]]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _problems(inner, f"{path}[{key}]" if path else str(key))
    else:
        for message in messages:
            yield path, message if isinstance(message, Problem) else _of_validator(message)


def _of_validator(message: str) -> Problem:
    """The problem that a `validate=` function of marshmallow's own kind puts into words without the path."""
    return Problem(Rank.INVALID, lambda path: invalid(f"Invalid {path}: {message}", path))
