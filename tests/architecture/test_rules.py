"""Rules of the house that a reader would otherwise have to check line by line."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flask_portal.config import KEYS
from tests.architecture.modules import ROOT, TEMPLATES, modules, tree_of

CLOCKS = {"flask_portal.clock", "mock_server.core.clock"}
READS_THE_CLOCK = {
    *("time.time", "time.time_ns"),
    *(f"{name}.{method}" for name in ("datetime", "datetime.datetime") for method in ("now", "utcnow", "today")),
    *("date.today", "datetime.date.today", "func.now", "sa.func.now", "sqlalchemy.func.now"),
}
NEAR_MONEY = ("flask_portal.rules", "mock_server.billing", "mock_server.payments")
MOST_LINES = 400
CONFIGURATION = ROOT / "docs" / "configuration.md"

Finder = Callable[[ast.AST], bool]


def lines_where(module: str, wrong: Finder) -> list[str]:
    """The places in a module's source that a rule forbids."""
    return [
        f"{modules()[module].relative_to(ROOT)}:{getattr(node, 'lineno', 1)} {ast.unparse(node).splitlines()[0]}"
        for node in ast.walk(tree_of(module))
        if wrong(node)
    ]


def is_assert(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert)


def reads_the_clock(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "time" and any(alias.name in ("time", "time_ns") for alias in node.names)
    return isinstance(node, ast.Call) and ast.unparse(node.func) in READS_THE_CLOCK


def is_float(node: ast.AST) -> bool:
    literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
    return literal or (isinstance(node, ast.Name) and node.id == "float")


def swallows(node: ast.AST) -> bool:
    """`except:`, `except Exception: pass`, and `suppress(Exception)`."""
    if isinstance(node, ast.Call):
        names = {ast.unparse(argument) for argument in node.args}
        return ast.unparse(node.func) in ("suppress", "contextlib.suppress") and bool(
            names & {"Exception", "BaseException"}
        )
    if not isinstance(node, ast.ExceptHandler):
        return False
    broad = node.type is not None and ast.unparse(node.type) in ("Exception", "BaseException")
    return node.type is None or (broad and all(isinstance(step, ast.Pass | ast.Continue) for step in node.body))


@pytest.mark.parametrize("module", modules())
def test_assert_never_checks_anything_outside_of_tests(module: str) -> None:
    """`python -O` leaves assertions out."""
    assert not lines_where(module, is_assert)


@pytest.mark.parametrize("module", sorted(modules().keys() - CLOCKS))
def test_only_the_two_clock_modules_read_the_system_clock(module: str) -> None:
    assert not lines_where(module, reads_the_clock)


@pytest.mark.parametrize("module", [name for name in modules() if name.startswith(NEAR_MONEY)])
def test_there_is_no_float_near_money(module: str) -> None:
    assert not lines_where(module, is_float)


@pytest.mark.parametrize("module", modules())
def test_no_exception_is_swallowed(module: str) -> None:
    assert not lines_where(module, swallows)


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        pytest.param("assert amount > 0", is_assert, id="assert"),
        pytest.param("now = time.time()", reads_the_clock, id="time.time"),
        pytest.param("from time import time", reads_the_clock, id="time by its bare name"),
        pytest.param("now = datetime.now(UTC)", reads_the_clock, id="datetime.now"),
        pytest.param("share = 0.5", is_float, id="float literal"),
        pytest.param("amount = float(text)", is_float, id="float()"),
        pytest.param("try:\n    pay()\nexcept:\n    retry()", swallows, id="bare except"),
        pytest.param("try:\n    pay()\nexcept Exception:\n    pass", swallows, id="except Exception: pass"),
        pytest.param("with suppress(Exception):\n    pay()", swallows, id="suppress(Exception)"),
    ],
)
def test_the_rules_can_be_broken(source: str, wrong: Finder) -> None:
    assert any(wrong(node) for node in ast.walk(ast.parse(source)))


@pytest.mark.parametrize(
    ("source", "right"),
    [
        pytest.param("at = call.now", reads_the_clock, id="a call's own time"),
        pytest.param("started = time.monotonic()", reads_the_clock, id="a stopwatch"),
        pytest.param("share = Fraction(1, 2)", is_float, id="fraction"),
        pytest.param("try:\n    pay()\nexcept Exception:\n    log()\n    raise", swallows, id="noted and raised"),
    ],
)
def test_the_rules_let_pass_what_is_right(source: str, right: Finder) -> None:
    assert not any(right(node) for node in ast.walk(ast.parse(source)))


def written_files() -> list[Path]:
    folders = ("flask_portal", "mock_server", "tests", "benchmarks", "examples")
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def test_no_file_has_more_than_400_lines() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in written_files()
    }
    assert not {path: length for path, length in lengths.items() if length > MOST_LINES}


def template_files() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html")) + sorted(TEMPLATES.rglob("*.svg"))


def template_faults(text: str) -> Iterator[str]:
    """What a template may not hold: the content security policy would block it, or the host's words would show."""
    if re.search(r"\{%[-+]?\s*trans\b", text):
        yield "{% trans %} looks in the host's domain: use _()"
    if re.search(r"\|\s*safe\b|\{%[-+]?\s*autoescape\s+false", text):
        yield "text that is not escaped"
    plain = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
    for tag in re.findall(r"<[a-zA-Z][^>]*>", plain):
        if re.search(r"\sstyle\s*=", tag):
            yield f"inline style: {tag}"
        if re.search(r"\son[a-z]+\s*=", tag, re.IGNORECASE):
            yield f"inline script: {tag}"
        if re.match(r"<script\b", tag, re.IGNORECASE) and not re.search(r"\ssrc\s*=", tag):
            yield f"script without src: {tag}"


@pytest.mark.parametrize("path", template_files(), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_templates_hold_nothing_inline_and_take_words_from_our_domain(path: Path) -> None:
    assert not list(template_faults(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "text",
    [
        '<p style="color: red">',
        '<button type="submit" onclick="pay()">',
        '<script nonce="{{ nonce }}">',
        "{% trans %}Pay{% endtrans %}",
        "{{ name|safe }}",
    ],
)
def test_a_fault_in_a_template_is_found(text: str) -> None:
    assert list(template_faults(text))


def test_a_right_template_has_no_faults() -> None:
    right = '{% set once = 1 %}<script src="{{ url }}" defer></script><style nonce="{{ nonce }}"></style>{{ _("On") }}'
    assert not list(template_faults(right))


def test_every_configuration_key_is_documented_and_every_documented_key_exists() -> None:
    documented = set(re.findall(r"\bPORTAL_[A-Z][A-Z_]*[A-Z]\b", CONFIGURATION.read_text(encoding="utf-8")))
    assert documented == {key.name for key in KEYS}


def test_every_configuration_key_in_the_code_is_one_of_the_table() -> None:
    """A key that is read past the table would have neither default nor documentation."""
    named = {
        node.value
        for module in modules()
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"PORTAL_[A-Z][A-Z_]*[A-Z]", node.value)
    }
    assert named <= {key.name for key in KEYS}
