"""The flows that a portal session can open, and those whose page exists."""

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

BUILT_FLOWS = FLOWS - {"subscription_pause"}
"""The flows whose page exists. A session for another one is refused when it is made, with a sentence that says so."""
