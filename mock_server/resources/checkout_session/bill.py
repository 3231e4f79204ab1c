"""What a Checkout session costs, and the subscription or invoice that it leads to.

What it costs is found out by doing it and undoing it, so what is shown on the page and what is billed cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from flask_portal.wire import errors
from mock_server.billing.calendar import Period
from mock_server.billing.money import display, minimum_charge
from mock_server.core.call import Body, Call
from mock_server.core.rehearsal import rehearse

from .. import customer as customers
from .. import discount as discounts
from .. import invoice as invoices
from .. import invoiceitem as items
from ..invoice import automatic
from ..invoice.represent import line_for_pending
from ..promotion_code import Basket
from ..subscription import start
from ..subscription.items import AGREED
from ..tax_location import location_of
from . import lines
from .head import DUE, LINES, SENT
from .payer import of_details

LINE = "line"
"""The key in a rehearsal's metadata that says which line an invoice's line bills."""


def put_amounts(call: Call, body: Body, owner: str | None) -> None:
    """Work out what a session costs now. owner: the customer, if there is one yet.

    StripeError where it cannot be bought like this.
    """
    if body["mode"] == "setup":
        return
    draft = rehearse(call, lambda trial: bill(trial, body, owner), lambda kind, _: kind == "invoice.created")
    found = draft or {"amount_due": 0, "subtotal": 0, "total": 0, "lines": {"data": []}, "automatic_tax": None}
    for number, line in enumerate(body[LINES]):
        put_line(line, [one for one in found["lines"]["data"] if one["metadata"].get(LINE) == str(number)])
    body |= {
        DUE: found["amount_due"] if body["mode"] == "subscription" else found["total"],
        "amount_subtotal": found["subtotal"],
        "amount_total": found["total"],
        "total_details": {
            "amount_discount": sum(line["amount_discount"] for line in body[LINES]),
            "amount_shipping": 0,
            "amount_tax": sum(line["amount_tax"] for line in body[LINES]),
        },
    }
    if body["automatic_tax"]["enabled"] and draft is not None:
        body["automatic_tax"]["status"] = draft["automatic_tax"]["status"] or "requires_location_inputs"
    check_amount(body)


def put_line(line: Body, billed: Sequence[Body]) -> None:
    """Write the amounts of a line, as an invoice bills it."""
    taxes = [tax for one in billed for tax in one["taxes"]]
    added = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "exclusive")
    subtotal = sum(one["amount"] for one in billed)
    off = sum(entry["amount"] for one in billed for entry in one["discount_amounts"])
    line |= {
        "amount_discount": off,
        "amount_subtotal": subtotal,
        "amount_tax": sum(tax["amount"] for tax in taxes),
        "amount_total": subtotal - off + added,
    }


def check_amount(body: Body) -> None:
    """A payment is of nothing, or at least of what can be charged."""
    least = minimum_charge(body["currency"])
    if body["mode"] == "payment" and 0 < body[DUE] < least:
        message = f"The Checkout Session's total amount must be at least {display(least, body['currency'])}."
        raise errors.invalid(message, "line_items", "amount_too_small")


def bill(trial: Call, body: Body, owner: str | None) -> None:
    """Do in a rehearsal what the payment would lead to."""
    known = owner or str(customers.create(trial, of_details(body))["id"])
    taxed = body["automatic_tax"]["enabled"] and location_of(customers.customer.get(trial, known)) is not None
    rehearsed = body | {
        "automatic_tax": body["automatic_tax"] | {"enabled": taxed},
        LINES: [line | {"metadata": {LINE: str(number)}} for number, line in enumerate(body[LINES])],
    }
    if body["mode"] == "payment":
        draft(trial, rehearsed, known)
    else:
        subscribe(trial, rehearsed, known, start.Payment(None))


ANSWERS = (
    "billing_cycle_anchor",
    "billing_cycle_anchor_config",
    "billing_mode",
    "default_tax_rates",
    "description",
    "invoice_settings",
    "metadata",
    "proration_behavior",
    "trial_end",
    "trial_period_days",
    "trial_settings",
)
"""What `subscription_data` says in the words of a subscription."""


def subscribe(call: Call, body: Body, owner: str, payment: start.Payment, method: str | None = None) -> Body:
    """The subscription that a session leads to. method: what it is paid with from now on."""
    data = body[SENT].get("subscription_data", {})
    wanted = {name: data[name] for name in ANSWERS if name in data}
    recurring = [line for line in body[LINES] if lines.is_recurring(call, line)]
    once = [line for line in body[LINES] if line not in recurring]
    wanted |= {
        "add_invoice_items": [entry_of(line) for line in once],
        "automatic_tax": {"enabled": body["automatic_tax"]["enabled"]},
        "currency": body["currency"],
        "customer": owner,
        "discounts": applied(body),
        "items": [entry_of(line) for line in recurring],
    }
    if method is not None:
        wanted["default_payment_method"] = method
    with in_words_of_session():
        return start.begin(call, wanted, payment)


def entry_of(line: Body) -> Body:
    """A line in the words of a subscription's items."""
    entry: Body = {AGREED: line["price"], "metadata": line["metadata"]}
    if line["quantity"] is not None:
        entry["quantity"] = line["quantity"]
    if line["_tax_rates"]:
        entry["tax_rates"] = line["_tax_rates"]
    return entry


def applied(body: Body) -> list[Body]:
    """The discounts of a session as they are applied to something else."""
    return [{name: value for name, value in one.items() if value is not None} for one in body["discounts"]]


def draft(call: Call, body: Body, owner: str) -> Body:
    """The draft of the invoice for a payment, of its lines alone."""
    id = invoices.invoice.new_id()
    made = [invoice_item(call, line, owner) for line in body[LINES]]
    items.bill(call, made, id)
    data = body["invoice_creation"]["invoice_data"]
    written = {name: data[name] for name in ("custom_fields", "description", "footer") if data[name] is not None}
    written |= {"auto_advance": False, "metadata": data["metadata"], invoices.settle.PAID_BEFORE: True}
    if body["automatic_tax"]["enabled"]:
        written["automatic_tax"] = automatic.terms(enabled=True)
    basket = Basket(sum(one["amount"] for one in made), body["currency"])
    paper = invoices.Bill(
        owner,
        body["currency"],
        "manual",
        Period(call.now, call.now),
        [line_for_pending(call, one) for one in made],
        redeem(call, body, owner, basket, invoice=id),
        id=id,
        waiting="none",
        more=written,
    )
    return invoices.settle.draft(call, paper, waits=False)


def invoice_item(call: Call, line: Body, owner: str) -> Body:
    """What a line of a payment costs, as an invoice bills it."""
    wanted: Body = {
        "currency": line["currency"],
        "customer": owner,
        "description": line["description"],
        "metadata": line["metadata"],
        "pricing": {"price": line["price"]},
        "quantity": line["quantity"],
    }
    return items.create(call, wanted | ({"tax_rates": line["_tax_rates"]} if line["_tax_rates"] else {}))


def redeem(call: Call, body: Body, owner: str | None, basket: Basket, **owners: str) -> list[str]:
    """The ids of the discounts of a payment, which are used up by it."""
    found = discounts.apply(call, applied(body), "discounts", (), basket, customer=owner, **owners)
    discounts.check_currency(call, found, body["currency"], "discounts")
    return found


@contextmanager
def in_words_of_session() -> Iterator[None]:
    """Errors in here name the parameters of a session, and not those of a subscription."""
    try:
        yield
    except errors.StripeError as refused:
        name = (refused.param or "").partition("[")[0]
        if name == "items":
            refused.param = "line_items"
        elif name in ANSWERS and refused.param:
            refused.param = f"subscription_data[{name}]{refused.param.removeprefix(name)}"
        raise
