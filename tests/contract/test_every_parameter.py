"""Every parameter that the package's types allow on a supported call is understood, or refused with a named reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from flask_portal.wire.errors import StripeError
from flask_portal.wire.params import load
from mock_server.core.params import NotBuilt
from mock_server.core.resource import Endpoint
from mock_server.coverage import Answered, answered, calls, declared, key_of
from mock_server.testing import Mock
from tests.contract.questions import Question, questions, required
from tests.contract.world import World, settle, snapshot

pytestmark = pytest.mark.xdist_group("every parameter")

WORDS = {
    "country": "DE",
    "currency": "usd",
    "email": "jenny@example.com",
    "event_name": "calls",
    "frozen_time": "1767312000",
    "ip_address": "203.0.113.7",
    "line1": "Main Street 1",
    "postal_code": "94107",
    "value": "DE123456789",
}
"""Values of the names that want a certain one."""

SAME_AS = {
    "account": "accounts",
    "customer": "customers",
    "coupon": "coupons",
    "default_payment_method": "payment_methods",
    "destination": "accounts",
    "invoice": "paid",
    "meter": "meters",
    "on_behalf_of": "accounts",
    "payment_method": "payment_methods",
    "price": "prices",
    "product": "products",
    "promotion_code": "promotion_codes",
    "subscription": "subscriptions",
    "tax_rate": "tax_rates",
    "default_tax_rates": "tax_rates",
    "tax_rates": "tax_rates",
    "charge": "charges",
    "payment_intent": "payment_intents",
}
"""The folder of the object that a parameter names."""

NUMBERS = {"int": "3", "float": "12.5", "bool": "true", "Decimal": "12.5"}
UNITS = ("_decimal", "percent", "percentage")


@pytest.fixture(scope="module")
def world() -> World:
    return settle(Mock())


@cache
def routes() -> tuple[Answered, ...]:
    """The calls of the package that are answered."""
    return tuple(route for route in answered() if key_of(route.method, route.path) in calls())


def endpoints(world: World) -> Iterator[tuple[Answered, Endpoint]]:
    """The calls that resources answer; the portal's own are asked over the wire."""
    known = {key_of(endpoint.method, endpoint.path): endpoint for endpoint in world.mock.state.registry.endpoints()}
    for route in routes():
        endpoint = known.get(key_of(route.method, route.path))
        if endpoint is not None:
            yield route, endpoint


def portal_routes(world: World) -> list[Answered]:
    own = {id(route) for route, _ in endpoints(world)}
    return [route for route in routes() if id(route) not in own]


def leaf_for(ids: Mapping[str, str]) -> Any:
    """Makes plausible texts, with the ids of this world."""

    def leaf(name: str, kind: str) -> str:
        if kind != "str":
            return NUMBERS[kind]
        if name in SAME_AS:
            return ids[SAME_AS[name]]
        if name.endswith(UNITS):
            return "12.5"
        return "https://shop.example/" if "url" in name else WORDS.get(name, "words")

    return leaf


def fault(question: Question, refused: StripeError | None, without: StripeError | None) -> str | None:
    """Why a refusal is not one that the caller can act on."""
    if refused is None:
        return None
    if refused.code == "parameter_unknown":
        return f"is unknown: {refused.message}"
    if refused.status >= 500 or refused.status in (401, 403):
        return f"answers {refused.status}: {refused.message}"
    if "not built" in refused.message and refused.param is None:
        return f"does not say what is not built: {refused.message}"
    if refused.param is None and refused.status == 400 and without is None:
        return f"is refused without naming a parameter: {refused.message}"
    return None


def test_every_parameter_is_understood_or_refused_with_a_reason(world: World) -> None:
    leaf = leaf_for(world.ids)
    wrong = []
    for route, endpoint in endpoints(world):
        without = world.answer(endpoint, required(route, leaf))
        for question in questions(route, leaf):
            why = fault(question, world.answer(endpoint, question.form), without)
            if why:
                wrong.append(f"{route.method} {route.path} {question.param} {why}")
    assert not wrong, "\n".join(wrong)
