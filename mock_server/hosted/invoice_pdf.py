"""An invoice on paper: a PDF."""

from __future__ import annotations

import importlib
import json
from dataclasses import asdict

from flask_portal import i18n

from .invoice_words import InvoiceText


def made(text: InvoiceText) -> bytes:
    """The PDF. ModuleNotFoundError with a remedy where typst is not installed."""
    said = asdict(text) | {"locale": i18n.current_locale().partition("_")[0], "labels": labels()}
    # On demand: a server starts without typst.
    typesetting = importlib.import_module("mock_server.hosted.typesetting")
    pdf: bytes = typesetting.pdf("invoice.typ", {"invoice": json.dumps(said, default=str)})
    return pdf


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
