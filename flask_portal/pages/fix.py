"""Mend what is wrong with a customer's payments in one step: choose a method, pay everything, use it from then on."""

from __future__ import annotations

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from flask_portal.i18n import _, ngettext
from flask_portal.pages import changes, choosing, holdings, owed, settling, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.holdings import Holdings
from flask_portal.pages.pay_invoice import CHANGED, PayPage, add_link, changed, check, is_declined, pick_one
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.rules import verdicts
from flask_portal.rules.debts import Bill
from flask_portal.rules.methods import charged
from flask_portal.upstream.actions import Done, Outcome

MOST = 20
"""More invoices are not paid at once: each is a call, and the customer waits."""


def show() -> ResponseReturnValue:
    visit = visits.current()
    check(visit)
    return _page(visit, holdings.find(visit), None)


def submit() -> ResponseReturnValue:
    visit = visits.current()
    check(visit)
    held = holdings.find(visit)
    due, sent = held.payable[:MOST], request.form.get("shown", "")
    if owed.has_changed(due, sent):
        return _page(visit, held, changed(), CHANGED)
    method = choosing.chosen(visit, held)
    if method is None:
        return _page(visit, held, None, 400, error=pick_one())
    result = url_for(".fix_result", invoices=",".join(owed.ids(sent)), method=method.id)
    tried = [settling.pay(visit, bill, method.id, back=visit.absolute(result)) for bill in due]
    worked = [outcome for outcome in tried if isinstance(outcome, Done)]
    if due and not worked:
        return _failed(visit, held, tried, result)
    # With nothing to pay this is the whole change; otherwise the result says whether it was made.
    used = settling.use_everywhere(visit, held, method.id) if _may_choose(visit) else None
    if not due and used is not None and not isinstance(used, Done):
        return _page(visit, held, words.problem(used), words.status_of(used))
    return redirect(result if sent else url_for(".method_result", id=method.id), 303)


def _failed(visit: Visit, held: Holdings, tried: list[Outcome], result: str) -> ResponseReturnValue:
    """Nothing was paid: the bank's reasons stand on the result, any other trouble on the page itself."""
    other = next((outcome for outcome in tried if not isinstance(outcome, Done) and not is_declined(outcome)), None)
    if other is None or isinstance(other, Done):
        return redirect(result, 303)
    return _page(visit, held, words.problem(other), words.status_of(other))


def _may_choose(visit: Visit) -> bool:
    return verdicts.may_manage_methods(visit.features).ok


def _page(visit: Visit, held: Holdings, problem: str | None, status: int = 200, error: str = "") -> ResponseReturnValue:
    due = held.payable[:MOST]
    refused = [bill.method_id for bill in due]
    page = PayPage(
        heading=_heading(due),
        lead=_lead(held, due),
        problem=problem,
        rows=tuple(owed.row(bill, held.subscriptions) for bill in (*due, *_on_their_way(held))),
        shown=owed.shown(due),
        methods=choosing.choose(visit, held, refused, error),
        effect=_effect(visit, held),
        action=url_for(".do_fix"),
        form_id=changes.new_form_id(),
        button=_button(visit, due),
        add=add_link(visit),
        back=Link(_("Overview"), url_for(".overview")),
    )
    return shell.render("pay.html", page, title=page.heading, customer=held.customer, status=status)


def _on_their_way(held: Holdings) -> tuple[Bill, ...]:
    return tuple(bill for bill in held.bills if bill.standing == "processing")


def _heading(due: tuple[Bill, ...]) -> str:
    return _("Fix my payment") if due else _("Nothing is open")


def _lead(held: Holdings, due: tuple[Bill, ...]) -> str:
    if not due and _on_their_way(held):
        return _("A payment is on its way. There is nothing that you have to do.")
    if not due:
        return _("You can choose the payment method that is used from now on.")
    sum = owed.total(due)
    if sum is None:
        return ngettext("One payment is open.", "%(num)d payments are open.", len(due))
    return ngettext(
        "One payment is open: %(amount)s.", "%(num)d payments are open: %(amount)s together.", len(due), amount=sum
    )


def _effect(visit: Visit, held: Holdings) -> str:
    """What the button does beside paying, before it is pressed."""
    if not _may_choose(visit):
        return ""
    own = [view.title for view in charged(held.subscriptions) if view.has_own_method and view.title]
    if own:
        titles = ", ".join(dict.fromkeys(own))
        return _("It becomes your default, also for %(titles)s, which has had one of its own until now.", titles=titles)
    return _("It becomes your default, and is used for everything from now on.")


def _button(visit: Visit, due: tuple[Bill, ...]) -> str:
    if not due:
        return _("Use it from now on")
    sum = owed.total(due)
    if not _may_choose(visit):
        return _("Pay everything") if sum is None else _("Pay %(amount)s", amount=sum)
    if sum is None:
        return _("Pay everything and use it from now on")
    return _("Pay %(amount)s and use it from now on", amount=sum)
