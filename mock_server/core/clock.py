"""The mock's only reader of the system clock."""

from __future__ import annotations

import time


class Clock:
    """Unix seconds, with an offset that a test or an operator can move forwards.

    The offset belongs to this process; a server's workers all keep the system's time.
    """

    def __init__(self) -> None:
        self._offset = 0

    def now(self) -> int:
        """The moment as this mock sees it, in Unix seconds."""
        return int(time.time()) + self._offset

    def shift(self, seconds: int) -> int:
        """Move this clock by `seconds` and return the new moment; ValueError when asked to go back."""
        if seconds < 0:
            raise ValueError("a clock goes forwards; start with an empty mock to go back")
        self._offset += seconds
        return self.now()

    def reset(self) -> None:
        """Keep the system's time again."""
        self._offset = 0


def monotonic() -> float:
    """Seconds on a clock that never jumps, for waiting and measuring."""
    return time.monotonic()
