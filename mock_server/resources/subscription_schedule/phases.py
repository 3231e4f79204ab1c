"""What a phase is, and what it asks of the subscription.

Source: docs.stripe.com/billing/subscriptions/subscription-schedules
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_portal.wire import errors
from mock_server.billing.calendar import Interval, add
from mock_server.core.call import Body, Call

from .. import payment_method as methods
from ..subscription.items import quantity_of, wanted_price
from ..subscription.represent import items_of
from ..subscription_item import price_of

NOT_USED: Body = {
    "add_invoice_items": [],
    "application_fee_percent": None,
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
    "billing_thresholds": None,
    "default_tax_rates": [],
    "on_behalf_of": None,
    "transfer_data": None,
}


def settings(sent: Body) -> Body:
    """The `default_settings` of a new schedule."""
    return {
        "application_fee_percent": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": sent.get("billing_cycle_anchor", "automatic"),
        "billing_thresholds": None,
        "collection_method": sent.get("collection_method", "charge_automatically"),
        "default_payment_method": sent.get("default_payment_method"),
        "description": sent.get("description"),
        "invoice_settings": invoice_settings(sent.get("invoice_settings", {})) | {"issuer": {"type": "self"}},
        "on_behalf_of": None,
        "transfer_data": None,
    }


def invoice_settings(sent: Body) -> Body:
    """What is put on invoices, with all its keys."""
    told = {name: sent.get(name) for name in ("custom_fields", "days_until_due", "description", "footer")}
    return {"account_tax_ids": None, "issuer": None, **told}


def in_order(
    call: Call, owner: str, sent: Sequence[Body], start: int, *, first: int = 0, currency: str | None = None
) -> list[Body]:
    """Phases that follow one another from `start`.

    first: the number of the first of them, for errors.  currency: that of all of them; by default the first one's.
    """
    found = []
    for number, entry in enumerate(sent, first):
        param = f"phases[{number}]"
        if isinstance(entry.get("start_date"), int) and entry["start_date"] != start:
            message = "A phase starts where the one before it ends."
            raise errors.invalid(message, f"{param}[start_date]")
        phase = of(call, owner, entry, start, param, currency)
        currency = phase["currency"]
        if phase["end_date"] <= start:
            raise errors.invalid("A phase ends after it starts.", f"{param}[end_date]")
        found.append(phase)
        start = phase["end_date"]
    return found


def of(call: Call, owner: str, sent: Body, start: int, param: str, currency: str | None) -> Body:
    """A phase as it is stored. currency: that of the phases before it."""
    bought = [item(call, entry, f"{param}[items][{number}]") for number, entry in enumerate(sent["items"])]
    end = end_of(call, sent, bought, start)
    trial_end = None if sent.get("trial_end") == "now" else sent.get("trial_end")
    if trial_end is not None and not start < trial_end <= end:
        raise errors.invalid("The trial of a phase ends within it.", f"{param}[trial_end]")
    chosen = sent.get("default_payment_method")
    if chosen is not None:
        chosen = methods.resolve(call, chosen, owner, f"{param}[default_payment_method]")["id"]
    return {
        **NOT_USED,
        "billing_cycle_anchor": sent.get("billing_cycle_anchor"),
        "collection_method": sent.get("collection_method"),
        "currency": currency_of(call, sent, bought, param, currency),
        "default_payment_method": chosen,
        "description": sent.get("description"),
        "discounts": [reduction(entry) for entry in sent.get("discounts") or ()],
        "end_date": end,
        "invoice_settings": invoice_settings(sent["invoice_settings"]) if "invoice_settings" in sent else None,
        "items": bought,
        "metadata": sent.get("metadata") or {},
        "proration_behavior": sent.get("proration_behavior", "create_prorations"),
        "start_date": start,
        "trial_end": end if sent.get("trial") else trial_end,
    }


def currency_of(call: Call, sent: Body, bought: Sequence[Body], param: str, before: str | None) -> str:
    """The currency of a phase: that of the phases `before` it, in which all of its prices have to be there."""
    costs = [price_of(call, one["price"]) for one in bought]
    named: str = sent.get("currency") or before or costs[0]["currency"]
    if before not in (None, named):
        raise errors.invalid(f"All phases of a schedule are in one currency, which is {before}.", f"{param}[currency]")
    for number, one in enumerate(costs):
        if named not in one["currency_options"]:
            message = f"The price {one['id']} is in {one['currency']}, and the schedule is in {named}."
            raise errors.invalid(message, f"{param}[items][{number}][price]")
    return named


def item(call: Call, sent: Body, param: str) -> Body:
    """An item of a phase as it is stored."""
    costs = wanted_price(call, sent, param)
    if costs is None:
        raise errors.missing_parameter(f"{param}[price]")
    return {
        "billing_thresholds": None,
        "discounts": [],
        "metadata": sent.get("metadata") or {},
        "plan": costs["id"],
        "price": costs["id"],
        "quantity": quantity_of(costs, sent, param).get("quantity", 1),
        "tax_rates": [],
    }


def end_of(call: Call, sent: Body, bought: Sequence[Body], start: int) -> int:
    """When a phase ends: at its date, after its duration, or else after one period of its first item."""
    if sent.get("end_date") == "now":
        return call.now
    if "end_date" in sent:
        return int(sent["end_date"])
    rhythm = sent.get("duration") or price_of(call, bought[0]["price"])["recurring"]
    return add(start, Interval.of(rhythm["interval"], rhythm.get("interval_count") or 1), 1)


def reduction(sent: Body) -> Body:
    """A discount of a phase as it is stored."""
    return {name: sent.get(name) for name in ("coupon", "discount", "promotion_code")}


def of_subscription(body: Body) -> Body:
    """The phase that a subscription is in, when it has no schedule yet."""
    bought = [
        {
            "billing_thresholds": None,
            "discounts": [],
            "metadata": dict(one["metadata"]),
            "plan": one["price"],
            "price": one["price"],
            "quantity": one["quantity"],
            "tax_rates": [],
        }
        for one in items_of(body)
    ]
    return {
        **NOT_USED,
        "billing_cycle_anchor": None,
        "collection_method": None,
        "currency": body["currency"],
        "default_payment_method": body["default_payment_method"],
        "description": body["description"],
        "discounts": [{"coupon": None, "discount": id, "promotion_code": None} for id in body["discounts"]],
        "end_date": max(one["current_period_end"] for one in items_of(body)),
        "invoice_settings": None,
        "items": bought,
        "metadata": {},
        "proration_behavior": "create_prorations",
        "start_date": min(one["current_period_start"] for one in items_of(body)),
        "trial_end": body["trial_end"] if body["status"] == "trialing" else None,
    }


def terms(schedule: Body, phase: Body) -> Body:
    """What a phase asks of its subscription beside its items, in the words of a subscription's update."""
    general = schedule["default_settings"]
    found: Body = {"proration_behavior": phase["proration_behavior"]}
    for name in ("collection_method", "default_payment_method", "description"):
        value = phase[name] if phase[name] is not None else general[name]
        if value is not None:
            found[name] = value
    paper = phase["invoice_settings"] or general["invoice_settings"]
    written = {name: paper[name] for name in ("custom_fields", "description", "footer") if paper[name] is not None}
    if written:
        found["invoice_settings"] = written
    if found.get("collection_method") == "send_invoice" and paper["days_until_due"] is not None:
        found["days_until_due"] = paper["days_until_due"]
    if phase["metadata"]:
        found["metadata"] = phase["metadata"]
    return found


def discounts_for(body: Body, phase: Body) -> list[Body] | None:
    """The discounts of a phase as an update names them; None where they are what the subscription has already."""
    named = [{name: value for name, value in one.items() if value is not None} for one in phase["discounts"]]
    if [one.get("discount") for one in named] == body["discounts"]:
        return None
    # A discount that has come to its end meanwhile cannot be named any more.
    return [one for one in named if "discount" not in one or one["discount"] in body["discounts"]]


def new_items(phase: Body) -> list[Body]:
    """The items of a phase as a new subscription names them."""
    return [{name: one[name] for name in ("metadata", "price", "quantity")} for one in phase["items"]]


def item_changes(body: Body, phase: Body) -> list[Body]:
    """The items of a phase as an update names them.

    An item keeps its place where its price stays; the others change their price in order, as far as there are any.
    """
    left = list(items_of(body))
    wanted: list[tuple[Body, Body | None]] = []
    for one in phase["items"]:
        same = next((item for item in left if item["price"] == one["price"]), None)
        if same is not None:
            left.remove(same)
        wanted.append((one, same))
    changes: list[dict[str, Any]] = []
    for one, same in wanted:
        taken = same if same is not None else (left.pop(0) if left else None)
        known = {"metadata": one["metadata"], "price": one["price"], "quantity": one["quantity"]}
        changes.append(known | ({"id": taken["id"]} if taken else {}))
    return [*changes, *({"deleted": True, "id": item["id"]} for item in left)]
