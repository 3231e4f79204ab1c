"""Checkout sessions: a page on which a customer pays, subscribes, or saves a payment method.

head: the resource. params, checks, calls: what can be asked. lines: what is bought. represent: the object. bill: what
it costs, and the subscription or invoice that it leads to. payer: whose it is. complete: how it is paid, and ends.
Source: docs.stripe.com/api/checkout/sessions
"""

from __future__ import annotations

from . import calls, codes, complete, instruments
from .head import checkout_session, item

__all__ = ["calls", "checkout_session", "codes", "complete", "instruments", "item"]
