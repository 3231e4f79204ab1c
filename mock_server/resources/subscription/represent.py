"""The object of a subscription, and what the billing rules see in it.

Source: docs.stripe.com/api/subscriptions/object
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from mock_server.billing import lifecycle
from mock_server.billing.calendar import DAY, Interval, Period, period_at
from mock_server.billing.lines import Bought, Rate, Transform
from mock_server.billing.tiers import Tier
from mock_server.core.call import Body, Call

from ..product import product
from ..subscription_item import price_of
from . import naming
from .head import latest_end, subscription

NOT_USED: Body = {
    "application": None,
    "application_fee_percent": None,
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
    "billing_schedules": [],
    "billing_thresholds": None,
    "customer_account": None,
    "default_source": None,
    "default_tax_rates": [],
    "managed_payments": None,
    "next_pending_invoice_item_invoice": None,
    "on_behalf_of": None,
    "pause_collection": None,
    "pending_invoice_item_interval": None,
    "pending_setup_intent": None,
    "pending_update": None,
    "transfer_data": None,
}
"""What every subscription has, and nothing here changes yet."""


def represent(call: Call, sent: Body, id: str, currency: str) -> Body:
    """The object of a new subscription, without its items, its status and its times."""
    mode = sent.get("billing_mode", {"type": "flexible"})["type"]
    return {
        "id": id,
        "object": "subscription",
        **NOT_USED,
        "billing_mode": {"flexible": {"proration_discounts": "included"} if mode == "flexible" else None, "type": mode},
        "billing_cycle_anchor_config": None,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": sent.get("collection_method", "charge_automatically"),
        "created": call.now,
        "currency": currency,
        "customer": sent["customer"],
        "days_until_due": sent.get("days_until_due"),
        "default_payment_method": None,
        "description": sent.get("description"),
        "discounts": [],
        "ended_at": None,
        "invoice_settings": invoice_settings(naming.invoice_settings(call, sent.get("invoice_settings", {}))),
        "latest_invoice": None,
        "livemode": call.livemode,
        "metadata": sent.get("metadata") or {},
        "payment_settings": payment_settings(sent.get("payment_settings", {})),
        "schedule": sent.get("schedule"),
        "start_date": call.now,
        "test_clock": call.clock,
        "trial_settings": trial_settings(sent.get("trial_settings", {})),
    }


def invoice_settings(known: Body) -> Body:
    """What is put on the subscription's invoices, with all its keys. known: as `naming` has checked it."""
    told = {name: known.get(name) for name in ("account_tax_ids", "custom_fields", "description", "footer")}
    return {**told, "issuer": known.get("issuer", {"type": "self"})}


def payment_settings(sent: Body) -> Body:
    """How it is paid."""
    save = sent.get("save_default_payment_method", "off")
    types = sent.get("payment_method_types")
    return {"payment_method_options": None, "payment_method_types": types, "save_default_payment_method": save}


def trial_settings(sent: Body) -> Body:
    """What happens when a trial ends."""
    chosen = sent.get("end_behavior", {}).get("missing_payment_method", "create_invoice")
    return {"end_behavior": {"missing_payment_method": chosen}}


def put_items(body: Body, items: Sequence[Body]) -> None:
    """Give a subscription its items."""
    url = f"/v1/subscription_items?subscription={body['id']}"
    body["items"] = {"object": "list", "data": list(items), "has_more": False, "url": url}


def items_of(body: Body) -> list[Body]:
    """The stored items."""
    found: list[Body] = body["items"]["data"]
    return found


def period_of(item: Body) -> Period:
    """An item's current period."""
    return Period(item["current_period_start"], item["current_period_end"])


def all_discounts(body: Body) -> list[str]:
    """The ids of its discounts, and of those of its items."""
    return [*body["discounts"], *(id for item in items_of(body) for id in item["discounts"])]


def put_period(item: Body, period: Period) -> None:
    """Give an item its current period."""
    item |= {"current_period_end": period.end, "current_period_start": period.start}


def whole_of(call: Call, body: Body, item: Body) -> Period:
    """The interval that an item's current period is, or is a part of, as before a later anchor."""
    return period_at(body["billing_cycle_anchor"], interval_of(call, item), item["current_period_start"], day_of(body))


def interval_of(call: Call, item: Body) -> Interval:
    """How often an item is billed."""
    recurring = price_of(call, item["price"])["recurring"]
    return Interval.of(recurring["interval"], recurring["interval_count"])


def bought(call: Call, item: Body, currency: str) -> Bought:
    """An item as the billing rules see it."""
    costs = price_of(call, item["price"])
    name = product_name(call, costs["product"])
    rate = rate_of(costs, currency)
    return Bought(item["id"], name, currency, interval_of(call, item), rate, item["quantity"])


def product_name(call: Call, id: str) -> str:
    """The name of what is sold, as lines show it."""
    body = product.peek(call, id) or {}
    return str(body.get("name", id))


def rate_of(costs: Body, currency: str) -> Rate:
    """What a unit costs in this currency, which the price must have."""
    option = costs["currency_options"][currency]
    transform = costs["transform_quantity"]
    packages = Transform(transform["divide_by"], transform["round"]) if transform else None
    if option["tiers"]:
        tiers = tuple(_tier(tier) for tier in option["tiers"])
        return Rate(transform=packages, tiers=tiers, tiers_mode=costs["tiers_mode"])
    return Rate(Fraction(option["unit_amount_decimal"] or 0), packages)


def _tier(stored: Body) -> Tier:
    unit, flat = stored["unit_amount_decimal"], stored["flat_amount_decimal"]
    return Tier(stored["up_to"], Fraction(unit or 0), Fraction(flat or 0))


def state_of(call: Call, body: Body, *, has_method: bool = True) -> lifecycle.State:
    """A subscription as time sees it."""
    items = tuple(lifecycle.Item(one["id"], interval_of(call, one), period_of(one)) for one in items_of(body))
    return lifecycle.State(
        body["status"],
        items,
        body["billing_cycle_anchor"],
        body["created"],
        trial_end=body["trial_end"],
        cancel_at=body["cancel_at"],
        cancel_at_period_end=body["cancel_at_period_end"],
        has_method=has_method,
        when_missing=body["trial_settings"]["end_behavior"]["missing_payment_method"],
        day=day_of(body),
        alarms=tuple(alarms_of(body)),
        # What is not collected is not announced either.
        notice=0 if body["pause_collection"] else call.settings["upcoming_invoice_days"] * DAY,
    )


def day_of(body: Body) -> int | None:
    """The day of the month that its periods begin on, where it was described and not named."""
    config = body["billing_cycle_anchor_config"]
    return None if config is None else int(config["day_of_month"])


RESUMING = "_resuming"
"""Stored with a paused subscription and never shown: the invoice that has to be paid to resume it, and until when."""


def alarms_of(body: Body) -> Iterator[lifecycle.Alarm]:
    """What is to happen to a subscription beside its periods."""
    held = body["pause_collection"]
    if held is not None and held["resumes_at"] is not None:
        yield lifecycle.Alarm("resume_collection", held["resumes_at"])
    if body.get(RESUMING) is not None:
        yield lifecycle.Alarm("give_up_resuming", body[RESUMING]["until"])
    if body["next_pending_invoice_item_invoice"] is not None and body["status"] != "paused":
        yield lifecycle.Alarm("bill_pending", body["next_pending_invoice_item_invoice"])
    if body["pending_update"] is not None:
        yield lifecycle.Alarm("expire_update", body["pending_update"]["expires_at"])


def due_of(call: Call, body: Body) -> int | None:
    """When something happens to it by itself."""
    return lifecycle.next_due(state_of(call, body), call.now)


def save(call: Call, body: Body) -> Body:
    """Store a changed subscription, and when something happens to it next, without telling."""
    if body["cancel_at_period_end"] and body["status"] not in lifecycle.ENDED:
        body["cancel_at"] = latest_end(body)
    return subscription.save(call, body, due=due_of(call, body))


def save_and_tell(call: Call, body: Body) -> Body:
    """Store a subscription, and tell when anything has changed since the outside last saw it."""
    save(call, body)
    if call.emit_changed("customer.subscription.updated", body):
        subscription.tell(call, "told", body)
    return body


def move(body: Body, happening: lifecycle.Happening) -> bool:
    """Give it the status that follows, where this can happen to it; returns whether it could."""
    if not lifecycle.can(body["status"], happening):
        return False
    body["status"] = lifecycle.move(body["status"], happening)
    return True


def schedule(body: Body, ending: lifecycle.Ending, reason: Any = None) -> None:
    """Put into a subscription how and when it ends, or that it no longer does."""
    body |= {
        "cancel_at": ending.cancel_at,
        "cancel_at_period_end": ending.cancel_at_period_end,
        "canceled_at": ending.canceled_at,
        "ended_at": ending.ended_at,
    }
    body["cancellation_details"]["reason"] = reason
    if ending.status is not None:
        body["status"] = ending.status
