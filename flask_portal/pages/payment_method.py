"""One payment method: what is paid with it, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from flask_portal import i18n, signals
from flask_portal.i18n import _
from flask_portal.pages import (
    add_method,
    changes,
    choosing,
    completion,
    history,
    holdings,
    message,
    payment_methods,
    settling,
    shell,
    words,
)
from flask_portal.pages import visit as visits
from flask_portal.pages.add_method import Choice
from flask_portal.pages.fields import Choice as Option
from flask_portal.pages.fields import Errors, Field, Summary, summary
from flask_portal.pages.holdings import Holdings
from flask_portal.pages.payment_methods import MethodRow
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.rules import verdicts
from flask_portal.rules.methods import MethodView
from flask_portal.upstream import actions
from flask_portal.upstream.actions import Done

EDITED = "payment_method.update"
MONTH, YEAR, NAME = "card[exp_month]", "card[exp_year]", "billing_details[name]"
YEARS = 20
"""How far ahead a card may be valid: the banks' own do not go further."""
MOST_NAME = 500


@dataclass(frozen=True, slots=True)
class MethodPage:
    """choices: what it may be used for. fields: of a card. remove: None where it must stay; kept: why."""

    heading: str
    row: MethodRow
    form_id: str
    choices: tuple[Choice, ...]
    problem: str | None
    errors: Summary | None
    fields: tuple[Field, ...]
    edit_url: str
    remove: Link | None
    kept: str
    back: Link


@dataclass(frozen=True, slots=True)
class MethodResultPage:
    heading: str
    lead: str
    custom: str | None
    row: MethodRow
    receipt: Link | None
    way_on: Link | None


def show(id: str) -> ResponseReturnValue:
    visit, held, view = find(id)
    return _page(visit, held, view, {}, None)


def find(id: str) -> tuple[Visit, Holdings, MethodView]:
    """404 when it is not this customer's, 403 where methods are not managed here."""
    visit = visits.current()
    held = holdings.find(visit)
    view = held.method(id)
    verdict = verdicts.may_manage_methods(visit.features)
    if not verdict.ok:
        abort(403, verdict.reason)
    return visit, held, view


def make_default(id: str) -> ResponseReturnValue:
    """Make it the default, and nothing else."""
    visit, held, view = find(id)
    if held.default != view.id:
        outcome = settling.make_default(visit, view.id)
        if not isinstance(outcome, Done):
            return message.failed(words.problem(outcome), url_for(".payment_method", id=id), words.status_of(outcome))
    return redirect(url_for(".method_result", id=id), 303)


def edit(id: str) -> ResponseReturnValue:
    """Change when a card expires, and whose name is on it."""
    visit, held, view = find(id)
    if view.type != "card":
        abort(403, "method_fixed")
    errors = _wrong()
    if errors:
        return _page(visit, held, view, errors, None, 400)
    sent = {
        "card": {"exp_month": int(request.form[MONTH]), "exp_year": int(request.form[YEAR])},
        "billing_details": {"name": request.form.get(NAME, "").strip()},
    }
    key = changes.key(visit, EDITED, id, sent)
    outcome = actions.update_method(visit.client, id, sent, key=key)
    if not isinstance(outcome, Done):
        return _page(visit, held, view, {}, words.problem(outcome), words.status_of(outcome))
    if changes.remember(visit, EDITED, id, {"card": sent["card"]}, key=key):
        changes.tell(signals.payment_method_updated, payment_method=outcome.body, customer=visit.customer_id)
    return redirect(url_for(".payment_method", id=id), 303)


def show_result(id: str) -> ResponseReturnValue:
    """Which method is the default, true whenever it is opened."""
    visit, held, view = find(id)
    is_default = held.default == view.id
    name = words.method(view)
    heading = _("%(method)s is your default", method=name) if is_default else _("%(method)s is saved", method=name)
    page = MethodResultPage(
        heading=heading,
        lead=_("What has no payment method of its own is charged to it from now on.") if is_default else "",
        custom=completion.custom_message(visit),
        row=payment_methods.row(visit, view, held.default, held.subscriptions),
        receipt=history.receipt_of(visit, id),
        way_on=_way_on(visit),
    )
    return shell.render("method_result.html", page, title=page.heading, customer=held.customer)


def _way_on(visit: Visit) -> Link | None:
    if visit.flow is not None:
        return completion.way_on(visit)
    return Link(_("To your payment methods"), url_for(".payment_methods"))


def _wrong() -> Errors:
    """What is wrong with what was typed; whether a date is past is for Stripe to say, whose clock counts."""
    found = {}
    if request.form.get(MONTH, "") not in {str(month) for month in range(1, 13)}:
        found[MONTH] = _("Choose the month in which the card expires.")
    year = request.form.get(YEAR, "")
    if not (year.isascii() and year.isdigit() and len(year) == 4):
        found[YEAR] = _("Choose the year in which the card expires.")
    if len(request.form.get(NAME, "")) > MOST_NAME:
        found[NAME] = _("This is too long.")
    return found


def _page(
    visit: Visit, held: Holdings, view: MethodView, errors: Errors, problem: str | None, status: int = 200
) -> ResponseReturnValue:
    today = words.today(visit)
    verdict = verdicts.may_remove(view, held.methods, held.everyones, held.default, today)
    name = words.method(view)
    page = MethodPage(
        heading=name,
        row=payment_methods.row(visit, view, held.default, held.subscriptions),
        form_id=changes.new_form_id(),
        choices=add_method.choices(held, view.id) if view in choosing.usable(visit, held) else (),
        problem=problem,
        errors=summary(errors),
        fields=_fields(view, errors, today.year) if view.type == "card" else (),
        edit_url=url_for(".edit_method", id=view.id),
        remove=Link(_("Remove"), url_for(".remove_method", id=view.id)) if verdict.ok else None,
        kept="" if verdict.ok else words.refusal(verdict.reason),
        back=Link(_("Payment methods"), url_for(".payment_methods")),
    )
    return shell.render(
        "payment_method.html", page, title=name, current="payment_methods", customer=held.customer, status=status
    )


def _fields(view: MethodView, errors: Errors, year: int) -> tuple[Field, ...]:
    months = tuple(Option(str(month), i18n.month_name(month)) for month in range(1, 13))
    first = min(year, view.exp_year or year)
    years = tuple(Option(str(each), str(each)) for each in range(first, year + YEARS + 1))
    known = {MONTH: str(view.exp_month or ""), YEAR: str(view.exp_year or ""), NAME: view.name or ""}
    typed = {name: request.form.get(name, value) for name, value in known.items()}
    wrong = {name: errors.get(name, "") for name in known}
    return (
        Field(MONTH, _("Expires in"), typed[MONTH], autocomplete="cc-exp-month", error=wrong[MONTH], choices=months),
        Field(YEAR, _("Year"), typed[YEAR], autocomplete="cc-exp-year", error=wrong[YEAR], choices=years),
        Field(
            NAME,
            _("Name on the card"),
            typed[NAME],
            autocomplete="cc-name",
            hint=_("optional"),
            error=wrong[NAME],
            max_length=MOST_NAME,
        ),
    )
