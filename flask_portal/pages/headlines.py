"""The overview's first words: one headline, one sentence about the next payment, one notice per thing to be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for

from flask_portal import i18n
from flask_portal.i18n import _, ngettext
from flask_portal.pages import words
from flask_portal.pages.shell import Link
from flask_portal.pages.words import Notice
from flask_portal.rules import verdicts
from flask_portal.rules.attention import Concern
from flask_portal.rules.methods import MethodView
from flask_portal.rules.subscriptions import SubscriptionView

_OPEN = ("unpaid_invoice", "past_due", "incomplete")
_URGENT = (*_OPEN, "card_expired", "card_expiring")
"""What the customer has to do something about; an end that the customer has chosen is not among it."""


def heading(
    customer: Mapping[str, Any] | None, views: Sequence[SubscriptionView] | None, concerns: Sequence[Concern]
) -> str:
    """Chosen from what is most urgent."""
    urgent = sum(concern.kind in _URGENT for concern in concerns)
    unpaid = sum(concern.kind in _OPEN for concern in concerns)
    if urgent:
        # One button pays whatever is open, so that it is one thing.
        urgent -= max(unpaid - 1, 0)
        return ngettext("One thing needs you", "%(num)d things need you", urgent)
    ending = next((concern for concern in concerns if concern.kind == "ending"), None)
    if ending is not None and ending.subscription is not None and ending.at is not None:
        title = ending.subscription.title or _("Your subscription")
        return _("%(title)s ends on %(date)s", title=title, date=words.date(ending.at))
    if views is None or customer is None or not any(view.is_live for view in views):
        return _("Your billing")
    name = customer.get("name")
    return _("All is well, %(name)s", name=name) if name else _("All is well")


def lead(
    views: Sequence[SubscriptionView] | None,
    methods: Sequence[MethodView],
    concerns: Sequence[Concern],
    *,
    is_exact: bool,
) -> str:
    """When the next payment is, of what, from which method; empty where that is not known.

    is_exact: the next invoice asks for the prices alone, so that they may be said.
    """
    if views is None:
        return ""
    coming = [view for view in views if view.will_renew and view.period_end is not None]
    unpaid = [concern for concern in concerns if concern.kind in _OPEN]
    if unpaid:
        return _open(unpaid, words.strong(words.date(min(view.period_end or 0 for view in coming))) if coming else None)
    if not coming:
        return _("No payment is planned.")
    first = min(view.period_end or 0 for view in coming)
    day = words.date(first)
    together = [view for view in coming if words.date(view.period_end or 0) == day]
    amount = _total(together) if is_exact else None
    return _next_payment(amount, words.strong(day), _method(together, methods))


def _open(unpaid: Sequence[Concern], day: str | None) -> str:
    """What is open comes before what is next, of which neither sum nor card are certain then."""
    sums = [concern.amount for concern in unpaid if concern.amount is not None]
    if len(sums) < len(unpaid) or len({concern.currency for concern in unpaid}) != 1:
        said = _("A payment is missing.")
    else:
        said = _("%(amount)s is unpaid.", amount=words.strong_amount(sum(sums), unpaid[0].currency or ""))
    if day is None:
        return said
    return _("%(open)s The next payment is on %(date)s.", open=said, date=day)


def _next_payment(amount: str | None, day: str, method: str | None) -> str:
    if amount is not None and method is not None:
        return _(
            "Your next payment is %(amount)s on %(date)s, from %(method)s.", amount=amount, date=day, method=method
        )
    if amount is not None:
        return _("Your next payment is %(amount)s on %(date)s.", amount=amount, date=day)
    if method is not None:
        return _("Your next payment is on %(date)s, from %(method)s.", date=day, method=method)
    return _("Your next payment is on %(date)s.", date=day)


def _total(views: Sequence[SubscriptionView]) -> str | None:
    """The sum of what is due together, or None where it is not known to the cent."""
    amounts = [view.exact_amount for view in views if view.exact_amount is not None]
    if len(amounts) < len(views) or len({view.currency for view in views}) != 1:
        return None
    return words.strong_amount(sum(amounts), views[0].currency)


def _method(views: Sequence[SubscriptionView], methods: Sequence[MethodView]) -> str | None:
    ids = {view.method_id if view.collection_method == "charge_automatically" else None for view in views}
    known = {method.id: method for method in methods}
    only = known.get(ids.pop() or "") if len(ids) == 1 else None
    return words.method(only) if only else None


def notices(concerns: Sequence[Concern], features: Mapping[str, Any]) -> tuple[Notice, ...]:
    """What needs the customer, most urgent first, each with the one button that mends it.  features: what is on."""
    unpaid = [concern for concern in concerns if concern.kind in _OPEN]
    fix = Link(_("Fix my payment"), url_for(".fix")) if verdicts.may_pay(features).ok else None
    add = None
    if verdicts.may_manage_methods(features).ok:
        add = Link(_("Use another card"), url_for(".add_method"))
    made = (_card(concern, add) for concern in concerns if concern.kind in ("card_expired", "card_expiring"))
    cards = tuple(notice for notice in made if notice is not None)
    # An end that the customer has chosen is told by the headline and on the subscription itself.
    return (_unpaid(unpaid, fix), *cards) if unpaid else cards


def _unpaid(unpaid: Sequence[Concern], fix: Link | None) -> Notice:
    text = _("Please contact us, so that nothing is interrupted.")
    if fix is not None:
        text = _("You can choose how to pay it, and see why it has failed.")
    return Notice("bad", _what_is_open(unpaid), text, fix)


def _what_is_open(unpaid: Sequence[Concern]) -> str:
    if len(unpaid) == 1:
        return _one_open(unpaid[0])
    sums = [concern.amount for concern in unpaid if concern.amount is not None]
    count = len(unpaid)
    if len(sums) < count or len({concern.currency for concern in unpaid}) != 1:
        return ngettext("One payment is missing.", "%(num)d payments are missing.", count)
    money = words.amount(sum(sums), unpaid[0].currency or "")
    return ngettext(
        "One payment is missing: %(amount)s.", "%(num)d payments are missing: %(amount)s together.", count, amount=money
    )


def _one_open(concern: Concern) -> str:
    title = (concern.subscription.title if concern.subscription else "") or _("Your subscription")
    match concern.kind:
        case "past_due":
            return _("The last payment for %(title)s has failed.", title=title)
        case "incomplete":
            return _("The first payment for %(title)s is missing.", title=title)
        case _:
            amount = words.amount(concern.amount or 0, concern.currency or "")
            return _("%(amount)s from %(date)s is unpaid.", amount=amount, date=words.date(concern.at or 0))


def _card(concern: Concern, add: Link | None) -> Notice | None:
    if concern.method is None or concern.method.exp_year is None or concern.method.exp_month is None:
        return None
    name = words.method(concern.method)
    title = (concern.subscription.title if concern.subscription else "") or _("Your subscription")
    text = _("%(title)s is paid with this card.", title=title)
    if add is None:
        text = _("%(title)s is paid with this card. Please contact us about a new one.", title=title)
    if concern.kind == "card_expired":
        return Notice("bad", _("%(card)s has expired.", card=name), text, add)
    month = i18n.month(concern.method.exp_year, concern.method.exp_month)
    return Notice("warn", _("%(card)s expires at the end of %(month)s.", card=name, month=month), text, add)
