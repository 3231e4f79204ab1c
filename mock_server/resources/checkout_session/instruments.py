"""What a session can be paid with on its page: the customer's saved methods, and test instruments.

Source: docs.stripe.com/testing
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_portal.wire import errors
from mock_server.core.call import Body, Call
from mock_server.payments.cards import CARDS

from .. import payment_method as methods
from . import payer

TESTED: Mapping[str, tuple[str, ...]] = {
    "card": (
        "pm_card_visa",
        "pm_card_threeDSecure2Required",
        "pm_card_visa_chargeDeclined",
        "pm_card_mastercard",
        "pm_card_visa_chargeDeclinedInsufficientFunds",
        "pm_card_chargeCustomerFail",
    ),
    "sepa_debit": ("pm_sepaDebit_success_de", "pm_sepaDebit_failed_de"),
    "us_bank_account": ("pm_usBankAccount_success", "pm_usBankAccount_insufficientFunds"),
}
"""The ids of the test instruments that the page lists, by type."""

NUMBERS = tuple(sorted({card.number for card in CARDS}))
"""The numbers of all test cards. No other number is ever accepted."""


def saved(call: Call, body: Body) -> list[Body]:
    """The methods of a session's customer that it can be paid with, newest first. None is saved twice."""
    if body["customer"] is None or body["mode"] == "setup":
        return []
    found = methods.payment_method.where(call, customer=body["customer"])
    return [method for method in found if method["type"] in body["payment_method_types"]]


def tested(body: Body) -> tuple[str, ...]:
    """The ids of the test instruments for a session."""
    return tuple(id for kind in body["payment_method_types"] for id in TESTED[kind])


def chosen(call: Call, body: Body, id: str, number: str) -> Body:
    """The method that was chosen on the page. number: of a test card, where none of those offered was taken.

    StripeError 400 for what was not offered, 402 for a number that is no test card's.
    """
    if not id and "card" not in body["payment_method_types"]:
        raise errors.missing_parameter("payment_method")
    if not id:
        return methods.make(call, {"type": "card", "card": card(call, number), "billing_details": billing(body)})
    if id not in (*tested(body), *(method["id"] for method in saved(call, body))):
        raise errors.missing_object("PaymentMethod", id, "payment_method")
    found = methods.found(call, id)
    if found["customer"] is None:
        found["billing_details"] = methods.billing_details(billing(body))
        methods.payment_method.save(call, found)
    return found


def card(call: Call, number: str) -> Body:
    """A test card with this number, good for some years."""
    year = 1970 + call.now // 31_556_952
    return {"number": number, "exp_month": 12, "exp_year": year + 4, "cvc": "123"}


def billing(body: Body) -> Body:
    """The `billing_details` of a method that is typed on the page."""
    typed = payer.of_details(body)
    return {name: typed[name] for name in ("address", "email", "name", "phone") if name in typed}
