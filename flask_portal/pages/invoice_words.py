"""What an invoice says: the same sentences on the portal's page, on the mock's hosted page and on its PDF.

An invoice names discounts and tax rates by their ids; whoever shows it brings their names along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_portal import i18n
from flask_portal.i18n import _
from flask_portal.pages import address, tax_ids
from flask_portal.pages.words import Chip

Body = dict[str, Any]
Naming = Callable[[Body], str]
"""The name of one entry of `total_discount_amounts` or `total_taxes`."""


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


def chip(body: Body, now: int) -> Chip:
    """What has become of it, in a word or two.  now: Unix seconds."""
    if body["status"] == "open":
        if body["due_date"] is not None and body["due_date"] < now:
            return Chip(_("Overdue"), "bad")
        return Chip(_("Unpaid"), "bad") if body.get("attempted") else Chip(_("Open"), "warn")
    known = {
        "paid": Chip(_("Paid"), "good"),
        "void": Chip(_("Void"), "plain"),
        "uncollectible": Chip(_("Unpaid"), "bad"),
    }
    return known.get(body["status"], Chip(body["status"], "plain"))


def issued_at(body: Body) -> int:
    """The date that stands on it, in Unix seconds."""
    return int(body.get("effective_at") or body["created"])


def is_payable(body: Body) -> bool:
    """Whether something is to be paid, and can be."""
    return body["status"] in ("open", "uncollectible") and body["amount_remaining"] > 0


def lead(body: Body) -> str:
    """What is to be done, in a sentence."""
    amount = i18n.money(body["amount_remaining"], body["currency"])
    if is_payable(body):
        if body["due_date"] is not None:
            return _("%(amount)s due on %(date)s.", amount=amount, date=i18n.day(body["due_date"]))
        return _("%(amount)s to be paid.", amount=amount)
    if body["status"] == "void":
        return _("This invoice is void. Nothing is to be paid.")
    return _("This invoice is paid. Thank you!")


def facts(body: Body) -> Iterator[tuple[str, str]]:
    """Number and dates, and the fields that the business has added."""
    if body["number"]:
        yield _("Invoice number"), body["number"]
    yield _("Date of issue"), i18n.day(issued_at(body))
    if body["due_date"] is not None:
        yield _("Date due"), i18n.day(body["due_date"])
    if body["status_transitions"]["paid_at"] is not None:
        yield _("Date paid"), i18n.day(body["status_transitions"]["paid_at"])
    for one in body["custom_fields"] or ():
        yield one["name"], one["value"]


def payer(body: Body) -> Iterator[str]:
    """Whom the invoice is for, as they were when it was finalised."""
    if body["customer_name"]:
        yield body["customer_name"]
    yield from address.lines(body["customer_address"])
    if body["customer_email"]:
        yield body["customer_email"]
    for one in body["customer_tax_ids"] or ():
        yield f"{tax_ids.label(one['type'])} {one['value']}"


def entry(body: Body, line: Body) -> Entry:
    """A line in words."""
    start, end = line["period"]["start"], line["period"]["end"]
    quantity = line["quantity"]
    each = ""
    if quantity not in (None, 0) and line["amount"] % quantity == 0:
        each = i18n.money(line["amount"] // quantity, body["currency"])
    return Entry(
        line["description"] or "",
        "" if start == end else f"{i18n.day(start)} – {i18n.day(end)}",
        "" if quantity is None else str(quantity),
        each,
        i18n.money(line["amount"], body["currency"]),
    )


def sums(body: Body, discount: Naming, tax: Naming) -> Iterator[Sum]:
    """From the sum of the lines to what is still to be paid."""
    currency = body["currency"]
    yield Sum(_("Subtotal"), i18n.money(body["subtotal"], currency))
    for one in body["total_discount_amounts"] or ():
        if one["amount"]:
            yield Sum(discount(one), i18n.money(-one["amount"], currency))
    for one in body["total_taxes"] or ():
        yield Sum(tax(one), i18n.money(one["amount"], currency))
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


def discount_name(coupon: Body | None) -> str:
    named = coupon and coupon["name"]
    return _("Discount (%(name)s)", name=named) if named else _("Discount")


def tax_name(one: Body, rate: Body | None) -> str:
    """A tax with its rate, and whether the prices contain it.  rate: None where it is not known."""
    name = _("Tax")
    if rate is not None:
        name = rate["display_name"]
        if rate.get("percentage") is not None:
            name = f"{name} {i18n.percent(rate['percentage'])}"
    return _("%(tax)s (contained)", tax=name) if one["tax_behavior"] == "inclusive" else name


def notes(body: Body) -> tuple[str, ...]:
    """The business's own words, and the sentence that the law wants where the customer owes the tax."""
    is_reversed = any(one["taxability_reason"] == "reverse_charge" for one in body["total_taxes"] or ())
    law = _("Reverse charge: the customer owes the tax.") if is_reversed else None
    return tuple(note for note in (body["description"], law, body["footer"]) if note)
