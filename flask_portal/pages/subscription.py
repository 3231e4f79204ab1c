"""One subscription: what is in it, what is charged next and how, what can be done about it, and its invoices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue

from flask_portal.i18n import _
from flask_portal.pages import bills, cards, invoices, offers, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.bills import Bill
from flask_portal.pages.cards import Card, Found
from flask_portal.pages.invoices import InvoiceRow
from flask_portal.pages.overview import Section
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.pages.words import Fact
from flask_portal.rules.methods import MethodView
from flask_portal.rules.subscriptions import ItemView
from flask_portal.upstream import reads
from flask_portal.upstream.faults import MISSING, REFUSED
from flask_portal.upstream.reads import Failed

_INVOICES = 24


@dataclass(frozen=True, slots=True)
class SubscriptionPage:
    """coming: the next invoice, line by line; None when there is none, or when it could not be read: is_unknown then.

    invoices: None where the business does not show them.
    """

    heading: str
    card: Card
    facts: tuple[Fact, ...]
    coming: Bill | None
    is_unknown: bool
    invoices: Section | None
    retry: Link
    back: Link


def show(id: str) -> ResponseReturnValue:
    visit = visits.current()
    client, customer = visit.client, visit.customer_id
    thunks: dict[str, Any] = {
        "coming": lambda: reads.preview(client, {"customer": customer, "subscription": id}),
        "methods": lambda: reads.payment_methods(client, customer),
    }
    if visit.features["invoice_history"]["enabled"]:
        thunks["invoices"] = lambda: reads.invoices_of(client, customer, id, _INVOICES)
    found = cards.find(visit, id, **thunks)
    card, coming = cards.card(visit, found.view, found.is_settled), found.more["coming"]
    page = SubscriptionPage(
        heading=card.title,
        card=card,
        facts=tuple(_facts(found)),
        coming=_coming(found),
        is_unknown=isinstance(coming, Failed) and coming.reason not in (MISSING, REFUSED),
        invoices=_invoices(visit, found),
        retry=words.retry(url_for(".subscription", id=id)),
        back=Link(_("Overview"), url_for(".overview")),
    )
    return shell.render("subscription.html", page, title=page.heading, customer=found.customer)


def _facts(found: Found) -> Iterator[Fact]:
    view = found.view
    if len(view.items) > 1:
        yield Fact(_("Contains"), tuple(_item(item) for item in view.items))
    if view.started_at is not None:
        yield Fact(_("Started"), (words.date(view.started_at),))
    if view.is_live:
        yield Fact(_("Payment method"), (_method(found),))
    discounts = tuple(_discounts(found))
    if discounts and view.is_live:
        yield Fact(_("Discount"), discounts)


def _item(item: ItemView) -> str:
    name = item.name or _("Subscription")
    if item.quantity is not None and item.quantity != 1:
        name = _("%(quantity)s × %(name)s", quantity=item.quantity, name=name)
    rate = words.rate(item.amount, item.currency, item.interval, item.interval_count)
    if item.is_metered:
        return _("%(name)s, charged by use", name=name)
    return _("%(name)s, %(rate)s", name=name, rate=rate) if rate else name


def _method(found: Found) -> str:
    view, bodies = found.view, found.more["methods"]
    if view.collection_method != "charge_automatically":
        return _("by invoice")
    if isinstance(bodies, Failed):
        return _("could not be loaded")
    used = next((MethodView.of(body) for body in bodies if body["id"] == view.method_id), None)
    if used is None:
        return _("none is saved")
    name = words.method(used)
    return _("%(method)s, chosen for this subscription", method=name) if view.has_own_method else name


def _discounts(found: Found) -> Iterator[str]:
    """The discounts of the subscription that can be named, with what they take off."""
    for each in found.body.get("discounts") or ():
        coupon = (each.get("source") or {}).get("coupon") if isinstance(each, dict) else None
        if isinstance(coupon, dict):
            named, terms = coupon.get("name"), offers.terms(coupon)
            yield _("%(name)s: %(terms)s", name=named, terms=terms) if named else terms


def _coming(found: Found) -> Bill | None:
    """The next invoice; its caption says when, its last line from which method."""
    body, view = found.more["coming"], found.view
    if isinstance(body, Failed) or not view.will_renew:
        return None
    at = body.get("next_payment_attempt") or view.period_end or body["created"]
    charged, method = _("Charged then"), _charged(found)
    if method is not None and body["amount_due"]:
        charged = _("Charged then to %(method)s", method=method)
    names = {item.product: item.name for item in view.items if item.name}
    return bills.bill(body, names, _("Next payment on %(date)s", date=words.date(at)), charged)


def _charged(found: Found) -> str | None:
    view, bodies = found.view, found.more["methods"]
    if isinstance(bodies, Failed) or view.collection_method != "charge_automatically":
        return None
    return next((words.method(MethodView.of(body)) for body in bodies if body["id"] == view.method_id), None)


def _invoices(visit: Visit, found: Found) -> Section | None:
    if "invoices" not in found.more:
        return None
    rows: tuple[InvoiceRow, ...] | None = invoices.rows(visit, found.more["invoices"])
    link = Link(_("All invoices"), url_for(".invoices")) if rows else None
    return Section(_("Invoices of this subscription"), rows, _("There are no invoices."), link)
