"""Letting a paused subscription go on, after its customer has seen what that costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from flask_portal import signals
from flask_portal.i18n import _
from flask_portal.pages import (
    agreed,
    bills,
    cards,
    changes,
    completion,
    declines,
    other_card,
    paying,
    reading,
    refusing,
    shell,
    words,
)
from flask_portal.pages import visit as visits
from flask_portal.pages.bills import Bill
from flask_portal.pages.cards import Found
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.rules import pauses
from flask_portal.upstream import actions, reads
from flask_portal.upstream.actions import Done
from flask_portal.upstream.reads import Failed

RESUMED = "subscription.resume"


@dataclass(frozen=True, slots=True)
class PayPage:
    """A page with one bill and one button.  button: None where nothing can be paid with; way_on mends that."""

    heading: str
    lead: str
    problem: str | None
    bill: Bill
    form_id: str
    quote: str
    button: str | None
    way_on: Link | None
    keep: Link | None
    back: Link | None
    terms: str = ""


def show(id: str) -> ResponseReturnValue:
    visit = visits.current()
    found = _find(visit, id)
    if _goes_on(found) or waits(found):
        return redirect(url_for(".result", id=id), 303)
    refusing.check(pauses.may_resume(found.view, visit.features))
    return _page(visit, found, _preview(found), None)


def submit(id: str) -> ResponseReturnValue:
    visit = visits.current()
    found = _find(visit, id)
    if _goes_on(found) or waits(found):
        # A second click on the button finds its work done.
        return redirect(url_for(".result", id=id), 303)
    refusing.check(pauses.may_resume(found.view, visit.features))
    preview = _preview(found)
    problem = agreed.moved(visit, RESUMED, id, preview["amount_due"], preview["currency"])
    if problem:
        return _page(visit, found, preview, problem, 409)
    if preview["amount_due"] and found.view.method_id is None:
        abort(403, "method_missing")
    key = changes.key(visit, RESUMED, id)
    outcome = actions.resume(visit.client, id, waits_for_payment=found.view.billing_mode == "flexible", key=key)
    if not isinstance(outcome, Done):
        return _page(visit, found, preview, words.problem(outcome), words.status_of(outcome))
    if outcome.body["status"] == "paused":
        return _unpaid(visit, found, preview, outcome.body, key)
    if found.view.schedule is not None:
        # The return that it had planned has happened, and a schedule stands in the way of other changes.
        actions.release_schedule(visit.client, found.view.schedule, key=f"{key}-release")
    if changes.remember(visit, RESUMED, id, key=key):
        changes.tell(signals.subscription_resumed, subscription=outcome.body, customer=visit.customer_id)
    return completion.after(visit, url_for(".result", id=id))


def _unpaid(visit: Visit, found: Found, preview: dict[str, Any], body: dict[str, Any], key: str) -> ResponseReturnValue:
    """It stays paused until its invoice is paid."""
    url = url_for(".result", id=found.view.id)
    declined = paying.follow(visit, reading.id_of(body["latest_invoice"]), visit.absolute(url), key)
    if declined is None:
        return redirect(url, 303)
    reason = declines.why(declined.code, declined.decline_code)
    problem = _("Nothing was changed, and nothing was charged. %(reason)s", reason=reason)
    return _page(visit, found, preview, problem, 402)


def _find(visit: Visit, id: str) -> Found:
    client = visit.client
    asked = {"subscription": id, "subscription_details": {"resume_at": "now"}}
    return cards.find(visit, id, resumption=lambda: reads.preview(client, asked))


def _goes_on(found: Found) -> bool:
    return found.view.is_live and found.view.status != "paused"


def waits(found: Found) -> bool:
    """Whether it goes on as soon as an invoice is paid that is open already."""
    invoices, latest = found.more["open"], found.body.get("latest_invoice")
    if found.view.status != "paused" or latest is None or isinstance(invoices, Failed):
        return False
    since = ((found.body.get("status_details") or {}).get("paused") or {}).get("transitioned_at") or 0
    return any(each["id"] == reading.id_of(latest) and each["created"] >= since for each in invoices)


def _preview(found: Found) -> dict[str, Any]:
    """The invoice that resuming makes. 502 when it cannot be read: without it nobody knows what is agreed to."""
    preview = found.more["resumption"]
    if isinstance(preview, Failed):
        abort(502)
    return dict(preview)


def _page(
    visit: Visit, found: Found, preview: dict[str, Any], problem: str | None, status: int = 200
) -> ResponseReturnValue:
    view, due = found.view, preview["amount_due"]
    is_payable = not due or view.method_id is not None
    page = PayPage(
        heading=_("Resume %(title)s", title=view.title or _("Subscription")),
        lead=_lead(found, preview),
        problem=problem,
        bill=bills.bill(preview, _names(found), _("Today"), _("Charged today")),
        form_id=changes.new_form_id(),
        quote=agreed.sealed(visit, RESUMED, view.id, due),
        button=_button(preview) if is_payable else None,
        way_on=None if is_payable else other_card.add(visit),
        keep=shell.leave(visit, _("Leave it paused")),
        back=completion.up(visit),
    )
    return shell.render("agree.html", page, title=page.heading, customer=found.customer, status=status)


def _names(found: Found) -> dict[str, str]:
    return {item.product: item.name for item in found.view.items if item.name}


def _button(preview: dict[str, Any]) -> str:
    if not preview["amount_due"]:
        return _("Resume now")
    return _("Pay %(amount)s and resume", amount=words.amount(preview["amount_due"], preview["currency"]))


def _lead(found: Found, preview: dict[str, Any]) -> str:
    view = found.view
    rate = words.rate(view.amount, view.currency, view.interval, view.interval_count)
    today = words.strong_amount(preview["amount_due"], preview["currency"])
    if not preview["amount_due"]:
        return _("A new period begins today, and you pay nothing for it now.")
    if not rate:
        return _("A new period begins today, and you pay %(today)s for it.", today=today)
    return _("A new period begins today. You pay %(today)s now, and it goes on at %(rate)s.", today=today, rate=rate)
