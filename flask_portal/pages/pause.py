"""Letting a subscription stand still, for a while or until the customer resumes it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from flask_portal import signals
from flask_portal.i18n import _, ngettext
from flask_portal.pages import cards, changes, completion, fields, reading, refusing, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.cards import Found
from flask_portal.pages.fields import Summary
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.rules import pauses, phases
from flask_portal.rules.pauses import Choice
from flask_portal.upstream import actions, reads
from flask_portal.upstream.actions import Done, Outcome, Refused
from flask_portal.upstream.reads import Failed

PAUSED = "subscription.pause"
DURATION = "duration"


@dataclass(frozen=True, slots=True)
class PauseChoice:
    value: str
    label: str
    until: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class PausePage:
    """choices: empty where a pause lasts until the customer ends it. error: what is wrong with the choice."""

    heading: str
    lead: str
    notes: tuple[str, ...]
    problem: str | None
    errors: Summary | None
    error: str
    form_id: str
    choices: tuple[PauseChoice, ...]
    button: str
    keep: Link | None
    back: Link | None


def show(id: str) -> ResponseReturnValue:
    visit = visits.current()
    found = _find(visit, id)
    if found.view.status == "paused":
        return redirect(url_for(".result", id=id), 303)
    refusing.check(pauses.may_pause(found.view, visit.features))
    return _page(visit, found, _choices(visit, found), "")


def submit(id: str) -> ResponseReturnValue:
    visit = visits.current()
    found = _find(visit, id)
    if found.view.status == "paused":
        # A second click on the button finds its work done.
        return redirect(url_for(".result", id=id), 303)
    refusing.check(pauses.may_pause(found.view, visit.features))
    offered = _choices(visit, found)
    chosen = next((each for each in offered if each.value == request.form.get(DURATION)), None)
    if chosen is None:
        return _page(visit, found, offered, _("Please choose how long the pause lasts."), status=400)
    key = changes.key(visit, PAUSED, id, chosen.value)
    outcome = _pause(visit, found, chosen, key)
    if not isinstance(outcome, Done):
        return _page(visit, found, offered, "", words.problem(outcome), words.status_of(outcome))
    if changes.remember(visit, PAUSED, id, {DURATION: chosen.value, "until": chosen.until}, key=key):
        changes.tell(signals.subscription_paused, subscription=id, customer=visit.customer_id, until=chosen.until)
    return completion.after(visit, url_for(".result", id=id))


def _find(visit: Visit, id: str) -> Found:
    client = visit.client
    asked = {"subscription": id, "subscription_details": {"pause": {"invoicing_behavior": "invoice"}}}
    return cards.find(visit, id, credit=lambda: reads.preview(client, asked))


def _choices(visit: Visit, found: Found) -> tuple[Choice, ...]:
    now = reading.moment(visit, found.body)
    if isinstance(now, Failed):
        abort(502)
    return pauses.choices(visit.features["subscription_pause"], now)


def _pause(visit: Visit, found: Found, chosen: Choice, key: str) -> Outcome:
    """Pause at once; where it is to go on by itself, by a schedule that does both."""
    client, id = visit.client, found.view.id
    if chosen.until is None:
        return actions.pause(client, id, key=key)
    made = actions.make_schedule(client, id, key=f"{key}-new")
    if not isinstance(made, Done):
        return made
    asked = pauses.schedule_of(chosen.until, phases.present(made.body))
    planned = actions.plan_phases(client, made.body["id"], asked, key=key)
    if isinstance(planned, Refused):
        # Without the pause the schedule would only stand in the way.
        actions.release_schedule(client, made.body["id"], key=f"{key}-release")
    return planned


def _page(
    visit: Visit,
    found: Found,
    offered: tuple[Choice, ...],
    error: str,
    problem: str | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    completion.announce(visit)
    title = found.view.title or _("Subscription")
    page = PausePage(
        heading=_("Pause %(title)s", title=title),
        lead=_lead(offered),
        notes=_notes(found),
        problem=problem,
        errors=fields.summary({DURATION: error} if error else {}),
        error=error,
        form_id=changes.new_form_id(),
        choices=tuple(_choice(each, each == offered[0]) for each in offered),
        button=_("Pause now"),
        keep=shell.leave(visit, _("Keep it running")),
        back=completion.up(visit),
    )
    return shell.render("pause.html", page, title=page.heading, customer=found.customer, status=status)


def _lead(offered: tuple[Choice, ...]) -> str:
    if all(each.until is None for each in offered):
        return _("It stops today, and nothing is charged until you resume it.")
    return _("It stops today, and nothing is charged during the pause. You can resume it earlier at any time.")


def _notes(found: Found) -> tuple[str, ...]:
    said = [_credit(found)]
    if any(item.is_metered for item in found.view.items):
        said.append(_("What you have used until today is charged with the next invoice."))
    return tuple(filter(None, said))


def _credit(found: Found) -> str:
    """What happens to the time that is paid for; with the sum where nothing else waits for an invoice."""
    body = found.more["credit"]
    if not isinstance(body, Failed) and found.more["pending"] == [] and body["total"] < 0:
        money = words.amount(-body["total"], body["currency"])
        return _("%(amount)s for unused time is credited when it goes on.", amount=money)
    if found.view.amount == 0:
        return ""
    return _("What you have paid for unused time is credited when it goes on.")


def _choice(each: Choice, is_chosen: bool) -> PauseChoice:
    if each.until is None or each.interval is None:
        return PauseChoice(each.value, _("Until I resume it"), "", is_chosen)
    return PauseChoice(each.value, _lasting(each.interval, each.count), _until(each.until), is_chosen)


def _until(at: int) -> str:
    return _("goes on by itself on %(date)s", date=words.date(at))


def _lasting(interval: str, count: int) -> str:
    match interval:
        case "day":
            return ngettext("For a day", "For %(num)d days", count)
        case "week":
            return ngettext("For a week", "For %(num)d weeks", count)
        case "year":
            return ngettext("For a year", "For %(num)d years", count)
        case _:
            return ngettext("For a month", "For %(num)d months", count)
