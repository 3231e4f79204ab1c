"""The taxes of an invoice: which rates its lines have, and what they come to.

A line's own rates come before the invoice's default ones. They are kept with the invoice, in `_tax_rates`, because a
line shows only the taxes that follow.
Source: docs.stripe.com/billing/taxes/tax-rates
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from mock_server.billing import tax
from mock_server.core.call import Body, Call

from .. import tax_rate as rates
from ..customer import customer
from . import automatic

RATES = "_tax_rates"
"""On a line that is on its way to an invoice: the ids of its own rates. On the invoice: those of all lines by id."""

RELIEFS: Mapping[str, tax.Relief] = {"exempt": "customer_exempt", "reverse": "reverse_charge"}


def collect(body: Body, lines: Iterable[Body]) -> None:
    """Keep the lines' own rates with their invoice."""
    kept = dict(body.get(RATES, {}))
    for line in lines:
        if RATES in line:
            kept[line["id"]] = line.pop(RATES)
    body[RATES] = kept


def put(call: Call, body: Body) -> tuple[int, int]:
    """Write into each line its taxes, and into the invoice what they come to.

    Returns the tax that is added to the amounts, and the tax that they contain, in minor units.
    """
    before = put_automatic(call, body) if body["automatic_tax"]["enabled"] else put_chosen(call, body)
    lines = body["lines"]["data"]
    body["total_taxes"] = total(one for line in lines for one in line["taxes"])
    body["subtotal_excluding_tax"] = body["subtotal"] - before
    return of_behavior(body, "exclusive"), of_behavior(body, "inclusive")


def put_chosen(call: Call, body: Body) -> int:
    """Write the taxes by the rates that were chosen; what the amounts contain before discounts."""
    lines = body["lines"]["data"]
    own = [rates.rules_of(call, body[RATES].get(line["id"]) or body["default_tax_rates"]) for line in lines]
    relief = RELIEFS.get(customer.get(call, body["customer"])["tax_exempt"]) if any(own) else None
    return sum(put_line(line, its, relief, relief or "not_available") for line, its in zip(lines, own, strict=True))


def put_automatic(call: Call, body: Body) -> int:
    """Write the taxes of where the customer is; what the amounts contain before discounts."""
    how = automatic.treatment(call, customer.get(call, body["customer"]))
    body["automatic_tax"]["status"] = "complete" if how else "requires_location_inputs"
    lines = body["lines"]["data"]
    if how is None:
        return sum(put_line(line, (), None, "not_available") for line in lines)
    return sum(put_line(line, automatic.rates_of(call, body, line, how), how.relief, how.reason) for line in lines)


def put_line(line: Body, own: Sequence[tax.Rate], relief: tax.Relief | None, reason: str) -> int:
    """Write the taxes of one line; what its amount contains before discounts."""
    net = line["amount"] - sum(one["amount"] for one in line["discount_amounts"])
    line["taxes"] = [entry(one, reason) for one in tax.of_line(net, own, relief)]
    return 0 if relief else tax.contained(line["amount"], own)


def entry(found: tax.Tax, reason: str) -> Body:
    """An entry of `taxes`."""
    return {
        "amount": found.amount,
        "tax_behavior": "inclusive" if found.rate.inclusive else "exclusive",
        "tax_rate_details": {"tax_rate": found.rate.id},
        "taxability_reason": reason,
        "taxable_amount": found.taxable,
        "type": "tax_rate_details",
    }


def total(taxes: Iterable[Body]) -> list[Body]:
    """`total_taxes`: each rate once, in the order in which they are met."""
    found: dict[tuple[str, str], Body] = {}
    for one in taxes:
        key = (one["tax_rate_details"]["tax_rate"], one["taxability_reason"])
        before = found.get(key, {"amount": 0, "taxable_amount": 0})
        found[key] = one | {name: before[name] + one[name] for name in ("amount", "taxable_amount")}
    return list(found.values())


def of_behavior(body: Body, behavior: str) -> int:
    """The sum of the taxes that are added, or contained."""
    return sum(one["amount"] for one in body["total_taxes"] if one["tax_behavior"] == behavior)
