"""What became of a subscription: the page after a change, true also when it is opened again later."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from flask_portal import signals
from flask_portal.i18n import _
from flask_portal.pages import cards, changes, completion, history, message, offers, shell, survey, words
from flask_portal.pages import visit as visits
from flask_portal.pages.cards import Card, Found
from flask_portal.pages.shell import Link
from flask_portal.pages.survey import Survey
from flask_portal.pages.visit import Visit
from flask_portal.rules import verdicts
from flask_portal.upstream import actions, reads
from flask_portal.upstream.actions import Done
from flask_portal.upstream.reads import Failed


@dataclass(frozen=True, slots=True)
class ResultPage:
    """accepted: the terms of the offer that was taken. custom: the business's own words.

    survey: asked once more when it was left out. receipt: of the newest change here.
    way_on: None in a flow that knows no way back.
    """

    heading: str
    lead: str
    accepted: str | None
    custom: str | None
    card: Card
    survey: Survey | None
    form_id: str
    reason_url: str
    receipt: Link | None
    way_on: Link | None


def show(id: str) -> ResponseReturnValue:
    visit = visits.current()
    found = _find(visit, id)
    heading, lead = _words(visit, found)
    page = ResultPage(
        heading=heading,
        lead=lead,
        accepted=_accepted(found),
        custom=completion.custom_message(visit),
        card=_card(visit, found),
        survey=_survey(visit, found),
        form_id=changes.new_form_id(),
        reason_url=url_for(".reason", id=id),
        receipt=history.receipt_of(visit, id),
        way_on=completion.way_on(visit),
    )
    return shell.render("result.html", page, title=page.heading, customer=found.customer)


def _find(visit: Visit, id: str) -> Found:
    """The subscription, and the coupon when the customer has taken the one that this session offers."""
    coupon = offers.coupon_of(visit, id)
    asked = survey.sources(visit)
    if coupon is None or not offers.was_taken(visit, id):
        return cards.find(visit, id, **asked)
    client = visit.client
    return cards.find(visit, id, coupon=lambda: reads.coupon(client, coupon), **asked)


def _accepted(found: Found) -> str | None:
    coupon = found.more.get("coupon")
    return None if coupon is None or isinstance(coupon, Failed) else offers.terms(coupon)


def add_reason(id: str) -> ResponseReturnValue:
    """The reason for leaving, given afterwards."""
    visit = visits.current()
    found = cards.find(visit, id, **survey.sources(visit))
    answered = survey.answered(visit, found.more)
    if answered is None or not _is_leaving(found):
        abort(403, "reasons_off")
    if answered.error:
        return message.failed(answered.error, url_for(".result", id=id), 400)
    details = survey.details(answered)
    if details:
        key = changes.key(visit, "subscription.reason", id, details)
        outcome = actions.add_reason(visit.client, id, details, key)
        if not isinstance(outcome, Done):
            return message.failed(words.problem(outcome), url_for(".result", id=id), words.status_of(outcome))
        if changes.remember(visit, "subscription.reason", id, details, key=key):
            changes.tell(signals.subscription_reason_given, subscription=outcome.body, customer=visit.customer_id)
    return redirect(url_for(".result", id=id), 303)


def _is_leaving(found: Found) -> bool:
    return found.view.status == "canceled" or found.view.ends_at is not None


def _card(visit: Visit, found: Found) -> Card:
    """The lead has said when it ends and what that means, so the card does not say it again."""
    view = found.view
    shown = cards.card(visit, view, found.is_settled) if visit.flow is None else cards.plain(view, found.is_settled)
    return replace(shown, facts=()) if view.is_live and view.ends_at is not None and not view.will_renew else shown


def _words(visit: Visit, found: Found) -> tuple[str, str]:
    view = found.view
    title = view.title or _("Subscription")
    if not view.is_live:
        return _("%(title)s has ended", title=title), words.charges(found.is_settled)
    if view.ends_at is not None:
        may_undo = visit.flow is None and verdicts.may_undo(view, visit.features).ok
        lead = words.leaving(view.ends_at, found.is_settled and view.is_paid_ahead, may_undo)
        if view.will_renew and view.period_end is not None:
            lead = words.access_until(view.ends_at, view.period_end)
        return _("%(title)s is canceled", title=title), lead
    if view.period_end is None:
        return _("%(title)s goes on", title=title), _("Nothing has ended, and nothing has to be done.")
    lead = _("The next payment is on %(date)s.", date=words.strong(words.date(view.period_end)))
    return _("%(title)s goes on", title=title), lead


def _survey(visit: Visit, found: Found) -> Survey | None:
    given = found.body.get("cancellation_details") or {}
    said = any(given.get(name) for name in ("comment", "feedback", "feedback_option"))
    return None if said or not _is_leaving(found) else survey.blank(visit, found.more)
