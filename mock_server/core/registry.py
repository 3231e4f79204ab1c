"""All resources of a mock, in order: each may import those before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Protocol

import sqlalchemy as sa

from flask_portal.wire import ids

from .call import Body, Call
from .events import Occurrence
from .expand import LISTS, Expander, check_nouns
from .resource import Endpoint, Resource

TEST_CLOCK = "test_helpers.test_clock"


class Outbox(Protocol):
    """Who is told of events."""

    def interested(self, call: Call, kind: str) -> Sequence[str]:
        """The ids of the webhook endpoints that want events of this type."""
        ...

    def put(self, call: Call, event: Body, endpoints: Sequence[str]) -> None:
        """Write, in the call's transaction, that these endpoints have to be told."""
        ...

    def wake(self) -> None:
        """Deliver soon: a transaction with something to tell was committed."""
        ...


class Registry:
    """Resources by noun. LookupError when one names a noun that none of them has."""

    def __init__(self, resources: Sequence[Resource], outbox: Outbox | None = None) -> None:
        self.resources = {resource.noun: resource for resource in resources}
        self.outbox = outbox
        self.metadata = _tables(tuple(resources))

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources.values())

    def __getitem__(self, noun: str) -> Resource:
        return self.resources[noun]

    def endpoints(self) -> list[Endpoint]:
        """Every call that the resources answer."""
        return [endpoint for resource in self for endpoint in resource.endpoints]

    def render(self, call: Call, body: Body) -> Body:
        """A copy of an object, or of a list of objects, as the API shows it."""
        if body.get("object") in LISTS:
            return body | {"data": [self.render(call, element) for element in body["data"]]}
        resource = self.resources.get(str(body.get("object")))
        if resource is None or (body.get("deleted") and "created" not in body):
            return body
        if resource.private or resource.hidden:
            body = body.copy()
            for key in [key for key in body if key[0] == "_" or key in resource.hidden]:
                del body[key]
        if resource.view is not None:
            body = resource.view(call, body)
        if resource.embeds:
            body = dict(_deep_copy(body))
            Expander(call, self.resources, self.render).embed(body, resource.embeds)
        return body

    def answer(self, call: Call, body: Body, expand: Sequence[str]) -> Body:
        """What a call answers with: rendered, with what the caller wants expanded."""
        shown = self.render(call, body)
        if shown.get("object") == "search_result" and "total_count" not in expand:
            del shown["total_count"]
        if not expand:
            return shown
        shown = dict(_deep_copy(shown))
        expander = Expander(call, self.resources, self.render)
        for path in sorted(set(expand), key=lambda path: path.count(".")):
            expander.expand(shown, path)
        return shown

    def lock_customer(self, call: Call, id: str) -> None:
        """Keep other writers away from this customer's objects until the call ends."""
        self.resources["customer"].text(call, id)

    def test_clock(self, call: Call, id: str) -> Body | None:
        """The test clock; in a writing call nobody else changes it until the call ends."""
        return self.resources[TEST_CLOCK].find(call, id, lock=True)

    def move_to_clock(self, call: Call, customer: str) -> None:
        """Let all that is a customer's live on the test clock that this call is on."""
        for resource in self:
            if not resource.has_customer:
                continue
            for body in resource.where(call, customer=customer):
                if "test_clock" in body:
                    body["test_clock"] = call.clock
                resource.save(call, body)

    def record(self, call: Call) -> bool:
        """Write the events of a call, in their order, and whom to tell of them; returns whether there is anyone."""
        told = False
        for occurrence in call.occurred:
            own = call if occurrence.account == call.account else call.acting_for(occurrence.account)
            endpoints = self.outbox.interested(own, occurrence.kind) if self.outbox else ()
            event = represent_event(own, occurrence, len(endpoints))
            self.resources["event"].add(own, event)
            if self.outbox and endpoints:
                self.outbox.put(own, event, endpoints)
                told = True
        call.occurred.clear()
        return told


@cache
def _tables(resources: tuple[Resource, ...]) -> sa.MetaData:
    """The tables of resources that know one another. A test process makes many mocks, all of the same ones."""
    check_nouns(resources, {resource.noun: resource for resource in resources})
    metadata = sa.MetaData()
    for resource in resources:
        for table in (resource.table, *resource.tables):
            table.to_metadata(metadata)
    return metadata


def represent_event(call: Call, occurrence: Occurrence, pending: int) -> Body:
    """The event object, which names its account where that is a connected one.

    pending: how many webhook endpoints have still to be told.
    """
    return {
        "id": ids.new("evt"),
        "object": "event",
        **({"account": call.account} if call.platform else {}),
        "api_version": call.api_version,
        "created": call.now,
        "data": occurrence.data(),
        "livemode": call.livemode,
        "pending_webhooks": pending,
        "request": {"id": call.request_id, "idempotency_key": call.idempotency_key},
        "type": occurrence.kind,
    }


def _deep_copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _deep_copy(inner) for key, inner in value.items()}
    return [_deep_copy(inner) for inner in value] if isinstance(value, list) else value
