"""The ids that a run has met, by kind, and how a call of yesterday is told of today's objects."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from mock_server.core.registry import Registry

ID = re.compile(r"([a-z]+(?:_sched|_test)?)_[A-Za-z0-9]{12,}")
MOST_OF_A_KIND = 40
BRED_IN_THE_PORTAL = {"billing_portal.configuration": "bpc", "billing_portal.session": "bps"}
A_COUPON = "COUPON"
"""Stands for any coupon, whose ids look like nothing else."""
OVER = ("canceled", "incomplete_expired", "void", "released", "archived")
CHOSEN = ("coupon", "plan")
"""Kinds whose ids may look like anything."""


class Pool:
    """Ids of objects, by the prefix of their kind, at most forty of each: a run keeps meeting the same ones."""

    def __init__(self, random: Random, registry: Registry) -> None:
        self._random = random
        self._prefixes = {resource.noun: resource.prefix for resource in registry} | BRED_IN_THE_PORTAL
        self._ids: dict[str, list[str]] = defaultdict(list)
        self._beside: dict[str, set[str]] = defaultdict(set)
        self._chosen: list[str] = []
        self.latest = 0

    def begin(self) -> None:
        """Another call: its ids need have nothing to do with those before."""
        self._chosen.clear()

    def meet(self, value: Any) -> None:
        """Remember the ids of all objects in an answer, and the time of a test clock; forget what is over."""
        if isinstance(value, dict) and (value.get("deleted") or value.get("status") in OVER):
            self._forget(str(value.get("id")))
            return
        if isinstance(value, dict) and "frozen_time" in value:
            self.latest = value["frozen_time"]
        for noun, id, others in objects_in(value):
            self._beside[id] |= others
            for other in others:
                self._beside[other].add(id)
            found = ID.fullmatch(id)
            if noun in CHOSEN:
                self._keep(noun, id)
            elif found is not None:
                self._keep(found[1], id)

    def _keep(self, kind: str, id: str) -> None:
        ids = self._ids[kind]
        if id in ids:
            return
        if len(ids) >= MOST_OF_A_KIND:
            ids.pop(self._random.randrange(MOST_OF_A_KIND))
        ids.append(id)

    def _forget(self, id: str) -> None:
        # Now and then it is named again, as by somebody who has not heard of it.
        for ids in self._ids.values():
            if id in ids and self._random.random() < 0.9:
                ids.remove(id)

    def of_noun(self, noun: str) -> str | None:
        """An id of this kind of object; None when there is none yet."""
        return self._one(noun) or self._one(self._prefixes.get(noun, noun))

    def any(self) -> str:
        """An id of whatever kind."""
        kinds = sorted(kind for kind, ids in self._ids.items() if ids)
        return self._one(self._random.choice(kinds)) or "" if kinds else "cus_nobody"

    def of_today(self, value: Any) -> Any:
        """A copy of parameters or a path in which each id is one of the same kind that is known now."""
        if isinstance(value, Mapping):
            return {key: self.of_today(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.of_today(inner) for inner in value]
        if isinstance(value, str) and A_COUPON in value:
            return value.replace(A_COUPON, self._one("coupon") or A_COUPON)
        return ID.sub(self._alike, value) if isinstance(value, str) else value

    def _alike(self, found: re.Match[str]) -> str:
        return self._one(found[1]) or found[0]

    def _one(self, kind: str) -> str | None:
        ids = self._ids.get(kind)
        if not ids:
            return None
        beside: set[str] = set().union(*(self._beside[id] for id in self._chosen))
        fitting = [id for id in ids if id in beside] if self._random.random() < 0.8 else []
        # The last few are likelier: a call often means what another has just made.
        chosen = self._random.choice(fitting or (ids[-3:] if self._random.random() < 0.5 else ids))
        self._chosen.append(chosen)
        return chosen


def objects_in(value: Any) -> Iterator[tuple[str, str, set[str]]]:
    """Noun, id and the ids that it names, of all objects in an answer, those in lists and expanded ones included."""
    if isinstance(value, dict):
        if isinstance(value.get("object"), str) and isinstance(value.get("id"), str):
            yield value["object"], value["id"], set(_ids_in(value))
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from objects_in(inner)


def _ids_in(value: Any) -> Iterator[str]:
    if isinstance(value, str) and ID.fullmatch(value):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _ids_in(inner)
