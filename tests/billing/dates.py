"""UTC dates as Unix seconds, so that the tests read like a calendar."""

from __future__ import annotations

from datetime import UTC, datetime

HOUR = 3_600
DAY = 86_400


def at(text: str) -> int:
    """`2026-01-31` or `2026-01-31 12:30:00` in UTC."""
    when = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return (when - datetime(1970, 1, 1, tzinfo=UTC)).days * DAY + when.hour * HOUR + when.minute * 60 + when.second
