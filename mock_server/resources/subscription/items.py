"""The items of a subscription as calls ask for them: new ones, changed ones, removed ones.

Source: docs.stripe.com/api/subscriptions/create, docs.stripe.com/api/subscriptions/update
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

from flask_portal.wire import errors
from flask_portal.wire.scalars import MAX_AMOUNT
from mock_server.billing.calendar import Period, next_span
from mock_server.core.call import Body, Call
from mock_server.core.resource import merged_metadata

from .. import discount as discounts
from .. import invoiceitem as once
from .. import price as prices
from .. import tax_rate as rates
from ..common import within
from ..product import product
from ..subscription_item import is_metered, price_of, represent
from .params import MOST_ITEMS
from .represent import day_of, interval_of, period_of, rate_of

AGREED = "_agreed_price"
"""In place of `price`: one that the customer was offered before, which may be archived by now."""


@dataclass(frozen=True, slots=True)
class Change:
    """An item before and after a call; None where it was not there, or is no more."""

    before: Body | None
    after: Body | None

    @property
    def is_billed(self) -> bool:
        """Whether it costs something else now."""
        if self.before is None or self.after is None:
            return True
        return any(self.before[name] != self.after[name] for name in ("price", "quantity"))


def new(call: Call, body: Body, sent: Body, param: str) -> Body:
    """A new item of a subscription. param: the parameter that describes it, for errors."""
    costs = wanted_price(call, sent, param)
    if costs is None:
        raise errors.missing_parameter(joined(param, "price"))
    item = represent(call, body["id"], costs["id"], sent | quantity_of(costs, sent, param))
    reduce(call, body, item, sent, param)
    tax(call, item, sent, param)
    return item


def changed(call: Call, body: Body, item: Body, sent: Body, param: str) -> Body:
    """An item as it is after the change. A new price starts with a quantity of 1 unless one is sent with it."""
    after = copy.deepcopy(item)
    costs = wanted_price(call, sent, param)
    if costs is not None and costs["id"] != item["price"]:
        after |= {"price": costs["id"], "quantity": 1}
    after |= quantity_of(price_of(call, after["price"]), sent, param)
    if "metadata" in sent:
        after["metadata"] = merged_metadata(item["metadata"], sent["metadata"])
    reduce(call, body, after, sent, param)
    tax(call, after, sent, param)
    return after


def quantity_of(costs: Body, sent: Body, param: str) -> Body:
    """The quantity that was sent, if any; use has none that could be sent."""
    if is_metered(costs):
        if sent.get("quantity"):
            message = f"The price {costs['id']} is charged by use, so its items have no quantity."
            raise errors.invalid(message, joined(param, "quantity"))
        return {"quantity": 0}
    return {"quantity": sent["quantity"]} if "quantity" in sent else {}


def reduce(call: Call, body: Body, item: Body, sent: Body, param: str) -> None:
    """Apply the discounts of an item that were sent."""
    if "discounts" in sent:
        owners = {"customer": body["customer"], "subscription": body["id"], "subscription_item": item["id"]}
        where = joined(param, "discounts")
        item["discounts"] = discounts.apply(call, sent["discounts"], where, item["discounts"], **owners)
        discounts.check_currency(call, item["discounts"], body["currency"], where)


def tax(call: Call, item: Body, sent: Body, param: str) -> None:
    """Give an item the tax rates that were sent, in place of its subscription's."""
    if "tax_rates" in sent:
        item["tax_rates"] = rates.chosen(call, sent["tax_rates"], joined(param, "tax_rates"), item["tax_rates"])


def wanted_price(call: Call, sent: Body, param: str) -> Body | None:
    """The price that was sent, in whichever form; None where none was. It has to recur."""
    if AGREED in sent:
        return prices.price.get(call, sent[AGREED], param)
    if "price_data" in sent:
        return made_price(call, sent["price_data"], joined(param, "price_data"))
    name = "price" if "price" in sent else "plan"
    if name not in sent:
        return None
    where = joined(param, name)
    found = buyable(call, sent, sent[name], where)
    if found["recurring"] is None:
        raise errors.invalid(f"The price {found['id']} is charged once; a subscription needs recurring ones.", where)
    return found


CHOSEN = "_chosen"
"""Set where a price was chosen before, for a phase of a schedule: it may have been archived meanwhile."""


def buyable(call: Call, sent: Body, id: str, param: str) -> Body:
    """The price of this id, which is offered now or was chosen when it was."""
    return prices.price.get(call, id, param) if sent.get(CHOSEN) else prices.offered(call, id, param)


def made_price(call: Call, sent: Body, param: str) -> Body:
    """The price that is made for this item alone: it is archived from the beginning."""
    sold = product.get(call, sent["product"], joined(param, "product"))
    if not sold["active"]:
        message = f"The product {sold['id']} is archived, and cannot be bought."
        raise errors.invalid(message, joined(param, "product"), "product_inactive")
    with within(param):
        return prices.make(call, sent | {"active": False}, sold["id"])


def currency_of(call: Call, sent: Body, payer: Body) -> str:
    """The currency of a new subscription: the one that was sent, else the customer's where the first price has it."""
    if "currency" in sent:
        return str(sent["currency"])
    first = sent["items"][0]
    if "price_data" in first:
        return str(first["price_data"]["currency"])
    name = "price" if "price" in first else "plan"
    if name not in first:
        raise errors.missing_parameter("items[0][price]")
    costs = prices.price.get(call, first[name], f"items[0][{name}]")
    own = payer["currency"]
    return str(own if own in costs["currency_options"] else costs["currency"])


def check_payer_currency(payer: Body, currency: str) -> None:
    """A customer pays in one currency."""
    if payer["currency"] not in (None, currency):
        raise errors.invalid(
            f"The customer {payer['id']} is billed in {payer['currency']}, and cannot be billed in {currency} as well.",
            "currency",
        )


def asked(call: Call, body: Body, sent: Sequence[Body]) -> list[Change]:
    """What the `items` of an update ask for: those that are not named stay as they are."""
    current = {item["id"]: item for item in body["items"]["data"]}
    changes: list[Change] = []
    named: set[str] = set()
    for number, entry in enumerate(sent):
        param = f"items[{number}]"
        id = entry.get("id")
        if id is None:
            changes.append(Change(None, new(call, body, entry, param)))
            continue
        if id not in current:
            raise errors.missing_object("subscription item", id, f"{param}[id]")
        if id in named:
            raise errors.invalid(f"The item {id} is named twice.", f"{param}[id]")
        named.add(id)
        after = None if entry.get("deleted") else changed(call, body, current[id], entry, param)
        changes.append(Change(current[id], after))
    return changes


def add_once(call: Call, body: Body, sent: Body) -> None:
    """The items that are billed once, with the next invoice of a subscription."""
    for number, entry in enumerate(sent.get("add_invoice_items", ())):
        if not {"price", "price_data", AGREED} & entry.keys():
            raise errors.missing_parameter(f"add_invoice_items[{number}][price]")
        known = {name: value for name, value in entry.items() if name not in ("period", "price", AGREED, CHOSEN)}
        if "period" in entry:
            known["period"] = added_period(call, body, entry["period"], f"add_invoice_items[{number}][period]")
        if AGREED in entry:
            known["pricing"] = {"price": entry[AGREED]}
        if "price" in entry:
            costs = buyable(call, entry, entry["price"], f"add_invoice_items[{number}][price]")
            known["pricing"] = {"price": costs["id"]}
        once.create(
            call, known | {"currency": body["currency"], "customer": body["customer"], "subscription": body["id"]}
        )


def added_period(call: Call, body: Body, sent: Body, param: str) -> Body:
    """The period of an item that is billed once: between moments, or as long as all items' periods last."""
    periods = [current_or_next(call, body, item) for item in body["items"]["data"]]
    bounds = {
        "max_item_period_start": max(period.start for period in periods),
        "min_item_period_end": min(period.end for period in periods),
        "now": call.now,
    }
    found: Body = {}
    for name in ("start", "end"):
        chosen = sent[name]
        if chosen["type"] == "timestamp" and "timestamp" not in chosen:
            raise errors.missing_parameter(f"{param}[{name}][timestamp]")
        found[name] = chosen["timestamp"] if chosen["type"] == "timestamp" else bounds[chosen["type"]]
    if found["end"] < found["start"]:
        raise errors.invalid("A period ends after it begins.", f"{param}[end]")
    return found


def current_or_next(call: Call, body: Body, item: Body) -> Period:
    """An item's period; the one that begins now where that is over in this moment, and not renewed yet."""
    if item["current_period_end"] > call.now:
        return period_of(item)
    return next_span(call.now, body["billing_cycle_anchor"], interval_of(call, item), day_of(body)).period


def after(body: Body, changes: Sequence[Change]) -> list[Body]:
    """All items as they are after the changes, in their order, new ones last."""
    by_id = {change.before["id"]: change.after for change in changes if change.before}
    kept = [by_id.get(item["id"], item) for item in body["items"]["data"]]
    added = [change.after for change in changes if change.before is None]
    return [item for item in (*kept, *added) if item is not None]


def check(call: Call, body: Body, items: Sequence[Body]) -> None:
    """Refuse items that do not go together."""
    if not items:
        message = "A subscription needs at least one item; to end it, cancel it."
        raise errors.invalid(message, "items")
    if len(items) > MOST_ITEMS:
        raise errors.invalid(f"A subscription has at most {MOST_ITEMS} items.", "items")
    costs = [price_of(call, item["price"]) for item in items]
    for one in costs:
        if body["currency"] not in one["currency_options"]:
            message = f"The price {one['id']} is in {one['currency']}, and the subscription is in {body['currency']}."
            raise errors.invalid(message, "items")
    check_amount(body["currency"], items, costs)
    if body["billing_mode"]["type"] == "classic":
        check_classic(costs)


def check_amount(currency: str, items: Sequence[Body], costs: Sequence[Body]) -> None:
    """What the items cost together has no more digits than an amount has."""
    amounts = (rate_of(one, currency).amount(item["quantity"]) for item, one in zip(items, costs, strict=True))
    if sum(amounts) > MAX_AMOUNT:
        message = f"The items cost more than {MAX_AMOUNT} together, which is the largest amount."
        raise errors.invalid(message, "items", "amount_too_large")


def check_classic(costs: Sequence[Body]) -> None:
    """What only flexible billing mode allows."""
    rhythms = {(one["recurring"]["interval"], one["recurring"]["interval_count"]) for one in costs}
    if len(rhythms) > 1:
        message = "In classic billing mode all items of a subscription need the same billing interval."
        raise errors.invalid(message, "items")
    if len({one["id"] for one in costs}) < len(costs):
        message = "In classic billing mode a price can stand in one item of a subscription only."
        raise errors.invalid(message, "items")


def joined(param: str, name: str) -> str:
    """The path of a parameter within another, or by itself."""
    return f"{param}[{name}]" if param else name
