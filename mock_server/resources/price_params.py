"""The parameters of prices, which products take too: amounts, tiers, other currencies.

Source: docs.stripe.com/api/prices/create
"""

from __future__ import annotations

from typing import ClassVar

from flask_portal.wire.params import (
    Bool,
    Currency,
    DecimalString,
    Hash,
    Int,
    ListOf,
    MapOf,
    Metadata,
    Money,
    OneOf,
    Params,
    Ref,
    Str,
    WordOr,
)
from mock_server.core.params import NotBuilt

from .common import ListActive

BEHAVIORS = ("exclusive", "inclusive", "unspecified")
INTERVALS = ("day", "month", "week", "year")
MAX_LOOKUP_KEYS = 10


class Tier(Params):
    exclusive = (("unit_amount", "unit_amount_decimal"), ("flat_amount", "flat_amount_decimal"))

    flat_amount = Money(minimum=0)
    flat_amount_decimal = DecimalString(minimum=0)
    unit_amount = Money(minimum=0)
    unit_amount_decimal = DecimalString(minimum=0)
    up_to = WordOr(Int(minimum=1), "inf", required=True)


class CustomUnitAmount(Params):
    enabled = Bool(required=True)
    maximum = Money(minimum=0)
    minimum = Money(minimum=0)
    preset = Money(minimum=0)


class CurrencyOption(Params):
    exclusive = (("unit_amount", "unit_amount_decimal", "custom_unit_amount", "tiers"),)

    custom_unit_amount = Hash(CustomUnitAmount)
    tax_behavior = OneOf(*BEHAVIORS)
    tiers = ListOf(Hash(Tier), min=1)
    unit_amount = Money(minimum=0)
    unit_amount_decimal = DecimalString(minimum=0)


class Interval(Params):
    interval = OneOf(*INTERVALS, required=True)
    interval_count = Int(minimum=1)


class Recurring(Interval):
    meter = Ref("meter")
    trial_period_days = Int(minimum=1, maximum=730)
    usage_type = OneOf("licensed", "metered")


class Amount(Params):
    exclusive: ClassVar[tuple[tuple[str, ...], ...]] = (("unit_amount", "unit_amount_decimal", "custom_unit_amount"),)

    currency = Currency(required=True)
    currency_options = MapOf(Hash(CurrencyOption), keys=Currency())
    custom_unit_amount = Hash(CustomUnitAmount)
    metadata = Metadata()
    tax_behavior = OneOf(*BEHAVIORS)
    unit_amount = Money(minimum=0)
    unit_amount_decimal = DecimalString(minimum=0)


class DefaultPriceData(Amount):
    recurring = Hash(Interval)


class TransformQuantity(Params):
    divide_by = Int(minimum=1, required=True)
    round = OneOf("down", "up", required=True)


class ProductData(Params):
    active = Bool()
    id = Ref("product")
    metadata = Metadata()
    name = Str(max_length=250, required=True)
    statement_descriptor = Str(max_length=22)
    tax_code = Ref("tax_code")
    tax_details = NotBuilt("The place of performance of products")
    unit_label = Str(max_length=12)


class Create(Amount):
    exclusive = (*Amount.exclusive, ("product", "product_data"))

    active = Bool()
    billing_scheme = OneOf("per_unit", "tiered")
    lookup_key = Str(max_length=200)
    nickname = Str()
    product = Ref("product")
    product_data = Hash(ProductData)
    recurring = Hash(Recurring)
    tiers = ListOf(Hash(Tier), min=1)
    tiers_mode = OneOf("graduated", "volume")
    transfer_lookup_key = Bool()
    transform_quantity = Hash(TransformQuantity)


class Update(Params):
    active = Bool()
    currency_options = MapOf(Hash(CurrencyOption), keys=Currency(), nullable=True)
    lookup_key = Str(max_length=200, nullable=True)
    metadata = Metadata(nullable=True)
    nickname = Str(nullable=True)
    tax_behavior = OneOf(*BEHAVIORS)
    transfer_lookup_key = Bool()


class RecurringFilter(Params):
    interval = OneOf(*INTERVALS)
    meter = Ref("meter")
    usage_type = OneOf("licensed", "metered")


class List(ListActive):
    currency = Currency()
    lookup_keys = ListOf(Str(max_length=200), max=MAX_LOOKUP_KEYS)
    product = Ref("product")
    recurring = Hash(RecurringFilter)
    type = OneOf("one_time", "recurring")
