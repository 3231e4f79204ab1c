"""Every parameter that the package's types allow on a supported call is understood, or refused with a named reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from flask_portal.wire.errors import StripeError
from flask_portal.wire.params import Params, load
from mock_server.core.resource import Endpoint
from mock_server.coverage import Answered, answered, calls, key_of, parameters
from mock_server.testing import Mock
from tests.contract.questions import SCALARS, Question, questions, required
from tests.contract.world import World, settle, snapshot

pytestmark = pytest.mark.xdist_group("every parameter")

WORDS = {
    "account_number": "0001234",
    "bank_code": "11",
    "branch_code": "0000",
    "bsb_number": "000000",
    "country": "DE",
    "currency": "usd",
    "email": "jenny@example.com",
    "event_name": "calls",
    "frozen_time": "1767312000",
    "institution_number": "000",
    "ip_address": "203.0.113.7",
    "line1": "Main Street 1",
    "postal_code": "94107",
    "suffix": "00",
    "transit_number": "11000",
    "type": "card",
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
    "payment_intent": "paid intent",
}
"""The folder of the object that a parameter names."""

ANYTHING = {folder: f"{folder}_1" for folder in SAME_AS.values()}
"""Ids of nothing, where they are not looked up."""

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


def asked_of(route: Answered) -> tuple[Question, ...]:
    """The questions about a call that its parameters alone decide: any text will do."""
    return _asked_of(key_of(route.method, route.path))


@cache
def _asked_of(key: tuple[str, str]) -> tuple[Question, ...]:
    route = next(route for route in routes() if key_of(route.method, route.path) == key)
    assert route.params is not None
    leaf = leaf_for(ANYTHING)
    needed: dict[str, Any] = {}
    found = questions(route, leaf)
    while (refused := refusal_of(route.params, required(route, leaf) | needed)) and refused.code == "parameter_missing":
        # The package leaves out that a subscription needs a customer, where one of two names may be sent.
        name = refused.param
        needed[str(name)] = next(one.form[name] for one in found if one.path[0] == name)
    return tuple(Question(one.path, one.kind, needed | one.form) for one in found)


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


def test_the_portals_own_calls_are_asked_too(world: World) -> None:
    leaf = leaf_for(world.ids)
    wrong = []
    for route in portal_routes(world):
        status, _ = world.send(route.method, route.path, required(route, leaf))
        for question in questions(route, leaf):
            answer = world.send(route.method, route.path, question.form)
            why = fault(question, error_of(*answer), None if status == 200 else error_of(status, {"error": {}}))
            if why:
                wrong.append(f"{route.method} {route.path} {question.param} {why}")
    assert not wrong, "\n".join(wrong)


def error_of(status: int, body: Mapping[str, Any]) -> StripeError | None:
    """An answer over the wire as the exception that it was."""
    if status == 200:
        return None
    told = body["error"]
    return StripeError(told.get("message", ""), status=status, code=told.get("code"), param=told.get("param"))


def test_the_walk_reaches_everything_that_is_answered(world: World) -> None:
    asked = {id(route) for route, _ in endpoints(world)} | {id(route) for route in portal_routes(world)}
    assert asked == {id(route) for route in routes()}
    assert sum(len(asked_of(route)) for route in routes()) > 10_000
    for route in routes():
        named = {plain(question.path) for question in asked_of(route)}
        listed = {without_stars(path) for path in parameters(route.method, route.path)}
        assert listed <= named, f"{route.method} {route.path} is not asked about {sorted(listed - named)}"


def plain(path: tuple[str, ...]) -> str:
    """The path as the page of coverage writes it, without positions and names of the caller's choice."""
    return ".".join(part for part in path if part not in ("0", "usd", "order"))


def without_stars(path: str) -> str:
    return path.replace(".*", "")


def test_a_misspelled_parameter_is_refused_with_a_suggestion_and_nothing_is_stored(world: World) -> None:
    leaf, before = leaf_for(world.ids), snapshot(world.mock)
    wrong = []
    for route in routes():
        needed = required(route, leaf)
        name = next((question.path[0] for question in asked_of(route)), "expand")
        status, body = world.send(route.method, route.path, needed | {f"{name}x": "1"})
        told = body.get("error", {})
        if (status, told.get("code"), told.get("param")) != (400, "parameter_unknown", f"{name}x"):
            wrong.append(f"{route.method} {route.path} {name}x answers {status} {told}")
        elif f"Did you mean {name}?" not in told["message"]:
            wrong.append(f"{route.method} {route.path}: {told['message']}")
    assert not wrong, "\n".join(wrong)
    after = snapshot(world.mock)
    assert {name: set(after[name]) ^ set(rows) for name, rows in before.items() if after[name] != rows} == {}


WRONG: Mapping[str | None, Any] = {
    "int": "many",
    "float": "many",
    "Decimal": "many",
    "bool": "maybe",
    "Any": "no file",
    "str": {"nested": "in a hash"},
    "Literal": "no_such_word",
    None: "no hash",
}
"""A value that a parameter of this type cannot have."""


def test_a_value_of_another_type_is_refused_by_the_name_of_its_parameter(world: World) -> None:
    known = {key_of(endpoint.method, endpoint.path): endpoint for _, endpoint in endpoints(world)}
    wrong = []
    for route in routes():
        assert route.params is not None
        asked = asked_of(route)
        free = {question.path for question in asked if question.kind == "str"}
        hashes = {question.path for question in asked if question.kind is None}
        for question in asked:
            if question.kind == "empty" or (question.kind is None and question.path in free):
                continue
            if question.kind in ("str", "int", "Literal") and question.path in hashes:
                continue
            if question.kind == "Literal" and question.path in free:
                continue
            sent = question.instead(WRONG[question.kind])
            found = refusal_of(route.params, sent)
            if found is None and key_of(route.method, route.path) in known:
                # Which versions and types of events there are is known to the resource.
                found = world.answer(known[key_of(route.method, route.path)], sent)
            why = misnamed(question, found, "parameter_invalid_integer" if question.kind == "int" else None)
            if why:
                wrong.append(f"{route.method} {route.path} {question.param} ({question.kind}) {why}")
    assert not wrong, "\n".join(wrong)


def refusal_of(params: type[Params], sent: Mapping[str, Any]) -> StripeError | None:
    """How the parameters are refused, before anything is looked up."""
    try:
        load(params, sent)
    except StripeError as refused:
        return refused
    return None


def misnamed(question: Question, refused: StripeError | None, code: str | None = None) -> str | None:
    """Why a refusal of a wrong value is not the right one."""
    if refused is None:
        return "is taken"
    unbuilt = "not built" in refused.message and question.param.startswith(refused.param or "?")
    if unbuilt:
        return None
    if refused.status != 400 or refused.param != question.param:
        return f"is refused as {refused.param}: {refused.message}"
    if code is not None and refused.code != code:
        return f"is refused with the code {refused.code}: {refused.message}"
    return None


def test_a_list_is_no_value_and_a_value_is_no_list() -> None:
    wrong = []
    for route in routes():
        assert route.params is not None
        for question in asked_of(route):
            sent = question.instead(["a", "list"])
            if question.kind in SCALARS and question.path[-1] != "0":
                why = misnamed(question, refusal_of(route.params, sent))
            elif question.path[-1] == "0" and question.kind is not None:
                above = Question(question.path[:-1], None, question.form)
                why = misnamed(above, refusal_of(route.params, above.instead("one")))
            else:
                continue
            if why:
                wrong.append(f"{route.method} {route.path} {question.param} {why}")
    assert not wrong, "\n".join(wrong)


def test_an_empty_string_unsets_or_is_refused_as_empty() -> None:
    wrong = []
    for route in routes():
        assert route.params is not None
        asked = asked_of(route)
        unset = {question.path for question in asked if question.kind == "empty"}
        for question in asked:
            refused = refusal_of(route.params, question.instead(""))
            if refused is None or "not built" in refused.message:
                continue
            if question.path in unset:
                why: str | None = f"cannot be unset: {refused.message}"
            else:
                why = misnamed(question, refused, "parameter_invalid_empty")
            if why:
                wrong.append(f"{route.method} {route.path} {question.param} {why}")
    assert not wrong, "\n".join(wrong)
