"""The calls on the lines of a draft, and what invoice items do to it.

A line bills an invoice item or an item of a subscription. The first is changed through its item, the second by itself.
Source: docs.stripe.com/api/invoices/add_lines, docs.stripe.com/api/invoice-line-item/update
"""

from __future__ import annotations

from flask_portal.wire import errors
from mock_server.core.call import Body, Call
from mock_server.core.resource import merge, merged_metadata

from .. import invoiceitem as items
from .. import tax_rate as rates
from ..discount import apply
from ..invoiceitem_amounts import QUANTITIES, asked
from . import settle, taxes
from .draft_params import AddLines, Line, RemoveLines, UpdateLines
from .head import invoice
from .represent import line_for_pending, put_lines


def check_draft(body: Body) -> None:
    """Lines are fixed once an invoice is finalised."""
    if body["status"] != "draft":
        message = f"The lines of this invoice are fixed: it is finalised, and its status is {body['status']}."
        raise errors.invalid(message, code="invoice_not_editable")


@invoice.action("/add_lines", AddLines)
def add_lines(call: Call, body: Body, sent: Body) -> Body:
    check_draft(body)
    for number, entry in enumerate(sent["lines"]):
        item = taken(call, body, entry, f"lines[{number}]")
        items.bill(call, [item], body["id"])
        append(call, body, item)
    return changed(call, body, sent)


def taken(call: Call, body: Body, entry: Body, param: str) -> Body:
    """The invoice item that a new line bills: one that waits, or one that is made for it."""
    if "invoice_item" in entry:
        found = items.invoiceitem.get(call, entry["invoice_item"], f"{param}[invoice_item]")
        if found["invoice"] is not None or found["customer"] != body["customer"]:
            message = "Only an item of the same customer that waits for an invoice can be added."
            raise errors.invalid(message, f"{param}[invoice_item]")
        more = {name: value for name, value in entry.items() if name != "invoice_item"}
        return items.change(call, found, more) if more else found
    costs = asked(call, entry, body["currency"], param=param)
    if costs["currency"] != body["currency"]:
        raise errors.invalid(f"This invoice is in {body['currency']}.", f"{param}[pricing]")
    item = items.represent(call, body["customer"], costs["currency"], costs["amount"], {})
    items.reprice(item, costs)
    items.take_discounts(call, item, entry)
    items.take_tax_rates(call, item, entry)
    kept: Body = {name: entry[name] for name in ("description", "discountable", "metadata", "period") if name in entry}
    merge(item, kept)
    return items.add(call, item)


@invoice.action("/update_lines", UpdateLines)
def update_lines(call: Call, body: Body, sent: Body) -> Body:
    check_draft(body)
    for number, entry in enumerate(sent["lines"]):
        line = line_of(body, entry["id"], f"lines[{number}][id]")
        body = update_line(call, body, line, {name: value for name, value in entry.items() if name != "id"})
    return changed(call, body, sent)


@invoice.endpoint("POST", "/v1/invoices/{id}/lines/{line}", Line)
def update_one(call: Call, found: dict[str, str], sent: Body) -> Body:
    body = invoice.get(call, found["id"], lock=True)
    check_draft(body)
    line_of(body, found["line"], "line_item_id")
    changes = {name: value for name, value in sent.items() if name != "expand"}
    after = changed(call, update_line(call, body, line_of(body, found["line"], ""), changes), {})
    return line_of(after, found["line"], "")


def update_line(call: Call, body: Body, line: Body, sent: Body) -> Body:
    """The draft after one of its lines was changed."""
    item = item_of(call, line)
    if item is not None:
        redraw(call, body, line, items.change(call, item, sent))
        return body
    refused = {"amount", "pricing", "price_data", *QUANTITIES} & sent.keys()
    if refused:
        name = sorted(refused)[0]
        raise errors.invalid(
            f"{name} of this line follows from the subscription; change the subscription instead.", name
        )
    if "discounts" in sent:
        owners = {"customer": body["customer"], "invoice": body["id"]}
        line["discounts"] = apply(call, sent.pop("discounts"), "discounts", line["discounts"], **owners)
    if "tax_rates" in sent:
        own = body[taxes.RATES]
        own[line["id"]] = rates.chosen(call, sent.pop("tax_rates"), "tax_rates", own.get(line["id"], ()))
    merge(line, sent)
    return body


@invoice.action("/remove_lines", RemoveLines)
def remove_lines(call: Call, body: Body, sent: Body) -> Body:
    check_draft(body)
    for number, entry in enumerate(sent["lines"]):
        line = line_of(body, entry["id"], f"lines[{number}][id]")
        item = item_of(call, line)
        if item is None and entry["behavior"] == "unassign":
            message = "A line of a subscription's period cannot wait for another invoice."
            raise errors.invalid(message, f"lines[{number}][behavior]")
        drop_line(body, line["id"])
        if item is not None and entry["behavior"] == "delete":
            items.drop(call, item)
        elif item is not None:
            items.invoiceitem.save(call, item | {"invoice": None})
    return changed(call, body, sent)


def line_of(body: Body, id: str, param: str) -> Body:
    """One of the lines of an invoice."""
    found = next((line for line in body["lines"]["data"] if line["id"] == id), None)
    if found is None:
        raise errors.missing_object("invoice line item", id, param)
    line: Body = found
    return line


def item_of(call: Call, line: Body) -> Body | None:
    """The invoice item that a line bills."""
    id = billed_item(line)
    return None if id is None else items.invoiceitem.find(call, id)


def billed_item(line: Body) -> str | None:
    """The id of the invoice item that a line bills; None for a line of a period."""
    details = line["parent"]["invoice_item_details"] or line["parent"]["subscription_item_details"]
    id: str | None = details["invoice_item"]
    return id


def drop_line(body: Body, id: str) -> None:
    put_lines(body, [line for line in body["lines"]["data"] if line["id"] != id])


def append(call: Call, body: Body, item: Body) -> None:
    """A line for an invoice item, after those that are there."""
    if len(body["lines"]["data"]) >= settle.MOST_LINES:
        raise errors.invalid(f"An invoice has at most {settle.MOST_LINES} lines.", code="invoice_not_editable")
    put_lines(body, [*body["lines"]["data"], line_for_pending(call, item)])


def redraw(call: Call, body: Body, line: Body, item: Body) -> None:
    """Show an item as it is now, in the line that it had already."""
    fresh = line_for_pending(call, item) | {"id": line["id"]}
    put_lines(body, [fresh if one["id"] == line["id"] else one for one in body["lines"]["data"]])


def changed(call: Call, body: Body, sent: Body) -> Body:
    """The draft with its amounts worked out anew, told of once."""
    if "invoice_metadata" in sent:
        body["metadata"] = merged_metadata(body["metadata"], sent["invoice_metadata"])
    settle.recount(call, body)
    if call.changed(body):
        call.emit("invoice.updated", body)
    return body


@items.invoiceitem.on("placing")
def check_place(call: Call, item: Body, sent: Body) -> None:
    """An item is put on a draft of its customer, in the draft's currency."""
    if "invoice" not in sent:
        return
    body = invoice.get(call, sent["invoice"], "invoice", lock=True)
    check_draft(body)
    if body["customer"] != item["customer"]:
        raise errors.invalid("This invoice belongs to another customer.", "invoice")
    if body["currency"] != item["currency"]:
        raise errors.invalid(f"This invoice is in {body['currency']}, and the item in {item['currency']}.", "currency")


@items.invoiceitem.on("added")
def join(call: Call, item: Body) -> None:
    body = invoice.get(call, item["invoice"])
    append(call, body, item)
    changed(call, body, {})


@items.invoiceitem.on("changing")
def check_open(call: Call, item: Body) -> None:
    """An item that stands on a finalised invoice is fixed."""
    check_draft(invoice.get(call, item["invoice"], lock=True))


@items.invoiceitem.on("changed")
def follow(call: Call, item: Body) -> None:
    body = invoice.get(call, item["invoice"])
    for line in [one for one in body["lines"]["data"] if billed_item(one) == item["id"]]:
        redraw(call, body, line, item)
    changed(call, body, {})


@items.invoiceitem.on("dropped")
def leave(call: Call, item: Body) -> None:
    body = invoice.get(call, item["invoice"])
    put_lines(body, [one for one in body["lines"]["data"] if billed_item(one) != item["id"]])
    changed(call, body, {})
