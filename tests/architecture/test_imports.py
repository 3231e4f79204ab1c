"""Imports point down: the table of who may import whom, as data.

The longest row that a module's name begins with is its row. A row allows what lies below the names in it, and what lies
in the same part of the house.
"""

from __future__ import annotations

import ast
import sys

import pytest

from tests.architecture.modules import closure_of, modules, ours, theirs, tree_of

PORTAL = "flask_portal."
LEAVES = ("flask_portal.clock", "flask_portal.paths")
PAGES_AND_API = tuple(
    PORTAL + name
    for name in (
        "clock",
        "config",
        "defaults",
        "host",
        "i18n",
        "mail",
        "models",
        "paths",
        "rate_limits",
        "rules",
        "security",
        "signals",
        "upstream",
        "wire",
    )
)
EVERYTHING_BELOW_APP = tuple(
    f"mock_server.{name}"
    for name in ("billing", "core", "hosted", "http", "payments", "resources", "versions", "webhooks")
)
TOOL = ("mock_server", "flask_portal")

ALLOWED: dict[str, tuple[str, ...]] = {
    "flask_portal.clock": (),
    "flask_portal.config": (),
    "flask_portal.defaults": (),
    "flask_portal.host": ("flask_portal.config", "flask_portal.mail", "flask_portal.upstream.files"),
    "flask_portal.mail": ("flask_portal.config",),
    "flask_portal.paths": (),
    "flask_portal.rate_limits": ("flask_portal.config",),
    "flask_portal.signals": (),
    "flask_portal.wire": (),
    "flask_portal.rules": ("flask_portal.wire.errors",),
    "flask_portal.migrations": (),
    "flask_portal.models": ("flask_portal.config",),
    "flask_portal.upstream": ("flask_portal.wire", "flask_portal.config"),
    "flask_portal.security": (*LEAVES, "flask_portal.config", "flask_portal.models", "flask_portal.wire"),
    "flask_portal.i18n": (*LEAVES, "flask_portal.config", "flask_portal.models", "flask_portal.wire"),
    "flask_portal.api": PAGES_AND_API,
    "flask_portal.pages": PAGES_AND_API,
    "flask_portal.explaining": ("flask_portal",),
    "flask_portal.extension": ("flask_portal",),
    "flask_portal.cli": ("flask_portal",),
    "flask_portal": ("flask_portal",),
    "mock_server.billing": (),
    "mock_server.payments": (),
    "mock_server.versions": (),
    "mock_server.core": ("flask_portal.wire",),
    "mock_server.webhooks": ("mock_server.core", "flask_portal.wire"),
    "mock_server.resources": (
        "flask_portal.wire",
        *(f"mock_server.{name}" for name in ("billing", "core", "payments", "versions", "webhooks")),
    ),
    "mock_server.hosted": (
        "mock_server.core",
        "mock_server.resources",
        "flask_portal.i18n",
        "flask_portal.pages",
        "flask_portal.paths",
        "flask_portal.security",
        "flask_portal.wire",
    ),
    "mock_server.http": ("mock_server.core", "mock_server.versions", "mock_server.webhooks", "flask_portal.wire"),
    "mock_server.background": ("mock_server.core", "mock_server.webhooks"),
    "mock_server.portal": ("mock_server.core", "mock_server.http", "flask_portal"),
    "mock_server.app": (*EVERYTHING_BELOW_APP, "mock_server.background", "mock_server.portal", "flask_portal"),
    "mock_server.testing": TOOL,
    "mock_server.pytest_plugin": TOOL,
    "mock_server.cli": TOOL,
    "mock_server.__main__": ("mock_server.cli",),
    "mock_server.coverage": TOOL,
    "mock_server.demo": TOOL,
    "mock_server.serving": TOOL,
    "mock_server": ("mock_server.testing",),
}

HEAVY = {"responses", "schwifty", "typst"}
EXTRAS = HEAVY | {"granian", "orjson"}
IMPURE = {"flask", "flask_sqlalchemy", "marshmallow", "requests", "sqlalchemy", "stripe", "werkzeug"}


def row_of(module: str) -> str:
    parts = module.split(".")
    rows = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    # A package's row is for its own `__init__`; a module without a row of its own must not slip in under it.
    return next(
        (row for row in rows if row in ALLOWED and (row not in ("flask_portal", "mock_server") or row == module)), ""
    )


def is_below(name: str, above: str) -> bool:
    return name == above or name.startswith(f"{above}.")


def resource_order() -> dict[str, int]:
    """The module of each resource -> its place in the registry, lower ones first."""
    package = "mock_server.resources"
    tree = tree_of(package)
    homes = {
        alias.asname or alias.name: f"{package}.{(node.module or alias.name).split('.')[0]}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.level == 1
        for alias in node.names
    }
    registry = next(
        node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Registry"
    )
    places: dict[str, int] = {}
    for name in (ast.unparse(element) for element in getattr(registry.args[0], "elts", [])):
        places.setdefault(homes[name.split(".")[0]], len(places))
    return places


def place_of(module: str, places: dict[str, int]) -> int:
    """The place of a resource's module; of a module that resources share, the highest place that it builds on."""
    for home, place in places.items():
        if is_below(module, home):
            return place
    return max(
        (place_of(name, places) for name in ours(module) if is_below(name, "mock_server.resources.")), default=-1
    )


@pytest.mark.parametrize("module", modules())
def test_a_module_imports_only_what_its_row_of_the_table_allows(module: str) -> None:
    row = row_of(module)
    assert row, f"{module} has no row in the table: give it one, or a place in a part that has"
    allowed = (*ALLOWED[row], row)
    wrong = {name for name in ours(module) if not any(is_below(name, above) for above in allowed)}
    assert not wrong, f"{module} may import {allowed} and imports {sorted(wrong)}"


@pytest.mark.parametrize("module", [name for name in modules() if is_below(name, "flask_portal")])
def test_the_portal_never_imports_the_mock_nor_its_extras(module: str) -> None:
    assert not {name for name in ours(module) if is_below(name, "mock_server")}
    assert not theirs(module) & EXTRAS


@pytest.mark.parametrize("module", modules())
def test_nothing_is_imported_inside_a_function(module: str) -> None:
    inside = [
        f"line {node.lineno}: {ast.unparse(node)}"
        for function in ast.walk(tree_of(module))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert not inside


@pytest.mark.parametrize("module", modules())
def test_names_are_imported_one_by_one(module: str) -> None:
    stars = [
        node for node in ast.walk(tree_of(module)) if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
    ]
    assert not stars


def test_no_module_imports_itself_by_way_of_others() -> None:
    finished: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, f"a cycle: {' -> '.join([*way[way.index(module) :], module])}"
        if module not in finished:
            for name in sorted(ours(module) & modules().keys()):
                visit(name, (*way, module))
            finished.add(module)

    for module in modules():
        visit(module, ())


def test_a_resource_imports_only_those_below_it_in_the_registry() -> None:
    places = resource_order()
    assert places, "the registry's order was not found in mock_server.resources"
    wrong = [
        f"{module} imports {name}"
        for module in modules()
        for home, place in places.items()
        if is_below(module, home)
        for name in ours(module)
        if is_below(name, "mock_server.resources") and not is_below(name, home) and place_of(name, places) >= place
    ]
    assert not wrong


def test_the_app_starts_without_the_heavy_packages() -> None:
    """They cost most of the time that a server needs to start; only tests and documents use them."""
    loaded = {name: heavy for name in closure_of("mock_server.app") if (heavy := theirs(name) & HEAVY)}
    assert not loaded


@pytest.mark.parametrize(
    "module",
    [
        name
        for name in modules()
        if row_of(name) in ("flask_portal.rules", "mock_server.billing", "mock_server.payments")
    ],
)
def test_the_pure_parts_know_no_web_and_no_database(module: str) -> None:
    assert not theirs(module) & IMPURE


@pytest.mark.parametrize("module", [name for name in modules() if is_below(name, "flask_portal.wire")])
def test_the_wire_kit_stands_on_marshmallow_alone(module: str) -> None:
    assert theirs(module) - sys.stdlib_module_names <= {"marshmallow"}


def test_the_table_has_no_row_for_what_is_gone() -> None:
    gone = [row for row in ALLOWED if not any(is_below(module, row) for module in modules())]
    assert not gone
