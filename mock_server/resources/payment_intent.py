"""Payment intents: a sum that is to be paid, from the first attempt to the one that succeeds.

Source: docs.stripe.com/api/payment_intents, docs.stripe.com/payments/paymentintents/lifecycle
"""

from __future__ import annotations

from flask_portal.wire import errors, ids
from mock_server.core.call import Body, Call, Kept
from mock_server.core.resource import Resource, merge
from mock_server.payments import outcomes
from mock_server.payments.failures import Failure, failure
from mock_server.payments.methods import Method

from . import charge as charges
from . import connected_payment as connected
from . import mandate as mandates
from . import mandate_params as acceptances
from . import microdeposits
from . import payment_method as methods
from . import payment_method_choice as choices
from . import payment_method_options as options
from .challenge import next_action
from .charge import DAYS_UNTIL_CAPTURED, parcel
from .customer import customer
from .payment_intent_params import Cancel, Confirm, Confirming, Create, List, Retrieve, Update
from .payment_intent_terms import check_amount, check_terms, chosen_method

payment_intent = Resource(
    "payment_intent",
    "/v1/payment_intents",
    prefix="pi",
    search=("customer",),
    expands={"customer": "customer", "latest_charge": "charge", "payment_method": "payment_method"},
    private=True,
    happenings=(
        *("touched", "succeeded", "failed", "processing", "requires_action", "requires_capture"),
        "released",
    ),
)

OPEN = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
ALWAYS = frozenset({"description", "metadata", "expand"})
"""What can be updated after the end too."""

TAKEN = frozenset(Confirm().fields.keys() - {"amount_to_confirm", "expand"})
"""What a confirmation may change."""

SENT_APART = (*Confirming().fields, *choices.PARAMETERS, "payment_method_data", "shipping")
"""What is not simply stored."""

SHARES = frozenset({"application_fee_amount", "transfer_data"})
RECOGNISED = "_recognised"
"""Stored with an intent that is confirmed by hand: the method whose bank has recognised its customer."""

DAY = 86_400
HAPPENED = {"succeeded": "payment_intent.succeeded", "processing": "payment_intent.processing"}


def represent(call: Call, sent: Body) -> Body:
    """The object of a new intent. sent: at least `amount`, `currency` and `customer`."""
    id = payment_intent.new_id()
    return {
        "id": id,
        "object": "payment_intent",
        "amount": sent["amount"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "automatic_payment_methods": sent.get("automatic_payment_methods"),
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": sent.get("capture_method", "automatic_async"),
        "client_secret": ids.client_secret(id),
        "confirmation_method": sent.get("confirmation_method", "automatic"),
        "created": call.now,
        "currency": sent["currency"],
        "customer": sent.get("customer"),
        "customer_account": None,
        "description": sent.get("description"),
        "excluded_payment_method_types": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": call.livemode,
        "managed_payments": None,
        "metadata": sent.get("metadata") or {},
        "next_action": None,
        "payment_method": sent.get("payment_method"),
        "payment_method_configuration_details": None,
        "payment_method_options": {},
        "payment_method_types": ["card"],
        "processing": None,
        "receipt_email": sent.get("receipt_email"),
        "review": None,
        "setup_future_usage": sent.get("setup_future_usage"),
        "shipping": parcel(sent.get("shipping")),
        "source": None,
        "statement_descriptor": sent.get("statement_descriptor"),
        "statement_descriptor_suffix": sent.get("statement_descriptor_suffix"),
        "status": "requires_confirmation" if sent.get("payment_method") else "requires_payment_method",
        "transfer_group": sent.get("transfer_group"),
    } | connected.terms(sent)


def begin(call: Call, sent: Body) -> Body:
    """Store a new intent, and tell of it."""
    body = represent(call, sent)
    choices.take(call, body, sent)
    payment_intent.add(call, body)
    call.emit("payment_intent.created", body)
    return body


def attempt(
    call: Call,
    body: Body,
    method: Body,
    *,
    off_session: bool,
    return_url: str | None = None,
    in_script: bool = False,
    authenticated: bool = False,
) -> errors.StripeError | None:
    """Try to pay with `method`; the card error when it failed, which leaves a failed charge behind.

    The intent is saved, and its events are told; what it pays for is for the caller to look after.
    return_url, in_script: where the customer is sent when their bank asks for them.
    authenticated: they have been there, and the bank knows them; or their bank account was verified.
    """
    instrument = methods.instrument(method)
    body |= {"payment_method": method["id"], "next_action": None}
    choices.show_types(body, method)
    debit = isinstance(instrument, Method)
    if debit and mandates.AGREED not in body and mandates.is_over(call, method["id"]):
        return failed(call, body, method, failure("payment_intent_mandate_invalid"))
    outcome = (
        outcomes.EXPIRED
        if methods.is_expired(call, method)
        else outcomes.on_charge(
            instrument,
            body["amount"],
            off_session,
            methods.was_set_up(method),
            authenticated=authenticated,
            verified=authenticated or options.is_verified(body, method["type"], methods.is_verified(method)),
            challenge_wanted=options.challenge_wanted(body),
        )
    )
    if outcome.action == "microdeposits":
        action = microdeposits.next_action(call, body)
        _asked(call, body, action, microdeposits.due_at(call, outcome.later is None))
        return None
    if outcome.result == "requires_action":
        _asked(call, body, next_action(call, body, return_url, in_script=in_script), None)
        return None
    allowed = allow(call, body, method) if debit or mandates.AGREED in body else None
    tried = charges.Attempt(body, method, instrument, outcome, authenticated, allowed)
    made = charges.record(call, tried)
    body["latest_charge"] = made["id"]
    if outcome.failure is not None:
        return failed(call, body, method, outcome.failure)
    if tried.waits:
        _held(call, body)
    else:
        went_on(call, body, outcome.result, call.now + outcome.after if outcome.later else None)
    keep_method(call, body, method)
    return None


def allow(call: Call, body: Body, method: Body) -> str | None:
    """The id of the mandate that a debit stands on: the one that was given with the confirmation, or an earlier one."""
    kept = options.future_usage(body, method["type"])
    once = None if kept else {"amount": body["amount"], "currency": body["currency"]}
    given = mandates.given(call, body, method, once) or mandates.of_method(call, method["id"])
    return None if given is None else str(given["id"])


def keep_method(call: Call, body: Body, method: Body) -> None:
    """A method that has paid is saved for later payments where that was wanted; one of nobody is used up."""
    if options.future_usage(body, method["type"]):
        methods.keep(call, method, body["customer"])
    else:
        methods.spend(call, method)


def _asked(call: Call, body: Body, action: Body, due: int | None) -> None:
    body |= {"status": "requires_action", "next_action": action}
    payment_intent.save(call, body, due=due)
    call.emit("payment_intent.requires_action", body)


def _held(call: Call, body: Body) -> None:
    body |= {"status": "requires_capture", "amount_capturable": body["amount"], "last_payment_error": None}
    payment_intent.save(call, body, due=call.now + DAYS_UNTIL_CAPTURED * DAY)
    call.emit("payment_intent.amount_capturable_updated", body)


def went_on(call: Call, body: Body, result: str, due: int | None) -> None:
    """It is paid, or its bank will answer later."""
    received = body["amount"] if result == "succeeded" else 0
    body |= {"status": result, "amount_received": received, "last_payment_error": None}
    payment_intent.save(call, body, due=due)
    call.emit(HAPPENED[result], body)


def failed(call: Call, body: Body, method: Body, why: Failure) -> errors.StripeError:
    """It was not paid: another method is needed."""
    error: Body = {
        "advice_code": why.advice_code,
        "charge": body["latest_charge"],
        "code": why.error_code,
        "decline_code": why.decline_code,
        "doc_url": errors.DOC_URL + why.error_code.replace("_", "-"),
        "message": why.message,
        "payment_method": call.snapshot(method),
        "type": "card_error",
    }
    known = {name: value for name, value in error.items() if value is not None}
    body.pop(mandates.AGREED, None)
    body |= {"status": "requires_payment_method", "payment_method": None, "last_payment_error": known}
    payment_intent.save(call, body, due=None)
    call.emit("payment_intent.payment_failed", body)
    return card_error(call, body)


def card_error(call: Call, body: Body) -> errors.StripeError:
    """The error that answers a failed attempt."""
    last = body["last_payment_error"]
    extra = {name: last[name] for name in ("advice_code", "charge", "payment_method") if name in last}
    shown = call.snapshot(body)
    return errors.card_error(last["message"], last["code"], last.get("decline_code"), payment_intent=shown, **extra)


def answered(call: Call, body: Body, *, passed: bool) -> Body:
    """The customer has been at their bank, and was recognised or not: the payment goes on, or has failed."""
    method = methods.payment_method.get(call, body["payment_method"], "payment_method")
    if passed and body["confirmation_method"] == "manual":
        # The business confirms once more, and takes the money by that call.
        body |= {"next_action": None, "status": "requires_confirmation", RECOGNISED: method["id"]}
        return payment_intent.save(call, body, due=None)
    if passed:
        attempt(call, body, method, off_session=False, authenticated=True)
    else:
        # The bank was never asked for money, so there is no charge of this attempt.
        body |= {"latest_charge": None, "next_action": None}
        why = outcomes.on_failed_authentication("payment_intent").failure
        if why is not None:
            failed(call, body, method, why)
    follow_up(call, body)
    return body


def cancel_for(call: Call, body: Body, reason: str | None) -> Body:
    """Give it up: nothing can be paid with it any more, and what was held is let go."""
    if body["status"] == "requires_capture":
        expired = reason == "expired"
        paid = charges.charge.get(call, body["latest_charge"])
        payment_intent.tell(call, "released", body, paid, expired)
        charges.release(call, paid, expired=expired)
    body |= {
        "amount_capturable": 0,
        "canceled_at": call.now,
        "cancellation_reason": reason,
        "next_action": None,
        "status": "canceled",
    }
    payment_intent.save(call, body, due=None)
    call.emit("payment_intent.canceled", body)
    return body


@payment_intent.create(Create)
def create(call: Call, sent: Body) -> Body:
    check_amount(sent["amount"], sent["currency"])
    connected.check(call, sent, sent["amount"])
    sent.setdefault("automatic_payment_methods", {"allow_redirects": "always", "enabled": True})
    if "customer" in sent:
        customer.get(call, sent["customer"], "customer")
    if not sent.get("confirm"):
        for name in ("mandate", "mandate_data"):
            if name in sent:
                raise errors.invalid(f"{name} can only be sent together with confirm=true.", name)
    method = chosen_method(call, sent, sent.get("customer"))
    if method is not None:
        sent["payment_method"] = method["id"]
        sent.pop("payment_method_data", None)
    body = begin(call, sent)
    return confirmed(call, body, sent) if sent.get("confirm") else body


@payment_intent.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    if not sent.keys() <= ALWAYS:
        check_open(body, "updated")
    if {"amount", "currency", "customer"} & sent.keys():
        payment_intent.tell(call, "touched", body, "change the amount, currency or customer of")
    if "customer" in sent:
        customer.get(call, sent["customer"], "customer")
    take(call, body, {name: value for name, value in sent.items() if name not in SHARES})
    check_amount(body["amount"], body["currency"])
    if {"amount", *SHARES} & sent.keys():
        connected.change(call, body, sent, body["amount"])
    payment_intent.save(call, body)
    return body


@payment_intent.action("/confirm", Confirm)
def confirm(call: Call, body: Body, sent: Body) -> Body:
    check_open(body, "confirmed")
    return confirmed(call, body, sent)


@payment_intent.action("/cancel", Cancel)
def cancel(call: Call, body: Body, sent: Body) -> Body:
    payment_intent.tell(call, "touched", body, "cancel")
    if body["status"] != "requires_capture":
        check_open(body, "canceled")
    return cancel_for(call, body, sent.get("cancellation_reason"))


def take(call: Call, body: Body, sent: Body) -> None:
    """Put what was sent into an intent that is still open."""
    choices.take(call, body, sent)
    method = chosen_method(call, sent, sent.get("customer", body["customer"]))
    if method is not None:
        choices.check(body, method, "payment_intent_incompatible_payment_method")
        body |= {"payment_method": method["id"], "status": "requires_confirmation", "next_action": None}
    merge(body, sent, skip=(*SENT_APART, "payment_method"))
    if "shipping" in sent:
        body["shipping"] = parcel(sent["shipping"])


def confirmed(call: Call, body: Body, sent: Body) -> Body:
    """Confirm an intent: pay with its method; a payment that fails is answered with its error, and stays recorded."""
    acceptances.check(sent)
    kept = {name: value for name, value in sent.items() if name in TAKEN}
    take(call, body, kept)
    if body["payment_method"] is None:
        raise errors.invalid(
            "This PaymentIntent cannot be confirmed without a payment method: pass `payment_method`.",
            code="payment_intent_unexpected_state",
            param="payment_method",
        )
    if sent.get("amount_to_confirm", body["amount"]) != body["amount"]:
        message = f"The amount of this PaymentIntent is {body['amount']}, and not what was to be confirmed."
        raise errors.invalid(message, "amount_to_confirm", "payment_intent_invalid_parameter")
    method = methods.payment_method.get(call, body["payment_method"], "payment_method")
    choices.check(body, method, "payment_intent_incompatible_payment_method")
    check_terms(call, body, method, sent)
    off_session = sent.get("off_session", False)
    back, in_script = sent.get("return_url"), sent.get("use_stripe_sdk", False)
    known = body.pop(RECOGNISED, None) == method["id"]
    how = {"off_session": off_session, "in_script": in_script, "authenticated": known}
    error = attempt(call, body, method, return_url=back, **how)
    if body["status"] == "requires_action" and sent.get("error_on_requires_action"):
        raise errors.card_error("This payment needs the customer's confirmation.", "authentication_required")
    follow_up(call, body)
    if error is not None:
        raise Kept(error)
    return body


def follow_up(call: Call, body: Body) -> None:
    """Let what is paid for know how the attempt went."""
    happening = "failed" if body["status"] == "requires_payment_method" else body["status"]
    payment_intent.tell(call, happening, body)


def check_open(body: Body, verb: str) -> None:
    """Only what is not over can be confirmed, changed or canceled."""
    if body["status"] not in OPEN:
        raise errors.invalid(
            f"This PaymentIntent could not be {verb} because it has a status of {body['status']}.",
            code="payment_intent_unexpected_state",
        )


@payment_intent.endpoint("GET", "/v1/payment_intents/{id}", Retrieve)
def retrieve(call: Call, found: dict[str, str], sent: Body) -> Body:
    """An intent; a browser, which has no secret key, shows by the client secret that it may see it."""
    body = payment_intent.get(call, found["id"])
    if sent.get("client_secret", body["client_secret"]) != body["client_secret"]:
        raise errors.invalid("The client_secret does not belong to this PaymentIntent.", "client_secret")
    return body


payment_intent.lists(List)
