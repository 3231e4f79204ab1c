"""Promotion codes that a customer types on the page of a session.

Source: docs.stripe.com/payments/checkout/discounts
"""

from __future__ import annotations

from flask_portal.wire import errors
from mock_server.core.call import Body, Call

from ..promotion_code import promotion_code
from . import payer
from .bill import put_amounts
from .head import checkout_session


def use(call: Call, body: Body, code: str) -> Body:
    """Reduce an open session by the coupon of a code. StripeError 400 where that cannot be."""
    found = promotion_code.where(call, code=code.strip().lower(), active=True)
    own = [one for one in found if one["customer"] in (None, body["customer"])]
    if not body["allow_promotion_codes"] or not own:
        raise errors.invalid(f"There is no promotion code {code}.", "promotion_code", "resource_missing")
    # One that is meant for this customer alone comes before one of the same text for everybody.
    best = max(own, key=lambda one: one["customer"] is not None)
    return discounted(call, body, [{"coupon": None, "promotion_code": best["id"]}])


def forget(call: Call, body: Body) -> Body:
    """Take the code off again that was typed."""
    return discounted(call, body, []) if body["allow_promotion_codes"] else body


def text_of(call: Call, id: str) -> str:
    """What a customer types for a code."""
    return str(promotion_code.get(call, id)["code"])


def discounted(call: Call, body: Body, discounts: list[Body]) -> Body:
    """The session at its new price."""
    body["discounts"] = discounts
    known = payer.of(call, body)
    put_amounts(call, body, known["id"] if known else None)
    return checkout_session.save(call, body)
