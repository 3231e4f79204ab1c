"""Whether a customer still owes something, so that no page promises that nothing more will be charged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def is_settled(invoices: Iterable[Mapping[str, Any]], waiting: Iterable[Mapping[str, Any]]) -> bool:
    """Whether no invoice is open, and nothing waits to be charged with the next one.

    invoices, waiting: as Stripe serves them; `waiting` are the pending invoice items. Credits owe nothing.
    """
    is_open = any(body["status"] == "open" and body["amount_remaining"] > 0 for body in invoices)
    return not is_open and not any(body["amount"] > 0 for body in waiting)
