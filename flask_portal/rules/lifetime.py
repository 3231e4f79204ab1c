"""How long a portal session lives. Source: docs.stripe.com/api/customer_portal/sessions"""

from __future__ import annotations

UNUSED_SECONDS = 5 * 60
"""A session that nobody opened is over after this time."""

IDLE_SECONDS = 60 * 60
"""An opened session is over when nothing happened in it for this time."""


def alive(created: int, first_used_at: int | None, last_active_at: int | None, now: int) -> bool:
    """Whether a session still gives access. All times are Unix seconds; the last second itself still counts."""
    if first_used_at is None:
        return now <= created + UNUSED_SECONDS
    return now <= (last_active_at or first_used_at) + IDLE_SECONDS
