"""The first page: what you have, what it costs, when the next charge is, on which card, and what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from flask_portal.i18n import _
from flask_portal.pages import cards, details, headlines, invoices, payment_methods, reading, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.cards import Card
from flask_portal.pages.invoices import InvoiceRow
from flask_portal.pages.payment_methods import MethodRow
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.pages.words import Fact, Notice
from flask_portal.rules import attention
from flask_portal.rules.debts import Bill
from flask_portal.rules.methods import MethodView
from flask_portal.rules.subscriptions import SubscriptionView
from flask_portal.upstream import reads
from flask_portal.upstream.reads import Failed

Body = dict[str, Any]

_SHOWN_INVOICES = 5
_READ_INVOICES = 24
"""More than are shown are read, so that an unpaid one does not hide behind newer ones."""
_SHOWN_ENDED = 3


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page that stands or fails alone.  link: to the whole. rows: None when it could not be read."""

    title: str
    rows: tuple[Any, ...] | None
    empty: str
    link: Link | None


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """methods, invoices: None where the business does not show them.

    subscriptions: None for somebody who has never had one, and gets invoices all the same.
    """

    heading: str
    lead: str
    notices: tuple[Notice, ...]
    subscriptions: Section | None
    methods: Section | None
    details: Section
    invoices: Section | None
    retry: Link


def show() -> ResponseReturnValue:
    visit = visits.current()
    if visit.flow is not None:
        return redirect(flow_url(visit.flow), 303)
    found = _read(visit)
    customer = words.present(found["customer"])
    views = None
    if not isinstance(found["subscriptions"], Failed):
        views = cards.views(visit, found["subscriptions"], customer)
    page = _page(visit, found, customer, views)
    return shell.render("overview.html", page, title=_("Overview"), current="overview", customer=customer)


def flow_url(flow: Body) -> str:
    """The one page of a flow."""
    pages = {
        "subscription_cancel": ".cancel",
        "subscription_update": ".update",
        "subscription_update_confirm": ".review",
    }
    kind = flow["type"]
    if kind in pages:
        return url_for(pages[kind], id=flow[kind]["subscription"])
    return url_for(".add_method" if kind == "payment_method_update" else ".details")


def _read(visit: Visit) -> dict[str, Any]:
    client, customer = visit.client, visit.customer_id
    return reading.together(
        visit,
        subscriptions=lambda: reads.subscriptions(client, customer),
        methods=lambda: reads.payment_methods(client, customer),
        invoices=lambda: reads.invoices(client, customer, _READ_INVOICES),
        pending=lambda: reads.pending_items(client, customer),
        intents=lambda: reads.intents(client, customer),
    )


def _page(
    visit: Visit, found: dict[str, Any], customer: Mapping[str, Any] | None, views: list[SubscriptionView] | None
) -> OverviewPage:
    features = visit.features
    methods = [] if isinstance(found["methods"], Failed) else [MethodView.of(body) for body in found["methods"]]
    bills = [] if isinstance(found["invoices"], Failed) else invoices.visible(visit, found["invoices"])
    concerns = attention.concerns(
        views or (), methods, bills, words.today(visit), _on_their_way(bills, found["intents"])
    )
    bills_alone = views == [] and bool(bills)
    lead = headlines.lead(views, methods, concerns, is_exact=_is_exact(customer, found["pending"]))
    return OverviewPage(
        heading=headlines.heading(customer, views, concerns),
        lead=_("All your invoices are paid.") if bills_alone and not invoices.is_owed(bills) else lead,
        notices=headlines.notices(concerns, features),
        subscriptions=None
        if bills_alone
        else _subscriptions(visit, views, cards.is_settled(found["invoices"], found["pending"])),
        methods=_methods(visit, found["methods"], customer, views)
        if features["payment_method_update"]["enabled"]
        else None,
        details=_details(visit, customer),
        invoices=_invoices(visit, found["invoices"]) if features["invoice_history"]["enabled"] else None,
        retry=words.retry(url_for(".overview")),
    )


def _on_their_way(bodies: list[Body], intents: Any) -> frozenset[str]:
    """The invoices that somebody's bank is at work on; none where that could not be read."""
    if isinstance(intents, Failed):
        return frozenset()
    return frozenset(body["id"] for body in bodies if Bill.of(body, intents).standing == "processing")


def _is_exact(customer: Mapping[str, Any] | None, pending: Any) -> bool:
    """Whether the next invoice asks for the prices alone: no credit or debt, and nothing that waits for it."""
    return customer is not None and not customer.get("balance") and not isinstance(pending, Failed) and not pending


def _subscriptions(visit: Visit, views: list[SubscriptionView] | None, is_settled: bool) -> Section:
    rows: tuple[Card, ...] | None = None
    if views is not None:
        live = sorted((view for view in views if view.is_live), key=_next_payment)
        ended = [view for view in views if view.status == "canceled"][:_SHOWN_ENDED]
        rows = tuple(cards.card(visit, view, is_settled) for view in live or ended)
    return Section(_("Subscriptions"), rows, _("You have no subscription."), None)


def _next_payment(view: SubscriptionView) -> tuple[bool, int]:
    """Sorts what is paid for soonest to the top, and what renews no more below."""
    return not view.will_renew, view.period_end or 0


def _methods(
    visit: Visit, methods: Any, customer: Mapping[str, Any] | None, views: list[SubscriptionView] | None
) -> Section:
    # With one method there is nothing to tell apart.
    several = views if views and not isinstance(methods, Failed) and len(methods) > 1 else ()
    rows: tuple[MethodRow, ...] | None = payment_methods.rows(visit, methods, customer, several)
    return Section(
        _("Payment methods"), rows, _("No payment method is saved."), Link(_("Manage"), url_for(".payment_methods"))
    )


def _details(visit: Visit, customer: Mapping[str, Any] | None) -> Section:
    rows: tuple[Fact, ...] | None = None
    if customer is not None:
        rows = details.facts(customer, ("name", "email", "phone", "address"))
    link = Link(_("Edit"), url_for(".details")) if visit.features["customer_update"]["enabled"] else None
    return Section(_("Billing details"), rows, _("Nothing is known yet."), link)


def _invoices(visit: Visit, bodies: Any) -> Section:
    rows: tuple[InvoiceRow, ...] | None = invoices.rows(visit, bodies)
    link = Link(_("All invoices"), url_for(".invoices")) if rows else None
    return Section(_("Recent invoices"), rows[:_SHOWN_INVOICES] if rows else rows, _("There are no invoices."), link)
