"""Where a call of the mock takes parameters that the installed `stripe` package does not send, or reads them otherwise.

    python -m tests.contract.parameters POST /v1/subscriptions

prints every parameter of a call: `!` where it is required, `''` where an empty string unsets it, the values of an enum.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

from flask_portal.wire.params import ListOf, OneOf
from mock_server.core.params import NotBuilt
from mock_server.coverage import Answered, Parameter, calls, declared, parameters


def disagreements(route: Answered) -> list[str]:
    """Sentences about each parameter that the mock declares and the package does not, or not in this way.

    A parameter that the mock does not declare is no disagreement: it is refused as unknown, and `docs/coverage.md`
    lists it.
    """
    listed = parameters(route.method, route.path)
    found: list[str] = []
    for path, field in declared(route.params).items():
        parameter = listed.get(path)
        if parameter is None:
            found.append(f"{path}: the package knows no such parameter")
        else:
            found += [f"{path}: {problem}" for problem in _problems(parameter, field)]
    return [f"{route.method} {route.path} {problem}" for problem in found]


def _problems(parameter: Parameter, field: object) -> Iterator[str]:
    inner = field
    while isinstance(inner, ListOf):
        inner = inner.inner
    if isinstance(inner, OneOf) and parameter.values is not None:
        if unknown := set(inner.values) - parameter.values:
            yield f"{', '.join(sorted(unknown))} is no value of the package"
        if lacking := parameter.values - set(inner.values):
            yield f"{', '.join(sorted(lacking))} is a value of the package"
    if parameter.unsets and not isinstance(field, NotBuilt) and not getattr(field, "nullable", False):
        yield "an empty string unsets it, but is refused"


def main(arguments: list[str]) -> int:
    """Print the parameters of a call; 2 for a call that the package cannot make."""
    if len(arguments) != 2:
        sys.stdout.write("\n".join(f"{call.method} {call.path}" for call in calls().values()) + "\n")
        return 2
    for path, found in parameters(*arguments).items():
        marks = f"{'!' if found.required else ''}{' (empty unsets)' if found.unsets else ''}"
        values = f": {' | '.join(sorted(found.values))}" if found.values else ""
        sys.stdout.write(f"{path}{marks}{values}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
