"""Whether a promotion code can be used for a subscription that runs already, and a word for why not. Pure.

Source: docs.stripe.com/api/promotion_codes/object, docs.stripe.com/customer-management/configure-portal
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_portal.rules.updates import Plan
from flask_portal.rules.verdicts import Verdict

Body = Mapping[str, Any]

CODE_CURRENCY = "code_currency"
CODE_FIRST = "code_first"
CODE_GIVEN = "code_given"
CODE_OTHER_PLAN = "code_other_plan"
CODE_RESTRICTED = "code_restricted"
CODE_UNKNOWN = "code_unknown"


def may_redeem(code: Body | None, subscription: Body, plan: Plan) -> Verdict:
    """Whether a customer can use a code while changing to `plan`.

    code: with its coupon; None when there is no active one of that text. A code of somebody else reads like none.
    """
    if code is None:
        return Verdict.no(CODE_UNKNOWN)
    restricted = restriction(code, subscription)
    if restricted is not None:
        return Verdict.no(restricted)
    coupon = code["promotion"]["coupon"]
    if coupon["amount_off"] is not None and not _is_in(coupon, plan.currency):
        return Verdict.no(CODE_CURRENCY)
    only_for = (coupon.get("applies_to") or {}).get("products")
    if only_for and plan.product not in only_for:
        return Verdict.no(CODE_OTHER_PLAN)
    return Verdict.no(CODE_GIVEN) if _has(subscription, coupon["id"]) else Verdict.yes()


def restriction(code: Body, subscription: Body) -> str | None:
    """Why a code is not for this subscription, whatever it changes to; None when it may be."""
    if code.get("customer") not in (None, subscription["customer"]):
        return CODE_UNKNOWN
    if not code["active"] or not code["promotion"]["coupon"]["valid"]:
        return CODE_UNKNOWN
    if code["restrictions"]["first_time_transaction"]:
        return CODE_FIRST
    return CODE_RESTRICTED if code["restrictions"].get("minimum_amount") is not None else None


def _is_in(coupon: Body, currency: str) -> bool:
    return coupon["currency"] == currency or currency in (coupon.get("currency_options") or {})


def _has(subscription: Body, coupon: str) -> bool:
    """Whether a subscription has a discount of this coupon already.  Its discounts may be ids, or expanded."""
    given = [each for each in subscription.get("discounts") or () if isinstance(each, Mapping)]
    return any(_coupon(each) == coupon for each in given)


def _coupon(discount: Body) -> str | None:
    found = (discount.get("source") or {}).get("coupon")
    return found["id"] if isinstance(found, Mapping) else found
