"""The checker of shapes must be able to fail, in every way that a wrong object can be wrong."""

from __future__ import annotations

from typing import Any

import pytest
from stripe._object_classes import OBJECT_CLASSES

from tests.contract import absent
from tests.contract.annotations import class_of, classes_of, item_of, keys_of, nullable, object_name
from tests.contract.recorder import check_response
from tests.contract.shapes import ENVELOPES, violations

COUPON: dict[str, Any] = {
    "id": "FALL25",
    "object": "coupon",
    "amount_off": None,
    "created": 1767225600,
    "currency": None,
    "duration": "repeating",
    "duration_in_months": 3,
    "livemode": False,
    "max_redemptions": None,
    "metadata": {"campaign": "fall"},
    "name": "25 % off",
    "percent_off": 25.5,
    "redeem_by": None,
    "times_redeemed": 0,
    "valid": True,
}
PLAN: dict[str, Any] = {
    "id": "price_1",
    "object": "plan",
    "active": True,
    "amount": 1500,
    "amount_decimal": "1500",
    "billing_scheme": "per_unit",
    "created": 1767225600,
    "currency": "usd",
    "interval": "month",
    "interval_count": 1,
    "livemode": False,
    "metadata": {},
    "meter": None,
    "nickname": None,
    "product": "prod_1",
    "tiers_mode": None,
    "transform_usage": None,
    "trial_period_days": None,
    "usage_type": "licensed",
}
TAX_ID: dict[str, Any] = {
    "id": "txi_1",
    "object": "tax_id",
    "country": "DE",
    "created": 1767225600,
    "customer": "cus_1",
    "customer_account": None,
    "livemode": False,
    "owner": {"type": "customer", "customer": "cus_1", "customer_account": None},
    "type": "eu_vat",
    "value": "DE123456789",
    "verification": {"status": "pending", "verified_address": None, "verified_name": None},
}
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "api_version": "2026-10-28.endive",
    "created": 1767225600,
    "data": {"object": COUPON},
    "livemode": False,
    "pending_webhooks": 0,
    "request": {"id": "req_1", "idempotency_key": None},
    "type": "coupon.created",
}


def without(body: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != key}


@pytest.mark.parametrize("body", [COUPON, PLAN, TAX_ID, EVENT], ids=lambda body: body["object"])
def test_a_right_object_has_no_violations(body: dict[str, Any]) -> None:
    assert violations(body) == []


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        pytest.param(without(COUPON, "valid"), "coupon.valid: missing", id="required key missing"),
        pytest.param(without(COUPON, "name"), "coupon.name: missing", id="Optional key left out instead of null"),
        pytest.param(COUPON | {"colour": "red"}, "coupon.colour: not a key of coupon", id="unknown key"),
        pytest.param(COUPON | {"valid": None}, "coupon.valid: null, and may not be", id="wrong null"),
        pytest.param(COUPON | {"valid": 1}, "coupon.valid: int 1 is not a bool", id="number for a bool"),
        pytest.param(COUPON | {"created": True}, "coupon.created: bool True is not an int", id="bool for a number"),
        pytest.param(
            COUPON | {"times_redeemed": "0"}, "coupon.times_redeemed: str '0' is not an int", id="string for a number"
        ),
        pytest.param(
            COUPON | {"duration": "always"},
            "coupon.duration: str 'always' is not one of forever, once, repeating",
            id="unknown value of an enum",
        ),
        pytest.param(
            COUPON | {"metadata": {"seats": 3}}, "coupon.metadata.seats: int 3 is not a str", id="number in metadata"
        ),
        pytest.param(
            PLAN | {"amount_decimal": 1500},
            "plan.amount_decimal: int 1500 is not a decimal string",
            id="decimal number",
        ),
        pytest.param(PLAN | {"product": 7}, "plan.product: int 7 where a hash or an id belongs", id="number for an id"),
        pytest.param(PLAN | {"product": ""}, "plan.product: an empty id", id="empty id"),
        pytest.param(
            PLAN | {"product": COUPON}, "plan.product.object: str 'coupon' does not belong here", id="another object"
        ),
        pytest.param(
            TAX_ID | {"verification": {"status": "pending", "verified_address": None}},
            "tax_id.verification.verified_name: missing",
            id="key missing in a hash",
        ),
        pytest.param(
            TAX_ID | {"owner": {"type": "customer", "customer_account": None}},
            "tax_id.owner.customer: missing",
            id="hash of the own type missing",
        ),
        pytest.param(
            TAX_ID | {"owner": TAX_ID["owner"] | {"account": "acct_1"}},
            "tax_id.owner.account: belongs to another type than customer",
            id="hash of another type filled",
        ),
        pytest.param(
            EVENT | {"data": {"object": without(COUPON, "valid")}},
            "coupon.created: coupon.valid: missing",
            id="payload of an event",
        ),
        pytest.param(
            EVENT | {"data": {"object": COUPON, "previous_attributes": {"colour": "red"}}},
            "event.data.previous_attributes.colour: not a key of coupon",
            id="unknown key in previous_attributes",
        ),
        pytest.param(
            {"id": "cus_1", "object": "customer", "deleted": True, "email": None},
            "customer.email: the stub of a deleted object does not have it",
            id="too much in a stub",
        ),
        pytest.param({"object": "cupon"}, "cupon: the stripe package knows no such object", id="unknown object"),
    ],
)
def test_each_kind_of_mistake_is_named_with_its_path(body: dict[str, Any], wrong: str) -> None:
    assert violations(body) == [wrong]


def test_a_key_that_is_absent_unless_expanded_may_be_served_and_left_out() -> None:
    assert violations(COUPON | {"applies_to": {"products": ["prod_1"]}}) == []


def test_a_key_that_is_absent_unless_expanded_is_wrong_where_nothing_was_expanded() -> None:
    body = COUPON | {"applies_to": {"products": ["prod_1"]}}
    assert violations(body, plain=True) == ["coupon.applies_to: absent unless it is expanded"]


def test_an_expanded_object_is_checked_with_its_path() -> None:
    product = {"id": "prod_1", "object": "product", "deleted": True}
    assert violations(PLAN | {"product": product}) == []
    assert violations(PLAN | {"product": without(product, "id")}) == ["plan.product.id: missing"]
    assert violations(PLAN | {"product": product}, plain=True)[0].endswith(
        "where an id belongs, as it was not expanded"
    )


def test_a_secret_link_is_null_in_events_alone() -> None:
    session = {"object": "billing_portal.session", "url": None}
    promise = "billing_portal.session.url: null, and may not be"
    assert promise in violations(session)
    assert promise not in violations(session, event=True)


def test_the_objects_of_a_list_are_checked_one_by_one() -> None:
    body = {"object": "list", "data": [COUPON, without(COUPON, "valid")], "has_more": False, "url": "/v1/coupons"}
    assert violations(body) == ["list.data[1]: coupon.valid: missing"]


def test_a_list_knows_the_address_that_it_was_asked_at() -> None:
    body = {"object": "list", "data": [], "has_more": False, "url": "/v1/prices"}
    assert check_response("GET", "/v1/coupons?limit=3", 200, body) == [
        "GET /v1/coupons 200: list.url: /v1/prices is not the address that was asked"
    ]


def test_an_error_may_leave_out_what_is_null_and_nothing_else() -> None:
    error = {"type": "invalid_request_error", "message": "No such coupon: 'X'", "code": "resource_missing"}
    assert check_response("GET", "/v1/coupons/X", 404, {"error": error}) == []
    assert check_response("GET", "/v1/coupons/X", 404, {"error": error | {"hint": "look"}}) == [
        "GET /v1/coupons/X 404: error.hint: not a key of error"
    ]
    assert check_response("GET", "/v1/coupons/X", 404, {"error": error | {"type": "not_found"}}) == [
        "GET /v1/coupons/X 404: error.type: str 'not_found' is no type of error"
    ]


def test_addresses_outside_of_the_api_are_not_judged() -> None:
    assert check_response("POST", "/_mock/clock", 200, {"now": 1767225600}) == []


@pytest.mark.parametrize(
    ("noun", "path"), sorted({*absent.INCLUDABLE, *absent.ABSENT, *absent.SOMETIMES, *absent.NULL_IN_EVENTS})
)
def test_every_row_of_absent_names_a_key_of_the_package(noun: str, path: str) -> None:
    """A row for a key that is gone, or that is never null, would excuse nothing and mislead its reader."""
    cls, hint = class_of(noun), None
    for key in path.removesuffix(".*").split("."):
        assert cls is not None
        hint = keys_of(cls)[key]
        inner = (item_of(hint) or ("", hint))[1]
        cls = next((nested for nested in classes_of(inner) if not object_name(nested)), None)
    assert nullable(hint) or path.endswith(".*") or (noun, path) in absent.NULL_IN_EVENTS


def test_every_object_of_the_package_can_be_read() -> None:
    unread = [name for name in OBJECT_CLASSES if name not in ENVELOPES and "object" not in keys_of(class_of(name))]
    assert not unread


def test_no_key_has_two_reasons() -> None:
    tables = [absent.INCLUDABLE, absent.ABSENT, absent.SOMETIMES]
    rows = [row for table in tables for row in table]
    assert len(rows) == len(set(rows))
