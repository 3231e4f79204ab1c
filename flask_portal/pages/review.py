"""What a change costs, today and next, before it is made; and making it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from flask_portal.i18n import _
from flask_portal.models import AuditEntry
from flask_portal.pages import changes, declines, message, plans, quote_page, quoting, switching, update, words
from flask_portal.pages import completion as completions
from flask_portal.pages import visit as visits
from flask_portal.pages.plans import Options, Typed
from flask_portal.pages.switching import Declined
from flask_portal.pages.visit import Visit
from flask_portal.rules import updates
from flask_portal.rules.quotes import Quote
from flask_portal.rules.updates import Change
from flask_portal.upstream.actions import Refused, Unreachable
from flask_portal.upstream.faults import MISSING, REFUSED
from flask_portal.upstream.reads import Failed


def show(id: str) -> ResponseReturnValue:
    visit = visits.current()
    task = plans.task(visit)
    typed = Typed.of(request.args if task is None else {})
    options = plans.find(visit, id, typed.code)
    change, errors = plans.chosen(visit, options, typed) if task is None else (plans.asked_for(options, task), {})
    if task is not None and change is not None and updates.is_made(options.found.body, options.found.view, change):
        return redirect(url_for(".updated", id=id), 303)
    if change is None:
        return update.page(visit, options, typed, errors, status=400)
    quote = quoting.ask(visit, options, change)
    if isinstance(quote, Failed):
        return _without_quote(visit, options, typed, quote)
    return quote_page.render(visit, options, change, quote, typed)


def submit(id: str) -> ResponseReturnValue:
    """Make the change, at the price that was shown: at another one it is shown again, and nothing is done."""
    visit = visits.current()
    held = quoting.opened(visit, id, request.form.get("quote", ""))
    if held is not None and changes.was_made(visit, AuditEntry.key == _key(visit, id, held)):
        # A second click finds the work done.
        return completions.after(visit, url_for(".updated", id=id))
    # Whose subscription it is comes first: of somebody else's nothing is said, not even that the form is wrong.
    options = plans.read(visit, id)
    if held is not None and updates.is_under_way(options.found.view):
        # The answer to this form was lost, or another window was faster: the result says what is true.
        return redirect(url_for(".updated", id=id), 303)
    plans.check(visit, options)
    if held is None:
        abort(400)
    typed, key = Typed.of(request.form), _key(visit, id, held)
    change = plans.held(options, held)
    if updates.is_made(options.found.body, options.found.view, change):
        # The same was done in another window meanwhile.
        return redirect(url_for(".updated", id=id), 303)
    is_over = quoting.is_over(visit, held)
    quote = quoting.ask(visit, options, change, None if is_over else held)
    if isinstance(quote, Failed):
        return _without_quote(visit, options, typed, quote)
    moved = _moved(quote, held, is_over)
    if moved:
        return quote_page.render(visit, options, change, quote, typed, problem=moved, status=409)
    return _make(visit, options, change, quote, typed, key)


def _key(visit: Visit, id: str, held: Mapping[str, Any]) -> str:
    return changes.key(visit, switching.UPDATED, id, held)


def _make(visit: Visit, options: Options, change: Change, quote: Quote, typed: Typed, key: str) -> ResponseReturnValue:
    if quote.due_today and options.found.view.method_id is None:
        abort(403, "method_missing")
    outcome = switching.make(visit, options, change, quote, key)
    if isinstance(outcome, Refused | Unreachable):
        problem, status = words.problem(outcome), words.status_of(outcome)
        again = request.form if isinstance(outcome, Unreachable) else None
        return quote_page.render(visit, options, change, quote, typed, problem=problem, again=again, status=status)
    if isinstance(outcome, Declined):
        reason = declines.why(outcome.code, outcome.decline_code)
        problem = _("Nothing was changed, and nothing was charged. %(reason)s", reason=reason)
        return quote_page.render(visit, options, change, quote, typed, problem=problem, status=402)
    if outcome.waits:
        return redirect(url_for(".updated", id=options.found.view.id), 303)
    return completions.after(visit, url_for(".updated", id=options.found.view.id))


def _moved(quote: Quote, held: Mapping[str, Any], is_over: bool) -> str:
    """What has changed since the quote was given; empty when nothing has."""
    today, coming = quote.amounts()
    was, now = (held["today"], today) if held["today"] != today else (held["next"], coming)
    if was != now and was is not None and now is not None:
        return _(
            "The amount has changed from %(was)s to %(now)s. Nothing was charged. Please look at it once more.",
            was=words.amount(was, quote.currency),
            now=words.amount(now, quote.currency),
        )
    if is_over or was != now:
        return _("This page was open for too long. Nothing was charged. Please look at the amounts once more.")
    return ""


def _without_quote(visit: Visit, options: Options, typed: Typed, failed: Failed) -> ResponseReturnValue:
    if failed.reason not in (MISSING, REFUSED):
        abort(502)
    problem = _("This change is not possible. Please choose another one, or contact us.")
    if plans.task(visit) is not None:
        return message.refused(problem)
    return update.page(visit, options, typed, {}, problem, 400)
