"""The flows that a portal session can open."""

from __future__ import annotations

FLOWS = frozenset(
    {
        "customer_update",
        "payment_method_update",
        "subscription_cancel",
        "subscription_pause",
        "subscription_update",
        "subscription_update_confirm",
    }
)
"""Every value that `flow_data[type]` may have."""
