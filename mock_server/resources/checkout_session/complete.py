"""How a Checkout session is paid, and what follows.

The payment comes first: an intent is confirmed, and when it has succeeded, or a bank works at it, the subscription or
the invoice is made that it pays for. A customer whose bank asks for them comes back later, or never.
Source: docs.stripe.com/payments/checkout/how-checkout-works, docs.stripe.com/api/checkout/sessions/object
"""

from __future__ import annotations

from flask_portal.wire import errors
from mock_server.core.call import Body, Call, Kept
from mock_server.payments.methods import Method

from .. import connected_payment as connected
from .. import invoice as invoices
from .. import payment_intent as intents
from .. import payment_method as methods
from .. import setup_intent as setups
from ..promotion_code import Basket
from ..subscription import start
from . import bill, payer
from .head import DETAILS, DUE, PAYER, SENT, SETUP, checkout_session
from .represent import address

OF_INTENT = (
    "application_fee_amount",
    "description",
    "metadata",
    "on_behalf_of",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
)


def prepare(call: Call, body: Body, details: Body) -> str | None:
    """Take what the customer has typed, and work out what that costs; the id of the customer, None for a guest.

    details: `email`, `name`, `phone`, `address`, `tax_id`, and `fields` by their keys.
    """
    body[DETAILS] = details
    owner = payer.settle(call, body)
    bill.put_amounts(call, body, owner)
    checkout_session.save(call, body)
    return owner


def proceed(call: Call, body: Body, owner: str | None, method: Body | None) -> errors.StripeError | None:
    """Pay a prepared session, or save its payment method; the card error when that failed, which leaves it open.

    method: None where nothing is to be paid and none is asked for.
    Load the session anew afterwards: it is complete, or waits for the customer at `next_step`.
    """
    if method is None:
        complete(call, body, None)
        return None
    if body["mode"] != "setup" and body[DUE]:
        return pay(call, body, owner, method)
    return set_up(call, body, owner, method)


def needs_method(body: Body) -> bool:
    """Whether the session cannot be completed without a payment method."""
    if body["mode"] == "setup" or body[DUE]:
        return True
    return bool(body["mode"] == "subscription" and body["payment_method_collection"] == "always")


def next_step(call: Call, body: Body) -> str | None:
    """The address at which the customer's bank asks for them, while it does."""
    intent = intent_of(call, body)
    action = (intent or {}).get("next_action")
    return None if not action or action["type"] != "redirect_to_url" else str(action["redirect_to_url"]["url"])


def intent_of(call: Call, body: Body) -> Body | None:
    """The intent by which the session is paid, or its payment method is saved."""
    if body["payment_intent"] is not None:
        return intents.payment_intent.find(call, body["payment_intent"])
    return setups.setup_intent.find(call, body[SETUP]) if body[SETUP] else None


def last_error(call: Call, body: Body) -> str | None:
    """Why the last attempt failed, in the bank's words."""
    intent = intent_of(call, body)
    last = intent and (intent.get("last_payment_error") or intent.get("last_setup_error"))
    return str(last["message"]) if last else None


def pay(call: Call, body: Body, owner: str | None, method: Body) -> errors.StripeError | None:
    """Try to pay with `method`."""
    intent = payment_for(call, body, owner)
    body["payment_intent"] = intent["id"]
    checkout_session.save(call, body)
    error = intents.attempt(call, intent, method, off_session=False, return_url=address(call, "c/pay", body["id"]))
    intents.follow_up(call, intent)
    return error


def payment_for(call: Call, body: Body, owner: str | None) -> Body:
    """The intent of a session, over what is due now: that of an attempt before, or a new one."""
    amount = body[DUE]
    if body["payment_intent"] is not None:
        intent = intents.payment_intent.get(call, body["payment_intent"])
        intents.check_open(intent, "confirmed")
        return intents.payment_intent.save(call, intent | {"amount": amount, "customer": owner})
    data = body[SENT].get("payment_intent_data", {})
    wanted = {name: data[name] for name in OF_INTENT if name in data}
    if body["mode"] == "subscription":
        wanted |= {"description": "Subscription creation", "setup_future_usage": "off_session"}
    connected.check(call, wanted, amount)
    wanted |= {"amount": amount, "currency": body["currency"]} | ({"customer": owner} if owner else {})
    return intents.begin(call, wanted)


def set_up(call: Call, body: Body, owner: str | None, method: Body) -> errors.StripeError | None:
    """Prepare `method` for later payments."""
    intent = setup_for(call, body, owner)
    body[SETUP] = intent["id"]
    checkout_session.save(call, body)
    behind = methods.instrument(method)
    agreed = isinstance(behind, Method) and behind.needs_mandate
    wanted: Body = {"payment_method": method["id"], "return_url": address(call, "c/pay", body["id"])}
    if agreed:
        wanted["mandate_data"] = {"customer_acceptance": {"type": "online"}}
    try:
        setups.confirmed(call, intent, wanted)
    except Kept as kept:
        if isinstance(kept.error, errors.StripeError):
            return kept.error
        raise
    return None


def setup_for(call: Call, body: Body, owner: str | None) -> Body:
    """The SetupIntent of a session, with its customer."""
    if body[SETUP] is None:
        return setups.begin(call, {"customer": owner} if owner else {})
    intent = setups.setup_intent.get(call, body[SETUP])
    setups.check_open(intent, "confirmed")
    return setups.setup_intent.save(call, intent | {"customer": owner})


def complete(call: Call, body: Body, intent: Body | None) -> None:
    """Make what was bought, and end the session. intent: what has paid it, or has saved its payment method."""
    body["customer"] = body["customer"] or body[PAYER]
    body["customer_details"] = payer.details(call, body)
    for field in body["custom_fields"]:
        field[field["type"]]["value"] = body[DETAILS].get("fields", {}).get(field["key"])
    payment = intent if intent is not None and intent["object"] == "payment_intent" else None
    if body["mode"] == "subscription":
        begin_subscription(call, body, payment, intent["payment_method"] if intent else None)
    elif body["mode"] == "payment":
        end_payment(call, body, payment)
    body |= {"status": "complete", "url": None}
    if payment is not None and payment["status"] == "succeeded":
        body["payment_status"] = "paid"
    elif payment is None:
        body["payment_status"] = "no_payment_required"
    checkout_session.save(call, body, due=None)
    call.emit("checkout.session.completed", body)
    checkout_session.tell(call, "completed", body)


def begin_subscription(call: Call, body: Body, payment: Body | None, method: str | None) -> None:
    """Begin the subscription that was bought."""
    begun = bill.subscribe(call, body, body["customer"], start.Payment(payment), method)
    body |= {"invoice": begun["latest_invoice"], "subscription": begun["id"]}


def end_payment(call: Call, body: Body, payment: Body | None) -> None:
    """Use up the discounts of a payment, and write its invoice where one was wanted."""
    if not body["invoice_creation"]["enabled"]:
        bill.redeem(call, body, body["customer"], Basket(body["amount_subtotal"], body["currency"]))
        return
    paper = bill.draft(call, body, body["customer"])
    body["invoice"] = paper["id"]
    invoices.settle.finalize(call, paper, payment)
    if payment is not None:
        invoices.settle.after_attempt(call, paper, payment)


@intents.payment_intent.on("succeeded")
@intents.payment_intent.on("processing")
def paid(call: Call, intent: Body) -> None:
    """A payment has succeeded, or a bank works at it; or the bank has now said that it came through."""
    for body in checkout_session.where(call, payment_intent=intent["id"]):
        if body["status"] == "open":
            complete(call, body, intent)
        elif body["payment_status"] == "unpaid" and intent["status"] == "succeeded":
            body["payment_status"] = "paid"
            checkout_session.save(call, body)
            call.emit("checkout.session.async_payment_succeeded", body)


@intents.payment_intent.on("failed")
def failed(call: Call, intent: Body) -> None:
    """A bank has refused a debit, after the session was complete."""
    for body in checkout_session.where(call, payment_intent=intent["id"]):
        if body["status"] == "complete" and body["payment_status"] == "unpaid":
            call.emit("checkout.session.async_payment_failed", body)


@setups.setup_intent.on("succeeded")
def saved(call: Call, intent: Body) -> None:
    """The payment method of a session is ready for later payments."""
    for body in checkout_session.where(call, setup=intent["id"], status="open"):
        complete(call, body, intent)
