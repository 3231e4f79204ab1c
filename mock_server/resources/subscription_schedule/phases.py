"""What a phase is, and what is said for all phases.

Source: docs.stripe.com/billing/subscriptions/subscription-schedules
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_portal.wire import errors
from mock_server.billing.calendar import Interval, add
from mock_server.core.call import Body, Call

from .. import payment_method as methods
from .. import price as prices
from .. import tax_rate as rates
from ..common import json_number, within
from ..connected_payment import check_account
from ..invoice import automatic
from ..product import product
from ..subscription import connect, naming
from ..subscription.items import quantity_of, wanted_price
from ..subscription.represent import items_of
from ..subscription_item import price_of

NOT_USED: Body = {"billing_thresholds": None}
SHARED = ("application_fee_percent", "automatic_tax", "on_behalf_of", "transfer_data")
"""What a phase and the settings of all phases say in the same way, as a subscription does."""

UNTAXED: Body = {"disabled_reason": None, "enabled": False, "liability": None}


def settings(sent: Body) -> Body:
    """The `default_settings` of a new schedule. sent: as `checked` returns it."""
    return {
        **NOT_USED,
        "application_fee_percent": sent.get("application_fee_percent"),
        "automatic_tax": sent.get("automatic_tax", UNTAXED),
        "billing_cycle_anchor": sent.get("billing_cycle_anchor", "automatic"),
        "collection_method": sent.get("collection_method", "charge_automatically"),
        "default_payment_method": sent.get("default_payment_method"),
        "description": sent.get("description"),
        "invoice_settings": {**invoice_settings({}), "issuer": {"type": "self"}, **sent.get("invoice_settings", {})},
        "on_behalf_of": sent.get("on_behalf_of"),
        "transfer_data": sent.get("transfer_data"),
    }


def checked(call: Call, owner: str, sent: Body, param: str) -> Body:
    """The terms that were sent, of a phase or of all, with what they name checked and as it is stored."""
    found = dict(sent)
    if sent.get("default_payment_method") is not None:
        chosen = methods.resolve(call, sent["default_payment_method"], owner, f"{param}[default_payment_method]")
        found["default_payment_method"] = chosen["id"]
    if "application_fee_percent" in sent:
        found["application_fee_percent"] = json_number(sent["application_fee_percent"])
    if sent.get("on_behalf_of") is not None:
        check_account(call, sent["on_behalf_of"], f"{param}[on_behalf_of]")
    with within(param):
        if "automatic_tax" in sent:
            told = automatic.terms(sent["automatic_tax"]["enabled"], automatic.liability(call, sent["automatic_tax"]))
            found["automatic_tax"] = {name: told[name] for name in UNTAXED}
        if "invoice_settings" in sent:
            found["invoice_settings"] = naming.invoice_settings(call, sent["invoice_settings"])
        if "transfer_data" in sent:
            found["transfer_data"] = connect.passing_on(call, sent["transfer_data"])
    return found


def invoice_settings(known: Body) -> Body:
    """What is put on invoices, with all its keys. known: as it was checked."""
    names = ("account_tax_ids", "custom_fields", "days_until_due", "description", "footer", "issuer")
    return {name: known.get(name) for name in names}


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
    sent = checked(call, owner, sent, param)
    added = sent.get("add_invoice_items", ())
    return {
        **NOT_USED,
        **{name: sent.get(name) for name in SHARED},
        "add_invoice_items": [
            added_item(call, entry, f"{param}[add_invoice_items][{number}]") for number, entry in enumerate(added)
        ],
        "billing_cycle_anchor": sent.get("billing_cycle_anchor"),
        "collection_method": sent.get("collection_method"),
        "currency": currency_of(call, sent, bought, param, currency),
        "default_payment_method": sent.get("default_payment_method"),
        "default_tax_rates": rates.chosen(call, sent.get("default_tax_rates"), f"{param}[default_tax_rates]"),
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
        **NOT_USED,
        "discounts": [reduction(entry) for entry in sent.get("discounts") or ()],
        "metadata": sent.get("metadata") or {},
        "plan": costs["id"],
        "price": costs["id"],
        "quantity": quantity_of(costs, sent, param).get("quantity", 1),
        "tax_rates": rates.chosen(call, sent.get("tax_rates"), f"{param}[tax_rates]"),
    }


BY_ITSELF = {"end": {"type": "min_item_period_end"}, "start": {"type": "max_item_period_start"}}
"""The period of an item that is added to a phase, where none was sent."""


def added_item(call: Call, sent: Body, param: str) -> Body:
    """An item that is billed once, when a phase begins, as it is stored."""
    if "price_data" in sent:
        sold = product.get(call, sent["price_data"]["product"], f"{param}[price_data][product]")
        with within(f"{param}[price_data]"):
            costs = prices.make(call, sent["price_data"] | {"active": False}, sold["id"])
    elif "price" in sent:
        costs = prices.offered(call, sent["price"], f"{param}[price]")
    else:
        raise errors.missing_parameter(f"{param}[price]")
    if costs["recurring"] is not None:
        raise errors.invalid(f"The price {costs['id']} recurs, and this is billed once.", f"{param}[price]")
    period = sent.get("period", BY_ITSELF)
    for name in ("end", "start"):
        if period[name]["type"] == "timestamp" and "timestamp" not in period[name]:
            raise errors.missing_parameter(f"{param}[period][{name}][timestamp]")
    return {
        "discountable": sent.get("discountable"),
        "discounts": [reduction(entry) for entry in sent.get("discounts") or ()],
        "metadata": sent.get("metadata") or {},
        "period": {name: {"timestamp": None, **period[name]} for name in ("end", "start")},
        "price": costs["id"],
        "quantity": sent.get("quantity", 1),
        "tax_rates": rates.chosen(call, sent.get("tax_rates"), f"{param}[tax_rates]"),
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


def kept(id: str) -> Body:
    """A discount that a subscription has already, as the discount of a phase."""
    return {"coupon": None, "discount": id, "promotion_code": None}


def settings_of(body: Body) -> Body:
    """The `default_settings` of a schedule that takes over a running subscription: its own terms."""
    names = (*SHARED, "collection_method", "default_payment_method")
    known = {name: body[name] for name in names} | {"invoice_settings": dict(body["invoice_settings"])}
    known["invoice_settings"]["days_until_due"] = body["days_until_due"]
    return settings(known)


def of_subscription(body: Body) -> Body:
    """The phase that a subscription is in, when it has no schedule yet."""
    bought = [
        {
            **NOT_USED,
            "discounts": [kept(id) for id in one["discounts"]],
            "metadata": dict(one["metadata"]),
            "plan": one["price"],
            "price": one["price"],
            "quantity": one["quantity"],
            "tax_rates": list(one["tax_rates"]),
        }
        for one in items_of(body)
    ]
    return {
        **NOT_USED,
        **dict.fromkeys(SHARED),
        "add_invoice_items": [],
        "billing_cycle_anchor": None,
        "collection_method": None,
        "currency": body["currency"],
        "default_payment_method": body["default_payment_method"],
        "default_tax_rates": list(body["default_tax_rates"]),
        "description": body["description"],
        "discounts": [kept(id) for id in body["discounts"]],
        "end_date": max(one["current_period_end"] for one in items_of(body)),
        "invoice_settings": None,
        "items": bought,
        "metadata": {},
        "proration_behavior": "create_prorations",
        "start_date": min(one["current_period_start"] for one in items_of(body)),
        "trial_end": body["trial_end"] if body["status"] == "trialing" else None,
    }
