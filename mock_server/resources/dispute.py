"""Disputes: a customer asks their bank for money back, and the business answers with evidence, or does not.

A dispute begins with the charge of a test card or account that is contested. Evidence in files is not built.
Source: docs.stripe.com/api/disputes, docs.stripe.com/disputes/how-disputes-work
"""

from __future__ import annotations

from flask_portal.wire import errors
from flask_portal.wire.params import Params
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource, merge
from mock_server.payments import disputes
from mock_server.payments.disputes import Kind

from . import balance_transaction as movements
from . import payment_method as methods
from .charge import charge
from .dispute_params import Evidence, List, Update

DAY = 86_400
ANSWERABLE = {"needs_response": "under_review", "warning_needs_response": "warning_under_review"}
"""The statuses in which evidence is taken, and what follows when it is submitted."""
EVIDENCE = tuple(sorted(Evidence().fields.keys() - {"expand"}))
NO_MONEY_BACK = frozenset({"needs_response", "under_review", "lost"})

dispute = Resource(
    "dispute",
    "/v1/disputes",
    prefix="dp",
    search=("charge", "payment_intent"),
    expands={"charge": "charge", "payment_intent": "payment_intent"},
    embeds={"balance_transactions": "balance_transaction"},
    on_clocks=True,
    happenings=("opened",),
)


def represent(call: Call, paid: Body, kind: Kind, amount: int) -> Body:
    """The object of a new dispute of `amount` of a charge."""
    method = paid["payment_method_details"]
    brand = (method["card"]["brand"] or "unknown") if method["type"] == "card" else ""
    return {
        "id": dispute.new_id(),
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": paid["id"],
        "created": call.now,
        "currency": paid["currency"],
        "enhanced_eligibility_types": [name] if (name := disputes.eligibility(kind, brand)) else [],
        "evidence": evidence_of(paid),
        "evidence_details": {
            "due_by": call.now + disputes.DAYS_TO_ANSWER * DAY if kind.status in ANSWERABLE else None,
            "enhanced_eligibility": {name: demands(name)} if name else {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "intended_submission_method": "prefer_smart_disputes" if kind.represented else "prefer_manual",
        "is_charge_refundable": kind.case == "inquiry",
        "livemode": call.livemode,
        "metadata": {},
        "network_reason_code": kind.reason_codes.get(brand),
        "payment_intent": paid["payment_intent"],
        "payment_method_details": card_details(kind, method["card"]) if kind.case else None,
        "reason": kind.reason,
        "status": kind.status,
    }


def card_details(kind: Kind, card: Body) -> Body:
    """The `payment_method_details` of a card's dispute."""
    code = kind.reason_codes.get(card["brand"])
    shown = {"brand": card["brand"], "case_type": kind.case, "network": card["network"], "network_reason_code": code}
    return {"card": shown, "type": "card"}


def evidence_of(paid: Body) -> Body:
    """The `evidence` that is known without asking: who has paid."""
    who = paid["billing_details"]
    known = {"customer_email_address": who["email"] or paid["receipt_email"], "customer_name": who["name"]}
    return dict.fromkeys(EVIDENCE) | known | {"enhanced_evidence": {}}


def demands(eligibility: str) -> Body:
    """What is still to be done before the enhanced evidence counts."""
    if eligibility == disputes.CE3:
        actions = ["missing_customer_identifiers", "missing_prior_undisputed_transactions"]
        return {"required_actions": actions, "status": "requires_action"}
    return {"status": "requires_fee_acknowledgement"}


@charge.on("contested")
def open_all(call: Call, paid: Body) -> None:
    """The bank says that its customer contests a payment: by one dispute, or by several that share the amount."""
    method = methods.payment_method.peek(call, paid["payment_method"]) or {}
    kind = disputes.follows(methods.instrument(method))
    if kind is None:
        return
    paid["disputed"] = True
    charge.save(call, paid)
    for amount in disputes.parts(paid["amount_captured"], kind.shares):
        begin(call, represent(call, paid, kind, amount), takes_money=kind.takes_money)


def begin(call: Call, body: Body, *, takes_money: bool) -> None:
    """Store a new dispute, and tell of it."""
    dispute.add(call, body, due=body["evidence_details"]["due_by"])
    call.emit("charge.dispute.created", body)
    if takes_money:
        withdraw(call, body)
    if body["status"] == "lost":
        call.emit("charge.dispute.closed", body)
    dispute.tell(call, "opened", body)


def withdraw(call: Call, body: Body) -> None:
    """The customer's bank takes the money back."""
    body["balance_transactions"].append(movements.of_dispute(call, body, body["charge"]))
    dispute.save(call, body)
    call.emit("charge.dispute.funds_withdrawn", body)


def close_as(call: Call, body: Body, status: str) -> Body:
    """It is over; what was won comes back."""
    body["status"] = status
    if status == "won":
        body["balance_transactions"].append(movements.of_won_dispute(call, body, body["charge"]))
    dispute.save(call, body, due=None)
    call.emit("charge.dispute.closed", body)
    if status == "won":
        call.emit("charge.dispute.funds_reinstated", body)
    return body


@dispute.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    answers = sent.keys() & {"evidence", "submit", "intended_submission_method"}
    if answers and body["status"] not in ANSWERABLE:
        message = f"Evidence is no longer taken: the status of this dispute is {body['status']}."
        raise errors.invalid(message, min(answers), "status_transition_invalid")
    merge(body, sent, skip=("evidence", "submit"))
    if "evidence" in sent:
        take_evidence(body, sent["evidence"])
    if sent.get("submit", "evidence" in sent):
        submit(call, body, "manual")
    dispute.save(call, body)
    if call.changed(body):
        call.emit("charge.dispute.updated", body)
    return body


def take_evidence(body: Body, sent: Body) -> None:
    """Put what was sent into the evidence."""
    enhanced = sent.get("enhanced_evidence") or {}
    for name in enhanced.keys() - set(body["enhanced_eligibility_types"]):
        message = f"This dispute does not take the evidence {name}."
        raise errors.invalid(message, f"evidence[enhanced_evidence][{name}]")
    body["evidence"] |= {name: value for name, value in sent.items() if name != "enhanced_evidence"}
    for name, said in enhanced.items():
        agreed = said.get("fee_acknowledged", False)
        body["evidence"]["enhanced_evidence"][name] = {"fee_acknowledged": agreed}
        status = "fee_acknowledged" if agreed else "requires_fee_acknowledgement"
        body["evidence_details"]["enhanced_eligibility"][name] = {"status": status}
    body["evidence_details"]["has_evidence"] = True


def submit(call: Call, body: Body, by: str) -> None:
    """Send the evidence to the bank, which looks at it. by: the `submission_method`."""
    waiting = body["evidence_details"]["enhanced_eligibility"].values()
    if any(one["status"] == "requires_fee_acknowledgement" for one in waiting):
        message = "The network's fee has to be acknowledged before evidence can be submitted."
        raise errors.invalid(message, "evidence[enhanced_evidence]")
    details = body["evidence_details"]
    details |= {"submission_count": details["submission_count"] + 1, "submission_method": by}
    body["status"] = ANSWERABLE[body["status"]]
    answer = disputes.decided(body["status"], body["evidence"]["uncategorized_text"])
    dispute.save(call, body, due=call.now if answer else None)


@dispute.action("/close", Params)
def close(call: Call, body: Body, _sent: Body) -> Body:
    if body["status"] not in ANSWERABLE:
        message = f"Only a dispute that needs a response can be closed; the status of this one is {body['status']}."
        raise errors.invalid(message, code="status_transition_invalid")
    return close_as(call, body, "lost" if body["status"] == "needs_response" else "warning_closed")


@dispute.due
def go_on(call: Call, body: Body) -> None:
    """The bank has decided, or the time for an answer is over."""
    dispute.save(call, body, due=None)
    if body["status"] in ANSWERABLE:
        run_out(call, body)
        return
    answer = disputes.decided(body["status"], body["evidence"]["uncategorized_text"])
    if answer == "needs_response":
        escalate(call, body)
    elif answer is not None:
        close_as(call, body, answer)


def run_out(call: Call, body: Body) -> None:
    """No answer came in time: what was prepared is sent, else the dispute is lost, or an inquiry over."""
    represented = body["intended_submission_method"] in ("prefer_smart_disputes", "smart_disputes")
    body["evidence_details"]["past_due"] = True
    needs_fee = "requires_fee_acknowledgement" in [
        one["status"] for one in body["evidence_details"]["enhanced_eligibility"].values()
    ]
    if (body["evidence_details"]["has_evidence"] or represented) and not needs_fee:
        submit(call, body, "manual" if body["evidence_details"]["has_evidence"] else "smart_disputes")
        call.emit("charge.dispute.updated", body)
    else:
        close_as(call, body, "lost" if body["status"] == "needs_response" else "warning_closed")


def escalate(call: Call, body: Body) -> None:
    """An inquiry becomes a chargeback, which is answered anew."""
    body |= {"is_charge_refundable": False, "status": "needs_response"}
    body["payment_method_details"]["card"]["case_type"] = "chargeback"
    details = body["evidence_details"]
    details |= {"due_by": call.now + disputes.DAYS_TO_ANSWER * DAY, "past_due": False}
    # What did not convince the bank is not what it is answered with again.
    body["evidence"]["uncategorized_text"] = None
    details["has_evidence"] = False
    dispute.save(call, body, due=details["due_by"])
    call.emit("charge.dispute.updated", body)
    withdraw(call, body)


def refuse_refund(call: Call, paid: Body) -> None:
    """What the bank has taken back cannot be given back once more."""
    if any(body["status"] in NO_MONEY_BACK for body in dispute.where(call, charge=paid["id"])):
        message = f"Charge {paid['id']} has been charged back; cannot issue a refund."
        raise errors.invalid(message, "charge", "charge_disputed")


def answer_by_refund(call: Call, paid: Body) -> None:
    """A customer who got all of their money back has nothing to ask any more."""
    for body in dispute.where(call, charge=paid["id"]):
        if body["status"].startswith("warning_") and body["status"] != "warning_closed":
            body["is_charge_refundable"] = False
            close_as(call, body, "warning_closed")


dispute.retrieves()
dispute.lists(List)
