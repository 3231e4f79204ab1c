"""A subscription as a card: what it is, what it costs, what happens next, and what can be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, url_for

from flask_portal.i18n import _
from flask_portal.pages import reading, words
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.pages.words import Chip
from flask_portal.rules import debts, updates, verdicts
from flask_portal.rules.subscriptions import SubscriptionView
from flask_portal.upstream import reads
from flask_portal.upstream.reads import Failed


@dataclass(frozen=True, slots=True)
class Card:
    """price: empty when it cannot be said exactly. facts: short sentences beside it. note: why something is missing."""

    id: str
    title: str
    url: str | None
    chip: Chip
    price: str
    facts: tuple[str, ...]
    note: str | None
    actions: tuple[Link, ...]


def views(visit: Visit, bodies: list[dict[str, Any]], customer: Mapping[str, Any] | None) -> list[SubscriptionView]:
    """The subscriptions that this visit may see."""
    seen = [body for body in bodies if reading.in_scope(visit, body)]
    names = reading.names(visit, seen)
    return [SubscriptionView.of(body, dict(customer or {}), names) for body in seen]


@dataclass(frozen=True, slots=True)
class Found:
    """One subscription of this customer.  body: as Stripe serves it. customer: None when it could not be read.

    is_settled: nothing is open, and nothing waits to be charged. more: what was asked for beside it.
    """

    body: dict[str, Any]
    view: SubscriptionView
    customer: Mapping[str, Any] | None
    is_settled: bool
    more: dict[str, Any]


def find(visit: Visit, id: str, **thunks: Any) -> Found:
    """The subscription with this id. 404 when it is not this customer's; 502 when Stripe does not answer.

    thunks: what else is read at the same time; their answers are in `more`.
    """
    client, payer = visit.client, visit.customer_id
    found = reading.together(
        visit,
        subscription=lambda: reads.subscription(client, id),
        open=lambda: reads.open_invoices(client, payer),
        pending=lambda: reads.pending_items(client, payer),
        **thunks,
    )
    body = found["subscription"]
    if isinstance(body, Failed):
        abort(404 if body.reason == reads.MISSING else 502)
    if not reading.in_scope(visit, body):
        abort(404)
    customer = words.present(found["customer"])
    view = SubscriptionView.of(body, dict(customer or {}), reading.names(visit, [body]))
    reading.call(id, view.title)
    return Found(body, view, customer, is_settled(found["open"], found["pending"]), found)


def is_settled(invoices: Any, pending: Any) -> bool:
    """Whether nothing is owed; False where that could not be read, since a page must not promise it then."""
    if isinstance(invoices, Failed) or isinstance(pending, Failed):
        return False
    return debts.is_settled(invoices, pending)


def card(visit: Visit, view: SubscriptionView, is_settled: bool) -> Card:
    """is_settled: nothing is open, so that an end may say that nothing more is charged."""
    return Card(
        id=view.id,
        title=view.title or _("Subscription"),
        url=url_for(".subscription", id=view.id),
        chip=chip(view),
        price=words.rate(view.amount, view.currency, view.interval, view.interval_count),
        facts=facts(view, is_settled),
        note=_note(visit, view),
        actions=_actions(visit, view),
    )


def chip(view: SubscriptionView) -> Chip:
    if view.ends_at is not None and view.is_live:
        return Chip(_("Ends on %(date)s", date=words.date(view.ends_at)), "warn")
    known = {
        "active": Chip(_("Active"), "good"),
        "trialing": Chip(_("Trial"), "good"),
        "past_due": Chip(_("Payment overdue"), "bad"),
        "unpaid": Chip(_("Unpaid"), "bad"),
        "incomplete": Chip(_("Payment needed"), "bad"),
        "incomplete_expired": Chip(_("Never started"), "plain"),
        "paused": Chip(_("Paused"), "warn"),
        "canceled": Chip(_("Ended"), "plain"),
    }
    return known.get(view.status, Chip(view.status, "plain"))


def facts(view: SubscriptionView, is_settled: bool) -> tuple[str, ...]:
    """What stands beside the price: quantity, discount, and what happens on which date."""
    quantity = view.quantity
    said = [_("quantity %(quantity)s", quantity=quantity)] if quantity is not None and quantity > 1 else []
    if view.discount is not None and view.is_live:
        named = _("less the discount “%(name)s”", name=view.discount)
        said.append(named if view.discount else _("less a discount"))
    return (*said, *_coming(view, is_settled))


def _coming(view: SubscriptionView, is_settled: bool) -> tuple[str, ...]:
    if view.ended_at is not None:
        return (_("ended on %(date)s", date=words.date(view.ended_at)),)
    if not view.is_live:
        return ()
    if view.planned is not None:
        return (planned(view, is_sentence=False),)
    if view.ends_at is not None and not view.will_renew:
        if is_settled and view.is_paid_ahead:
            return (_("you can keep using it until it ends; nothing more will be charged"),)
        return (_("you can keep using it until it ends"),)
    if view.status == "trialing" and view.trial_end is not None:
        return (_("free until %(date)s", date=words.date(view.trial_end)),)
    if view.status == "active" and view.period_end is not None:
        return (_("renews on %(date)s", date=words.date(view.period_end)),)
    return ()


def planned(view: SubscriptionView, *, is_sentence: bool = True) -> str:
    """What a subscription changes to, and when.  is_sentence: with a capital and a full stop."""
    if view.planned is None:
        return ""
    day, name = words.date(view.planned.at), view.planned.name
    if is_sentence:
        return (
            _("It changes to %(plan)s on %(date)s.", plan=name, date=day)
            if name
            else _("It changes on %(date)s.", date=day)
        )
    return _("changes to %(plan)s on %(date)s", plan=name, date=day) if name else _("changes on %(date)s", date=day)


def _note(visit: Visit, view: SubscriptionView) -> str | None:
    """A reason is given where a customer would look for a button and not find it."""
    if not view.is_live or view.ends_at is not None:
        return None
    refused = [verdicts.may_cancel(view, visit.features)]
    if visit.features["subscription_update"]["enabled"]:
        refused.append(updates.may_update(view, visit.features))
    return next((words.refusal(verdict.reason) for verdict in refused if not verdict.ok), None)


def _actions(visit: Visit, view: SubscriptionView) -> tuple[Link, ...]:
    actions = []
    if updates.may_update(view, visit.features).ok:
        actions.append(Link(_("Change plan"), url_for(".update", id=view.id)))
    if view.has_pending_update:
        actions.append(Link(_("Go on with the change"), url_for(".updated", id=view.id)))
    elif updates.may_undo_update(view, visit.features).ok:
        actions.append(Link(_("Take the change back"), url_for(".undo_update", id=view.id)))
    if verdicts.may_undo(view, visit.features).ok:
        actions.append(Link(_("Keep subscription"), url_for(".renew", id=view.id)))
    if verdicts.may_cancel(view, visit.features).ok:
        actions.append(Link(_("Cancel subscription"), url_for(".cancel", id=view.id)))
    return tuple(actions)


def plain(view: SubscriptionView, is_settled: bool) -> Card:
    """The same without a way on, for a page that is the end of a flow."""
    price = words.rate(view.amount, view.currency, view.interval, view.interval_count)
    return Card(view.id, view.title or _("Subscription"), None, chip(view), price, facts(view, is_settled), None, ())
