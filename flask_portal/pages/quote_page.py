"""The page between choosing a change and making it: from what to what, today's charge, the next one, and the card."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from flask_portal.i18n import _
from flask_portal.pages import bills, changes, completion, other_card, plans, quoting, shell, words
from flask_portal.pages.bills import Bill
from flask_portal.pages.other_card import OtherCard
from flask_portal.pages.plans import Options, Typed
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.rules import updates
from flask_portal.rules.quotes import Quote
from flask_portal.rules.updates import Change, Plan


@dataclass(frozen=True, slots=True)
class Side:
    """What a subscription is, before or after.  fact: the quantity; empty for one."""

    label: str
    name: str
    rate: str
    fact: str


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """quote: what is sent back with the form. typed: what was chosen, by field name.

    button: names the result; None where nothing can be paid with. way_on: where that can be mended.
    """

    heading: str
    lead: str
    problem: str | None
    before: Side
    after: Side
    notes: tuple[str, ...]
    bills: tuple[Bill, ...]
    form_id: str
    quote: str
    typed: tuple[tuple[str, str], ...]
    button: str | None
    way_on: Link | None
    keep: Link | None
    terms: str
    other_card: OtherCard | None
    back: Link | None


def render(
    visit: Visit,
    options: Options,
    change: Change,
    quote: Quote,
    typed: Typed,
    *,
    problem: str | None = None,
    again: Mapping[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """problem: why the last try failed, or what has changed since.

    again: the form that was sent, where nobody knows whether it had an effect: sent once more it is the same change.
    """
    completion.announce(visit)
    found = options.found
    is_payable = not quote.due_today or found.view.method_id is not None
    page = ReviewPage(
        heading=_("Review your change"),
        lead=_lead(options, change, quote),
        problem=problem,
        before=_side(_("Now"), options.current, options.quantity),
        after=_side(_from(visit, options, change), change.plan, change.quantity),
        notes=tuple(_notes(visit, options, change, quote)),
        bills=_bills(options, quote),
        form_id=again["form_id"] if again else changes.new_form_id(),
        quote=again["quote"] if again else quoting.sealed(visit, found.view.id, change, quote),
        typed=tuple(typed.query().items()),
        button=_button(visit, options, change, quote) if is_payable else None,
        way_on=None if is_payable else other_card.add(visit),
        keep=shell.leave(visit, _("Keep my plan")),
        terms=_terms(visit),
        other_card=other_card.choice(visit, options, typed),
        back=_back(visit, options, typed),
    )
    return shell.render("review.html", page, title=page.heading, customer=found.customer, status=status)


def _back(visit: Visit, options: Options, typed: Typed) -> Link | None:
    if plans.task(visit) is not None:
        return None
    return Link(_("Choose something else"), url_for(".update", id=options.found.view.id, **typed.query()))


def _is_later(visit: Visit, options: Options, change: Change) -> bool:
    return updates.is_postponed(options.found.view.items[0], change, plans.feature_of(visit))


def _from(visit: Visit, options: Options, change: Change) -> str:
    end = options.found.view.period_end
    if _is_later(visit, options, change) and end is not None:
        return _("From %(date)s", date=words.date(end))
    return _("From today")


def _side(label: str, plan: Plan, quantity: int) -> Side:
    fact = _("quantity %(quantity)s", quantity=quantity) if quantity != 1 else ""
    return Side(label, plans.name(plan), plans.rate(plan, quantity), fact)


def _lead(options: Options, change: Change, quote: Quote) -> str:
    coming = _coming(change, quote)
    if quote.due_today:
        today = words.strong_amount(quote.due_today, quote.currency)
        return _("You pay %(today)s today%(coming)s.", today=today, coming=coming)
    return _("You pay nothing today%(coming)s.", coming=coming)


def _coming(change: Change, quote: Quote) -> str:
    """The next payment, as the second half of a sentence; empty when none is in sight."""
    due = quote.due_next
    if due is None or quote.coming_at is None:
        return ""
    day = words.strong(words.date(quote.coming_at))
    if not due:
        return _(", and nothing on %(date)s", date=day)
    if _repeats(quote):
        rate = words.rate(due, quote.currency, change.plan.interval, change.plan.interval_count)
        return _(", then %(rate)s from %(date)s", rate=words.strong(rate), date=day)
    return _(", then %(amount)s on %(date)s", amount=words.strong_amount(due, quote.currency), date=day)


def _repeats(quote: Quote) -> bool:
    """Whether the next payment is like all that follow: no discount, no credit, and nothing that is charged once."""
    coming = quote.coming
    if coming is None or coming["total_discount_amounts"] or quote.due_next != coming["total"]:
        return False
    return all(not bills.is_single(line) for line in coming["lines"]["data"]) and not coming["lines"]["has_more"]


def _notes(visit: Visit, options: Options, change: Change, quote: Quote) -> Iterator[str]:
    view = options.found.view
    later = _is_later(visit, options, change)
    if later and view.period_end is not None:
        yield _(
            "You keep %(title)s until %(date)s. Until then you can take the change back.",
            title=plans.name(options.current),
            date=words.date(view.period_end),
        )
    if view.status == "trialing" and not later:
        if updates.ends_trial(view, change, plans.feature_of(visit)):
            yield _("Your trial ends today.")
        elif view.trial_end is not None:
            yield _("Your trial goes on until %(date)s.", date=words.date(view.trial_end))
    if quote.credit_today:
        money = words.amount(quote.credit_today, quote.currency)
        yield _("%(amount)s is credited to your account, and used for your next invoices.", amount=money)


def _bills(options: Options, quote: Quote) -> tuple[Bill, ...]:
    names = {plan.product: plans.name(plan) for plan in options.plans}
    paid_from = words.method(options.method) if options.method else None
    found = []
    if quote.today is not None:
        charged = _("Charged today")
        if paid_from and quote.due_today:
            charged = _("Charged today to %(method)s", method=paid_from)
        found.append(bills.bill(quote.today, names, _("Today"), charged))
    if quote.coming is not None and quote.coming_at is not None:
        charged = _("Charged then")
        if paid_from and quote.due_next:
            charged = _("Charged then to %(method)s", method=paid_from)
        caption = _("On %(date)s", date=words.date(quote.coming_at))
        found.append(bills.bill(quote.coming, names, caption, charged, quote.due_next))
    return tuple(found)


def _button(visit: Visit, options: Options, change: Change, quote: Quote) -> str:
    view = options.found.view
    if _is_later(visit, options, change) and view.period_end is not None:
        return _("Schedule the change for %(date)s", date=words.date(view.period_end))
    amount = words.amount(quote.due_today, quote.currency)
    if change.plan.price != view.items[0].price:
        switch = _("Switch to %(plan)s", plan=plans.name(change.plan))
        return _("Pay %(amount)s and switch", amount=amount) if quote.due_today else switch
    if change.quantity != options.quantity:
        to = _("Change the quantity to %(quantity)s", quantity=change.quantity)
        return _("Pay %(amount)s and change the quantity", amount=amount) if quote.due_today else to
    return _("Use the code")


def _terms(visit: Visit) -> str:
    """What somebody agrees to, and how long the quote holds."""
    holds = _("These amounts hold for 30 minutes.")
    url = shell.terms_url(visit)
    if url is None:
        return holds
    named = _("terms of %(business)s", business=visit.branding.name)
    link = Markup('<a href="{}">{}</a>').format(url, named)
    return Markup("{} {}").format(_("By confirming you agree to the %(terms)s.", terms=link), holds)
