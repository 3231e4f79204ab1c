"""Parameters that several resources share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask_portal.wire import errors
from flask_portal.wire.params import Bool, Country, Hash, ListParams, Params, Range, Str
from mock_server.core.call import Call
from mock_server.core.resource import Resource

OWN_ID = re.compile(r"[A-Za-z0-9_.-]+")


class Address(Params):
    city = Str(nullable=True)
    country = Country(nullable=True)
    line1 = Str(nullable=True)
    line2 = Str(nullable=True)
    postal_code = Str(nullable=True)
    state = Str(nullable=True)


class Shipping(Params):
    address = Hash(Address, required=True)
    name = Str(required=True)
    phone = Str(nullable=True)


class ListByCreation(ListParams):
    created = Range()


class ListActive(ListByCreation):
    active = Bool()


ADDRESS_KEYS = ("city", "country", "line1", "line2", "postal_code", "state")


def full_address(sent: dict[str, str | None] | None) -> dict[str, str | None] | None:
    """An address with all its keys, null where nothing was sent."""
    return None if sent is None else {key: sent.get(key) for key in ADDRESS_KEYS}


def json_number(text: str) -> int | float:
    """A decimal as the number that it is in JSON: an integer where it is whole."""
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else float(number)


def fraction(number: float | None) -> Fraction | None:
    """The exact decimal that a number of a stored object was written as."""
    return None if number is None else Fraction(str(number))


@contextmanager
def within(param: str) -> Iterator[None]:
    """Errors in here name their parameter as a part of `param`: `a[b]` becomes `param[a][b]`."""
    try:
        yield
    except errors.StripeError as refused:
        if refused.param is not None:
            name, bracket, rest = refused.param.partition("[")
            refused.param = f"{param}[{name}]{bracket}{rest}"
        raise


def own_id(call: Call, resource: Resource, sent: dict[str, Any]) -> str:
    """The id of a new object: the one that was sent, if nobody has it, else a fresh one.

    StripeError 400 `resource_already_exists` when it is taken. A deleted object gives its id back.
    """
    chosen = sent.get("id")
    if chosen is None:
        return resource.new_id()
    if not OWN_ID.fullmatch(chosen):
        message = "An id of your own consists of letters, digits, dots, hyphens and underscores."
        raise errors.invalid(message, "id")
    call.alone(resource.noun, chosen)
    taken = resource.find(call, chosen)
    if taken is not None and not taken.get("deleted"):
        message = f"There is already a {resource.noun} with the id {chosen}."
        raise errors.invalid(message, "id", "resource_already_exists")
    if taken is not None:
        resource.discard(call, chosen)
    return str(chosen)
