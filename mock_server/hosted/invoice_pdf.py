"""An invoice on paper: a PDF, set by typst with the fonts of this machine.

typst is loaded on demand: the server starts without it.
"""

from __future__ import annotations

import json
import threading
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask_portal import i18n
from flask_portal.paths import data_folder

if TYPE_CHECKING:
    from .invoice_words import InvoiceText

_LOCK = threading.Lock()
"""A compiler works for one page at a time."""


def made(text: InvoiceText) -> bytes:
    """The PDF. ModuleNotFoundError with a remedy where typst is not installed."""
    said = asdict(text) | {"locale": i18n.current_locale().partition("_")[0], "labels": labels()}
    with _LOCK:
        pdf: bytes = compiler().compile(
            input=template(), format="pdf", sys_inputs={"invoice": json.dumps(said, default=str)}
        )
    return pdf


@cache
def compiler() -> Any:
    """One for the process: it keeps the fonts."""
    try:
        import typst
    except ModuleNotFoundError as missing:
        raise ModuleNotFoundError("a PDF needs typst: pip install 'flask-portal[mock]'", name="typst") from missing
    return typst.Compiler()


@cache
def template() -> bytes:
    """How an invoice is set."""
    return Path(data_folder("templates") / "mock_server" / "invoice.typ").read_bytes()


def labels() -> dict[str, str]:
    """The words that stand above columns and blocks."""
    _ = i18n._
    return {
        "from": _("From"),
        "to": _("Bill to"),
        "description": _("Description"),
        "quantity": _("Quantity"),
        "each": _("Unit price"),
        "amount": _("Amount"),
        "history": _("Payments"),
    }
