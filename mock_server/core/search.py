"""The query language of searches, and how a query becomes conditions on stored documents.

    email:"jenny@example.com" AND -metadata["plan"]:"free"
    created>1700000000 OR name~"jen"

What is found is what is stored at this moment: Stripe's own index lags behind by up to a minute.
Source: docs.stripe.com/search
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from flask_portal.wire import errors
from flask_portal.wire.params import Int, Params, Str
from flask_portal.wire.scalars import integer

from . import inside
from .call import Body, Call
from .resource import Resource

Kind = Literal["flag", "map", "number", "text", "token"]

MOST_CLAUSES = 10
SHORTEST_PART = 3
METADATA = "metadata"

CLAUSE = re.compile(
    r"""(?P<not>-)?
        (?P<field>[a-z_][a-z0-9_]*(?:\.[a-z0-9_]+)*)
        (?:\[(?P<quote>["'])(?P<key>(?:\\.|(?!(?P=quote)).)*)(?P=quote)\])?
        \s*(?P<sign>:|~|>=|<=|>|<)\s*
        (?P<value>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s"']+)""",
    re.VERBOSE,
)
JOINT = re.compile(r"\s+(AND|OR)\s+")
COMPARISONS: Mapping[str, str] = {">": "__gt__", ">=": "__ge__", "<": "__lt__", "<=": "__le__"}


@dataclass(frozen=True, slots=True)
class Field:
    """What can be searched for.

    kind: a `text` is also found by a part of it, a `token` and a `flag` only as a whole; a `number` can be compared;
    a `map` has keys that anybody chooses.  path: where it stands in the document, by default its own name.
    """

    kind: Kind
    path: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition of a query. value: None stands for `null`.  key: of a map.  quoted: whether it was in quotes."""

    field: str
    sign: str
    value: str | None
    key: str | None = None
    negated: bool = False
    quoted: bool = True


class Search(Params):
    limit = Int(minimum=1, maximum=100, load_default=10)
    page = Str()
    query = Str(required=True)


def refused(reason: str) -> errors.StripeError:
    """The error that says what is wrong with a query."""
    return errors.invalid(f"We were unable to parse your search query: {reason}", "query")


def parse(query: str) -> tuple[str, list[Clause]]:
    """How the clauses of a query are joined, and the clauses. StripeError 400 for anything else."""
    text, found, joints, at = query.strip(), [], set(), 0
    while True:
        match = CLAUSE.match(text, at)
        if match is None:
            raise refused(f"a clause such as field:value is missing at position {at}.")
        found.append(clause(match))
        at = match.end()
        if at == len(text):
            break
        joint = JOINT.match(text, at)
        if joint is None:
            raise refused(f"AND or OR is missing at position {at}.")
        joints.add(joint[1])
        at = joint.end()
    if len(joints) > 1:
        raise refused("AND and OR cannot be mixed in one query.")
    if len(found) > MOST_CLAUSES:
        raise refused(f"a query has at most {MOST_CLAUSES} clauses.")
    return (joints or {"AND"}).pop(), found


def clause(match: re.Match[str]) -> Clause:
    """One clause as it was written."""
    value, key = match["value"], match["key"]
    quoted = value[0] in "\"'"
    told = unescaped(value[1:-1]) if quoted else None if value == "null" else value
    return Clause(
        match["field"], match["sign"], told, None if key is None else unescaped(key), bool(match["not"]), quoted
    )


def unescaped(text: str) -> str:
    """A string without the backslashes before its quotes."""
    return re.sub(r"\\(.)", r"\1", text)


def condition(table: sa.Table, fields: Mapping[str, Field], one: Clause) -> sa.ColumnElement[bool]:
    """What a clause asks of a row."""
    field = field_of(fields, one)
    value = value_at(table, field, one)
    if one.value is None:
        absent: sa.ColumnElement[bool] = value.is_(None)
        if one.sign != ":":
            raise refused(f"null can only be compared by a colon, and {one.field} was not.")
        return sa.not_(absent) if one.negated else absent
    met = compared(value, field, one, one.value)
    return sa.or_(value.is_(None), sa.not_(met)) if one.negated else met


def field_of(fields: Mapping[str, Field], one: Clause) -> Field:
    """The field that a clause names; one that ends in a dot stands for all that is below it."""
    whole = {name: field for name, field in fields.items() if name.endswith(".") and one.field.startswith(name)}
    if one.field in fields:
        found = fields[one.field]
    elif whole:
        found = Field(next(iter(whole.values())).kind, one.field)
    else:
        raise refused(f"Field `{one.field}` is an unsupported search field for this resource.")
    if (found.kind == "map") != (one.key is not None):
        raise refused(f'{one.field} is asked for as {METADATA}["key"] is, and only that.')
    return found


def value_at(table: sa.Table, field: Field, one: Clause) -> Any:
    """The value that a clause is about."""
    if one.key is not None:
        if re.search(r'["\\\x00]', one.key):
            raise refused("a key with quotes or backslashes cannot be searched for.")
        return sa.cast(inside.at(table, METADATA)[one.key].as_string(), sa.Text)
    found = inside.at(table, *(field.path or one.field).split("."))
    if field.kind == "number":
        # PostgreSQL's own integers are too small for amounts.
        return sa.cast(found.as_string(), sa.BigInteger)
    return found.as_boolean() if field.kind == "flag" else sa.cast(found.as_string(), sa.Text)


def compared(value: Any, field: Field, one: Clause, wanted: str) -> sa.ColumnElement[bool]:
    """The comparison of a clause with something that is not null."""
    if "\0" in wanted:
        raise refused("a search has no null characters.")
    if field.kind == "number":
        return number_compared(value, one, wanted)
    if one.sign in COMPARISONS:
        raise refused(f"{one.field} is no number, and has no order.")
    if field.kind == "flag":
        if one.sign != ":" or wanted not in ("false", "true"):
            raise refused(f'{one.field} is asked for as {one.field}:"true" or {one.field}:"false".')
        truth: sa.ColumnElement[bool] = value.is_(wanted == "true")
        return truth
    if not one.quoted and one.key is None and not re.fullmatch(r"[\w.@+-]+", wanted):
        raise refused(f"the value of {one.field} needs quotes.")
    if one.sign == ":":
        return sa.func.lower(value) == wanted.lower()
    if field.kind != "text":
        raise refused(f"{one.field} is found as a whole only: ask by a colon.")
    if len(wanted) < SHORTEST_PART:
        raise refused(f"a part that is looked for has at least {SHORTEST_PART} characters.")
    part: sa.ColumnElement[bool] = sa.func.lower(value).contains(wanted.lower(), autoescape=True)
    return part


def number_compared(value: Any, one: Clause, wanted: str) -> sa.ColumnElement[bool]:
    """The comparison of a number."""
    number = integer(wanted)
    if number is None or one.sign == "~":
        raise refused(f"{one.field} is compared with an integer by one of :, >, >=, < and <=.")
    found: sa.ColumnElement[bool] = (
        value == number if one.sign == ":" else getattr(value, COMPARISONS[one.sign])(number)
    )
    return found


def search(call: Call, resource: Resource, fields: Mapping[str, Field], sent: Body) -> Body:
    """The page of a search result, newest first."""
    joint, clauses = parse(sent["query"])
    columns = resource.table.c
    asked = [condition(resource.table, fields, one) for one in clauses]
    together = sa.and_(*asked) if joint == "AND" else sa.or_(*asked)
    mine = (columns.account == call.account, columns.deleted.is_(False), together)
    query = sa.select(columns.created, columns.seq, columns.body).where(*mine)
    if "page" in sent:
        created, seq = place_of(sent["page"])
        query = query.where(sa.tuple_(columns.created, columns.seq) < sa.tuple_(sa.literal(created), sa.literal(seq)))
    newest = query.order_by(columns.created.desc(), columns.seq.desc()).limit(sent["limit"] + 1)
    rows = call.connection.execute(newest).all()
    kept, has_more = rows[: sent["limit"]], len(rows) > sent["limit"]
    count = sa.select(sa.func.count()).select_from(resource.table).where(*mine)
    return {
        "object": "search_result",
        "data": [json.loads(row.body) for row in kept],
        "has_more": has_more,
        "next_page": page_after(kept[-1].created, kept[-1].seq) if has_more else None,
        "total_count": call.connection.execute(count).scalar_one(),
        "url": f"{resource.path}/search",
    }


def page_after(created: int, seq: int) -> str:
    """The token of the page that follows a row."""
    return base64.urlsafe_b64encode(f"{created}.{seq}".encode()).decode().rstrip("=")


def place_of(page: str) -> tuple[int, int]:
    """The row that a page follows."""
    try:
        text = base64.b64decode(page + "=" * (-len(page) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    match = re.fullmatch(r"(\d{1,18})\.(\d{1,18})", text)
    if match is None:
        raise errors.invalid("page has to be the next_page of a former answer.", "page")
    return int(match[1]), int(match[2])
