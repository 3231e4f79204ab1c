"""What a schedule is: where it is kept, and how it is found."""

from __future__ import annotations

from mock_server.core.resource import Key, Resource

subscription_schedule = Resource(
    "subscription_schedule",
    "/v1/subscription_schedules",
    prefix="sub_sched",
    label="subscription schedule",
    search=(
        "customer",
        "subscription",
        "status",
        Key("canceled_at", int),
        Key("completed_at", int),
        Key("released_at", int),
    ),
    expands={
        "customer": "customer",
        "default_settings.default_payment_method": "payment_method",
        "phases.default_payment_method": "payment_method",
        "phases.items.price": "price",
        "subscription": "subscription",
    },
)
