"""Lists: newest first, paged by cursors that name an object.

Source: docs.stripe.com/api/pagination
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import sqlalchemy as sa

from flask_portal.wire import errors, lists

from . import json_text
from .call import Body, Call

COMPARISONS = {"gt": "__gt__", "gte": "__ge__", "lt": "__lt__", "lte": "__le__"}


class Listed(Protocol):
    """What a list needs of a resource."""

    table: sa.Table
    label: str


def page(
    call: Call,
    resource: Listed,
    url: str,
    sent: Body,
    conditions: Iterable[sa.ColumnElement[bool]],
    keys: Mapping[str, Any],
) -> Body:
    """The list object of one page.

    sent: `limit` (10 by default), `starting_after`, `ending_before`, `created` as an integer or a range.
    """
    columns = resource.table.c
    wanted = [columns.account == call.account, columns.deleted.is_(False), *conditions]
    for name, value in keys.items():
        wanted += compared(columns[name], value)
    wanted += compared(columns.created, sent["created"]) if "created" in sent else []
    query = sa.select(columns.body)
    backwards = "ending_before" in sent
    if backwards:
        wanted.append(_place(columns) > _cursor(call, resource, sent, "ending_before"))
        query = query.order_by(columns.created, columns.seq)
    else:
        if "starting_after" in sent:
            wanted.append(_place(columns) < _cursor(call, resource, sent, "starting_after"))
        query = query.order_by(columns.created.desc(), columns.seq.desc())
    limit = sent.get("limit", 10)
    rows = call.connection.execute(query.where(*wanted).limit(limit + 1)).scalars().all()
    kept, has_more = lists.cut(rows, limit)
    bodies = [json_text.load(text) for text in kept]
    return lists.envelope(url, bodies[::-1] if backwards else bodies, has_more)


def texts(
    call: Call,
    resource: Listed,
    conditions: Iterable[sa.ColumnElement[bool]],
    keys: Mapping[str, Any],
    most: int,
) -> Sequence[str]:
    """JSON texts of what fulfils any conditions, newest first, without deleted ones."""
    columns = resource.table.c
    wanted = [columns.account == call.account, columns.deleted.is_(False), *conditions]
    wanted += [columns[name] == value for name, value in keys.items()]
    query = sa.select(columns.body).where(*wanted).order_by(columns.created.desc(), columns.seq.desc())
    return call.connection.execute(query.limit(most)).scalars().all()


def compared(column: sa.ColumnElement[Any], value: Any) -> list[sa.ColumnElement[bool]]:
    """Conditions for an exact value, or for a range of `gt`, `gte`, `lt`, `lte`."""
    if isinstance(value, dict):
        return [getattr(column, COMPARISONS[name])(bound) for name, bound in value.items()]
    return [column == value]


def _place(columns: Any) -> sa.ColumnElement[Any]:
    return sa.tuple_(columns.created, columns.seq)


def _cursor(call: Call, resource: Listed, sent: Body, name: str) -> sa.ColumnElement[Any]:
    columns = resource.table.c
    query = sa.select(columns.created, columns.seq).where(columns.account == call.account, columns.id == sent[name])
    found = call.connection.execute(query).one_or_none()
    if found is None:
        raise errors.missing_object(resource.label, sent[name], name)
    return sa.tuple_(sa.literal(found.created), sa.literal(found.seq))
