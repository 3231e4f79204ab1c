"""What a portal configuration contains when nobody has said otherwise.

Pages for signed-in users of a host application work before a configuration was ever stored, and a GET stores none:
they take this one, which is what the API would store on first use.
"""

from __future__ import annotations

from typing import Any

STANDARD_REASONS = ("too_expensive", "missing_features", "switched_service", "unused", "other")

BUSINESS_PROFILE: dict[str, Any] = {
    "headline": None,
    "privacy_policy_url": None,
    "terms_of_service_url": None,
}

FEATURES: dict[str, Any] = {
    "customer_update": {"allowed_updates": ["name", "email", "address", "phone"], "enabled": True},
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True, "payment_method_configuration": None},
    "subscription_cancel": {
        "cancellation_reason": {"enabled": True, "feedback_options": None, "options": list(STANDARD_REASONS)},
        "enabled": True,
        "mode": "at_period_end",
        "proration_behavior": "none",
    },
    "subscription_pause": {
        "duration": {"interval_options": [{"interval": "month", "interval_count": 1}], "type": "interval_options"},
        "enabled": False,
    },
    "subscription_update": {
        "billing_cycle_anchor": None,
        "default_allowed_updates": [],
        "enabled": False,
        "products": None,
        "proration_behavior": "none",
        "schedule_at_period_end": {"conditions": []},
        "trial_update_behavior": "end_trial",
    },
}
