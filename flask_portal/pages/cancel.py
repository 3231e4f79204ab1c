"""The way out: one page that says what leaving means, asks why, and does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from flask_portal import signals
from flask_portal.i18n import _
from flask_portal.pages import cards, changes, completion, offers, shell, survey, words
from flask_portal.pages import visit as visits
from flask_portal.pages.cards import Found
from flask_portal.pages.offers import Offer
from flask_portal.pages.shell import Link
from flask_portal.pages.survey import Survey
from flask_portal.pages.visit import Visit
from flask_portal.rules import verdicts
from flask_portal.upstream import actions, reads
from flask_portal.upstream.actions import Done, Refused, Unreachable


@dataclass(frozen=True, slots=True)
class CancelPage:
    """button: names the result. offer: a form of its own beside the exit, or None. problem: why the last try failed."""

    heading: str
    lead: str
    problem: str | None
    form_id: str
    survey: Survey | None
    button: str
    keep: Link | None
    back: Link | None
    offer: Offer | None


def show(id: str) -> ResponseReturnValue:
    visit = visits.current()
    found = _find(visit, id)
    if _is_over(found):
        return redirect(url_for(".result", id=id), 303)
    _check(visit, found)
    return _page(visit, found, survey.blank(visit, found.more), None)


def submit(id: str) -> ResponseReturnValue:
    visit = visits.current()
    found = _find(visit, id)
    if _is_over(found):
        # A second click on the button finds its work done.
        return redirect(url_for(".result", id=id), 303)
    _check(visit, found)
    answered = survey.answered(visit, found.more)
    if answered is not None and answered.error:
        return _page(visit, found, answered, None, 400)
    details, now = survey.details(answered), _is_at_once(visit, found)
    key = changes.key(visit, "subscription.cancel", id, details)
    outcome = _cancel(visit, found, details, now, key)
    if not isinstance(outcome, Done):
        return _page(visit, found, answered, words.problem(outcome), words.status_of(outcome))
    _record(visit, outcome.body, details, now, key)
    return completion.after(visit, url_for(".result", id=id))


def _find(visit: Visit, id: str) -> Found:
    coupon = offers.coupon_of(visit, id)
    asked = survey.sources(visit)
    if coupon is None:
        return cards.find(visit, id, **asked)
    client = visit.client
    return cards.find(visit, id, coupon=lambda: reads.coupon(client, coupon), **asked)


def _is_over(found: Found) -> bool:
    return not found.view.is_live or found.view.ends_at is not None


def _is_at_once(visit: Visit, found: Found) -> bool:
    """What was never paid for has no period to wait for the end of."""
    return visit.features["subscription_cancel"]["mode"] == "immediately" or found.view.status == "incomplete"


def _check(visit: Visit, found: Found) -> None:
    verdict = verdicts.may_cancel(found.view, visit.features)
    if not verdict.ok:
        abort(403, verdict.reason)


def _cancel(visit: Visit, found: Found, details: dict[str, str], now: bool, key: str) -> Done | Refused | Unreachable:
    if not now:
        return actions.schedule_cancel(visit.client, found.body, details=details, key=key)
    prorate = visit.features["subscription_cancel"]["proration_behavior"] == "create_prorations"
    return actions.cancel_now(visit.client, found.view.id, prorate=prorate, details=details, key=key)


def _record(visit: Visit, body: dict[str, Any], details: dict[str, str], now: bool, key: str) -> None:
    action = "subscription.cancel" if now else "subscription.cancel_scheduled"
    if not changes.remember(visit, action, body["id"], details or None, key=key):
        return
    signal = signals.subscription_canceled if now else signals.subscription_cancel_scheduled
    changes.tell(signal, subscription=body, customer=visit.customer_id)


def _page(
    visit: Visit, found: Found, answers: Survey | None, problem: str | None, status: int = 200
) -> ResponseReturnValue:
    completion.announce(visit)
    view = found.view
    in_flow = visit.flow is not None
    now = _is_at_once(visit, found)
    page = CancelPage(
        heading=_("Cancel %(title)s", title=view.title or _("Subscription")),
        lead=_lead(visit, found, now),
        problem=problem,
        form_id=changes.new_form_id(),
        survey=answers,
        button=_button(found, now),
        keep=shell.leave(visit, _("Keep subscription")),
        back=None if in_flow else Link(_("Overview"), url_for(".overview")),
        offer=offers.offer(visit, found),
    )
    return shell.render("cancel.html", page, title=page.heading, customer=found.customer, status=status)


def _lead(visit: Visit, found: Found, now: bool) -> str:
    end = found.view.last_period_end
    if found.view.status == "incomplete":
        return _("Its first payment is missing, so it has not begun. It ends at once and cannot be taken back.")
    if not now and end is not None:
        return words.leaving(end, found.is_settled and found.view.is_paid_ahead, may_undo=visit.flow is None)
    if visit.features["subscription_cancel"]["proration_behavior"] == "create_prorations":
        return _(
            "It ends at once and cannot be taken back. What you have paid for unused time is credited to your account; "
            "it is not paid out."
        )
    return _("It ends at once and cannot be taken back. Time that you have paid for is not refunded.")


def _button(found: Found, now: bool) -> str:
    end = found.view.last_period_end
    if now or end is None:
        return _("Cancel now")
    return _("Cancel on %(date)s", date=words.date(end))
