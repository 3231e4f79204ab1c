"""The one place of this package that reads the system clock."""

from __future__ import annotations

import time


def now() -> int:
    """The current time in Unix seconds."""
    return int(time.time())
