"""Starting again: who may, and with what."""

from __future__ import annotations

from typing import Any

import pytest

from flask_portal.rules.returns import may_start, parameters, preview
from flask_portal.rules.verdict import Verdict
from tests.portal.rules.bodies import item, subscription, view
from tests.portal.rules.bodies import price as make_price

OFF: dict[str, Any] = {"subscription_update": {"enabled": False, "products": None}}
SOLD = make_price(product={"id": "prod_1", "active": True}, active=True)


def listing(*prices: str) -> dict[str, Any]:
    return {"subscription_update": {"enabled": True, "products": [{"product": "prod_1", "prices": list(prices)}]}}


def ended(**fields: Any) -> Any:
    return view(item(id="price_1"), status="canceled", **fields)


def sold(**fields: Any) -> dict[str, Any]:
    return SOLD | {"id": "price_1"} | fields


def test_what_has_ended_and_is_still_sold_can_begin_again() -> None:
    assert may_start(ended(), True, [ended()], [sold()], OFF) == Verdict.yes()


@pytest.mark.parametrize(
    ("old", "is_on", "others", "prices", "features", "reason"),
    [
        pytest.param(ended(), False, [], [sold()], OFF, "start_off", id="off"),
        pytest.param(view(), True, [], [sold()], OFF, "start_not_ended", id="runs"),
        pytest.param(view(status="incomplete_expired"), True, [], [sold()], OFF, "start_not_ended", id="never began"),
        pytest.param(
            ended(collection_method="send_invoice"), True, [], [sold()], OFF, "start_by_invoice", id="by invoice"
        ),
        pytest.param(ended(), True, [view()], [sold()], OFF, "start_live", id="has it"),
        pytest.param(ended(), True, [view(status="past_due")], [sold()], OFF, "start_live", id="has it, unpaid"),
        pytest.param(ended(), True, [], [], OFF, "start_price_gone", id="price gone"),
        pytest.param(ended(), True, [], [sold(active=False)], OFF, "start_price_gone", id="price archived"),
        pytest.param(
            ended(),
            True,
            [],
            [sold(product={"id": "prod_1", "active": False})],
            OFF,
            "start_price_gone",
            id="product archived",
        ),
        pytest.param(ended(), True, [], [sold()], listing("price_2"), "start_price_gone", id="not offered"),
    ],
)
def test_what_stands_in_the_way_of_starting_again_is_named(
    old: Any, is_on: bool, others: list[Any], prices: list[dict[str, Any]], features: dict[str, Any], reason: str
) -> None:
    assert may_start(old, is_on, others, prices, features) == Verdict.no(reason)


def test_where_plans_are_listed_the_old_one_must_be_among_them() -> None:
    assert may_start(ended(), True, [], [sold()], listing("price_1", "price_2")).ok


def test_another_product_does_not_stand_in_the_way() -> None:
    assert may_start(ended(), True, [view(item("prod_2"))], [sold()], OFF).ok


def test_the_new_one_keeps_items_tax_account_and_metadata_but_no_discount() -> None:
    body = subscription(
        item(quantity=3, id="price_1"),
        status="canceled",
        automatic_tax={"enabled": True},
        default_tax_rates=[{"id": "txr_1"}],
        discounts=["di_1"],
        metadata={"shelf": "7"},
        on_behalf_of="acct_1",
        transfer_data={"destination": "acct_1", "amount_percent": None},
    )
    asked = parameters(body, view(item(quantity=3, id="price_1"), status="canceled"))
    assert asked == {
        "customer": "cus_1",
        "items": [{"price": "price_1", "quantity": 3}],
        "currency": "usd",
        "metadata": {"shelf": "7"},
        "automatic_tax": {"enabled": True},
        "default_tax_rates": ["txr_1"],
        "on_behalf_of": "acct_1",
        "transfer_data": {"destination": "acct_1"},
    }


def test_its_preview_asks_for_the_same() -> None:
    asked = parameters(subscription(automatic_tax={"enabled": True}), ended())
    assert preview(asked) == {
        "customer": "cus_1",
        "currency": "usd",
        "automatic_tax": {"enabled": True},
        "subscription_details": {"items": [{"price": "price_1", "quantity": 1}]},
    }
