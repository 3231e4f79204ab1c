"""Events: what happened, listed newest first. They are written by the calls in which they happened.

Source: docs.stripe.com/api/events
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from flask_portal.wire import errors
from flask_portal.wire.params import Bool, ListOf, Str
from mock_server.core.call import Body
from mock_server.core.resource import Resource
from mock_server.webhooks.outbox import deliveries, undelivered

from .common import ListByCreation

event = Resource("event", "/v1/events", prefix="evt", search=("type",))


class List(ListByCreation):
    delivery_success = Bool()
    type = Str()
    types = ListOf(Str(), max=20)


def narrow(table: sa.Table, sent: Body) -> Iterator[sa.ColumnElement[bool]]:
    """`type` and `types`, where `customer.*` means all types that begin so; whether all endpoints were told."""
    if "type" in sent and "types" in sent:
        raise errors.invalid(
            "You may only specify one of these parameters: type, types.", "type", "parameters_exclusive"
        )
    wanted = sent.get("types") or ([sent["type"]] if "type" in sent else [])
    if wanted:
        yield sa.or_(*(_matches(table.c.type, pattern) for pattern in wanted))
    if "delivery_success" in sent:
        same = (deliveries.c.account == table.c.account, deliveries.c.event == table.c.id)
        open_ones = sa.exists().where(*same, undelivered)
        yield ~open_ones if sent["delivery_success"] else open_ones


def _matches(column: sa.ColumnElement[str], pattern: str) -> sa.ColumnElement[bool]:
    return column.startswith(pattern[:-1], autoescape=True) if pattern.endswith("*") else column == pattern


event.retrieves()
event.lists(List, narrow, narrows=("delivery_success", "type", "types"))
