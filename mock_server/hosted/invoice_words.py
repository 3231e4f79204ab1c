"""What an invoice says, on its page and on paper: the same sentences, in the language of its customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from flask_portal import i18n
from flask_portal.i18n import _
from flask_portal.pages import address
from flask_portal.pages import invoice_words as words
from flask_portal.pages.invoice_words import Entry, Sum
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
        chip=words.chip(body, call.now),
        facts=tuple(words.facts(body)),
        seller=tuple(seller_lines(seller)),
        payer=tuple(words.payer(body)),
        entries=tuple(words.entry(body, line) for line in body["lines"]["data"]),
        sums=tuple(words.sums(body, partial(discount_name, call), partial(tax_name, call))),
        notes=words.notes(body),
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


def discount_name(call: Call, one: Body) -> str:
    """The name of a discount's coupon."""
    found = discount.find(call, one["discount"])
    return words.discount_name(coupon.find(call, found["source"]["coupon"]) if found else None)


def tax_name(call: Call, one: Body) -> str:
    """The name of a tax, with its rate and whether the prices contain it."""
    details = one["tax_rate_details"]
    return words.tax_name(one, rates.tax_rate.find(call, details["tax_rate"]) if details else None)


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
