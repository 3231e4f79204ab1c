"""What became of a payment: true whenever it is opened, also on the way back from the customer's bank."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from flask_portal.i18n import _, ngettext
from flask_portal.pages import cards, owed, reading, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.fix import MOST
from flask_portal.pages.owed import BillRow
from flask_portal.pages.pay_invoice import check
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.pages.words import Notice
from flask_portal.rules.debts import Bill
from flask_portal.rules.methods import MethodView
from flask_portal.rules.subscriptions import default_method
from flask_portal.upstream import reads
from flask_portal.upstream.reads import Failed

_SENT = ("paid", "processing", "confirm")
"""Where the bank has not said no, so that the method was made the default as well."""

_IDS = re.compile(r"[A-Za-z0-9_]+(,[A-Za-z0-9_]+)*")


@dataclass(frozen=True, slots=True)
class PaidPage:
    """action: the one thing to do next, or None. notice: what is used from now on, or that it could not be chosen."""

    heading: str
    lead: str
    rows: tuple[BillRow, ...]
    action: Link | None
    notice: Notice | None
    way_on: Link


def show_one(id: str) -> ResponseReturnValue:
    return _page(visits.current(), [id], again=url_for(".pay_invoice", id=id))


def show_several() -> ResponseReturnValue:
    """The invoices that the address names, as far as they are the customer's."""
    named = request.args.get("invoices", "")
    if not _IDS.fullmatch(named) or named.count(",") >= MOST:
        abort(404)
    return _page(visits.current(), named.split(","), again=url_for(".fix"))


def _page(visit: Visit, ids: list[str], again: str) -> ResponseReturnValue:
    client, payer = visit.client, visit.customer_id
    found = reading.together(
        visit,
        methods=lambda: reads.payment_methods(client, payer),
        subscriptions=lambda: reads.subscriptions(client, payer),
        **{id: partial(reads.invoice_with_payments, client, id) for id in ids},
    )
    customer = words.present(found["customer"])
    asked = [_bill(visit, found[id]) for id in ids]
    check(visit)
    subscriptions = found["subscriptions"]
    views = [] if isinstance(subscriptions, Failed) else cards.views(visit, subscriptions, customer)
    page = PaidPage(
        heading=_heading(asked),
        lead=_lead(asked),
        rows=tuple(owed.row(bill, views, _action(bill)) for bill in asked),
        action=_again(asked, again),
        notice=_default(found) if any(bill.standing in _SENT for bill in asked) else None,
        way_on=Link(_("To the overview"), url_for(".overview")),
    )
    return shell.render("paid.html", page, title=page.heading, customer=customer)


def _bill(visit: Visit, body: dict[str, object] | Failed) -> Bill:
    if isinstance(body, Failed):
        abort(404 if body.reason == reads.MISSING else 502)
    if not reading.in_scope(visit, body):
        abort(404)
    return Bill.of(body)


def _heading(asked: list[Bill]) -> str:
    standings = {bill.standing for bill in asked}
    if standings == {"paid"}:
        return _("Paid, thank you")
    if "confirm" in standings:
        return _("Your bank wants you to confirm")
    if standings <= {"paid", "processing"}:
        return _("Your payment is on its way")
    if "paid" in standings:
        missing = sum(bill.is_payable for bill in asked)
        return ngettext("One payment is still missing", "%(num)d payments are still missing", missing)
    return _("The payment was declined") if "declined" in standings else _("This is not paid yet")


def _lead(asked: list[Bill]) -> str:
    """The sum that was paid, and what to do about the rest."""
    paid = [bill for bill in asked if bill.standing == "paid"]
    sum = owed.total(paid) if paid else None
    said = _("%(amount)s is paid.", amount=sum) if sum is not None else ""
    if {bill.standing for bill in asked} == {"due"}:
        # Stripe may still be at work on a call that was not answered in time.
        said = _("If you have just paid, please wait a minute and load this page again before you pay once more.")
    return said


def _action(bill: Bill) -> Link | None:
    """The bank's page; the invoice's own, where the bank gave no address."""
    if bill.standing != "confirm":
        return None
    url = bill.confirm_url or bill.page
    return Link(_("Confirm with your bank"), url) if url else None


def _again(asked: list[Bill], url: str) -> Link | None:
    """Another try, where nothing else is waited for."""
    if not any(bill.is_payable for bill in asked):
        return None
    return Link(_("Use another payment method"), url)


def _default(found: dict[str, object]) -> Notice | None:
    """Whether the method that was chosen is the default now, where that was part of the change."""
    wanted, methods, customer = request.args.get("method"), found["methods"], found["customer"]
    if wanted is None or not isinstance(methods, list) or not isinstance(customer, dict):
        return None
    view = next((MethodView.of(body) for body in methods if body["id"] == wanted), None)
    if view is None:
        return None
    if default_method(customer) == wanted:
        return Notice("good", _("%(method)s is used from now on.", method=words.method(view)), "")
    action = Link(_("Choose it now"), url_for(".payment_method", id=wanted))
    return Notice("warn", _("%(method)s is not your default yet.", method=words.method(view)), "", action)
