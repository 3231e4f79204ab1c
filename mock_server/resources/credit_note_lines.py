"""The lines of a credit note: parts of an invoice's lines with their discounts and taxes, or amounts of their own.

Source: docs.stripe.com/api/credit_notes/line_item
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from flask_portal.wire import errors, ids
from mock_server.billing.credits import share
from mock_server.billing.money import decimal_string, round_half_up, whole_units
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource

credit_note_line_item = Resource(
    "credit_note_line_item",
    prefix="cnli",
    label="credit note line item",
    expands={"discount_amounts.discount": "discount"},
)


def asked(call: Call, invoice: Body, sent: Body) -> list[Body]:
    """The lines that were sent; an amount by itself is one line."""
    if "lines" not in sent:
        return [represent(call, "custom_line_item", sent["amount"], {"unit_amount": sent["amount"]})]
    return [one(call, invoice, entry, f"lines[{number}]") for number, entry in enumerate(sent["lines"])]


def represent(call: Call, kind: str, amount: int, more: Body) -> Body:
    """The object of a line. more: further keys with their values."""
    unit = more.get("unit_amount")
    return {
        "id": ids.new("cnli"),
        "object": "credit_note_line_item",
        "amount": amount,
        "description": None,
        "discount_amount": 0,
        "discount_amounts": [],
        "invoice_line_item": None,
        "livemode": call.livemode,
        "metadata": {},
        "pretax_credit_amounts": [],
        "quantity": 1,
        "tax_rates": [],
        "taxes": [],
        "type": kind,
        "unit_amount": None,
        "unit_amount_decimal": None if unit is None else str(unit),
    } | more


def one(call: Call, invoice: Body, sent: Body, param: str) -> Body:
    """One line that was sent. param: the parameter that describes it, for errors."""
    told: Body = {name: sent[name] for name in ("description", "metadata") if name in sent}
    if sent["type"] == "invoice_line_item":
        return of_invoice(call, invoice, sent, told, param)
    unit = sent.get("unit_amount_decimal") or sent.get("unit_amount")
    if unit is None or "description" not in sent:
        raise errors.missing_parameter(f"{param}[{'unit_amount' if unit is None else 'description'}]")
    exact = Fraction(unit)
    quantity = sent.get("quantity", 1)
    told |= {"quantity": quantity, "unit_amount": whole_units(exact), "unit_amount_decimal": decimal_string(exact)}
    return represent(call, "custom_line_item", round_half_up(exact * quantity), told)


def of_invoice(call: Call, invoice: Body, sent: Body, told: Body, param: str) -> Body:
    """A part of a line of the invoice: an amount, so many of its units, or all of it."""
    if "invoice_line_item" not in sent:
        raise errors.missing_parameter(f"{param}[invoice_line_item]")
    found = [line for line in invoice["lines"]["data"] if line["id"] == sent["invoice_line_item"]]
    if not found:
        raise errors.missing_object("invoice line item", sent["invoice_line_item"], f"{param}[invoice_line_item]")
    line: Body = found[0]
    amount = part_of(line, sent, param)
    reduced = [{**each, "amount": share(each["amount"], amount, line["amount"])} for each in line["discount_amounts"]]
    told |= {
        "description": told.get("description", line["description"]),
        "discount_amount": sum(each["amount"] for each in reduced),
        "discount_amounts": reduced,
        "invoice_line_item": line["id"],
        "pretax_credit_amounts": [each | {"type": "discount"} for each in reduced],
        "quantity": sent.get("quantity", line["quantity"]),
        "taxes": [partly(each, amount, line["amount"]) for each in line["taxes"]],
    }
    return represent(call, "invoice_line_item", amount, told)


def part_of(line: Body, sent: Body, param: str) -> int:
    """How much of a line is credited, before discounts and tax."""
    whole: int = line["amount"]
    if "quantity" in sent:
        if sent["quantity"] > line["quantity"]:
            message = f"This line has a quantity of {line['quantity']}."
            raise errors.invalid(message, f"{param}[quantity]")
        return share(whole, sent["quantity"], line["quantity"])
    amount: int = sent.get("amount", whole)
    if abs(amount) > abs(whole) or amount * whole < 0:
        raise errors.invalid(f"This line comes to {whole}, and cannot be credited with {amount}.", f"{param}[amount]")
    if whole == 0:
        raise errors.invalid("A line of nothing has nothing to be credited.", f"{param}[invoice_line_item]")
    return amount


def partly(tax: Body, amount: int, whole: int) -> Body:
    """The tax of a part of a line."""
    part = {name: share(tax[name], amount, whole) for name in ("amount", "taxable_amount") if tax[name] is not None}
    return tax | part


def sums(lines: Sequence[Body]) -> Body:
    """The amounts that follow from the lines."""
    subtotal = sum(line["amount"] for line in lines)
    off = sum(line["discount_amount"] for line in lines)
    taxes = together(tax for line in lines for tax in line["taxes"])
    exclusive = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "exclusive")
    inclusive = sum(tax["amount"] for tax in taxes if tax["tax_behavior"] == "inclusive")
    total = subtotal - off + exclusive
    reduced = discounts_of(lines)
    return {
        "amount": total,
        "discount_amount": off,
        "discount_amounts": reduced,
        "pretax_credit_amounts": [each | {"type": "discount"} for each in reduced],
        "subtotal": subtotal,
        "subtotal_excluding_tax": subtotal - inclusive,
        "total": total,
        "total_excluding_tax": total - exclusive - inclusive,
        "total_taxes": taxes,
    }


def discounts_of(lines: Iterable[Body]) -> list[Body]:
    """What each discount had taken off, in all."""
    found: dict[str, int] = {}
    for line in lines:
        for each in line["discount_amounts"]:
            found[each["discount"]] = found.get(each["discount"], 0) + each["amount"]
    return [{"amount": amount, "discount": discount} for discount, amount in found.items()]


def together(taxes: Iterable[Body]) -> list[Body]:
    """Taxes of several lines, each rate once."""
    found: dict[tuple[object, ...], Body] = {}
    for tax in taxes:
        rate = (tax["tax_rate_details"] or {}).get("tax_rate")
        key = (rate, tax["tax_behavior"], tax["taxability_reason"])
        before = found.get(key)
        sums = {name: (before or {}).get(name, 0) + (tax[name] or 0) for name in ("amount", "taxable_amount")}
        found[key] = tax | sums
    return list(found.values())
