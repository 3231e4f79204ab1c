"""Names of products, remembered for a few minutes: every page shows them, and they hardly ever change."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from threading import Lock

REMEMBERED_SECONDS = 5 * 60
MOST_NAMES = 5_000
"""Per client; the names that were learned first are forgotten first."""


class Names:
    """The names that one client has seen.  clock: seconds that only ever grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, most: int = MOST_NAMES) -> None:
        self._clock = clock
        self._most = most
        self._lock = Lock()
        self._known: OrderedDict[tuple[str, str], tuple[str | None, float]] = OrderedDict()

    def known(self, account: str, ids: Iterable[str]) -> dict[str, str | None]:
        """Name of each id that is remembered; None stands for a product without a name to show."""
        oldest = self._clock() - REMEMBERED_SECONDS
        with self._lock:
            found = {id: self._known.get((account, id)) for id in ids}
        return {id: entry[0] for id, entry in found.items() if entry is not None and entry[1] > oldest}

    def learn(self, account: str, names: dict[str, str | None]) -> None:
        now = self._clock()
        with self._lock:
            for id, name in names.items():
                self._known.pop((account, id), None)
                self._known[account, id] = (name, now)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
