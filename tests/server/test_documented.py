"""What the command can do stands in its table of documentation, and nothing else does."""

from __future__ import annotations

import re
from pathlib import Path

import click

from mock_server.cli import main

TABLE = Path(__file__).resolve().parents[2] / "docs" / "mock-server.md"


def test_every_flag_stands_in_the_documentation_and_every_row_is_a_flag() -> None:
    written = set(re.findall(r"^\| `(--[a-z-]+)", TABLE.read_text(encoding="utf-8"), re.MULTILINE))
    flags = {name for option in main.params if isinstance(option, click.Option) for name in option.opts}
    assert written == {name for name in flags if name not in ("--version",)}
