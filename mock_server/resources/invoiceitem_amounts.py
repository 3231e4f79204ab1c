"""What an invoice item costs: an amount, an amount for each unit, or a price that is charged once.

Source: docs.stripe.com/api/invoiceitems/create
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import ClassVar

from flask_portal.wire import errors
from flask_portal.wire.params import Currency, DecimalString, Money, OneOf, Params, Ref
from flask_portal.wire.scalars import MAX_AMOUNT
from mock_server.billing.money import decimal_string, round_half_up
from mock_server.core.call import Body, Call

from . import price as prices
from .common import within
from .price_params import BEHAVIORS
from .product import make as make_product
from .product import product


class Pricing(Params):
    price = Ref("price")


class PriceData(Params):
    exclusive: ClassVar[tuple[tuple[str, ...], ...]] = (("unit_amount", "unit_amount_decimal"),)

    currency = Currency(required=True)
    product = Ref("product", required=True)
    tax_behavior = OneOf(*BEHAVIORS)
    unit_amount = Money()
    unit_amount_decimal = DecimalString()


WAYS = ("amount", "unit_amount_decimal", "pricing", "price_data")
"""The parameters that say what an item costs; only one of them is sent."""


def asked(call: Call, sent: Body, currency: str | None, quantity: Fraction | int = 1, param: str = "") -> Body:
    """`amount`, `currency`, `pricing` and quantities of an item, as far as `sent` decides them.

    currency: of whoever is to pay, for an amount that names none.  quantity: where none is sent.
    param: the parameter that the item is described by, for errors.
    """
    found = _asked(call, sent, currency, quantity, param)
    if abs(found["amount"]) > MAX_AMOUNT:
        message = f"{MAX_AMOUNT} is the largest amount of an item."
        raise errors.invalid(message, joined(param, "quantity"), "amount_too_large")
    return found


def _asked(call: Call, sent: Body, currency: str | None, quantity: Fraction | int, param: str) -> Body:
    if "pricing" in sent or "price_data" in sent:
        return of_price(call, sent, currency, quantity, param)
    if "amount" not in sent and "unit_amount_decimal" not in sent:
        raise errors.missing_parameter(joined(param, "amount"))
    named = sent.get("currency") or currency
    if named is None:
        raise errors.missing_parameter(joined(param, "currency"))
    if "unit_amount_decimal" in sent:
        return of_unit(sent["unit_amount_decimal"], named, units(sent, quantity))
    if units(sent, 1) != 1:
        raise errors.invalid("An amount without a price has no quantity.", joined(param, "quantity"))
    return {"amount": sent["amount"], "currency": named, "pricing": None, "quantity": 1, "quantity_decimal": "1"}


QUANTITIES = ("quantity", "quantity_decimal")
"""The parameters that say how many units there are; only one of them is sent."""


def units(sent: Body, otherwise: Fraction | int) -> Fraction:
    """How many units were asked for. otherwise: where none were."""
    return Fraction(sent["quantity_decimal"] if "quantity_decimal" in sent else sent.get("quantity", otherwise))


def of_unit(unit: str, currency: str, quantity: Fraction) -> Body:
    """So many units of an amount each, rounded once. The whole `quantity` leaves out parts of a unit."""
    exact = Fraction(unit)
    return {
        "amount": round_half_up(exact * quantity),
        "currency": currency,
        "pricing": {"price_details": None, "type": "price_details", "unit_amount_decimal": decimal_string(exact)},
        "quantity": math.floor(quantity),
        "quantity_decimal": decimal_string(quantity),
    }


def of_price(call: Call, sent: Body, currency: str | None, quantity: Fraction | int, param: str) -> Body:
    """So many units of a price that is there, or is made for this item alone."""
    costs = made(call, sent["price_data"], param) if "price_data" in sent else known(call, sent["pricing"], param)
    named = str(sent.get("currency") or (currency if currency in costs["currency_options"] else costs["currency"]))
    option = costs["currency_options"].get(named)
    if option is None:
        message = f"The price {costs['id']} is in {costs['currency']}, and not in {named}."
        raise errors.invalid(message, joined(param, "currency"))
    if costs["type"] != "one_time" or option["unit_amount_decimal"] is None:
        message = "An invoice item needs a one-time price with an amount for each unit."
        raise errors.invalid(message, f"{joined(param, 'pricing')}[price]")
    each = option["unit_amount_decimal"]
    return of_unit(each, named, units(sent, quantity)) | {"pricing": pricing(costs, each)}


def known(call: Call, sent: Body, param: str) -> Body:
    """The price that was named."""
    where = f"{joined(param, 'pricing')}[price]"
    if sent.get("price") is None:
        raise errors.missing_parameter(where)
    return prices.price.get(call, sent["price"], where)


def made(call: Call, sent: Body, param: str) -> Body:
    """The price that is made for one item alone: it is archived from the beginning."""
    where = joined(param, "price_data")
    if "product_data" in sent:
        sold = make_product(call, sent["product_data"] | {"active": False}, f"{where}[product_data]")
    elif "product" in sent:
        sold = product.get(call, sent["product"], f"{where}[product]")
    else:
        raise errors.missing_parameter(f"{where}[product]")
    costs = {name: value for name, value in sent.items() if name != "product_data"}
    with within(where):
        return prices.make(call, costs | {"active": False}, sold["id"])


def pricing(bought: Body, unit_amount_decimal: str | None = None) -> Body:
    """The `pricing` of an item or line for a price."""
    return {
        "price_details": {"price": bought["id"], "product": bought["product"]},
        "type": "price_details",
        "unit_amount_decimal": unit_amount_decimal or bought["unit_amount_decimal"],
    }


def joined(param: str, name: str) -> str:
    """The path of a parameter within another, or by itself."""
    return f"{param}[{name}]" if param else name
