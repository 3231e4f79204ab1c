"""What tests of schedules begin with: phases, and the calls that make and change them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import stripe


def day(text: str) -> int:
    """Unix seconds of a day's beginning."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def create(shop: stripe.StripeClient, **sent: Any) -> stripe.SubscriptionSchedule:
    """A new schedule."""
    params: Any = sent
    return shop.v1.subscription_schedules.create(params)


def update(shop: stripe.StripeClient, made: stripe.SubscriptionSchedule, **sent: Any) -> stripe.SubscriptionSchedule:
    """The schedule after an update."""
    params: Any = sent
    return shop.v1.subscription_schedules.update(made.id, params)


def now(shop: stripe.StripeClient, made: stripe.SubscriptionSchedule) -> stripe.SubscriptionSchedule:
    """The schedule as it is now."""
    return shop.v1.subscription_schedules.retrieve(made.id)


def phase(cost: str, months: int = 1, quantity: int = 1, **sent: Any) -> dict[str, Any]:
    """A phase of some months with one item."""
    duration = {} if "end_date" in sent else {"duration": {"interval": "month", "interval_count": months}}
    return {"items": [{"price": cost, "quantity": quantity}], **duration, **sent}


def current(made: stripe.SubscriptionSchedule) -> dict[str, Any]:
    """The first phase of a schedule from a subscription, as an update sends it again."""
    first = made.phases[0]
    items = [{"price": str(one.price), "quantity": one.quantity} for one in first["items"]]
    return {"start_date": first.start_date, "end_date": first.end_date, "items": items}
