"""`flow_data`: what each flow needs, and the preconditions that are checked before a link is given out."""

from __future__ import annotations

from typing import Any

import pytest

from flask_portal.rules.flows import FLOWS
from tests.contract.shapes import violations
from tests.portal.api.shop import CUSTOMER, START, Shop

CANCEL = "flow_data[subscription_cancel]"
COUPON = f"{CANCEL}[retention][coupon_offer][coupon]"


def canceling(**more: Any) -> dict[str, Any]:
    return {"type": "subscription_cancel", "subscription_cancel": {"subscription": "sub_1", **more}}


def refusal(shop: Shop, flow: dict[str, Any], **params: Any) -> Any:
    return shop.refused("/sessions", {"customer": CUSTOMER, "flow_data": flow, **params})


@pytest.fixture
def seller(one_shop: Shop) -> Shop:
    """A shop whose customer has the subscription `sub_1`."""
    one_shop.stripe.add_subscription("sub_1", CUSTOMER)
    return one_shop


def test_a_flow_is_served_whole(seller: Shop) -> None:
    body = seller.session(flow_data=canceling())
    assert body["flow"] == {
        "after_completion": {"hosted_confirmation": None, "redirect": None, "type": "hosted_confirmation"},
        "customer_update": None,
        "subscription_cancel": {"retention": None, "subscription": "sub_1"},
        "subscription_pause": None,
        "subscription_update": None,
        "subscription_update_confirm": None,
        "type": "subscription_cancel",
    }
    assert violations(body, plain=True) == []


def test_the_flow_to_update_the_customer_has_an_empty_object(one_shop: Shop) -> None:
    assert one_shop.session(flow_data={"type": "customer_update"})["flow"]["customer_update"] == {}


def test_the_type_of_a_flow_is_required(one_shop: Shop) -> None:
    error = refusal(one_shop, {"after_completion": {"type": "portal_homepage"}})
    assert (error["code"], error["param"]) == ("parameter_missing", "flow_data[type]")


def test_an_unknown_flow_is_refused_with_the_known_ones(one_shop: Shop) -> None:
    error = refusal(one_shop, {"type": "dance"})
    assert error["param"] == "flow_data[type]"
    assert all(flow in error["message"] for flow in FLOWS)


@pytest.mark.parametrize("flow", sorted(FLOWS - {"customer_update", "payment_method_update"}))
def test_the_object_of_a_flow_is_required(one_shop: Shop, flow: str) -> None:
    error = refusal(one_shop, {"type": flow})
    assert (error["code"], error["param"]) == ("parameter_missing", f"flow_data[{flow}]")


def test_the_object_of_another_flow_is_refused(seller: Shop) -> None:
    error = refusal(seller, {**canceling(), "type": "customer_update"})
    assert error["param"] == CANCEL


def test_a_redirect_needs_an_address(one_shop: Shop) -> None:
    error = refusal(one_shop, {"type": "customer_update", "after_completion": {"type": "redirect"}})
    assert error["code"] == "parameter_missing"
    assert error["param"] == "flow_data[after_completion][redirect][return_url]"


def test_a_redirect_does_not_lead_to_a_script(one_shop: Shop) -> None:
    after = {"type": "redirect", "redirect": {"return_url": "javascript:alert(1)"}}
    error = refusal(one_shop, {"type": "customer_update", "after_completion": after})
    assert error["code"] == "url_invalid"


def test_a_redirect_is_kept(one_shop: Shop) -> None:
    after = {"type": "redirect", "redirect": {"return_url": "https://shop.example/done"}}
    flow = one_shop.session(flow_data={"type": "customer_update", "after_completion": after})["flow"]
    assert flow["after_completion"] == {**after, "hosted_confirmation": None}


def test_a_message_after_completion_has_500_characters_at_most(one_shop: Shop) -> None:
    def after(length: int) -> dict[str, Any]:
        message = {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "x" * length}}
        return {"type": "customer_update", "after_completion": message}

    kept = one_shop.session(flow_data=after(500))["flow"]["after_completion"]["hosted_confirmation"]
    assert kept == {"custom_message": "x" * 500}
    error = refusal(one_shop, after(501))
    assert error["param"] == "flow_data[after_completion][hosted_confirmation][custom_message]"


CONFIRM = "flow_data[subscription_update_confirm]"


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        ({"subscription": "sub_1"}, f"{CONFIRM}[items]"),
        ({"subscription": "sub_1", "items": [{"price": "price_2"}]}, f"{CONFIRM}[items][0][id]"),
        ({"subscription": "sub_1", "items": [{"id": "si_1"}, {"id": "si_2"}]}, f"{CONFIRM}[items]"),
        ({"subscription": "sub_1", "items": [{"id": "si_1"}]}, f"{CONFIRM}[items][0]"),
        ({"subscription": "sub_1", "items": [{"id": "si_1", "quantity": "many"}]}, f"{CONFIRM}[items][0][quantity]"),
        (
            {"subscription": "sub_1", "items": [{"id": "si_1", "quantity": 2}], "discounts": [{"coupon": "a"}] * 2},
            f"{CONFIRM}[discounts]",
        ),
        (
            {
                "subscription": "sub_1",
                "items": [{"id": "si_1", "quantity": 2}],
                "discounts": [{"coupon": "a", "promotion_code": "b"}],
            },
            f"{CONFIRM}[discounts][0]",
        ),
    ],
    ids=["no items", "no id", "two items", "nothing to change", "no number", "two discounts", "two in one"],
)
def test_the_parameters_of_a_confirmation_are_checked_before_its_page_is_missed(
    seller: Shop, sent: dict[str, Any], param: str
) -> None:
    error = refusal(seller, {"type": "subscription_update_confirm", "subscription_update_confirm": sent})
    assert error["param"] == param


@pytest.mark.parametrize("id", ["sub_none", "sub_other"])
def test_the_subscription_must_be_the_customers_own(seller: Shop, id: str) -> None:
    seller.stripe.add_subscription("sub_other", "cus_somebody_else")
    error = refusal(seller, canceling(subscription=id))
    assert (error["code"], error["param"]) == ("resource_missing", f"{CANCEL}[subscription]")
    assert error["message"] == f"No such subscription: '{id}'"


@pytest.mark.parametrize("scheduled", [{"cancel_at_period_end": True}, {"cancel_at": START + 86_400}])
def test_a_subscription_that_is_set_to_end_cannot_be_canceled_again(seller: Shop, scheduled: dict[str, Any]) -> None:
    """Classic billing mode sets `cancel_at_period_end`, flexible billing mode `cancel_at` alone."""
    seller.stripe.add_subscription("sub_1", CUSTOMER, **scheduled)
    error = refusal(seller, canceling())
    assert "is already set to be canceled at period end" in error["message"]
    assert error["param"] == f"{CANCEL}[subscription]"


@pytest.mark.parametrize("status", ["canceled", "incomplete_expired"])
def test_a_subscription_that_has_ended_cannot_be_canceled(seller: Shop, status: str) -> None:
    seller.stripe.add_subscription("sub_1", CUSTOMER, status=status)
    assert "has ended" in refusal(seller, canceling())["message"]


def test_with_on_behalf_of_the_subscription_must_be_of_that_account(seller: Shop) -> None:
    error = refusal(seller, canceling(), on_behalf_of="acct_2")
    assert error["param"] == f"{CANCEL}[subscription]"
    seller.stripe.add_subscription("sub_1", CUSTOMER, on_behalf_of="acct_2")
    assert seller.session(flow_data=canceling(), on_behalf_of="acct_2")["on_behalf_of"] == "acct_2"


def test_canceling_must_be_enabled_in_the_configuration(seller: Shop) -> None:
    named = seller.configuration()["id"]
    assert "disabled" in refusal(seller, canceling(), configuration=named)["message"]


def test_updating_the_customer_must_be_enabled_in_the_configuration(one_shop: Shop) -> None:
    named = one_shop.configuration()["id"]
    assert "disabled" in refusal(one_shop, {"type": "customer_update"}, configuration=named)["message"]


def test_updating_the_customer_needs_something_that_may_be_updated(one_shop: Shop) -> None:
    named = one_shop.configuration(customer_update={"enabled": True})["id"]
    error = refusal(one_shop, {"type": "customer_update"}, configuration=named)
    assert "no updates" in error["message"]


def offering(coupon: str) -> dict[str, Any]:
    return canceling(retention={"type": "coupon_offer", "coupon_offer": {"coupon": coupon}})


def test_a_retention_coupon_is_kept(seller: Shop) -> None:
    seller.stripe.add("STAY", object="coupon", valid=True)
    kept = seller.session(flow_data=offering("STAY"))["flow"]["subscription_cancel"]["retention"]
    assert kept == {"type": "coupon_offer", "coupon_offer": {"coupon": "STAY"}}


def test_an_unknown_retention_coupon_is_missing(seller: Shop) -> None:
    error = refusal(seller, offering("NONE"))
    assert error["message"] == "No such coupon: 'NONE'"
    assert (error["code"], error["param"]) == ("resource_missing", COUPON)


def test_a_used_up_retention_coupon_is_refused(seller: Shop) -> None:
    seller.stripe.add("OLD", object="coupon", valid=False)
    error = refusal(seller, offering("OLD"))
    assert (error["code"], error["param"]) == ("coupon_expired", COUPON)


def test_retention_needs_its_offer(seller: Shop) -> None:
    error = refusal(seller, canceling(retention={"type": "coupon_offer"}))
    assert error["param"] == f"{CANCEL}[retention][coupon_offer]"


OFFERED: dict[str, Any] = {
    "payment_method_update": {"enabled": True},
    "subscription_update": {
        "enabled": True,
        "default_allowed_updates": ["price", "quantity"],
        "products": [{"product": "prod_1", "prices": ["price_2"]}],
    },
}
ITEM = {"id": "si_1", "price": {"id": "price_1"}, "quantity": 1}


def confirming(price: str | None = "price_2", **more: Any) -> dict[str, Any]:
    asked: dict[str, Any] = {"id": "si_1"} | ({"price": price} if price else {}) | more.pop("item", {})
    return {
        "type": "subscription_update_confirm",
        "subscription_update_confirm": {"subscription": "sub_1", "items": [asked], **more},
    }


@pytest.fixture
def offerer(one_shop: Shop) -> Shop:
    """A shop whose customer may change from `price_1` to `price_2`."""
    one_shop.stripe.add_product("prod_1")
    one_shop.stripe.add_price("price_2", "prod_1")
    one_shop.stripe.add_subscription("sub_1", CUSTOMER, items={"object": "list", "data": [ITEM]})
    return one_shop


def allowing(shop: Shop, *kinds: str) -> str:
    update = OFFERED["subscription_update"] | ({"default_allowed_updates": list(kinds)} if kinds else {})
    return str(shop.configuration(**OFFERED | {"subscription_update": update})["id"])


UPDATING = {"type": "subscription_update", "subscription_update": {"subscription": "sub_1"}}


@pytest.mark.parametrize("flow", [UPDATING, confirming()], ids=["update", "confirm"])
def test_a_change_that_can_be_finished_gets_its_link(offerer: Shop, flow: dict[str, Any]) -> None:
    made = offerer.session(flow_data=flow, configuration=allowing(offerer))["flow"]
    assert made["type"] == flow["type"]
    assert violations(offerer.session(flow_data=flow, configuration=allowing(offerer)), plain=True) == []


@pytest.mark.parametrize("flow", [UPDATING, confirming()], ids=["update", "confirm"])
def test_changing_a_plan_must_be_enabled_in_the_configuration(offerer: Shop, flow: dict[str, Any]) -> None:
    error = refusal(offerer, flow, configuration=offerer.configuration()["id"])
    assert error["message"] == (
        "This subscription cannot be updated because the subscription update feature in the portal configuration is "
        "disabled."
    )


@pytest.mark.parametrize(
    ("flow", "said"),
    [
        pytest.param(confirming("price_9"), "does not include the price in its", id="not offered"),
        pytest.param(confirming(None, item={"quantity": 1}), "there are no changes to confirm", id="no change"),
        pytest.param(confirming("price_1"), "there are no changes to confirm", id="the same price"),
        pytest.param(confirming(item={"id": "si_9"}), "No such subscription item: 'si_9'", id="another item"),
        pytest.param(confirming(discounts=[{"coupon": "TEN"}]), "does not include `promotion_code`", id="a discount"),
    ],
)
def test_a_confirmation_is_refused_with_its_reason(offerer: Shop, flow: dict[str, Any], said: str) -> None:
    assert said in refusal(offerer, flow, configuration=allowing(offerer))["message"]


@pytest.mark.parametrize(
    ("kind", "flow"),
    [("price", confirming(None, item={"quantity": 2})), ("quantity", confirming())],
    ids=["quantities are not changed", "prices are not changed"],
)
def test_a_confirmation_keeps_to_what_may_be_changed(offerer: Shop, kind: str, flow: dict[str, Any]) -> None:
    error = refusal(offerer, flow, configuration=allowing(offerer, kind))
    assert "`features[subscription_update][default_allowed_updates]`" in error["message"]


def test_a_code_for_first_purchases_is_refused_by_its_own_code(offerer: Shop) -> None:
    coupon = {"id": "TEN", "object": "coupon", "valid": True}
    rules = {"first_time_transaction": True, "minimum_amount": None}
    code = {"active": True, "customer": None, "promotion": {"coupon": coupon}, "restrictions": rules}
    offerer.stripe.add("promo_1", object="promotion_code", **code)
    named = allowing(offerer, "price", "promotion_code")
    error = refusal(offerer, confirming(discounts=[{"promotion_code": "promo_1"}]), configuration=named)
    assert error["code"] == "promotion_code_customer_not_first_time"
    offerer.stripe.add("promo_1", object="promotion_code", **code | {"restrictions": FREE})
    flow = offerer.session(flow_data=confirming(discounts=[{"promotion_code": "promo_1"}]), configuration=named)["flow"]
    assert flow["subscription_update_confirm"]["discounts"] == [{"coupon": None, "promotion_code": "promo_1"}]


FREE = {"first_time_transaction": False, "minimum_amount": None}


@pytest.mark.parametrize("flow", [UPDATING, confirming()], ids=["update", "confirm"])
def test_what_has_ended_is_not_changed(offerer: Shop, flow: dict[str, Any]) -> None:
    offerer.stripe.add_subscription("sub_1", CUSTOMER, status="canceled", items={"object": "list", "data": [ITEM]})
    assert "has ended" in refusal(offerer, flow, configuration=allowing(offerer))["message"]


def test_a_subscription_of_several_prices_is_not_confirmed(offerer: Shop) -> None:
    several = {"object": "list", "data": [ITEM, ITEM | {"id": "si_2"}]}
    offerer.stripe.add_subscription("sub_1", CUSTOMER, items=several)
    assert "several items" in refusal(offerer, confirming(), configuration=allowing(offerer))["message"]


@pytest.mark.parametrize(
    ("flow", "said"),
    [
        pytest.param(confirming(item={"quantity": 9}), "must be between 1 and 5", id="too many"),
        pytest.param(confirming(None, item={"quantity": 2}), "does not let the quantity", id="a price without bounds"),
    ],
)
def test_a_quantity_is_confirmed_only_within_its_bounds(offerer: Shop, flow: dict[str, Any], said: str) -> None:
    limited = {"product": "prod_1", "prices": ["price_2"], "adjustable_quantity": {"enabled": True, "maximum": 5}}
    update = OFFERED["subscription_update"] | {"products": [limited]}
    named = offerer.configuration(**OFFERED | {"subscription_update": update})["id"]
    error = refusal(offerer, flow, configuration=named)
    assert said in error["message"]
    assert error["param"] == f"{CONFIRM}[items][0][quantity]"
