"""The calls on invoices.

Source: docs.stripe.com/api/invoices
"""

from __future__ import annotations

from flask_portal.wire import errors, lists
from flask_portal.wire.params import ListParams, Params
from mock_server.core.call import Body, Call, Kept
from mock_server.core.resource import merge

from .. import payment_method as methods
from ..promotion_code import promotion_code
from . import settle, terms
from .head import invoice
from .params import Finalize, List, Pay, Update

ANY_TIME = frozenset({"auto_advance", "default_payment_method", "metadata"})


@invoice.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    late = sent.keys() - ANY_TIME
    if body["status"] != "draft" and late:
        name = sorted(late)[0]
        message = f"{name} cannot be changed any more: this invoice is finalised, and its status is {body['status']}."
        raise errors.invalid(message, name, "invoice_not_editable")
    if "default_payment_method" in sent:
        sent["default_payment_method"] = methods.resolve(
            call, sent["default_payment_method"], body["customer"], "default_payment_method"
        )["id"]
    if body["status"] == "draft":
        terms.change(call, body, sent)
    merge(body, sent, skip=terms.OWN)
    if {"auto_advance", "automatically_finalizes_at", "collection_method"} & sent.keys():
        schedule(call, body, sent.get("automatically_finalizes_at"))
    if call.changed(body):
        invoice.save(call, body)
        call.emit("invoice.updated", body)
    return body


def schedule(call: Call, body: Body, chosen: int | None) -> None:
    """A draft is finalised by itself, or not, as its `auto_advance` says. chosen: at a moment of its own."""
    if body["status"] == "draft":
        if chosen is not None:
            body["auto_advance"] = True
        planned = chosen or body["automatically_finalizes_at"] or call.now + settle.DRAFT_SECONDS
        when = planned if body["auto_advance"] else None
        charged = body["collection_method"] == "charge_automatically"
        body |= {"automatically_finalizes_at": when, "next_payment_attempt": when if charged else None}
        invoice.save(call, body, due=when)


@invoice.action("/finalize", Finalize)
def finalize(call: Call, body: Body, sent: Body) -> Body:
    check_status(body, "finalised", "draft")
    body["auto_advance"] = sent.get("auto_advance", body["auto_advance"])
    return settle.finalize_or_refuse(call, body)


@invoice.action("/pay", Pay)
def pay(call: Call, body: Body, sent: Body) -> Body:
    if body["status"] == "paid":
        raise errors.invalid("Invoice is already paid")
    check_status(body, "paid", "draft", "open", "uncollectible")
    if body["status"] == "draft":
        settle.finalize_or_refuse(call, body)
    if body["status"] == "paid":
        return body
    if sent.get("paid_out_of_band"):
        return settle.pay_out_of_band(call, body)
    error = settle.collect(call, body, paying_method(call, body, sent), off_session=sent["off_session"])
    if error is not None:
        raise Kept(error)
    if body["status"] == "open" and needs_customer(call, body):
        message = "This payment needs the customer's confirmation: confirm the invoice's PaymentIntent with them."
        raise Kept(errors.card_error(message, "invoice_payment_intent_requires_action"))
    return body


def needs_customer(call: Call, body: Body) -> bool:
    """Whether the bank waits for the customer."""
    intent = settle.intent_of(call, body)
    return intent is not None and intent["status"] == "requires_action"


def paying_method(call: Call, body: Body, sent: Body) -> Body:
    """The method that was sent, or the one that the invoice is paid with by itself."""
    if "payment_method" in sent:
        return methods.resolve(call, sent["payment_method"], body["customer"], "payment_method")
    found = settle.method_for(call, body)
    if found is None:
        message = "There is no payment method to pay this invoice with: pass `payment_method`, or set a default one."
        raise errors.invalid(message, code="resource_missing")
    return found


@invoice.action("/void", Params)
def void(call: Call, body: Body, _sent: Body) -> Body:
    check_status(body, "voided", "open", "uncollectible")
    return settle.close(call, body, "void")


@invoice.action("/mark_uncollectible", Params)
def mark_uncollectible(call: Call, body: Body, _sent: Body) -> Body:
    check_status(body, "marked uncollectible", "open")
    return settle.close(call, body, "uncollectible")


def check_status(body: Body, verb: str, *allowed: str) -> None:
    """A step is possible only from some statuses."""
    if body["status"] not in allowed:
        message = f"This invoice cannot be {verb}: its status is {body['status']}, not {errors.listed(allowed)}."
        raise errors.invalid(message, code="invoice_not_editable" if verb == "finalised" else None)


@invoice.endpoint("GET", "/v1/invoices/{id}/lines", ListParams)
def lines(call: Call, found: dict[str, str], sent: Body) -> Body:
    body = invoice.get(call, found["id"])
    return part_of(body["lines"]["data"], sent, body["lines"]["url"], "invoice line item")


def part_of(rows: list[Body], sent: Body, url: str, label: str) -> Body:
    """A page of a list that is stored within an object, first element first."""
    ids = [row["id"] for row in rows]
    for cursor in ("starting_after", "ending_before"):
        if cursor in sent and sent[cursor] not in ids:
            raise errors.missing_object(label, sent[cursor], cursor)
    if "ending_before" in sent:
        before = rows[: ids.index(sent["ending_before"])]
        kept, more = lists.cut(before[::-1], sent["limit"])
        return lists.envelope(url, kept[::-1], more)
    after = rows[ids.index(sent["starting_after"]) + 1 :] if "starting_after" in sent else rows
    kept, more = lists.cut(after, sent["limit"])
    return lists.envelope(url, kept, more)


@promotion_code.on("history_sought")
def find_invoices(call: Call, owner: str, found: list[str]) -> None:
    """Somebody who was billed before is no new customer, unless it was declared void."""
    found += [body["id"] for body in invoice.where(call, customer=owner) if body["status"] not in ("draft", "void")]


invoice.retrieves(stubs=False)
invoice.lists(List)
