"""The object of an invoice and of its lines, and the amounts that follow from the lines.

Source: docs.stripe.com/api/invoices/object, docs.stripe.com/api/invoices/line_item
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from mock_server.billing import discounts as rules
from mock_server.billing import totals
from mock_server.billing.calendar import Period
from mock_server.billing.lines import Line
from mock_server.billing.money import decimal_string
from mock_server.core.call import Body, Call

from .. import discount as discounts
from ..invoiceitem import tie_of
from ..invoiceitem_amounts import pricing
from . import automatic, taxes
from .head import invoice, line_item

Waiting = Literal["all", "subscription", "none"]


@dataclass(frozen=True, slots=True)
class Bill:
    """What an invoice is made of.

    reason: `billing_reason`.  lines: objects as `line_for_item` makes them; pending items are added to them.
    discounts: ids that reduce the invoice as a whole.  subscription: the one that it is for.
    id: chosen beforehand, where something has to name the invoice before it exists.
    waiting: which pending items are swept onto it: those of the subscription and those of none, those of the
    subscription alone, or none.  more: keys that were chosen for this invoice alone, with their values.
    """

    payer: str
    currency: str
    reason: str
    period: Period
    lines: Sequence[Body] = ()
    discounts: Sequence[str] = ()
    subscription: Body | None = None
    collection_method: str = "charge_automatically"
    days_until_due: int | None = None
    id: str = field(default_factory=invoice.new_id)
    waiting: Waiting = "all"
    more: Body = field(default_factory=dict)


def represent(call: Call, bill: Bill, finalizes_at: int | None) -> Body:
    """The object of a new draft, without its lines and amounts. finalizes_at: None where nobody does it by itself."""
    return {
        "id": bill.id,
        "object": "invoice",
        **NOT_USED,
        "account_country": "US",
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": True,
        "automatic_tax": automatic_tax(bill.subscription),
        "automatically_finalizes_at": finalizes_at,
        "billing_reason": bill.reason,
        "collection_method": bill.collection_method,
        "confirmation_secret": None,
        "created": call.now,
        "currency": bill.currency,
        "customer": bill.payer,
        "default_payment_method": None,
        "default_tax_rates": list(bill.subscription["default_tax_rates"]) if bill.subscription else [],
        "discounts": list(bill.discounts),
        "due_date": None if bill.days_until_due is None else call.now + bill.days_until_due * 86_400,
        "effective_at": None,
        "livemode": call.livemode,
        "metadata": {},
        "next_payment_attempt": payment_time(bill, finalizes_at),
        "number": None,
        "on_behalf_of": bill.subscription["on_behalf_of"] if bill.subscription else None,
        "parent": parent_of(bill.subscription),
        "payment_settings": payment_settings(bill.subscription),
        "period_end": bill.period.end,
        "period_start": bill.period.start,
        "status": "draft",
        "status_transitions": dict.fromkeys(("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")),
        "statement_descriptor": None,
        "test_clock": call.clock,
    }


NOT_USED: Body = {
    "account_name": None,
    "amount_overpaid": 0,
    "amount_shipping": 0,
    "application": None,
    "customer_account": None,
    "default_source": None,
    "from_invoice": None,
    "hosted_invoice_url": None,
    "invoice_pdf": None,
    "last_finalization_error": None,
    "latest_revision": None,
    "post_payment_credit_notes_amount": 0,
    "pre_payment_credit_notes_amount": 0,
    "receipt_number": None,
    "rendering": None,
    "shipping_cost": None,
    "shipping_details": None,
    "total_taxes": [],
    "webhooks_delivered_at": None,
}
"""What every invoice has from its beginning, empty."""


def payment_time(bill: Bill, finalizes_at: int | None) -> int | None:
    """When payment is tried next, for a draft that is collected by itself."""
    return finalizes_at if bill.collection_method == "charge_automatically" else None


def automatic_tax(subscription: Body | None) -> Body:
    """How it is taxed: as its subscription says."""
    if subscription is None:
        return automatic.terms(enabled=False)
    return automatic.terms(subscription["automatic_tax"]["enabled"], subscription["automatic_tax"]["liability"])


def payment_settings(subscription: Body | None) -> Body:
    """How it may be paid: as its subscription says."""
    types = subscription["payment_settings"]["payment_method_types"] if subscription else None
    return {"default_mandate": None, "payment_method_options": None, "payment_method_types": types}


def parent_of(subscription: Body | None) -> Body | None:
    """Where an invoice comes from."""
    if subscription is None:
        return None
    details = {"metadata": dict(subscription["metadata"]), "subscription": subscription["id"]}
    return {"quote_details": None, "subscription_details": details, "type": "subscription_details"}


SNAPSHOT = {
    "customer_address": "address",
    "customer_email": "email",
    "customer_name": "name",
    "customer_phone": "phone",
    "customer_shipping": "shipping",
    "customer_tax_exempt": "tax_exempt",
}


def wording(subscription: Body | None, payer: Body) -> Body:
    """What is written on an invoice: as the subscription says, else as its customer's invoices say."""
    own = subscription["invoice_settings"] if subscription else {}
    general = payer["invoice_settings"]
    return {
        "account_tax_ids": own.get("account_tax_ids"),
        "custom_fields": own.get("custom_fields") or general["custom_fields"],
        "description": own.get("description"),
        "footer": own.get("footer") or general["footer"],
        "issuer": own.get("issuer", {"type": "self"}),
    }


def snapshot(body: Body, payer: Body, tax_ids: Sequence[Body]) -> None:
    """Copy what is on record about the customer, who may change it later."""
    body |= {name: payer[source] for name, source in SNAPSHOT.items()}
    body["customer_tax_ids"] = [{"type": one["type"], "value": one["value"]} for one in tax_ids]


def line_for_item(call: Call, item: Body, price: Body, line: Line) -> Body:
    """The line that bills an item of a subscription for a period. item: with its `subscription` and `discounts`."""
    unit = None if line.unit_amount is None else decimal_string(line.unit_amount)
    return {
        **_line(call, line.amount, price["currency"], line.description),
        taxes.RATES: list(item["tax_rates"]),
        "discounts": list(item["discounts"]),
        "metadata": dict(item["metadata"]),
        "parent": subscription_parent(item["subscription"], item["id"]),
        "period": {"end": line.period.end, "start": line.period.start},
        "pricing": pricing(price) | {"unit_amount_decimal": unit},
        "quantity": line.quantity,
        "quantity_decimal": decimal_string(line.quantity),
        "subscription": item["subscription"],
    }


def line_for_pending(call: Call, waiting: Body) -> Body:
    """The line that bills an invoice item."""
    return {
        **_line(call, waiting["amount"], waiting["currency"], waiting["description"]),
        taxes.RATES: list(waiting["tax_rates"]),
        "discountable": waiting["discountable"],
        "discounts": list(waiting["discounts"]),
        "metadata": dict(waiting["metadata"]),
        "parent": parent_of_pending(waiting),
        "period": waiting["period"],
        "pricing": waiting["pricing"],
        "quantity": waiting["quantity"],
        "quantity_decimal": waiting["quantity_decimal"],
        "subscription": tie_of(waiting),
    }


def _line(call: Call, amount: int, currency: str, description: str | None) -> Body:
    return {
        "id": line_item.new_id(),
        "object": "line_item",
        "amount": amount,
        "currency": currency,
        "description": description,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": None,
        "livemode": call.livemode,
        "pretax_credit_amounts": [],
        "subtotal": amount,
        "taxes": [],
    }


def subscription_parent(subscription: str, item: str, waiting: Body | None = None) -> Body:
    """The `parent` of a line that a subscription item has caused. waiting: the proration that it bills."""
    details = {
        "invoice_item": waiting and waiting["id"],
        "proration": bool(waiting and waiting["proration"]),
        "proration_details": credited(waiting),
        "subscription": subscription,
        "subscription_item": item,
    }
    return {"invoice_item_details": None, "subscription_item_details": details, "type": "subscription_item_details"}


def parent_of_pending(waiting: Body) -> Body:
    """The `parent` of a line that bills an invoice item."""
    tie = (waiting["parent"] or {}).get("subscription_details") or {}
    if "subscription_item" in tie:
        return subscription_parent(tie["subscription"], tie["subscription_item"], waiting)
    details = {
        "invoice_item": waiting["id"],
        "proration": waiting["proration"],
        "proration_details": credited(waiting),
        "subscription": tie.get("subscription"),
    }
    return {"invoice_item_details": details, "subscription_item_details": None, "type": "invoice_item_details"}


def credited(waiting: Body | None) -> Body:
    """Which lines of an earlier invoice a proration gives credit for."""
    found = ((waiting or {}).get("proration_details") or {}).get("credited_items") or {}
    return {"credited_items": found.get("invoice_line_item_details")}


def put_lines(body: Body, lines: Sequence[Body]) -> None:
    """Give an invoice its lines."""
    taxes.collect(body, lines)
    for line in lines:
        line["invoice"] = body["id"]
    url = f"/v1/invoices/{body['id']}/lines"
    body["lines"] = {"object": "list", "data": list(lines), "has_more": False, "url": url}


def reduce(call: Call, lines: Sequence[Body], whole: Sequence[str], currency: str) -> tuple[rules.Reduction, ...]:
    """Write into each line what discounts take off it, and return what each takes off in all.

    whole: the ids of the discounts of the invoice; those of an item stand on its line.
    """
    seen = [_discountable(call, line, currency) for line in lines]
    general = discounts.rules_of(call, discounts.lasting(call, whole, call.now), currency)
    per_line = rules.apply(seen, general)
    for line, reductions in zip(lines, per_line, strict=True):
        line["discount_amounts"] = amounts_of(reductions)
        line["pretax_credit_amounts"] = credits_of(reductions)
    return rules.sums(per_line)


def _discountable(call: Call, line: Body, currency: str) -> rules.Discountable:
    own = discounts.rules_of(call, discounts.lasting(call, line["discounts"], call.now), currency)
    priced = (line["pricing"] or {}).get("price_details")
    product = priced["product"] if priced else None
    return rules.Discountable(line["amount"], product, line["discountable"], own)


def amounts_of(reductions: Sequence[rules.Reduction]) -> list[Body]:
    """`discount_amounts`, of a line or in all."""
    return [{"amount": one.amount, "discount": one.discount} for one in reductions]


def credits_of(reductions: Sequence[rules.Reduction]) -> list[Body]:
    """`pretax_credit_amounts`, of a line or in all: the same discounts once more."""
    return [{"amount": one.amount, "discount": one.discount, "type": "discount"} for one in reductions]


def put_amounts(call: Call, body: Body, balance: int) -> totals.Totals:
    """Work out the amounts of an invoice from its lines. balance: the customer's, negative when it is credit."""
    lines = body["lines"]["data"]
    reductions = reduce(call, lines, body["discounts"], body["currency"])
    body["subtotal"] = sum(line["amount"] for line in lines)
    exclusive, inclusive = taxes.put(call, body)
    found = totals.of(
        [line["amount"] for line in lines],
        exclusive_tax=exclusive,
        currency=body["currency"],
        discounts=[one.amount for one in reductions],
        starting_balance=balance,
    )
    body |= {
        "amount_due": found.amount_due,
        "amount_paid": 0,
        "amount_remaining": found.amount_due,
        "ending_balance": None,
        "starting_balance": found.starting_balance,
        "subtotal": found.subtotal,
        "total": found.total,
        "total_discount_amounts": amounts_of(reductions),
        "total_excluding_tax": found.total_excluding_tax - inclusive,
        "total_pretax_credit_amounts": credits_of(reductions),
    }
    return found
