"""Documents on paper, set by typst with the fonts of this machine. Imported on demand: a server starts without it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cache

from flask_portal.paths import data_folder

try:
    import typst
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError("a PDF needs typst: pip install 'flask-portal[mock]'", name="typst") from missing

_LOCK = threading.Lock()
"""A compiler works for one page at a time."""


def pdf(template: str, inputs: Mapping[str, str]) -> bytes:
    """The PDF that a template makes of its inputs.  template: a file below `templates/mock_server`."""
    with _LOCK:
        made = _compiler().compile(input=_source(template), format="pdf", sys_inputs=dict(inputs))
    if not isinstance(made, bytes):
        raise TypeError("a PDF is one file")
    return made


@cache
def _compiler() -> typst.Compiler:
    """One for the process: it keeps the fonts."""
    return typst.Compiler()


@cache
def _source(template: str) -> bytes:
    return (data_folder("templates") / "mock_server" / template).read_bytes()
