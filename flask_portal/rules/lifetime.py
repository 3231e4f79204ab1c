"""How long a portal session lives. Source: docs.stripe.com/api/customer_portal/sessions"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

UNUSED_SECONDS = 5 * 60
"""A session that nobody opened is over after this time."""

IDLE_SECONDS = 60 * 60
"""An opened session is over when nothing happened in it for this time."""


def alive(created: int, first_used_at: int | None, last_active_at: int | None, now: int) -> bool:
    """Whether a session still gives access. All times are Unix seconds; the last second itself still counts."""
    if first_used_at is None:
        return now <= created + UNUSED_SECONDS
    return now <= (last_active_at or first_used_at) + IDLE_SECONDS


def may_recover(after_expiration: Mapping[str, Any] | None, now: int) -> bool:
    """Whether an expired session can be replaced by a code to the customer's email, up to its deadline.

    after_expiration: as the API serves it. A deadline that is missing is none.
    """
    if after_expiration is None or after_expiration["type"] != "customer_login":
        return False
    deadline = (after_expiration["customer_login"] or {}).get("expires_at")
    return deadline is None or now <= deadline
