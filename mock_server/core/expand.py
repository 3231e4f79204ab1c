"""Ids that become objects: always (`embeds`), or when a call asks for it (`expand`).

Source: docs.stripe.com/api/expanding_objects
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_portal.wire import errors

from .call import Body, Call
from .expandable import is_expandable
from .resource import Included, Resource

LISTS = ("list", "search_result")
MAX_DEPTH = 4

Load = Callable[[str, str], "Body | None"]


class Expander:
    """Expands objects of one call; what was loaded once is not loaded again."""

    def __init__(self, call: Call, resources: Mapping[str, Resource], render: Callable[[Call, Body], Body]) -> None:
        self.call = call
        self.resources = resources
        self.render = render
        self._loaded: dict[tuple[str, str], Body | None] = {}

    def load(self, noun: str, id: str) -> Body | None:
        """The object as the API shows it."""
        key = (noun, id)
        if key not in self._loaded:
            resource = self.resources[noun]
            found = resource.peek(self.call, id)
            self._loaded[key] = None if found is None else self.render(self.call, found)
        return self._loaded[key]

    def expand(self, body: Body, path: str) -> None:
        """Expand one path in an answer; StripeError 400 for a path that leads nowhere, or too deep."""
        parts = path.split(".")
        if path == "total_count" and body["object"] == "search_result":
            return
        if parts[-1] == "total_count":
            message = "The total_count of a list cannot be expanded any more: follow has_more."
            raise errors.invalid(message, "expand", "property_forbidden")
        if len(parts) > MAX_DEPTH:
            raise errors.invalid(
                f"You cannot expand more than {MAX_DEPTH} levels of a property: '{path}' has {len(parts)}.",
                "expand",
                "property_expansion_max_depth",
            )
        self._walk([body], parts, path)

    def _walk(self, bodies: list[Body], parts: list[str], path: str) -> None:
        """Expand `parts` in every one of `bodies`, which are all lists, or all no lists."""
        # The stub of a deleted object has nothing to expand, and is no reason to call a path wrong.
        bodies = [body for body in bodies if not body.get("deleted")]
        if not bodies or not parts:
            return
        if bodies[0].get("object") in LISTS:
            if parts[0] != "data":
                raise _nowhere(path)
            if len(parts) == 1:
                raise _unexpandable(path)
            self._walk([element for body in bodies for element in body["data"]], parts[1:], path)
            return
        by_kind: dict[str, list[Body]] = {}
        for body in bodies:
            by_kind.setdefault(str(body.get("object")), []).append(body)
        for kind, alike in by_kind.items():
            self._walk_objects(self.resources.get(kind), alike, parts, path)

    def _walk_objects(self, resource: Resource | None, bodies: list[Body], parts: list[str], path: str) -> None:
        if resource is None:
            raise _nowhere(path)
        if parts[0] in resource.includes:
            for body in bodies:
                self._include(resource.includes[parts[0]], body, parts[0])
            self._walk([body[parts[0]] for body in bodies], parts[1:], path)
            return
        if len(parts) > 1 and parts[0] in resource.found_out:
            for body in bodies:
                self._uncover(resource, body, parts[:1])
            self._inside(bodies, parts, path)
            return
        if ".".join(parts) in resource.hidden:
            for body in bodies:
                self._uncover(resource, body, parts)
            return
        for length in range(len(parts), 0, -1):
            head = ".".join(parts[:length])
            noun = resource.expands.get(head) or resource.embeds.get(head)
            if noun is not None:
                reached = [found for body in bodies for found in self._replace(body, parts[:length], noun)]
                self._walk(reached, parts[length:], path)
                return
        self._inside(bodies, parts, path)

    def _inside(self, bodies: list[Body], parts: list[str], path: str) -> None:
        """A path through a list or an object that is part of another one."""
        there = [body for body in bodies if parts[0] in body]
        if not there:
            raise _nowhere(path)
        inner = [body[parts[0]] for body in there if isinstance(body[parts[0]], dict)]
        if not inner and all(body[parts[0]] is None for body in there):
            if len(parts) == 1 and not is_expandable(str(there[0].get("object")), parts[0]):
                raise _unexpandable(path)
            return
        if len(parts) == 1 or not inner:
            raise _unexpandable(path)
        objects = [value for value in inner if "object" in value]
        if inner and not objects:
            raise _unexpandable(path)
        self._walk(objects, parts[1:], path)

    def _uncover(self, resource: Resource, body: Body, parts: list[str]) -> None:
        """Show a key that is stored with an object, or found out from it, and otherwise hidden."""
        stored: Any = resource.peek(self.call, body["id"]) or {}
        find = resource.found_out.get(".".join(parts))
        if find is not None:
            # What is the other face of an object elsewhere is not stored under its own noun.
            body[parts[0]] = find(self.call, stored or body)
            return
        shown: Any = body
        for part in parts[:-1]:
            stored, shown = stored.get(part) or {}, shown[part]
        shown[parts[-1]] = stored.get(parts[-1])

    def _include(self, included: Included, body: Body, key: str) -> None:
        if key not in body:
            owner = {included.by: body["id"]}
            url = included.url.format(id=body["id"])
            listed = self.resources[included.noun].page(self.call, url, {}, **owner)
            listed["data"] = [self.render(self.call, element) for element in listed["data"]]
            body[key] = listed

    def _replace(self, body: Body, parts: list[str], noun: str) -> list[Body]:
        """Put objects in the place of the ids at the end of `parts`, and return them."""
        holders: list[Body] = [body]
        for part in parts[:-1]:
            nested = [holder.get(part) for holder in holders]
            holders = [one for value in nested for one in (value if isinstance(value, list) else [value]) if one]
        reached: list[Body] = []
        for holder in holders:
            value = holder.get(parts[-1])
            if isinstance(value, list):
                holder[parts[-1]] = [self._object(one, noun) for one in value]
                reached += [one for one in holder[parts[-1]] if isinstance(one, dict)]
            elif value is not None:
                holder[parts[-1]] = self._object(value, noun)
                reached += [holder[parts[-1]]] if isinstance(holder[parts[-1]], dict) else []
        return reached

    def _object(self, value: Any, noun: str) -> Any:
        """The object for an id; an id that no longer leads anywhere stays as it is."""
        return value if isinstance(value, dict) else dict(self.load(noun, str(value)) or {}) or value

    def embed(self, body: Body, embeds: Mapping[str, str]) -> None:
        """Put objects in the place of ids that are always shown as objects."""
        for path, noun in embeds.items():
            for shown in self._replace(body, path.split("."), noun):
                if "created" in shown:
                    # What was deleted and is kept for those that refer to it is shown as it was.
                    shown.pop("deleted", None)


def check_nouns(resources: Iterable[Resource], known: Mapping[str, Resource]) -> None:
    """LookupError when a resource names another that is not registered."""
    for resource in resources:
        named = [*resource.expands.values(), *resource.embeds.values(), *(i.noun for i in resource.includes.values())]
        for noun in named:
            if noun not in known:
                raise LookupError(f"{resource.noun} refers to the noun {noun!r}, which is no registered resource")


def _unexpandable(path: str) -> errors.StripeError:
    return errors.invalid(f"This property cannot be expanded ({path}).", "expand")


def _nowhere(path: str) -> errors.StripeError:
    return errors.invalid(f"This property cannot be expanded because it doesn't exist: {path}.", "expand")
