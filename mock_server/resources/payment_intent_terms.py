"""On which terms an intent is paid: how much, with which method, and what its customer has agreed to.

Source: docs.stripe.com/api/payment_intents
"""

from __future__ import annotations

from flask_portal.wire import errors
from mock_server.billing.money import display, minimum_charge
from mock_server.core.call import Body, Call
from mock_server.payments.methods import BANK_DEBITS, Method

from . import mandate as mandates
from . import payment_method as methods
from . import payment_method_options as options
from .charge import captured_by_hand


def check_terms(call: Call, body: Body, method: Body, sent: Body) -> None:
    """A bank debit needs a mandate, and takes the whole amount at once."""
    kind = method["type"]
    if kind in BANK_DEBITS and captured_by_hand(body):
        message = f"Payments by {kind} cannot be captured by hand."
        raise errors.invalid(message, "capture_method", "payment_intent_incompatible_payment_method")
    if "mandate" in sent:
        mandates.check(call, sent["mandate"], method)
    behind = methods.instrument(method)
    asked = isinstance(behind, Method) and behind.needs_mandate and not methods.was_set_up(method)
    if sent.get("mandate_data"):
        mandates.agree(body, sent, options.of(body, kind).get("mandate_options") or {})
    elif asked and mandates.of_method(call, method["id"]) is None:
        raise errors.missing_parameter("mandate_data")


def chosen_method(call: Call, sent: Body, owner: str | None) -> Body | None:
    """The method that was sent, or described; None where neither was. One of another customer is refused."""
    if "payment_method_data" in sent:
        return methods.make(call, sent["payment_method_data"], "payment_method_data")
    if "payment_method" not in sent:
        return None
    method = methods.found(call, sent["payment_method"])
    if method["customer"] is not None and method["customer"] != owner:
        raise errors.invalid(
            "This payment method belongs to a customer: pass that customer as well to pay with it.", "payment_method"
        )
    return method


def check_amount(amount: int, currency: str) -> None:
    """A payment has at least the amount that is charged in its currency."""
    least = minimum_charge(currency)
    if amount < least:
        raise errors.invalid(f"Amount must be at least {display(least, currency)}", "amount", "amount_too_small")
