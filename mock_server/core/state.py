"""A running mock: its clock, its store, its resources, and the way into a call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .call import Call
from .clock import Clock
from .registry import Registry
from .store import Store


@dataclass(slots=True)
class State:
    """What one process of the mock works with.

    public_url: scheme and host under which it is reached when nobody asked it (things that fall due), without a slash.
    """

    registry: Registry
    store: Store
    clock: Clock
    public_url: str
    api_version: str

    @contextmanager
    def reading(self, account: str, **about: Any) -> Iterator[Call]:
        """A call that writes nothing."""
        with self.store.reading() as connection:
            yield self._call(account, connection, {"writes": False, **about})

    @contextmanager
    def writing(self, account: str, **about: Any) -> Iterator[Call]:
        """A call whose changes and events are one transaction; an exception leaves nothing of it."""
        with self.store.writing() as connection:
            call = self._call(account, connection, about)
            yield call
            told = self.registry.record(call)
        if told and self.registry.outbox:
            self.registry.outbox.wake()

    def _call(self, account: str, connection: Any, about: dict[str, Any]) -> Call:
        defaults: dict[str, Any] = {
            "now": self.clock.now(),
            "base_url": self.public_url,
            "api_version": self.api_version,
        }
        return Call(self.registry, self.store, connection, account, **(defaults | about))
