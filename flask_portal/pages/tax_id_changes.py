"""Adding and removing tax ids, from the page of billing details."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from flask_portal import signals
from flask_portal.i18n import _
from flask_portal.pages import changes, details, message, reading, tax_ids, words
from flask_portal.pages import visit as visits
from flask_portal.pages.visit import Visit
from flask_portal.rules import verdicts
from flask_portal.upstream import actions
from flask_portal.upstream.actions import Done, Refused


def add() -> ResponseReturnValue:
    """Add the tax id of the form, or show the page again with what is wrong."""
    visit = visits.current()
    _check(visit)
    typed = {name: request.form.get(name, "").strip() for name in ("type", "value")}
    wrong = tax_ids.problems(typed["type"], typed["value"])
    if wrong:
        return _again(visit, typed, wrong, None, 400)
    key = changes.key(visit, "tax_id.add", typed)
    outcome = actions.add_tax_id(visit.client, visit.customer_id, typed["type"], typed["value"], key=key)
    if isinstance(outcome, Refused) and outcome.code == "tax_id_invalid":
        wrong = {"value": _("This number does not have the form of this kind of tax ID.")}
        return _again(visit, typed, wrong, None, 400)
    if not isinstance(outcome, Done):
        return _again(visit, typed, {}, words.problem(outcome), words.status_of(outcome))
    changes.remember(visit, "tax_id.add", outcome.body["id"], {"type": typed["type"]}, key=key)
    return _saved(visit)


def remove(id: str) -> ResponseReturnValue:
    """Remove one of the customer's own tax ids; 404 for any other."""
    visit = visits.current()
    customer = reading.customer(visit)
    # Whose it is comes first: of somebody else's nothing is said, not even that it could not be removed.
    if id not in {each["id"] for each in tax_ids.of(customer)}:
        abort(404)
    _check(visit)
    outcome = actions.remove_tax_id(visit.client, visit.customer_id, id)
    if not isinstance(outcome, Done):
        return message.failed(words.problem(outcome), url_for(".details"), words.status_of(outcome))
    changes.remember(visit, "tax_id.remove", id)
    return _saved(visit)


def _check(visit: Visit) -> None:
    verdict = verdicts.may_edit(visit.features, "tax_id")
    if not verdict.ok:
        abort(403, verdict.reason)


def _again(
    visit: Visit, typed: dict[str, str], wrong: dict[str, str], problem: str | None, status: int
) -> ResponseReturnValue:
    customer = reading.customer(visit)
    shown = tax_ids.section(customer, typed, wrong, problem)
    return details.page(visit, customer, shown=shown, status=status)


def _saved(visit: Visit) -> ResponseReturnValue:
    changes.tell(signals.customer_updated, customer=reading.customer(visit), changed=["tax_ids"])
    return redirect(url_for(".details", _anchor="tax-ids"), 303)
