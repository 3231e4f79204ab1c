"""Adding and removing tax ids, from the page of billing details."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from flask_portal import signals
from flask_portal.i18n import _
from flask_portal.models import AuditEntry
from flask_portal.pages import changes, details, message, reading, tax_ids, words
from flask_portal.pages import visit as visits
from flask_portal.pages.visit import Visit
from flask_portal.rules import verdicts
from flask_portal.upstream import actions
from flask_portal.upstream.actions import Done, Refused

_REMOVED = "tax_id.remove"


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
    if changes.remember(visit, "tax_id.add", outcome.body["id"], {"type": typed["type"]}, key=key):
        _tell(visit)
    return _to_list()


def remove(id: str) -> ResponseReturnValue:
    """Remove one of the customer's own tax ids; 404 for any other."""
    visit = visits.current()
    customer = reading.customer(visit)
    # Whose it is comes first: of somebody else's nothing is said, not even that it could not be removed.
    if id not in {each["id"] for each in tax_ids.of(customer)}:
        return _removed_before(visit, id)
    _check(visit)
    key = changes.key(visit, _REMOVED, id)
    outcome = actions.remove_tax_id(visit.client, visit.customer_id, id)
    if not isinstance(outcome, Done):
        return message.failed(words.problem(outcome), url_for(".details"), words.status_of(outcome))
    if changes.remember(visit, _REMOVED, id, key=key):
        _tell(visit)
    return _to_list()


def _removed_before(visit: Visit, id: str) -> ResponseReturnValue:
    """A second click finds its work done; any other id is 404."""
    if not changes.was_made(visit, AuditEntry.action == _REMOVED, AuditEntry.object_id == id):
        abort(404)
    return _to_list()


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


def _tell(visit: Visit) -> None:
    changes.tell(signals.customer_updated, customer=reading.customer(visit), changed=["tax_ids"])


def _to_list() -> ResponseReturnValue:
    return redirect(url_for(".details", _anchor="tax-ids"), 303)
