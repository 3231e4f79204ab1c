"""What an invoice says, on its page and on paper: the same sentences, in the language of its customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_portal import i18n
from flask_portal.i18n import _
from flask_portal.pages import address, tax_ids
from flask_portal.pages.words import Chip
from mock_server.core.call import Body, Call
from mock_server.resources import tax_rate as rates
from mock_server.resources.account import account
from mock_server.resources.charge import charge
from mock_server.resources.coupon import coupon
from mock_server.resources.discount import discount
from mock_server.resources.invoice_payment import invoice_payment
from mock_server.resources.payment_intent import payment_intent
from mock_server.resources.payment_method import payment_method

from .checkout_words import method_label


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: what is billed, for which time, how many at which price, and what that comes to."""

    text: str
    period: str
    quantity: str
    each: str
    amount: str


@dataclass(frozen=True, slots=True)
class Sum:
    label: str
    amount: str
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class InvoiceText:
    """facts: pairs of a label and a value.  seller, payer: the lines of an address.  notes: the business's own words.

    history: what was paid, and when.
    """

    heading: str
    business: str
    chip: Chip
    facts: tuple[tuple[str, str], ...]
    seller: tuple[str, ...]
    payer: tuple[str, ...]
    entries: tuple[Entry, ...]
    sums: tuple[Sum, ...]
    notes: tuple[str, ...]
    history: tuple[Sum, ...]


def text_of(call: Call, body: Body) -> InvoiceText:
    """The whole invoice in words."""
    seller = account.find(call, call.account) or {}
    return InvoiceText(
        heading=_("Invoice %(number)s", number=body["number"]),
        business=business_name(seller),
        chip=chip(call, body),
        facts=tuple(facts(body)),
        seller=tuple(seller_lines(seller)),
        payer=tuple(payer_lines(body)),
        entries=tuple(entry(body, line) for line in body["lines"]["data"]),
        sums=tuple(sums(call, body)),
        notes=tuple(note for note in (body["description"], reverse_charge(body), body["footer"]) if note),
        history=tuple(history(call, body)),
    )


def business_name(seller: Body) -> str:
    """The name that a business goes by."""
    dashboard = (seller.get("settings") or {}).get("dashboard") or {}
    profile = seller.get("business_profile") or {}
    return str(dashboard.get("display_name") or profile.get("name") or _("Test business"))


def seller_lines(seller: Body) -> Iterator[str]:
    """Who sends the invoice."""
    yield business_name(seller)
    profile = seller.get("business_profile") or {}
    yield from address.lines(profile.get("support_address"))
    yield from (profile[name] for name in ("support_email", "support_phone") if profile.get(name))


def payer_lines(body: Body) -> Iterator[str]:
    """Whom the invoice is for, as they were when it was finalised."""
    if body["customer_name"]:
        yield body["customer_name"]
    yield from address.lines(body["customer_address"])
    if body["customer_email"]:
        yield body["customer_email"]
    for one in body["customer_tax_ids"] or ():
        yield f"{tax_ids.label(one['type'])} {one['value']}"


def chip(call: Call, body: Body) -> Chip:
    """What has become of it, in a word or two."""
    if body["status"] == "open":
        late = body["due_date"] is not None and body["due_date"] < call.now
        return Chip(_("Overdue"), "bad") if late else Chip(_("Open"), "warn")
    known = {"paid": Chip(_("Paid"), "good"), "void": Chip(_("Void"), "plain")}
    return known.get(body["status"], Chip(_("Unpaid"), "bad"))


def facts(body: Body) -> Iterator[tuple[str, str]]:
    """Number and dates, and the fields that the business has added."""
    yield _("Invoice number"), body["number"]
    yield _("Date of issue"), i18n.day(body["effective_at"] or body["created"])
    if body["due_date"] is not None:
        yield _("Date due"), i18n.day(body["due_date"])
    if body["status_transitions"]["paid_at"] is not None:
        yield _("Date paid"), i18n.day(body["status_transitions"]["paid_at"])
    for one in body["custom_fields"] or ():
        yield one["name"], one["value"]


def entry(body: Body, line: Body) -> Entry:
    """A line in words."""
    start, end = line["period"]["start"], line["period"]["end"]
    period = "" if start == end else f"{i18n.day(start)} – {i18n.day(end)}"
    quantity = line["quantity"]
    each = ""
    if quantity not in (None, 0) and line["amount"] % quantity == 0:
        each = i18n.money(line["amount"] // quantity, body["currency"])
    return Entry(
        line["description"] or "",
        period,
        "" if quantity is None else str(quantity),
        each,
        i18n.money(line["amount"], body["currency"]),
    )


def sums(call: Call, body: Body) -> Iterator[Sum]:
    """From the sum of the lines to what is still to be paid."""
    currency = body["currency"]
    yield Sum(_("Subtotal"), i18n.money(body["subtotal"], currency))
    for one in body["total_discount_amounts"] or ():
        if one["amount"]:
            yield Sum(discount_name(call, one["discount"]), i18n.money(-one["amount"], currency))
    for one in body["total_taxes"] or ():
        yield Sum(tax_name(call, one), i18n.money(one["amount"], currency))
    yield Sum(_("Total"), i18n.money(body["total"], currency), is_total=True)
    noted = body["pre_payment_credit_notes_amount"] + body["post_payment_credit_notes_amount"]
    if noted:
        yield Sum(_("Credit notes"), i18n.money(-noted, currency))
    balance = body["amount_due"] + body["pre_payment_credit_notes_amount"] - body["total"]
    if balance:
        yield Sum(_("From your balance"), i18n.money(balance, currency))
    if body["amount_paid"]:
        yield Sum(_("Paid"), i18n.money(-body["amount_paid"], currency))
    yield Sum(_("Amount due"), i18n.money(body["amount_remaining"], currency), is_total=True)


def discount_name(call: Call, id: str) -> str:
    """The name of a discount's coupon."""
    found = discount.find(call, id)
    terms = coupon.find(call, found["source"]["coupon"]) if found else None
    named = terms and terms["name"]
    return _("Discount (%(name)s)", name=named) if named else _("Discount")


def tax_name(call: Call, one: Body) -> str:
    """The name of a tax, with its rate and whether the prices contain it."""
    rate = rates.tax_rate.find(call, one["tax_rate_details"]["tax_rate"]) if one["tax_rate_details"] else None
    name = f"{rate['display_name']} {i18n.percent(rate['percentage'])}" if rate else _("Tax")
    return _("%(tax)s (contained)", tax=name) if one["tax_behavior"] == "inclusive" else name


def reverse_charge(body: Body) -> str | None:
    """The sentence that the law wants where the customer owes the tax."""
    if any(one["taxability_reason"] == "reverse_charge" for one in body["total_taxes"] or ()):
        return _("Reverse charge: the customer owes the tax.")
    return None


def history(call: Call, body: Body) -> Iterator[Sum]:
    """What was paid: when, and with what."""
    for payment in reversed(invoice_payment.where(call, invoice=body["id"], status="paid")):
        intent = payment_intent.find(call, payment["payment"]["payment_intent"])
        made = charge.find(call, intent["latest_charge"]) if intent and intent["latest_charge"] else None
        day = i18n.day(payment["status_transitions"]["paid_at"])
        amount = i18n.money(payment["amount_paid"], body["currency"])
        method = payment_method.find(call, made["payment_method"]) if made else None
        label = _("%(date)s, %(method)s", date=day, method=method_label(method)) if method else day
        yield Sum(label, amount)
    if body.get("amount_paid_off_stripe"):
        yield Sum(_("Paid in another way"), i18n.money(body["amount_paid_off_stripe"], body["currency"]))
