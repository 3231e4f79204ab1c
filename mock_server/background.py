"""The one thread of a worker that nobody waits for: it does what falls due, and delivers webhooks."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from mock_server.core import due
from mock_server.core.clock import monotonic
from mock_server.core.state import State
from mock_server.webhooks.deliver import AT_ONCE, Deliverer
from mock_server.webhooks.outbox import Outbox

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 1.0
FORGET_EVERY_SECONDS = 3600.0


class Background:
    """Started with the first request that a worker answers, so that it belongs to the process that serves.

    keep_promises: goes on with what calls have begun, such as the advance of a test clock.
    """

    def __init__(self, state: State, outbox: Outbox, keep_promises: Callable[[State], object]) -> None:
        self.state = state
        self.keep_promises = keep_promises
        self.outbox = outbox
        self.deliverer = Deliverer(state.store, outbox, state.clock.now)
        self._stopped = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._forget_at = 0.0

    def start(self) -> None:
        """Start the thread, once."""
        if self._thread is not None:
            return
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="mock-server background", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._stopped.set()
        self.outbox.wake()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as pool:
            while not self._stopped.is_set():
                self.outbox.something_to_do.clear()
                try:
                    due.advance_live(self.state)
                    self.keep_promises(self.state)
                    self._forget()
                    busy = self.deliverer.deliver_side_by_side(pool) > 0
                except Exception:
                    # A database that is away for a moment must not end this thread for good.
                    log.exception("the background work of the mock failed; it goes on")
                    busy = False
                if not busy:
                    self.outbox.something_to_do.wait(LOOK_EVERY_SECONDS)

    def _forget(self) -> None:
        if monotonic() >= self._forget_at:
            self._forget_at = monotonic() + FORGET_EVERY_SECONDS
            self.state.store.forget(self.state.clock.now())
