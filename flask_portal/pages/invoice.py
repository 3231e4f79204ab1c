"""One invoice: what it bills, what was paid, what is open, and the way to pay it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from flask_portal import i18n
from flask_portal.i18n import _
from flask_portal.pages import invoice_words, invoices, reading, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.invoice_words import Entry, Sum
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.pages.words import Chip, Fact
from flask_portal.rules.methods import MethodView
from flask_portal.upstream import invoice_reads, reads
from flask_portal.upstream.invoice_reads import Part
from flask_portal.upstream.reads import MISSING, Failed

Body = dict[str, Any]

MOST_RATES = 12
"""Tax rates that are read one by one; the names of more are left out."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment.  receipt: Stripe's own page of it, where there is one."""

    label: str
    amount: str
    receipt: Link | None


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """entries: None when the lines could not be read. more: said where only the first lines are shown.

    payments: None when they could not be read. pay, hosted, file: None where there is nothing to pay or no address.
    """

    heading: str
    lead: str
    chip: Chip
    facts: tuple[Fact, ...]
    entries: tuple[Entry, ...] | None
    more: str | None
    sums: tuple[Sum, ...]
    payments: tuple[Payment, ...] | None
    notes: tuple[str, ...]
    pay: Link | None
    hosted: Link | None
    file: Link | None
    retry: Link
    back: Link


def show(id: str) -> ResponseReturnValue:
    visit = visits.current()
    invoices.check(visit)
    client = visit.client
    found = reading.together(
        visit,
        invoice=lambda: invoice_reads.invoice(client, id),
        lines=lambda: invoice_reads.lines(client, id),
        payments=lambda: invoice_reads.payments(client, id),
    )
    body = found["invoice"]
    if isinstance(body, Failed):
        abort(404 if body.reason == MISSING else 502)
    if not invoices.visible(visit, [body]):
        abort(404)
    page = _page(visit, body, found["lines"], found["payments"])
    customer = words.present(found["customer"])
    return shell.render("invoice.html", page, title=page.heading, current="invoices", customer=customer)


def _page(visit: Visit, body: Body, lines: Part | Failed, payments: list[Body] | Failed) -> InvoicePage:
    rates = _rates(visit, body)
    return InvoicePage(
        heading=_("Invoice %(number)s", number=body["number"] or body["id"]),
        lead=invoice_words.lead(body),
        chip=invoice_words.chip(body, visit.now),
        facts=_facts(visit, body),
        entries=None if isinstance(lines, Failed) else tuple(invoice_words.entry(body, one) for one in lines.bodies),
        more=None if isinstance(lines, Failed) else _more(lines),
        sums=tuple(invoice_words.sums(body, _discount, partial(_tax, rates))),
        payments=None if isinstance(payments, Failed) else _payments(body, payments),
        notes=invoice_words.notes(body),
        pay=_pay(body),
        hosted=_link(_("Page of the invoice"), body.get("hosted_invoice_url")),
        file=_link(_("Download PDF"), body.get("invoice_pdf")),
        retry=words.retry(url_for(".invoice", id=body["id"])),
        back=Link(_("Invoices"), url_for(".invoices")),
    )


def _more(lines: Part) -> str | None:
    if not lines.has_more:
        return None
    return _("These are the first %(count)s lines. The PDF has all of them.", count=len(lines.bodies))


def _link(label: str, url: str | None) -> Link | None:
    return Link(label, url) if url else None


def _facts(visit: Visit, body: Body) -> tuple[Fact, ...]:
    said = [Fact(label, (value,)) for label, value in invoice_words.facts(body)]
    seller = (body.get("account_name") or visit.branding.name,)
    payer = tuple(invoice_words.payer(body))
    return (*said, Fact(_("From"), seller), *((Fact(_("Bill to"), payer),) if payer else ()))


def _pay(body: Body) -> Link | None:
    if not invoice_words.is_payable(body):
        return None
    label = _("Pay %(amount)s", amount=i18n.money(body["amount_remaining"], body["currency"]))
    return Link(label, url_for(".pay_invoice", id=body["id"]))


def _rates(visit: Visit, body: Body) -> dict[str, Body]:
    """The tax rates of an invoice by id: some come with it, the others are asked for side by side."""
    known = {rate["id"]: rate for rate in body.get("default_tax_rates") or ()}
    used = [one["tax_rate_details"]["tax_rate"] for one in body["total_taxes"] or () if one.get("tax_rate_details")]
    missing = [id for id in dict.fromkeys(used) if id not in known][:MOST_RATES]
    client = visit.client
    found = reads.gather(
        visit.host.parallel_reads, **{id: partial(invoice_reads.tax_rate, client, id) for id in missing}
    )
    return known | {id: rate for id, rate in found.items() if not isinstance(rate, Failed)}


def _tax(rates: Mapping[str, Body], one: Body) -> str:
    details = one.get("tax_rate_details")
    return invoice_words.tax_name(one, rates.get(details["tax_rate"]) if details else None)


def _discount(one: Body) -> str:
    """A discount that was deleted since is an id, or nothing."""
    discount = one["discount"]
    coupon = discount.get("source", {}).get("coupon") if isinstance(discount, dict) else None
    return invoice_words.discount_name(coupon if isinstance(coupon, dict) else None)


def _payments(body: Body, payments: list[Body]) -> tuple[Payment, ...]:
    """Oldest first.  What was paid past Stripe is told by its sum."""
    shown = [_payment(body, each) for each in reversed(payments)]
    outside = body.get("amount_paid_off_stripe")
    if outside:
        shown.append(Payment(_("Paid in another way"), i18n.money(outside, body["currency"]), None))
    return tuple(shown)


def _payment(body: Body, payment: Body) -> Payment:
    paid_at = payment["status_transitions"]["paid_at"] or payment["created"]
    charge = _charge(payment["payment"])
    label = i18n.day(paid_at)
    details = charge and charge.get("payment_method_details")
    if charge and details:
        method = words.method(MethodView.of({"id": charge["id"], **details}))
        label = _("%(date)s, %(method)s", date=label, method=method)
    amount = i18n.money(payment["amount_paid"] or 0, body["currency"])
    return Payment(label, amount, _link(_("Receipt"), charge.get("receipt_url") if charge else None))


def _charge(paid_by: Body) -> Body | None:
    """The charge behind a payment, where there is one and it came along."""
    intent = paid_by.get("payment_intent")
    charge = intent.get("latest_charge") if isinstance(intent, dict) else paid_by.get("charge")
    return charge if isinstance(charge, dict) else None
