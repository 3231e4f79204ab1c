"""An invoice that is still to come, line by line, in the customer's words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from flask_portal import i18n
from flask_portal.i18n import _
from flask_portal.pages import words
from flask_portal.rules.quotes import is_proration

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """period: the days that it is for; empty where it is for none."""

    label: str
    period: str
    amount: Markup


@dataclass(frozen=True, slots=True)
class Bill:
    """total: its last row, what is charged."""

    caption: str
    rows: tuple[Row, ...]
    total: Row


def bill(body: Body, names: Mapping[str, str], caption: str, charged: str, due: int | None = None) -> Bill:
    """body: a preview, as Stripe serves it. names: of products, by id. charged: the words of the last row.

    due: what is charged, in minor units, where that is not the preview's own `amount_due`.
    """
    amount_due = body["amount_due"] if due is None else due
    return Bill(caption, tuple(_rows(body, names, amount_due)), _row(charged, amount_due, body))


def _row(label: str, minor: int, body: Body, period: str = "") -> Row:
    return Row(label, period, words.amount(minor, body["currency"]))


def _rows(body: Body, names: Mapping[str, str], due: int) -> Iterator[Row]:
    """Everything that adds up to what is charged."""
    lines = body["lines"]["data"]
    for line in sorted(lines, key=_order):
        yield _row(_label(line, names), line["amount"], body, _period(line))
    rest = body["subtotal"] - sum(line["amount"] for line in lines)
    if rest:
        # Stripe serves the first ten lines of a preview.
        yield _row(_("Further items"), rest, body)
    discount = sum(each["amount"] for each in body["total_discount_amounts"] or ())
    if discount:
        yield _row(_("Discount"), -discount, body)
    yield from _taxes(body)
    on_account = due - body["total"]
    if on_account < 0:
        yield _row(_("Paid from the credit on your account"), on_account, body)
    elif on_account > 0:
        yield _row(_on_account(body), on_account, body)


def _order(line: Body) -> int:
    """What is given back comes first, then what is paid for the rest of the period, then the periods to come."""
    return (0 if line["amount"] < 0 else 1) if is_proration(line) else 2


def _taxes(body: Body) -> Iterator[Row]:
    taxes = body["total_taxes"] or ()
    on_top = sum(each["amount"] for each in taxes if each["tax_behavior"] == "exclusive")
    within = sum(each["amount"] for each in taxes if each["tax_behavior"] != "exclusive")
    if on_top:
        yield _row(_("Tax"), on_top, body)
    if within:
        money = words.amount(within, body["currency"])
        yield Row(_("Tax included"), "", Markup("({})").format(money))


def _on_account(body: Body) -> str:
    """What is charged beyond the total: a debt from before, or a credit that goes to the account instead."""
    return _("Credited to your account") if body["total"] < 0 else _("Open on your account")


def _label(line: Body, names: Mapping[str, str]) -> str:
    price = (line.get("pricing") or {}).get("price_details") or {}
    name = names.get(_id(price.get("product")))
    if name is None:
        return line.get("description") or _("Further items")
    quantity = line.get("quantity") or 1
    named = name if quantity == 1 else _("%(quantity)s × %(name)s", quantity=quantity, name=name)
    if not is_proration(line):
        return named
    return (
        _("Unused time on %(name)s", name=named) if line["amount"] < 0 else _("Remaining time on %(name)s", name=named)
    )


def _id(reference: Any) -> str:
    return str(reference["id"]) if isinstance(reference, Mapping) else str(reference)


def is_single(line: Body) -> bool:
    """Whether a line is charged once, and not again with each period."""
    return is_proration(line) or bool((line.get("parent") or {}).get("invoice_item_details"))


def _period(line: Body) -> str:
    start, end = line["period"]["start"], line["period"]["end"]
    return "" if start >= end else i18n.days(start, end)
