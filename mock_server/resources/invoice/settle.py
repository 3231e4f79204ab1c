"""The life of an invoice: drafted, finalised, paid, or given up.

Every step is saved and told at once, and what it means for a subscription is left to those who joined in. After a step
that may pay, load the subscription anew.
Source: docs.stripe.com/invoicing/integration/workflow-transitions
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_portal.wire import errors
from mock_server.billing.calendar import HOUR
from mock_server.billing.numbering import invoice_number
from mock_server.core.call import Body, Call, Kept

from .. import customer_balance_transaction as ledger
from .. import discount as discounts
from .. import invoice_payment as payments
from .. import invoiceitem as items
from .. import payment_intent as intents
from .. import payment_method as methods
from ..customer import customer
from ..tax_id import tax_id
from . import addresses, automatic, chosen, retries
from .head import invoice
from .represent import Bill, line_for_pending, put_amounts, put_lines, represent, snapshot, wording

DRAFT_SECONDS = HOUR
"""How long a draft that is finalised by itself can still be changed."""

MOST_LINES = 250

PAID_BEFORE = "_paid_before"
"""Stored as true with an invoice of what was paid before it was made: it leaves its customer's balance alone."""


def draft(call: Call, bill: Bill, *, waits: bool) -> Body:
    """A new draft with its lines: what waits to be billed, newest first, then the lines of `bill`.

    waits: it is finalised by itself in an hour; otherwise the caller does it.
    """
    payer = customer.get(call, bill.payer, "customer")
    waiting = waiting_for(call, bill)
    body = represent(call, bill, call.now + DRAFT_SECONDS if waits else None) | wording(bill.subscription, payer)
    body |= bill.more
    put_lines(body, [*(line_for_pending(call, one) for one in waiting), *bill.lines])
    put_amounts(call, body, balance_for(body, payer))
    snapshot(body, payer, tax_id.where(call, customer=payer["id"])[::-1])
    items.bill(call, waiting, body["id"])
    invoice.add(call, body, due=body["automatically_finalizes_at"])
    call.emit("invoice.created", body)
    call.memo[new_in(body)] = True
    return body


def balance_for(body: Body, payer: Body) -> int:
    """What an invoice takes from its customer's balance, or adds to what is due."""
    return 0 if body.get(PAID_BEFORE) else int(payer["balance"])


def waiting_for(call: Call, bill: Bill) -> list[Body]:
    """The pending items that are swept onto an invoice."""
    if bill.waiting == "none":
        return []
    tie = bill.subscription["id"] if bill.subscription else None
    found = items.pending(call, bill.payer, tie, bill.currency)
    if bill.waiting == "subscription":
        found = [item for item in found if items.tie_of(item) == tie]
    return found[:MOST_LINES]


def recount(call: Call, body: Body) -> None:
    """Work out the amounts of a draft anew, because its lines have changed."""
    payer = customer.get(call, body["customer"])
    put_amounts(call, body, balance_for(body, payer))
    invoice.save(call, body)


def new_in(body: Body) -> str:
    """What a call notes when it has made this invoice itself."""
    return f"made invoice {body['id']}"


def finalize(call: Call, body: Body, intent: Body | None = None) -> Body:
    """Fix a draft: it gets its number and its customer's data, takes their balance, and is open, or paid at once.

    intent: one that is to pay it, or has paid it already; else it gets one of its own.
    """
    invoice.tell(call, "finalizing", body)
    payer = customer.get(call, body["customer"])
    found = put_amounts(call, body, balance_for(body, payer))
    snapshot(body, payer, tax_id.where(call, customer=payer["id"])[::-1])
    body["last_finalization_error"] = automatic.failure(body)
    if body["last_finalization_error"] is not None:
        return stay_draft(call, body)
    body |= {
        "automatically_finalizes_at": None,
        "effective_at": body["effective_at"] or call.now,
        "ending_balance": found.ending_balance,
        "next_payment_attempt": None,
        **addresses.given(call, body),
        "number": body["number"] or invoice_number(payer["invoice_prefix"], payer["next_invoice_sequence"]),
        "status": "open",
    }
    body["status_transitions"]["finalized_at"] = call.now
    payer["next_invoice_sequence"] += 1
    customer.save(call, payer)
    for entry in found.entries:
        ledger.write(call, payer, entry.amount, entry.type, invoice=body["id"])
    use_discounts(call, body)
    invoice.save(call, body, due=body["due_date"] if body["amount_due"] else None)
    call.emit("invoice.finalized", body)
    if body["amount_due"] == 0:
        return mark_paid(call, body, None)
    ask_for_payment(call, body, intent)
    return body


def stay_draft(call: Call, body: Body) -> Body:
    """It cannot be finalised, and nobody tries again until it is asked for."""
    body |= {"automatically_finalizes_at": None, "next_payment_attempt": None}
    invoice.save(call, body, due=None)
    call.emit("invoice.finalization_failed", body)
    return body


def finalize_or_refuse(call: Call, body: Body) -> Body:
    """Fix a draft because somebody asks for it, who is told when that fails."""
    finalize(call, body)
    error = body["last_finalization_error"]
    if error is not None:
        raise Kept(errors.invalid(error["message"], code=error["code"]))
    return body


def use_discounts(call: Call, body: Body) -> None:
    """A discount that lasts for one invoice has lasted when it has taken something off."""
    for entry in body["total_discount_amounts"]:
        if entry["amount"] and discounts.used_up(call, entry["discount"]):
            invoice.tell(call, "discount_used", body, entry["discount"])


def ask_for_payment(call: Call, body: Body, intent: Body | None = None) -> None:
    """Give an open invoice the intent that is to pay it."""
    intent = intent or begin_payment(call, body)
    payments.open_for(call, body, intent)
    body["confirmation_secret"] = {"client_secret": intent["client_secret"], "type": "payment_intent"}
    invoice.save(call, body)


def begin_payment(call: Call, body: Body) -> Body:
    """The new intent that is to pay an open invoice."""
    wanted = {
        "amount": body["amount_due"],
        "currency": body["currency"],
        "customer": body["customer"],
        "description": "Subscription creation" if body["billing_reason"] == "subscription_create" else None,
        "receipt_email": None,
        "setup_future_usage": "off_session" if body["parent"] else None,
        "statement_descriptor": body["statement_descriptor"],
        **chosen.of_payment(body),
    }
    invoice.tell(call, "payment_sought", body, wanted)
    method = method_for(call, body)
    return intents.begin(call, wanted | ({"payment_method": method["id"]} if method else {}))


def method_for(call: Call, body: Body) -> Body | None:
    """What an invoice is paid with: its own default method, the subscription's, or the customer's."""
    found = [body["default_payment_method"]]
    invoice.tell(call, "method_sought", body, found)
    payer = customer.get(call, body["customer"])
    found.append(payer["invoice_settings"]["default_payment_method"])
    known = (methods.payment_method.find(call, id) for id in found if id is not None)
    types = body["payment_settings"]["payment_method_types"]
    return next((one for one in known if one and one["customer"] == body["customer"] and fits(one, types)), None)


def fits(method: Body, types: Sequence[str] | None) -> bool:
    """Whether a method is of one of the types that an invoice may be paid with; None stands for all."""
    return types is None or method["type"] in types


def collect(
    call: Call, body: Body, method: Body, *, off_session: bool, return_url: str | None = None
) -> errors.StripeError | None:
    """Try to pay an open invoice; the card error when that failed.

    return_url: where the customer is sent back to when their bank asks for them.
    """
    intent = intent_of(call, body)
    if intent is None:
        raise errors.invalid("This invoice has nothing to be paid with any more.", code="invoice_not_editable")
    error = intents.attempt(call, intent, method, off_session=off_session, return_url=return_url)
    after_attempt(call, body, intent)
    return error


def intent_of(call: Call, body: Body) -> Body | None:
    """The intent that is to pay an open invoice."""
    payment = payments.open_of(call, body["id"])
    return None if payment is None else intents.payment_intent.get(call, payment["payment"]["payment_intent"])


def after_attempt(call: Call, body: Body, intent: Body) -> None:
    """What an attempt means for the invoice."""
    if intent["status"] == "succeeded":
        count_attempt(body)
        mark_paid(call, body, payments.of_intent(call, intent["id"]))
    elif intent["status"] == "requires_payment_method":
        mark_failed(call, body, intent["last_payment_error"]["code"] == "authentication_required")
    elif intent["status"] == "requires_action":
        count_attempt(body)
        retries.plan(call, body)
        call.emit("invoice.payment_action_required", body)
        invoice.tell(call, "payment_failed", body)
        retries.end(call, body)
    else:
        count_attempt(body)
        body["next_payment_attempt"] = None
        invoice.save(call, body, due=None)
        invoice.tell(call, "payment_processing", body)


def count_attempt(body: Body) -> None:
    """Note that payment was tried. After the first attempt only those count that are made by themselves."""
    if not body["attempted"]:
        body |= {"attempt_count": body["attempt_count"] + 1, "attempted": True}


def mark_failed(call: Call, body: Body, needs_customer: bool = False) -> Body:
    """An attempt failed; the invoice stays open. needs_customer: the bank would have asked them, and they were away."""
    count_attempt(body)
    retries.plan(call, body)
    if new_in(body) not in call.memo and call.changed(body):
        # An invoice that nobody has seen before this call has not been updated for anybody.
        call.emit("invoice.updated", body)
    call.emit("invoice.payment_failed", body, *(["invoice.payment_action_required"] if needs_customer else []))
    invoice.tell(call, "payment_failed", body)
    retries.end(call, body)
    return body


def mark_paid(call: Call, body: Body, payment: Body | None, *, out_of_band: bool = False) -> Body:
    """It is paid. payment: the invoice payment that paid it, or None where nothing was due or nobody asked Stripe."""
    body |= {
        "amount_paid": body["amount_due"],
        "amount_remaining": 0,
        "attempted": True,
        "auto_advance": False,
        "next_payment_attempt": None,
        "status": "paid",
    }
    body["status_transitions"]["paid_at"] = call.now
    invoice.save(call, body, due=None)
    if payment or out_of_band:
        call.emit("invoice.updated", body)
    call.emit("invoice.paid", body)
    if not out_of_band:
        call.emit("invoice.payment_succeeded", body)
    if payment:
        payments.pay(call, payment)
    invoice.tell(call, "paid", body)
    return body


def pay_out_of_band(call: Call, body: Body) -> Body:
    """Somebody was paid in another way; what Stripe was to take is given up."""
    body["amount_paid_off_stripe"] = body["amount_due"]
    give_up_payment(call, body, "automatic")
    return mark_paid(call, body, None, out_of_band=True)


CLOSED: Mapping[str, tuple[str, str]] = {
    "void": ("voided_at", "invoice.voided"),
    "uncollectible": ("marked_uncollectible_at", "invoice.marked_uncollectible"),
}


def close(call: Call, body: Body, status: str) -> Body:
    """It will not be paid: void, as if it had never been, or uncollectible, as bad debt that may still be paid."""
    moment, happened = CLOSED[status]
    body |= {"auto_advance": False, "next_payment_attempt": None, "status": status}
    body["status_transitions"][moment] = call.now
    if status == "void":
        give_balance_back(call, body)
    invoice.save(call, body, due=None)
    call.emit(happened, body)
    if status == "void":
        give_up_payment(call, body, "void_invoice")
    invoice.tell(call, "closed", body)
    return body


def give_balance_back(call: Call, body: Body) -> None:
    """What a void invoice took from the customer's balance returns to it."""
    taken = body["starting_balance"] - (body["ending_balance"] or 0)
    if taken:
        payer = customer.get(call, body["customer"])
        ledger.write(call, payer, taken, "unapplied_from_invoice", invoice=body["id"])


def give_up_payment(call: Call, body: Body, reason: str) -> None:
    """Cancel the intent that was to pay it."""
    payment = payments.open_of(call, body["id"])
    if payment is not None:
        intents.cancel_for(call, intents.payment_intent.get(call, payment["payment"]["payment_intent"]), reason)
        payments.cancel(call, payment)


def reduce_due(call: Call, body: Body, amount: int) -> None:
    """A credit note takes an amount off what is still to be paid; a negative one puts it back. Saves and tells."""
    body |= {
        "amount_due": body["amount_due"] - amount,
        "amount_remaining": body["amount_remaining"] - amount,
        "pre_payment_credit_notes_amount": body["pre_payment_credit_notes_amount"] + amount,
    }
    invoice.save(call, body)
    if call.changed(body):
        call.emit("invoice.updated", body)
    if amount and body["amount_remaining"] == 0:
        give_up_payment(call, body, "automatic")
        mark_paid(call, body, None)
    elif amount:
        ask_for_less(call, body)


def ask_for_less(call: Call, body: Body) -> None:
    """The intent that is to pay an open invoice asks for what remains of it."""
    payment, intent = payments.open_of(call, body["id"]), intent_of(call, body)
    if payment is None or intent is None:
        return
    if intent["status"] == "processing":
        message = "A payment of this invoice is on its way, so what is to be paid cannot change now."
        raise errors.invalid(message, "invoice")
    intents.payment_intent.save(call, intent | {"amount": body["amount_remaining"]})
    payments.invoice_payment.save(call, payment | {"amount_requested": body["amount_remaining"]})


def stop(call: Call, body: Body) -> None:
    """Nothing happens to it by itself any more; it can still be paid."""
    if body["status"] in ("draft", "open") and body["auto_advance"]:
        body |= {"auto_advance": False, "automatically_finalizes_at": None, "next_payment_attempt": None}
        invoice.save(call, body, due=None)
        call.emit("invoice.updated", body)


@customer.on("deleting")
def stop_all(call: Call, payer: Body) -> None:
    """The invoices of a customer who is deleted stay as they are."""
    for body in invoice.where(call, customer=payer["id"])[::-1]:
        stop(call, body)


@intents.payment_intent.on("succeeded")
@intents.payment_intent.on("failed")
@intents.payment_intent.on("processing")
@intents.payment_intent.on("requires_action")
def attempted(call: Call, intent: Body) -> None:
    """An intent was confirmed by itself, or its bank has answered: it may have been an invoice's."""
    payment = payments.of_intent(call, intent["id"])
    if payment is None:
        return
    body = invoice.get(call, payment["invoice"])
    if body["status"] in ("open", "uncollectible"):
        after_attempt(call, body, intent)


@intents.payment_intent.on("touched")
def keep_in_step(call: Call, intent: Body, wish: str) -> None:
    """An intent of an invoice is changed through the invoice."""
    if payments.of_intent(call, intent["id"]) is not None:
        raise errors.invalid(
            f"You cannot {wish} a PaymentIntent that belongs to an invoice; change the invoice instead.",
            code="payment_intent_unexpected_state",
        )
