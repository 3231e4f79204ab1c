"""Taking back a change of plan that has not happened yet: one that is planned, or one that waits for its payment."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from flask_portal import signals
from flask_portal.i18n import _
from flask_portal.pages import cards, changes, completion, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.cards import Found
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.rules import updates
from flask_portal.upstream import actions
from flask_portal.upstream.actions import Done, Outcome

UNDONE = "subscription.update_undone"


@dataclass(frozen=True, slots=True)
class UndoUpdatePage:
    heading: str
    lead: str
    problem: str | None
    form_id: str
    button: str
    leave: Link
    back: Link | None


def show(id: str) -> ResponseReturnValue:
    visit = visits.current()
    found = cards.find(visit, id)
    if _is_undone(found):
        return redirect(url_for(".updated", id=id), 303)
    _check(visit, found)
    return _page(visit, found, None)


def submit(id: str) -> ResponseReturnValue:
    visit = visits.current()
    found = cards.find(visit, id)
    if _is_undone(found):
        # A second click on the button finds its work done.
        return redirect(url_for(".updated", id=id), 303)
    _check(visit, found)
    key = changes.key(visit, UNDONE, id)
    outcome = _undo(visit, found, key)
    if not isinstance(outcome, Done):
        return _page(visit, found, words.problem(outcome), words.status_of(outcome))
    if changes.remember(visit, UNDONE, id, key=key):
        changes.tell(signals.subscription_update_undone, subscription=id, customer=visit.customer_id)
    return redirect(url_for(".updated", id=id), 303)


def _undo(visit: Visit, found: Found, key: str) -> Outcome:
    """Void the invoice that a change waits for, or let its schedule go."""
    if found.view.has_pending_update:
        invoice = found.body["latest_invoice"]
        return actions.void_invoice(visit.client, invoice if isinstance(invoice, str) else invoice["id"], key=key)
    planned = found.view.planned
    return actions.release_schedule(visit.client, planned.schedule if planned else "", key=key)


def _is_undone(found: Found) -> bool:
    return found.view.is_live and not found.view.has_schedule and not found.view.has_pending_update


def _check(visit: Visit, found: Found) -> None:
    verdict = updates.may_undo_update(found.view, visit.features)
    if not verdict.ok:
        abort(403, verdict.reason)


def _page(visit: Visit, found: Found, problem: str | None, status: int = 200) -> ResponseReturnValue:
    view = found.view
    title = view.title or _("Subscription")
    page = UndoUpdatePage(
        heading=_("Keep %(title)s", title=title),
        lead=_lead(found, title),
        problem=problem,
        form_id=changes.new_form_id(),
        button=_("Take the change back"),
        leave=Link(_("Let it change") if view.planned else _("Leave it as it is"), url_for(".updated", id=view.id)),
        back=completion.up(visit),
    )
    return shell.render("renew.html", page, title=page.heading, customer=found.customer, status=status)


def _lead(found: Found, title: str) -> str:
    view = found.view
    if view.has_pending_update:
        return _("The change is given up, and its invoice with it. %(title)s goes on as it is.", title=title)
    rate = words.rate(view.amount, view.currency, view.interval, view.interval_count)
    if not rate:
        return _("The planned change is given up. %(title)s goes on as it is.", title=title)
    return _("The planned change is given up. %(title)s goes on at %(rate)s.", title=title, rate=rate)
