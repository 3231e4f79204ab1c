"""`expand` for the two objects of this API: what may be asked for, and what is refused.

Source: docs.stripe.com/api/expanding_objects
"""

from __future__ import annotations

from collections.abc import Collection

from flask_portal.wire.errors import invalid

FEEDBACK_OPTIONS = "features.subscription_cancel.cancellation_reason.feedback_options"
PRODUCTS = "features.subscription_update.products"

OF_CONFIGURATION = frozenset(
    # An application can be asked for; it is null as long as none stands there.
    {PRODUCTS, "application", FEEDBACK_OPTIONS}
)
OF_SESSION = frozenset({"configuration", *(f"configuration.{path}" for path in OF_CONFIGURATION)})
OF_LIST = frozenset(f"data.{path}" for path in OF_CONFIGURATION)

MAX_DEPTH = 4


def check(paths: Collection[str], allowed: Collection[str]) -> None:
    """Raises StripeError 400 for the first path that cannot be expanded."""
    for path in paths:
        if path.count(".") >= MAX_DEPTH:
            message = f"You cannot expand more than {MAX_DEPTH} levels of a property: {path}."
            raise invalid(message, "expand", "property_expansion_max_depth")
        if path not in allowed:
            raise invalid(f"This property cannot be expanded ({path}).", "expand")
