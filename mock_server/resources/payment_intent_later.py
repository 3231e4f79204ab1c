"""What becomes of a payment intent after its confirmation: it is captured, verified, answered by a bank, or given up.

Source: docs.stripe.com/payments/place-a-hold-on-a-payment-method, docs.stripe.com/payments/ach-direct-debit
"""

from __future__ import annotations

from flask_portal.wire import errors
from mock_server.billing.money import display
from mock_server.core.call import Body, Call, Kept
from mock_server.core.resource import merge
from mock_server.payments import outcomes

from . import charge as charges
from . import connected_payment as connected
from . import mandate as mandates
from . import microdeposits
from . import payment_intent as intents
from . import payment_method as methods
from .microdeposits import Verify
from .payment_intent import payment_intent
from .payment_intent_params import Capture


@payment_intent.action("/capture", Capture)
def capture(call: Call, body: Body, sent: Body) -> Body:
    if body["status"] != "requires_capture":
        raise errors.invalid(
            f"This PaymentIntent could not be captured because it has a status of {body['status']}: only one with the "
            "status requires_capture may be captured.",
            code="payment_intent_unexpected_state",
        )
    amount: int = sent.get("amount_to_capture") or body["amount_capturable"]
    check_capture(call, body, sent, amount)
    merge(body, sent, skip=("amount_to_capture", "application_fee_amount", "final_capture", "transfer_data"))
    paid = charges.charge.get(call, body["latest_charge"])
    paid |= {name: body[name] for name in ("application_fee_amount", "statement_descriptor_suffix")}
    paid |= {"statement_descriptor": body["statement_descriptor"], "transfer_data": charges.passed_on(body)}
    method = methods.payment_method.peek(call, body["payment_method"]) or {}
    charges.capture(call, paid, methods.instrument(method), amount)
    body |= {"amount_capturable": 0, "amount_received": amount, "status": "succeeded"}
    payment_intent.save(call, body, due=None)
    call.emit("payment_intent.succeeded", body)
    payment_intent.tell(call, "succeeded", body)
    return body


def check_capture(call: Call, body: Body, sent: Body, amount: int) -> None:
    """No more is taken than was held, once, and the shares of others are of what is taken."""
    held = body["amount_capturable"]
    if amount > held:
        wanted, most = display(amount, body["currency"]), display(held, body["currency"])
        message = f"The amount to capture, {wanted}, is greater than what can be captured, {most}."
        raise errors.invalid(message, "amount_to_capture", "amount_too_large")
    if sent.get("final_capture") is False:
        raise errors.not_built("Capturing a payment in several parts", "final_capture")
    connected.change(call, body, sent, amount)


@payment_intent.action("/verify_microdeposits", Verify)
def verify(call: Call, body: Body, sent: Body) -> Body:
    """The customer tells what has arrived on their account."""
    method = methods.payment_method.find(call, body["payment_method"] or "") or {}
    why = microdeposits.judge(call, payment_intent, body, method.get("type", ""), sent)
    if why is not None:
        body["next_action"] = None
        intents.failed(call, body, method, why)
        intents.follow_up(call, body)
        raise Kept(microdeposits.refusal(why))
    methods.verify(call, method)
    return intents.answered(call, body, passed=True)


@payment_intent.due
def go_on(call: Call, body: Body) -> None:
    """What was waited for has happened, or it was waited too long."""
    payment_intent.save(call, body, due=None)
    if body["status"] == "processing":
        settle(call, body)
    elif body["status"] == "requires_capture":
        intents.cancel_for(call, body, "expired")
    elif microdeposits.wait_for(body):
        method = methods.payment_method.get(call, body["payment_method"])
        why = microdeposits.on_late_deposits(methods.instrument(method))
        body["next_action"] = None
        intents.failed(call, body, method, why)
        intents.follow_up(call, body)


def settle(call: Call, body: Body) -> None:
    """A bank has answered: the payment that was processing has come through, or has not."""
    method = methods.payment_method.find(call, body["payment_method"]) or {}
    instrument = methods.instrument(method)
    outcome = outcomes.on_charge(instrument, body["amount"], off_session=True, was_set_up=True).later
    if outcome is None:
        return
    charges.settle(call, body["latest_charge"], instrument, outcome)
    if outcome.failure is not None:
        intents.failed(call, body, method, outcome.failure)
        mandates.end_after(call, method, outcome.failure.code)
    else:
        intents.went_on(call, body, outcome.result, None)
    payment_intent.tell(call, "succeeded" if outcome.failure is None else "failed", body)
