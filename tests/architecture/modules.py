"""The modules of both packages as syntax trees, and what each imports."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("flask_portal", "mock_server")
TEMPLATES = ROOT / "templates"


@functools.cache
def modules() -> dict[str, Path]:
    """Dotted name -> file of every module of both packages."""
    return {dotted(path): path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))}


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


@functools.cache
def imports_of(module: str) -> frozenset[str]:
    """What a module names in its imports: modules of ours in full, of others the package; TYPE_CHECKING counts too."""
    return frozenset(
        name
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in _named(module, node)
    )


def ours(module: str) -> frozenset[str]:
    """The imports of a module that are modules of ours."""
    return frozenset(name for name in imports_of(module) if name.split(".")[0] in PACKAGES)


def theirs(module: str) -> frozenset[str]:
    """The top-level packages of others that a module imports."""
    return frozenset(name for name in imports_of(module) if name.split(".")[0] not in PACKAGES)


def closure_of(module: str) -> frozenset[str]:
    """All modules of ours that are loaded when this one is: what it imports, and the packages that they lie in."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        current = waiting.pop()
        if current not in found and current in modules():
            found.add(current)
            waiting += [*ours(current), *_packages_of(current)]
    return frozenset(found)


def _packages_of(module: str) -> Iterator[str]:
    while "." in module:
        module = module.rpartition(".")[0]
        yield module


def _named(module: str, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (_known(alias.name) for alias in node.names)
        return
    base = node.module or ""
    if node.level:
        is_package = modules()[module].name == "__init__.py"
        parts = module.split(".")
        above = parts[: len(parts) - node.level + is_package]
        base = ".".join([*above, *filter(None, [base])])
    for alias in node.names:
        name = f"{base}.{alias.name}"
        yield name if name in modules() else _known(base)


def _known(name: str) -> str:
    """A module of ours as it is, of anybody else's only its package."""
    return name if name.split(".")[0] in PACKAGES else name.split(".")[0]
