"""Sentences that several pages share.

Text is escaped where it is shown. Money and dates inside a sentence are marked up: a sentence that is filled with
markup is markup itself, and everything else in it is escaped (`i18n._`).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from flask_portal import i18n
from flask_portal.i18n import _, ngettext
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.rules.methods import MethodView
from flask_portal.upstream.actions import Refused, Unreachable
from flask_portal.upstream.reads import Failed


@dataclass(frozen=True, slots=True)
class Chip:
    """A status in a word.  kind: `good`, `warn`, `bad` or `plain`; never the only bearer of the meaning."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the customer should know.  strong: the first sentence. kind: `good`, `warn` or `bad`."""

    kind: str
    strong: str
    text: str
    action: Link | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and what is known under it, line by line."""

    label: str
    lines: tuple[str, ...]


def amount(minor: int, currency: str) -> Markup:
    """Money that never wraps."""
    return Markup('<span class="amount">{}</span>').format(i18n.money(minor, currency))


def strong_amount(minor: int, currency: str) -> Markup:
    return Markup('<strong class="amount">{}</strong>').format(i18n.money(minor, currency))


def date(at: int) -> str:
    return i18n.day(at)


def today(visit: Visit) -> datetime.date:
    """The date where the customer's dates are written."""
    return datetime.datetime.fromtimestamp(visit.now, i18n.time_zone()).date()


def strong(text: str) -> Markup:
    return Markup("<strong>{}</strong>").format(text)


def retry(url: str) -> Link:
    return Link(_("Try again"), url)


def present(customer: Any) -> Mapping[str, Any] | None:
    """The customer, or None when it could not be read."""
    return None if isinstance(customer, Failed) else customer


def rate(minor: int | None, currency: str, interval: str | None, count: int) -> str:
    """What is paid and how often: "$29.00 a month". Empty when the amount is not known exactly."""
    if minor is None:
        return ""
    money = amount(minor, currency)
    match interval:
        case "day":
            return ngettext("%(amount)s a day", "%(amount)s every %(num)d days", count, amount=money)
        case "week":
            return ngettext("%(amount)s a week", "%(amount)s every %(num)d weeks", count, amount=money)
        case "month":
            return ngettext("%(amount)s a month", "%(amount)s every %(num)d months", count, amount=money)
        case "year":
            return ngettext("%(amount)s a year", "%(amount)s every %(num)d years", count, amount=money)
        case _:
            return money


def rhythm(interval: str, count: int) -> str:
    """How often something is paid, as a heading: "Every month"."""
    match interval:
        case "day":
            return ngettext("Every day", "Every %(num)d days", count)
        case "week":
            return ngettext("Every week", "Every %(num)d weeks", count)
        case "month":
            return ngettext("Every month", "Every %(num)d months", count)
        case _:
            return ngettext("Every year", "Every %(num)d years", count)


_BRANDS = {
    "amex": "American Express",
    "cartes_bancaires": "Cartes Bancaires",
    "diners": "Diners Club",
    "discover": "Discover",
    "eftpos_au": "Eftpos",
    "jcb": "JCB",
    "link": "Link",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}


_WALLETS = {
    "amex_express_checkout": "Amex Express Checkout",
    "apple_pay": "Apple Pay",
    "google_pay": "Google Pay",
    "link": "Link",
    "masterpass": "Masterpass",
    "samsung_pay": "Samsung Pay",
    "visa_checkout": "Visa Checkout",
}
"""Where a card may be kept."""


def method(view: MethodView) -> str:
    """A payment method in words: "Visa ending in 4242"."""
    name = _brand(view)
    wallet = _WALLETS.get(view.wallet or "")
    if wallet and view.last4:
        return f"{wallet}, {name} {view.last4}"
    if view.last4:
        return _("%(name)s ending in %(digits)s", name=name, digits=view.last4)
    return name


def _brand(view: MethodView) -> str:
    if view.type == "card":
        return _BRANDS.get(view.brand or "", _("Card"))
    kinds = {
        "acss_debit": _("Bank account"),
        "amazon_pay": "Amazon Pay",
        "au_becs_debit": _("Bank account"),
        "bacs_debit": _("Bank account"),
        "boleto": "Boleto",
        "cashapp": "Cash App Pay",
        "custom": view.brand or _("Another payment method"),
        "link": "Link",
        "nz_bank_account": _("Bank account"),
        "paypal": "PayPal",
        "sepa_debit": _("SEPA bank account"),
        "us_bank_account": _("Bank account"),
    }
    return kinds.get(view.type, view.type.replace("_", " ").capitalize())


def feedback(value: str) -> str:
    """A reason for leaving, as the customer reads it."""
    labels = {
        "customer_service": _("Customer service was less than expected"),
        "low_quality": _("Quality was less than expected"),
        "missing_features": _("I need more features"),
        "other": _("Other reason"),
        "switched_service": _("I found an alternative"),
        "too_complex": _("Ease of use was less than expected"),
        "too_expensive": _("It is too expensive"),
        "unused": _("I no longer need it"),
    }
    return labels.get(value, value)


def charges(is_settled: bool) -> str:
    """What leaving means for money.  is_settled: nothing is owed."""
    return _("Nothing more will be charged.") if is_settled else _("What is not paid yet is still due.")


def leaving(end: int, is_settled: bool, may_undo: bool) -> str:
    """What a scheduled end means.  end: Unix seconds. may_undo: there is a way to take it back."""
    day = strong(date(end))
    if not may_undo:
        return _("You keep access until %(date)s. %(charges)s", date=day, charges=charges(is_settled))
    if is_settled:
        return _(
            "You keep access until %(date)s. Nothing more will be charged, and you can change your mind until then.",
            date=day,
        )
    return _(
        "You keep access until %(date)s, and you can change your mind until then. What is not paid yet is still due.",
        date=day,
    )


def access_until(end: int, next_payment: int) -> str:
    """The same where it renews before it ends."""
    return _(
        "You keep access until %(date)s. Until then it renews; the next payment is on %(next)s.",
        date=strong(date(end)),
        next=strong(date(next_payment)),
    )


def refusal(reason: str) -> str:
    """Why something is not possible. The reasons are those of `rules.verdicts` and of the pages."""
    sentences = {
        "cancel_off": _("Subscriptions cannot be canceled here. Please contact us and we will do it for you."),
        "already_ending": _("This subscription is set to end already."),
        "ended": _("This subscription has ended."),
        "not_ending": _("This subscription is not set to end, so there is nothing to take back."),
        "scheduled_update": _("A change of this subscription is planned. Until it has happened it cannot be canceled."),
        "details_off": _("Billing details cannot be changed here. Please contact us."),
        "field_off": _("This detail cannot be changed here. Please contact us."),
        "invoices_off": _("Invoices are not shown here. Please contact us if you need one."),
        "last_method": _(
            "It is the only payment method that still works, and your subscription needs one. Add another one first."
        ),
        "method_fixed": _("This payment method cannot be changed. Add it anew instead."),
        "method_needed": _("A subscription is paid with it. Make another payment method your default first."),
        "paying_off": _("Nothing can be paid here. Please contact us."),
        "methods_off": _("Payment methods are not shown here. Please contact us."),
        "method_unsupported": _(
            "The plan cannot be changed with this payment method. Please choose another method first."
        ),
        "method_missing": _("There is no payment method to pay with. Please add one first."),
        "nothing_planned": _("No change of this subscription is planned."),
        "no_offer": _("This offer is not there any more."),
        "plan_gone": _("This plan is not offered any more. Please choose another one."),
        "quantity_off": _("This quantity is not possible any more. Please choose another one."),
        "too_many_invoices": _("These are too many invoices for one file. Please choose a year."),
        "reasons_off": _("No reason is asked for here."),
        "several_prices": _("This subscription has several parts and cannot be changed here. Please contact us."),
        "tax_unspecified": _("The plan of this subscription cannot be changed here. Please contact us."),
        "update_by_invoice": _(
            "This subscription is paid by invoice, so its plan is not changed here. Please contact us."
        ),
        "update_ending": _("This subscription is set to end. Keep it first, then you can change it."),
        "update_off": _("Plans cannot be changed here. Please contact us and we will do it for you."),
        "update_paused": _("This subscription is paused. It can be changed when it runs again."),
        "update_pending": _("A change of this subscription waits for its payment. Pay it or take it back first."),
        "update_planned": _("A change of this subscription is planned already."),
        "update_unpaid": _("A payment is missing. When it is made, you can change the plan."),
        "usage_based": _("This subscription is charged by use, so its plan is not changed here. Please contact us."),
    }
    return sentences.get(reason, _("This is not possible here. Please contact us."))


def problem(outcome: Refused | Unreachable) -> str:
    """Why a change was not made, without Stripe's own words: they are English, and meant for developers."""
    if isinstance(outcome, Unreachable):
        return _("Our payment service did not answer. Please check whether the change was made before you try again.")
    return _("This could not be done, and nothing was changed. Please try again, or contact us.")


def status_of(outcome: Refused | Unreachable) -> int:
    return 502 if isinstance(outcome, Unreachable) else 400
