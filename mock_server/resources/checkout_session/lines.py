"""What is bought in Checkout: prices that are there, or are made for it alone.

Source: docs.stripe.com/api/checkout/sessions/line_items
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from flask_portal.wire import errors
from mock_server.core.call import Body, Call

from .. import price as prices
from .. import tax_rate as rates
from ..common import within
from ..invoice import automatic
from ..product import product
from .head import item

MOST_RECURRING = 20
MOST_ONCE = 20


def made(call: Call, sent: Sequence[Body]) -> list[Body]:
    """The lines that were asked for, without their amounts."""
    return [line(call, entry, f"line_items[{number}]") for number, entry in enumerate(sent)]


def line(call: Call, sent: Body, param: str) -> Body:
    """One line. param: the parameter that describes it, for errors."""
    costs = price_of(call, sent, param)
    metered = bool(costs["recurring"]) and costs["recurring"]["usage_type"] == "metered"
    if metered and "quantity" in sent:
        message = f"The price {costs['id']} is charged by use, so its lines have no quantity."
        raise errors.invalid(message, f"{param}[quantity]")
    if not metered and "quantity" not in sent:
        raise errors.missing_parameter(f"{param}[quantity]")
    return {
        "id": item.new_id(),
        "object": "item",
        "_tax_rates": rates.chosen(call, sent.get("tax_rates"), f"{param}[tax_rates]"),
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": 0,
        "amount_tax": 0,
        "amount_total": 0,
        "currency": costs["currency"],
        "description": product.get(call, costs["product"])["name"],
        "metadata": sent.get("metadata") or {},
        "price": costs["id"],
        "quantity": sent.get("quantity"),
    }


def price_of(call: Call, sent: Body, param: str) -> Body:
    """The price of a line; one that is described is made now, archived from the beginning."""
    if "price" in sent:
        costs = prices.offered(call, sent["price"], f"{param}[price]")
        if costs["custom_unit_amount"] is not None:
            raise errors.not_built("Letting a customer choose an amount")
        return costs
    if "price_data" not in sent:
        raise errors.missing_parameter(f"{param}[price]")
    with within(f"{param}[price_data]"):
        described = sent["price_data"]
        if not {"unit_amount", "unit_amount_decimal"} & described.keys():
            raise errors.missing_parameter("unit_amount")
        return prices.create(call, described | {"active": False})


def is_recurring(call: Call, line: Body) -> bool:
    """Whether a line is paid period after period."""
    return prices.price.get(call, line["price"])["recurring"] is not None


def check(call: Call, lines: Sequence[Body], mode: str) -> None:
    """Refuse lines that do not go together, or not with the mode."""
    recurring = [is_recurring(call, line) for line in lines]
    if mode == "payment" and any(recurring):
        message = (
            "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use "
            "only one-time prices."
        )
        raise errors.invalid(message, f"line_items[{recurring.index(True)}][price]")
    if mode == "subscription" and not any(recurring):
        message = "You must provide at least one recurring price in `subscription` mode when using prices."
        raise errors.invalid(message, "line_items")
    if mode == "subscription" and (sum(recurring) > MOST_RECURRING or recurring.count(False) > MOST_ONCE):
        message = (
            f"A session in `subscription` mode has at most {MOST_RECURRING} recurring and {MOST_ONCE} one-time lines."
        )
        raise errors.invalid(message, "line_items")


def check_taxable(call: Call, lines: Sequence[Body]) -> None:
    """What is taxed automatically says whether its price contains the tax."""
    for number, line in enumerate(lines):
        automatic.check_behavior(call, prices.price.get(call, line["price"]), f"line_items[{number}][price]")


def currency_of(call: Call, lines: Sequence[Body], chosen: str | None) -> str:
    """The currency of a session, which all its prices have; it is written into the lines."""
    currency = str(chosen or lines[0]["currency"])
    for number, line in enumerate(lines):
        costs = prices.price.get(call, line["price"])
        if currency not in costs["currency_options"]:
            message = f"The price {costs['id']} is in {costs['currency']}, and the session is in {currency}."
            raise errors.invalid(message, f"line_items[{number}][price]")
        line["currency"] = currency
    return currency


def unit_amount(call: Call, line: Body) -> Decimal | None:
    """What one unit costs in the line's currency, in minor units; None where no single amount applies."""
    options = prices.price.get(call, line["price"])["currency_options"]
    each = options[line["currency"]]["unit_amount_decimal"]
    return None if each is None else Decimal(each)
