"""Which calls of the API the mock answers, and which of their parameters: `python -m mock_server.coverage`.

What there is to answer is read from the source of the installed `stripe` package: its services name method, path and
the type of the parameters; what is answered, from the mock's own routes. The output is `docs/coverage.md`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import stripe
from marshmallow.fields import Field

from flask_portal.api.routes import routes as portal_routes
from flask_portal.config import Settings
from flask_portal.wire.params import Hash, ListOf, MapOf, Params
from mock_server.app import close, create_app
from mock_server.core.params import NotBuilt
from mock_server.core.state import State
from mock_server.portal import MockHost

PACKAGE = Path(stripe.__file__).parent
PARAMETER_OF_ALL = "expand"

HEAD = """# Coverage

Written by `python -m mock_server.coverage`; a test compares. The other side is the Python package `stripe` {version}.

{built} of {all} calls of the API are built.
"""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that the `stripe` package makes.

    method: in capitals.  params: module and class of the parameters, None for a call without any.
    """

    method: str
    path: str
    params: tuple[str, str] | None

    @property
    def key(self) -> tuple[str, str]:
        return key_of(self.method, self.path)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a call.

    path: with dots, without indices; a key of the caller's choice is `*`.
    values: of an enum, else None.  unsets: an empty string is allowed.
    """

    path: str
    required: bool
    values: frozenset[str] | None
    unsets: bool


@dataclass(frozen=True, slots=True)
class Answered:
    """A call that the mock answers."""

    method: str
    path: str
    params: type[Params] | None


def answered() -> list[Answered]:
    """Every call that the mock answers: those of its resources, and those of the portal that is mounted on it."""
    app = create_app(memory=True, background=False)
    try:
        state: State = app.extensions["mock_server"]
        settings = Settings.of({})
        mounted = portal_routes(MockHost(app, state, works_beside=False), settings)
    finally:
        close(app)
    found = [Answered(endpoint.method, endpoint.path, endpoint.params) for endpoint in state.registry.endpoints()]
    for route in mounted:
        path = settings.api_prefix + re.sub(r"<(\w+)>", r"{\1}", route.rule)
        found.append(Answered(route.method, path, route.operation.params))
    return found


def key_of(method: str, path: str) -> tuple[str, str]:
    """The same for two spellings of a call whose ids are named differently."""
    return method.upper(), re.sub(r"\{\w+\}", "{}", path)


@cache
def calls() -> Mapping[tuple[str, str], Call]:
    """All calls of the first API that the installed package can make, in the order of their paths."""
    services = (path for path in PACKAGE.rglob("_*_service.py") if "v2" not in path.parts)
    found = [call for service in services for call in _calls_of(ast.parse(service.read_text()))]
    return {call.key: call for call in sorted(found, key=lambda call: (call.path, call.method))}


def parameters(method: str, path: str) -> dict[str, Parameter]:
    """Every parameter that the package lists for a call, by its path; KeyError for a call that it cannot make."""
    call = calls()[key_of(method, path)]
    if call.params is None:
        return {}
    module, name = call.params
    return {found.path: found for found in _parameters_of(classes_in(module), name, "")}


def declared(params: type[Params] | None) -> dict[str, Field[object]]:
    """Every parameter that a call of the mock knows, by its path, those included that it refuses as not built."""
    return dict(_declared(params, "")) if params else {}


def _declared(params: type[Params], above: str) -> Iterator[tuple[str, Field[object]]]:
    for name, field in params._declared_fields.items():
        if name == PARAMETER_OF_ALL:
            continue
        path = f"{above}{field.data_key or name}"
        yield path, field
        inner: Field[object] | None = field
        while isinstance(inner, ListOf | MapOf):
            path = f"{path}.*" if isinstance(inner, MapOf) else path
            inner = inner.inner
        if isinstance(inner, Hash):
            yield from _declared(inner.params, f"{path}.")


def _calls_of(service: ast.Module) -> Iterator[Call]:
    modules = {
        alias.name: node.module
        for node in ast.walk(service)
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("stripe.params")
        for alias in node.names
    }
    for function in ast.walk(service):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("self._request", "self._request_stream"):
                method, path = _constant(node.args[0]), _constant(node.args[1])
                yield Call(method.upper(), path, _params_of(function, modules))


def _constant(node: ast.expr) -> str:
    """The text of a string, or of the string that is formatted."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    raise TypeError(f"the stripe package calls in a way that is not understood: {ast.unparse(node)}")


def _params_of(function: ast.FunctionDef, modules: dict[str, str]) -> tuple[str, str] | None:
    for argument in function.args.args:
        if argument.arg == "params" and argument.annotation is not None:
            named = re.findall(r"\w+Params\b", ast.unparse(argument.annotation))
            return (modules[named[0]], named[0]) if named else None
    return None


Classes = Mapping[str, Mapping[str, ast.expr]]
"""The keys of each class of a module of parameters, with their annotations."""


@cache
def classes_in(module: str) -> Classes:
    """The classes of a module of parameters."""
    tree = ast.parse((PACKAGE.parent / Path(*module.split("."))).with_suffix(".py").read_text())
    classes: dict[str, dict[str, ast.expr]] = {}
    for node in tree.body:
        # Keys that are words of Python stand in `TypedDict("...", {...})`, which the class then inherits.
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Name):
            keys = node.value.args[1]
            if isinstance(keys, ast.Dict):
                pairs = zip(keys.keys, keys.values, strict=True)
                classes[node.targets[0].id] = {_constant(key): hint for key, hint in pairs if key is not None}
        if isinstance(node, ast.ClassDef):
            inherited = [classes.get(ast.unparse(base), {}) for base in node.bases]
            classes[node.name] = {key: hint for base in inherited for key, hint in base.items()}
            for item in node.body:
                if isinstance(item, ast.AnnAssign):
                    classes[node.name][ast.unparse(item.target)] = item.annotation
    return classes


def _parameters_of(classes: Classes, name: str, above: str) -> Iterator[Parameter]:
    for key, hint in classes[name].items():
        if key == PARAMETER_OF_ALL and not above:
            continue
        path = f"{above}{key}"
        kinds = list(_alternatives(hint, path))
        words = {word for kind, _ in kinds for word in literals(kind)}
        others = {ast.unparse(kind) for kind, _ in kinds if not literals(kind)} - {"str"}
        yield Parameter(
            path=path,
            required=not ast.unparse(hint).startswith("NotRequired["),
            values=frozenset(words - {""}) if words - {""} and not others else None,
            unsets="" in words,
        )
        for kind, place in kinds:
            if isinstance(kind, ast.Name) and kind.id in classes:
                yield from _parameters_of(classes, kind.id, f"{place}.")


def _alternatives(hint: ast.expr, path: str) -> Iterator[tuple[ast.expr, str]]:
    """The types that a value, an element of a list or an entry of a map may have, and the path that each stands at."""
    match hint:
        case ast.Constant(value=str(text)):
            yield from _alternatives(ast.parse(text, mode="eval").body, path)
        case ast.BinOp(left=left, right=right):
            yield from _alternatives(left, path)
            yield from _alternatives(right, path)
        case ast.Subscript(value=ast.Name(id="NotRequired" | "List"), slice=inner):
            yield from _alternatives(inner, path)
        case ast.Subscript(value=ast.Name(id="Union"), slice=ast.Tuple(elts=several)):
            for one in several:
                yield from _alternatives(one, path)
        case ast.Subscript(value=ast.Name(id="Dict"), slice=ast.Tuple(elts=[_, entry])):
            yield hint, path
            yield from (found for found in _alternatives(entry, f"{path}.*") if isinstance(found[0], ast.Name))
        case _:
            yield hint, path


def literals(kind: ast.expr) -> set[str]:
    """The words of a `Literal`; none for another annotation."""
    if isinstance(kind, ast.Subscript) and ast.unparse(kind.value) == "Literal":
        return {str(node.value) for node in ast.walk(kind.slice) if isinstance(node, ast.Constant)}
    return set()


def report(routes: Iterable[Answered]) -> str:
    """The page in Markdown: the calls that are built with the parameters that they lack, then the others."""
    built = {key_of(route.method, route.path): route for route in routes}
    known = calls()
    lines = [HEAD.format(version=stripe.VERSION, built=len(built.keys() & known.keys()), all=len(known))]
    lines += ["## Built", "", "| Call | Parameters not understood |", "| --- | --- |"]
    lines += [_row(known[key], built[key]) for key in known if key in built]
    lines += ["", "## Not built", "", "| Resource | Calls |", "| --- | --- |"]
    missing: dict[str, dict[str, list[str]]] = {}
    for key, call in known.items():
        if key not in built:
            missing.setdefault(_resource_of(call.path), {}).setdefault(call.path, []).append(call.method)
    lines += [f"| {resource} | {_by_path(missing[resource])} |" for resource in sorted(missing)]
    if extra := sorted(built.keys() - known.keys()):
        lines += ["", "## Beyond the package", ""]
        lines += [f"- `{route.method} {route.path}`" for route in (built[key] for key in extra)]
    return "\n".join(lines) + "\n"


def _row(call: Call, route: Answered) -> str:
    lacking = not_understood(call.method, call.path, route.params)
    return f"| `{call.method} {call.path}` | {', '.join(f'`{path}`' for path in lacking) or '-'} |"


def not_understood(method: str, path: str, params: type[Params] | None) -> list[str]:
    """The paths that the package lists and the mock refuses; of a hash refused as a whole, its own path only."""
    taken = {path for path, field in declared(params).items() if not isinstance(field, NotBuilt)}
    lacking = [name for name in parameters(method, path) if name not in taken]
    return [name for name in lacking if not any(name.startswith(f"{above}.") for above in lacking)]


def _resource_of(path: str) -> str:
    """`customers`, or with the folder that the package keeps the resource in, `billing_portal/sessions`."""
    parts = path.split("/")[2:]
    return "/".join(parts[:2]) if (PACKAGE / parts[0]).is_dir() else parts[0]


def _by_path(methods: Mapping[str, list[str]]) -> str:
    return ", ".join(f"`{' '.join(named)} {path.removeprefix('/v1')}`" for path, named in methods.items())


if __name__ == "__main__":
    sys.stdout.write(report(answered()))
