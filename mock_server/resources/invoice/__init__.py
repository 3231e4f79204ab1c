"""Invoices: what is owed for a period or a change, and whether it was paid.

head: the resource.  params, calls, draft_params, draft_calls, line_calls: what can be asked.  represent: objects,
lines, amounts.  settle: each step of its life, for the calls and for subscriptions.  due, retries: what happens by
itself.  standing: what it says about its customer.
Source: docs.stripe.com/api/invoices
"""

from __future__ import annotations

from . import calls, draft_calls, due, line_calls, settle, standing
from .head import invoice, line_item
from .represent import Bill, line_for_item, put_lines, reduce
from .taxes import RATES as TAX_RATES

__all__ = [
    "TAX_RATES",
    "Bill",
    "calls",
    "draft_calls",
    "due",
    "invoice",
    "line_calls",
    "line_for_item",
    "line_item",
    "put_lines",
    "reduce",
    "settle",
    "standing",
]
