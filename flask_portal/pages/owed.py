"""Invoices as something to be paid: a line for each, with how far it has come and why it has not come further."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from flask_portal.i18n import _
from flask_portal.pages import declines, words
from flask_portal.pages.shell import Link
from flask_portal.pages.words import Chip
from flask_portal.rules.debts import Bill
from flask_portal.rules.subscriptions import SubscriptionView


@dataclass(frozen=True, slots=True)
class BillRow:
    """title: what it is for. reason: empty when nothing speaks against paying. action: what gets it further."""

    title: str
    date: str
    number: str | None
    amount: Markup
    chip: Chip
    reason: str
    action: Link | None


def row(bill: Bill, subscriptions: Iterable[SubscriptionView] = (), action: Link | None = None) -> BillRow:
    named = next((view.title for view in subscriptions if view.id == bill.subscription and view.title), None)
    return BillRow(
        title=named or _("Invoice"),
        date=words.date(bill.at),
        number=bill.number,
        amount=words.amount(bill.amount, bill.currency),
        chip=chip(bill),
        reason=reason(bill),
        action=action,
    )


def chip(bill: Bill) -> Chip:
    known = {
        "paid": Chip(_("Paid"), "good"),
        "due": Chip(_("Open"), "warn"),
        "declined": Chip(_("Declined"), "bad"),
        "confirm": Chip(_("Needs confirmation"), "warn"),
        "processing": Chip(_("On its way"), "plain"),
        "gone": Chip(_("Void"), "plain"),
    }
    return known[bill.standing]


def reason(bill: Bill) -> str:
    """Why it is not paid, where there is more to say than that."""
    match bill.standing:
        case "declined":
            return declines.why(bill.code, bill.decline_code)
        case "confirm":
            return _("Your bank waits for you to confirm this payment.")
        case "processing":
            return _("Your bank takes some days for this payment. There is nothing that you have to do.")
        case _:
            return ""


def total(bills: Iterable[Bill]) -> Markup | None:
    """The sum of what is asked for; None for several currencies, which have no sum."""
    asked = list(bills)
    currencies = {bill.currency for bill in asked}
    if len(currencies) != 1:
        return None
    return words.amount(sum(bill.amount for bill in asked), currencies.pop())


def shown(bills: Iterable[Bill]) -> str:
    """What a form shows, for its hidden field: nothing else is paid with it."""
    return " ".join(f"{bill.id}:{bill.amount}:{bill.currency}" for bill in bills)


def has_changed(bills: Iterable[Bill], sent: str) -> bool:
    """Whether one of these was not shown, or not with this amount."""
    known = set(sent.split())
    return any(shown((bill,)) not in known for bill in bills)


def ids(sent: str) -> list[str]:
    """The invoices that a form has shown."""
    return [each.partition(":")[0] for each in sent.split()]
