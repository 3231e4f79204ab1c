"""The phases of a subscription's schedule: the present one, and the change that a customer has planned. Pure.

Source: docs.stripe.com/billing/subscriptions/subscription-schedules
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_portal.rules.subscriptions import ItemView
from flask_portal.rules.updates import Body, Change

_KEPT_TERMS = (
    "application_fee_percent",
    "automatic_tax",
    "billing_cycle_anchor",
    "billing_thresholds",
    "collection_method",
    "default_payment_method",
    "default_tax_rates",
    "description",
    "invoice_settings",
    "metadata",
    "on_behalf_of",
    "transfer_data",
)
"""What a phase has beside its items, its time and its discounts, and the next one has too."""


def with_change(schedule: Body, item: ItemView, change: Change) -> list[dict[str, Any]]:
    """The phases of a schedule that was made from a subscription: the present one, and then the change.

    item: what the subscription is for now.  schedule: as Stripe serves it; what is null or empty in it is left out,
    since it cannot be sent back.
    """
    here = schedule["phases"][-1]
    terms = {name: _sent(here[name]) for name in _KEPT_TERMS if _sent(here.get(name))}
    discounts = [_sent(each) for each in here["discounts"]]
    items = [_sent(each) for each in here["items"]]
    present = {
        "items": [_named(item) for item in items],
        "start_date": here["start_date"],
        "end_date": here["end_date"],
    }
    if here.get("trial_end"):
        present["trial_end"] = here["trial_end"]
    later = {**_named(items[0]), "price": change.plan.price, "quantity": change.quantity}
    every = {"interval": change.plan.interval, "interval_count": change.plan.interval_count}
    # In another rhythm the first period would otherwise be cut where the old one's anchor falls.
    anew = {} if _is_same_rhythm(item, change) else {"billing_cycle_anchor": "phase_start"}
    more = [] if change.discount is None else [dict(change.discount)]
    kept = {"discounts": discounts} if discounts else {}
    coming = {"discounts": [*discounts, *more]} if discounts or more else {}
    return [
        {**terms, **kept, **present, "proration_behavior": "none"},
        {**terms, **coming, **anew, "items": [later], "duration": every, "proration_behavior": "none"},
    ]


def _is_same_rhythm(item: ItemView, change: Change) -> bool:
    return (item.interval, item.interval_count) == (change.plan.interval, change.plan.interval_count)


def _named(item: dict[str, Any]) -> dict[str, Any]:
    """An item of a phase, without the old name of its price."""
    return {name: value for name, value in item.items() if name != "plan"}


def _sent(value: Any) -> Any:
    """A value as it may be sent: without what is null or empty in it, and with ids in place of objects."""
    if not isinstance(value, Mapping):
        return [_sent(each) for each in value] if isinstance(value, list) else value
    if "id" in value and "object" in value:
        return value["id"]
    found = {name: _sent(each) for name, each in value.items() if name != "disabled_reason"}
    told = {name: each for name, each in found.items() if each not in (None, [], {}, "")}
    # Automatic tax that is off says nothing: a phase without it has the schedule's own terms.
    return {} if told == {"enabled": False} else told
