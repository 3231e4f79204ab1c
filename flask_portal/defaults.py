"""What a portal configuration contains when nobody has said otherwise. Values to copy, never to change.

Pages for signed-in users of a host application work before a configuration was ever stored, and a GET stores none:
they take `FEATURES`, which is what the API stores on first use.

Source: docs.stripe.com/customer-management/configure-portal
"""

from __future__ import annotations

from typing import Any

STANDARD_REASONS = ("too_expensive", "missing_features", "switched_service", "unused", "other")

BUSINESS_PROFILE: dict[str, Any] = {
    "headline": None,
    "privacy_policy_url": None,
    "terms_of_service_url": None,
}

_PAUSE: dict[str, Any] = {
    "duration": {"interval_options": [{"interval": "month", "interval_count": 1}], "type": "interval_options"},
    "enabled": False,
}
_UPDATE: dict[str, Any] = {
    "billing_cycle_anchor": None,
    "default_allowed_updates": [],
    "enabled": False,
    "products": None,
    "proration_behavior": "none",
    "schedule_at_period_end": {"conditions": []},
    "trial_update_behavior": "end_trial",
}


def _cancel(enabled: bool) -> dict[str, Any]:
    reasons = {"enabled": enabled, "feedback_options": None, "options": list(STANDARD_REASONS)}
    return {
        "cancellation_reason": reasons,
        "enabled": enabled,
        "mode": "at_period_end",
        "proration_behavior": "none",
    }


FEATURES_OFF: dict[str, Any] = {
    "customer_update": {"allowed_updates": [], "enabled": False},
    "invoice_history": {"enabled": False},
    "payment_method_update": {"enabled": False, "payment_method_configuration": None},
    "subscription_cancel": _cancel(enabled=False),
    "subscription_pause": _PAUSE,
    "subscription_update": _UPDATE,
}
"""What holds for a feature that a new configuration does not mention."""

FEATURES: dict[str, Any] = {
    "customer_update": {"allowed_updates": ["name", "email", "address", "phone"], "enabled": True},
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True, "payment_method_configuration": None},
    "subscription_cancel": _cancel(enabled=True),
    "subscription_pause": _PAUSE,
    "subscription_update": _UPDATE,
}
"""What the Dashboard has switched on in the default configuration of a new account."""
