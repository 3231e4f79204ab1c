"""Pay one invoice, or try once more, with a method of the customer's choice."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from flask_portal.i18n import _
from flask_portal.pages import changes, choosing, holdings, owed, reading, settling, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.choosing import Choosing
from flask_portal.pages.holdings import Holdings
from flask_portal.pages.owed import BillRow
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.rules import verdicts
from flask_portal.rules.debts import Bill
from flask_portal.upstream import reads
from flask_portal.upstream.actions import Done, Refused
from flask_portal.upstream.reads import Failed

CHANGED = 409


@dataclass(frozen=True, slots=True)
class PayPage:
    """What is open, and the form that pays it.  shown: for the hidden field; what has changed since is asked again.

    effect: what the button does beside paying. add: where another method is saved; None where that is not allowed.
    """

    heading: str
    lead: str
    problem: str | None
    rows: tuple[BillRow, ...]
    shown: str
    methods: Choosing
    effect: str
    action: str
    form_id: str
    button: str
    add: Link | None
    back: Link


def show(id: str) -> ResponseReturnValue:
    visit = visits.current()
    held, bill = _find(visit, id)
    if not bill.is_payable:
        return redirect(url_for(".invoice_result", id=id), 303)
    check(visit)
    return _page(visit, held, bill, None)


def submit(id: str) -> ResponseReturnValue:
    visit = visits.current()
    held, bill = _find(visit, id)
    if not bill.is_payable:
        # A second click on the button finds its work done.
        return redirect(url_for(".invoice_result", id=id), 303)
    check(visit)
    if owed.has_changed((bill,), request.form.get("shown", "")):
        return _page(visit, held, bill, changed(), CHANGED)
    method = choosing.chosen(visit, held)
    if method is None:
        return _page(visit, held, bill, None, 400, error=pick_one())
    result = url_for(".invoice_result", id=id)
    outcome = settling.pay(visit, bill, method.id, back=visit.absolute(result))
    if isinstance(outcome, Done) or is_declined(outcome):
        return redirect(result, 303)
    return _page(visit, held, bill, words.problem(outcome), words.status_of(outcome))


def is_declined(outcome: object) -> bool:
    """Whether the bank has answered, so that the invoice itself says what it was."""
    return isinstance(outcome, Refused) and outcome.is_card_error


def changed() -> str:
    return _("What is open has changed in the meantime. Please look at it once more; nothing was charged.")


def pick_one() -> str:
    return _("Choose one of your payment methods.")


def _find(visit: Visit, id: str) -> tuple[Holdings, Bill]:
    client = visit.client
    held = holdings.find(visit, debt=lambda: reads.invoice_with_payments(client, id))
    body = held.more["debt"]
    if isinstance(body, Failed):
        abort(404 if body.reason == reads.MISSING else 502)
    if not reading.in_scope(visit, body):
        abort(404)
    return held, Bill.of(body)


def check(visit: Visit) -> None:
    """403 where nothing can be paid."""
    verdict = verdicts.may_pay(visit.features)
    if not verdict.ok:
        abort(403, verdict.reason)


def _page(
    visit: Visit, held: Holdings, bill: Bill, problem: str | None, status: int = 200, error: str = ""
) -> ResponseReturnValue:
    amount = words.amount(bill.amount, bill.currency)
    page = PayPage(
        heading=_("Pay %(amount)s", amount=amount),
        lead="",
        problem=problem,
        rows=(owed.row(bill, held.subscriptions),),
        shown=owed.shown((bill,)),
        methods=choosing.choose(visit, held, (bill.method_id,), error),
        effect="",
        action=url_for(".do_pay_invoice", id=bill.id),
        form_id=changes.new_form_id(),
        button=_("Pay %(amount)s", amount=amount),
        add=add_link(visit),
        back=Link(_("Overview"), url_for(".overview")),
    )
    return shell.render("pay.html", page, title=page.heading, customer=held.customer, status=status)


def add_link(visit: Visit) -> Link | None:
    if not verdicts.may_manage_methods(visit.features).ok:
        return None
    return Link(_("Add a payment method"), url_for(".add_method"))
