"""Credit notes: what an invoice takes back after it was finalised, and how it is given back.

Source: docs.stripe.com/api/credit_notes, docs.stripe.com/invoicing/integration/programmatic-credit-notes
"""

from __future__ import annotations

from flask_portal.wire import errors
from flask_portal.wire.params import ListParams, Params
from mock_server.billing.credits import Settlement, settle
from mock_server.billing.money import display
from mock_server.core.call import Body, Call
from mock_server.core.rehearsal import rehearse
from mock_server.core.resource import Resource, merge, metadata_of

from . import credit_note_lines as parts
from . import customer_balance_transaction as ledger
from . import invoice as invoices
from . import invoice_payment as payments
from . import refund as refunds
from .charge import charge
from .credit_note_params import Create, List, PreviewLines, Update
from .customer import customer
from .invoice.calls import part_of
from .payment_intent import payment_intent

LINE = "credit note line item"

credit_note = Resource(
    "credit_note",
    "/v1/credit_notes",
    prefix="cn",
    label="credit note",
    search=("customer", "invoice"),
    expands={
        "customer": "customer",
        "customer_balance_transaction": "customer_balance_transaction",
        "discount_amounts.discount": "discount",
        "invoice": "invoice",
        "refunds.refund": "refund",
    },
)


def represent(call: Call, paper: Body, lines: list[Body], given: Settlement, sent: Body) -> Body:
    """The object of a new credit note for the invoice `paper`."""
    id = credit_note.new_id()
    url = f"/v1/credit_notes/{id}/lines"
    return {
        "id": id,
        "object": "credit_note",
        **parts.sums(lines),
        "amount_shipping": 0,
        "created": call.now,
        "currency": paper["currency"],
        "customer": paper["customer"],
        "customer_account": None,
        "customer_balance_transaction": None,
        "effective_at": sent.get("effective_at", call.now),
        "invoice": paper["id"],
        "lines": {"object": "list", "data": lines, "has_more": False, "url": url},
        "livemode": call.livemode,
        "memo": sent.get("memo"),
        "metadata": metadata_of(sent),
        "number": number(call, paper),
        "out_of_band_amount": given.out_of_band or None,
        "pdf": f"{call.base_url}/credit_notes/{id}/pdf",
        "post_payment_amount": given.after_payment,
        "pre_payment_amount": given.before_payment,
        "reason": sent.get("reason"),
        "refunds": [],
        "shipping_cost": None,
        "status": "issued",
        "type": given.type,
        "voided_at": None,
    }


def number(call: Call, paper: Body) -> str:
    """The invoice's number with a number of its own."""
    return f"{paper['number']}-CN-{len(credit_note.where(call, invoice=paper['id'])) + 1:02}"


@credit_note.create(Create)
def create(call: Call, sent: Body) -> Body:
    paper = invoices.invoice.get(call, sent["invoice"], "invoice", lock=True)
    if paper["status"] not in ("open", "paid"):
        message = f"Only an open or paid invoice can be credited; the status of this one is {paper['status']}."
        raise errors.invalid(message, "invoice")
    if "amount" not in sent and "lines" not in sent:
        raise errors.missing_parameter("amount")
    lines = parts.asked(call, paper, sent)
    given = divided(call, paper, parts.sums(lines)["total"], sent)
    body = represent(call, paper, lines, given, sent)
    body["refunds"] = linked(call, paper, sent)
    credit_note.add(call, body)
    if sent.get("credit_amount"):
        payer = customer.get(call, body["customer"])
        about = {"credit_note": body["id"], "invoice": paper["id"]}
        entry = ledger.write(call, payer, -sent["credit_amount"], "credit_note", **about)
        body["customer_balance_transaction"] = entry["id"]
    if sent.get("refund_amount"):
        body["refunds"].append(pay_back(call, paper, sent["refund_amount"]))
    credit_note.save(call, body)
    call.emit("credit_note.created", body)
    paper = invoices.invoice.get(call, paper["id"])
    paper["post_payment_credit_notes_amount"] += given.after_payment
    invoices.settle.reduce_due(call, paper, given.before_payment)
    return body


def divided(call: Call, paper: Body, total: int, sent: Body) -> Settlement:
    """How what it comes to is given back; StripeError 400 where that does not add up, or is more than there is."""
    if sent.get("amount", total) != total:
        raise errors.invalid(f"The lines of this credit note come to {total}, not to its amount.", "amount")
    left = paper["total"] - sum(one["total"] for one in issued(call, paper))
    if total <= 0 or total > left:
        rest = display(left, paper["currency"])
        message = (
            f"A credit note has to come to more than nothing, and to no more than is left of the invoice ({rest})."
        )
        raise errors.invalid(message, "amount")
    linked_amount = sum(one.get("amount_refunded", 0) for one in sent.get("refunds", ()))
    refund = sent.get("refund_amount", 0) + linked_amount
    credit, other = sent.get("credit_amount", 0), sent.get("out_of_band_amount", 0)
    try:
        given = settle(total, refund=refund, credit=credit, out_of_band=other)
    except ValueError as refused:
        raise uneven(refund + credit + other, total) from refused
    if given.before_payment > paper["amount_remaining"]:
        raise uneven(given.after_payment, total - paper["amount_remaining"])
    return given


def uneven(given: int, wanted: int) -> errors.StripeError:
    """The parts that are given back are not what was paid of it."""
    return errors.invalid(
        "The sum of credit amount, refund amount and out of band amount "
        f"({given}) must equal the part of the credit note that was paid already ({wanted})."
    )


def issued(call: Call, paper: Body) -> list[Body]:
    """The credit notes of an invoice that count."""
    return [one for one in credit_note.where(call, invoice=paper["id"]) if one["status"] == "issued"]


def linked(call: Call, paper: Body, sent: Body) -> list[Body]:
    """The refunds that were made before, and are part of it."""
    found = []
    paid = charge_of(call, paper) if sent.get("refunds") else None
    for position, entry in enumerate(sent.get("refunds", ())):
        param = f"refunds[{position}]"
        if "refund" not in entry or "amount_refunded" not in entry:
            raise errors.missing_parameter(f"{param}[{'amount_refunded' if 'refund' in entry else 'refund'}]")
        made = refunds.refund.get(call, entry["refund"], f"{param}[refund]")
        if paid is None or made["charge"] != paid["id"]:
            raise errors.invalid("This refund is not of a payment of the invoice.", f"{param}[refund]")
        if entry["amount_refunded"] > made["amount"]:
            raise errors.invalid("The refund is smaller than that.", f"{param}[amount_refunded]")
        found.append(link(entry["refund"], entry["amount_refunded"]))
    return found


def link(refund: str, amount: int) -> Body:
    """An entry of `refunds`."""
    return {"amount_refunded": amount, "payment_record_refund": None, "refund": refund, "type": "refund"}


def charge_of(call: Call, paper: Body) -> Body | None:
    """The charge that has paid an invoice."""
    paid = payments.invoice_payment.where(call, invoice=paper["id"], status="paid", limit=1)
    if not paid:
        return None
    intent = payment_intent.get(call, paid[0]["payment"]["payment_intent"])
    return charge.get(call, intent["latest_charge"])


def pay_back(call: Call, paper: Body, amount: int) -> Body:
    """Refund a part of what has paid the invoice."""
    paid = charge_of(call, paper)
    if paid is None:
        message = "No payment of this invoice can be refunded: give the amount as credit, or out of band."
        raise errors.invalid(message, "refund_amount")
    return link(refunds.give_back(call, paid, amount, {})["id"], amount)


@credit_note.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    merge(body, sent)
    if call.changed(body):
        credit_note.save(call, body)
        call.emit("credit_note.updated", body)
    return body


@credit_note.action("/void", Params)
def void(call: Call, body: Body, _sent: Body) -> Body:
    paper = invoices.invoice.get(call, body["invoice"], lock=True)
    if body["status"] != "issued" or paper["status"] != "open" or body["post_payment_amount"]:
        message = "Only a credit note that gave nothing back, and whose invoice is open, can be voided."
        raise errors.invalid(message)
    body |= {"status": "void", "voided_at": call.now}
    credit_note.save(call, body)
    call.emit("credit_note.voided", body)
    invoices.settle.reduce_due(call, paper, -body["pre_payment_amount"])
    return body


def previewed(call: Call, sent: Body) -> Body:
    """The credit note that would be made."""

    def act(trial: Call) -> None:
        create(trial, sent)

    found = rehearse(call, act, lambda kind, _body: kind == "credit_note.created")
    if found is None:
        raise errors.api_error("This credit note was not made in its rehearsal.")
    return found


@credit_note.endpoint("GET", "/v1/credit_notes/preview", Create, writes=True)
def preview(call: Call, _ids: dict[str, str], sent: Body) -> Body:
    return previewed(call, sent)


@credit_note.endpoint("GET", "/v1/credit_notes/preview/lines", PreviewLines, writes=True)
def preview_lines(call: Call, _ids: dict[str, str], sent: Body) -> Body:
    return part_of(previewed(call, sent)["lines"]["data"], sent, "/v1/credit_notes/preview/lines", LINE)


@credit_note.endpoint("GET", "/v1/credit_notes/{id}/lines", ListParams)
def lines_of(call: Call, ids: dict[str, str], sent: Body) -> Body:
    body = credit_note.get(call, ids["id"])
    return part_of(body["lines"]["data"], sent, body["lines"]["url"], LINE)


credit_note.retrieves()
credit_note.lists(List)
