"""The calls that make an invoice by hand, throw a draft away, and send an invoice.

Source: docs.stripe.com/api/invoices/create, docs.stripe.com/api/invoices/delete, docs.stripe.com/api/invoices/send
"""

from __future__ import annotations

from typing import Any

from flask_portal.wire import errors
from flask_portal.wire.params import Params
from mock_server.billing.calendar import Period
from mock_server.core.call import Body, Call
from mock_server.core.resource import metadata_of

from .. import discount as discounts
from .. import invoiceitem as items
from .. import payment_method as methods
from .. import tax_rate as rates
from ..customer import customer
from . import chosen, settle, terms
from .automatic import chosen as chosen_automatic
from .draft_params import Create
from .head import invoice
from .represent import Bill, Waiting

WRITTEN = ("custom_fields", "description", "effective_at", "footer", "statement_descriptor")


@invoice.create(Create)
def create(call: Call, sent: Body) -> Body:
    if "customer" not in sent:
        raise errors.missing_parameter("customer")
    payer = customer.get(call, sent["customer"], "customer")
    terms.check(call, sent["collection_method"], sent)
    tie = subscription_of(call, sent, payer)
    currency = sent.get("currency") or (tie or payer)["currency"] or "usd"
    id = invoice.new_id()
    applied = discounts.apply(call, sent.get("discounts"), "discounts", (), customer=payer["id"], invoice=id)
    discounts.check_currency(call, applied, currency, "discounts")
    bill = Bill(
        payer["id"],
        currency,
        "manual",
        Period(call.now, call.now),
        (),
        applied,
        tie,
        sent["collection_method"],
        sent.get("days_until_due"),
        id,
        waiting=waiting(sent),
        more=written(call, sent, payer),
    )
    if tie and not settle.waiting_for(call, bill):
        message = f"Nothing waits to be invoiced for the subscription {tie['id']}."
        raise errors.invalid(message, "subscription", "invoice_no_subscription_line_items")
    return settle.draft(call, bill, waits=sent["auto_advance"])


def subscription_of(call: Call, sent: Body, payer: Body) -> Body | None:
    """The subscription whose pending items are to be invoiced."""
    if "subscription" not in sent:
        return None
    found: list[Any] = []
    invoice.tell(call, "subscription_sought", sent["subscription"], found)
    body: Body = found[0]
    if body["customer"] != payer["id"]:
        raise errors.invalid("This subscription belongs to another customer.", "subscription")
    return body


def waiting(sent: Body) -> Waiting:
    """Which pending items are swept onto the invoice."""
    if "subscription" in sent:
        return "subscription" if sent.get("pending_invoice_items_behavior") != "exclude" else "none"
    return "all" if sent.get("pending_invoice_items_behavior") == "include" else "none"


def written(call: Call, sent: Body, payer: Body) -> Body:
    """What was chosen for this invoice alone."""
    more = {name: sent[name] for name in WRITTEN if sent.get(name) is not None}
    more |= {"auto_advance": sent["auto_advance"], "metadata": metadata_of(sent)}
    if "automatic_tax" in sent:
        more["automatic_tax"] = chosen_automatic(call, sent["automatic_tax"])
    if "default_tax_rates" in sent:
        more["default_tax_rates"] = rates.chosen(call, sent["default_tax_rates"], "default_tax_rates")
    more |= chosen.taken(call, sent, {})
    if "due_date" in sent:
        more["due_date"] = sent["due_date"]
    if "default_payment_method" in sent:
        own = methods.resolve(call, sent["default_payment_method"], payer["id"], "default_payment_method")
        more["default_payment_method"] = own["id"]
    if "automatically_finalizes_at" in sent:
        more |= finalizing(sent["automatically_finalizes_at"], sent["collection_method"])
    return more


def finalizing(at: int, collection_method: str) -> Body:
    """A draft that is finalised by itself at a moment of its own."""
    charged = collection_method == "charge_automatically"
    return {"auto_advance": True, "automatically_finalizes_at": at, "next_payment_attempt": at if charged else None}


@invoice.delete()
def delete(call: Call, body: Body, _sent: Body) -> Body:
    """Throw a draft away, and what was put on it with it."""
    if body["status"] != "draft":
        message = f"Only drafts can be deleted, and this invoice is {body['status']}; void it instead."
        raise errors.invalid(message, "id", "invoice_not_editable")
    if body["parent"] is not None:
        raise errors.invalid("An invoice of a subscription cannot be deleted; void it once it is finalised.", "id")
    for item in items.invoiceitem.where(call, invoice=body["id"])[::-1]:
        items.drop(call, item)
    call.emit("invoice.deleted", body)
    return invoice.remove(call, body)


@invoice.action("/send", Params)
def send(call: Call, body: Body, _sent: Body) -> Body:
    """Send it to its customer, finalised; it may be sent again."""
    if body["status"] not in ("draft", "open"):
        raise errors.invalid(
            f"This invoice cannot be sent any more: it is {body['status']}.", code="invoice_not_editable"
        )
    if body["collection_method"] != "send_invoice":
        raise errors.invalid("Only an invoice with the collection_method send_invoice can be sent by hand.")
    if body["status"] == "draft":
        settle.finalize_or_refuse(call, body)
    call.emit("invoice.sent", body)
    return body
