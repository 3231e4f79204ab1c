"""What a price costs, as it is sent and as it is stored: one amount, an amount of the payer's choice, or tiers.

Source: docs.stripe.com/api/prices/object
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from flask_portal.wire import errors
from mock_server.billing.money import decimal_string, whole_units
from mock_server.core.call import Body

ONE_OF = "`unit_amount`, `unit_amount_decimal` or `custom_unit_amount`"


def unit(sent: Body, name: str = "unit_amount") -> Body:
    """An amount in both its forms, under `name` and `name` + `_decimal`; null in both where none was sent.

    The integer is null where the decimal has a fraction.
    """
    text = sent.get(f"{name}_decimal")
    exact = Fraction(text) if text is not None else sent.get(name)
    if exact is None:
        return {name: None, f"{name}_decimal": None}
    return {name: whole_units(Fraction(exact)), f"{name}_decimal": decimal_string(exact)}


def custom(sent: Body | None, param: str) -> Body | None:
    """The `custom_unit_amount` of a price: bounds that the payer's own amount must keep to."""
    if sent is None:
        return None
    if not sent["enabled"]:
        raise errors.invalid(f"Invalid {param}: leave it out instead of disabling it.", f"{param}[enabled]")
    low, high, preset = sent.get("minimum"), sent.get("maximum"), sent.get("preset")
    if low is not None and high is not None and low > high:
        raise errors.invalid("The minimum amount cannot be above the maximum amount.", f"{param}[minimum]")
    if preset is not None and not (low or 0) <= preset <= (preset if high is None else high):
        raise errors.invalid("The preset amount must lie between minimum and maximum.", f"{param}[preset]")
    return {"maximum": high, "minimum": low, "preset": preset}


def tiers(sent: list[Body], param: str) -> list[Body]:
    """The `tiers` of a price: rising, the last one endless (`up_to` null)."""
    bounds = [tier["up_to"] for tier in sent]
    if bounds[-1] != "inf" or "inf" in bounds[:-1]:
        raise errors.invalid(
            "The last tier, and no other, must have an `up_to` of `inf`.", f"{param}[{len(sent) - 1}][up_to]"
        )
    for number, (below, above) in enumerate(pairwise(bounds[:-1]), 1):
        if above <= below:
            raise errors.invalid("Each tier must end above the one before it.", f"{param}[{number}][up_to]")
    return [tier(one, f"{param}[{number}]") for number, one in enumerate(sent)]


def tier(sent: Body, param: str) -> Body:
    """One stored tier."""
    amounts = unit(sent, "flat_amount") | unit(sent)
    if all(value is None for value in amounts.values()):
        raise errors.invalid("A tier needs a unit amount, a flat amount, or both.", param)
    return amounts | {"up_to": None if sent["up_to"] == "inf" else sent["up_to"]}


def check_form(sent: Body) -> None:
    """Refuse parameters that do not go together: an amount excludes tiers, and one of them there must be."""
    tiered = sent.get("billing_scheme") == "tiered"
    amounts = [name for name in ("unit_amount", "unit_amount_decimal", "custom_unit_amount") if name in sent]
    if tiered:
        for name in ("tiers", "tiers_mode"):
            if name not in sent:
                raise errors.missing_parameter(name)
        for name in (*amounts, "transform_quantity"):
            if name in sent:
                raise errors.invalid(f"`{name}` cannot be combined with tiers.", name)
        return
    for name in ("tiers", "tiers_mode"):
        if name in sent:
            raise errors.invalid(f"`{name}` can only be used with a `billing_scheme` of `tiered`.", name)
    if not amounts:
        raise errors.invalid(f"A price needs one of {ONE_OF}.", "unit_amount", "parameter_missing")
    if "custom_unit_amount" in sent and "recurring" in sent:
        raise errors.invalid("Only one-time prices can leave the amount to the payer.", "custom_unit_amount")


def option(sent: Body, param: str, *, tiered: bool) -> Body:
    """What a price costs in another currency."""
    if tiered != ("tiers" in sent):
        need = "`tiers`, because the price has tiers" if tiered else f"one of {ONE_OF}"
        raise errors.invalid(f"A currency option of this price needs {need}.", param)
    chosen = custom(sent.get("custom_unit_amount"), f"{param}[custom_unit_amount]")
    amounts = unit(sent)
    if not tiered and chosen is None and amounts["unit_amount_decimal"] is None:
        raise errors.invalid(f"A currency option of this price needs one of {ONE_OF}.", param)
    return {
        "custom_unit_amount": chosen,
        "tax_behavior": sent.get("tax_behavior", "unspecified"),
        "tiers": tiers(sent["tiers"], f"{param}[tiers]") if tiered else None,
        **amounts,
    }


def own_option(body: Body) -> Body:
    """The currency option of a price's own currency, which says what the price says."""
    names = ("custom_unit_amount", "tax_behavior", "tiers", "unit_amount", "unit_amount_decimal")
    return {name: body[name] for name in names}


def options(body: Body, sent: dict[str, Body] | None) -> dict[str, Body]:
    """All `currency_options` of a price: its own currency, and those that were sent."""
    found = {body["currency"]: own_option(body)}
    for currency, entry in (sent or {}).items():
        param = f"currency_options[{currency}]"
        if currency == body["currency"]:
            raise errors.invalid("A price's own currency cannot be one of its currency options.", param)
        found[currency] = option(entry, param, tiered=body["billing_scheme"] == "tiered")
    return found
