"""Links that pause a subscription: their preconditions, their one page, and where they end."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.journeys.shop import Reader, Shop

AFTER = "https://shop.example/after"
ON: dict[str, Any] = {"enabled": True, "duration": {"type": "indefinite"}}


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture(scope="module")
def on(shop: Shop) -> str:
    return shop.configuration(subscription_pause=ON, subscription_cancel={"enabled": True})


def pausing(reader: Reader, completion: dict[str, Any] | None = None) -> dict[str, Any]:
    flow: dict[str, Any] = {
        "type": "subscription_pause",
        "subscription_pause": {"subscription": reader.subscription},
    }
    return flow | ({"after_completion": completion} if completion else {})


def test_a_link_to_pause_opens_that_page_and_no_other(shop: Shop, on: str) -> None:
    reader = shop.reader("straight@example.com")
    page = shop.visit(reader, flow_data=pausing(reader), configuration=on)
    assert page.heading == "Pause Magazine"
    assert page.navigation == []
    for below in ("/details", "/invoices", f"/subscriptions/{reader.subscription}/cancel"):
        assert page.go(below).status_code == 404


@pytest.mark.parametrize(
    ("completion", "heading"),
    [
        pytest.param(None, "Magazine is paused", id="confirmation"),
        pytest.param({"type": "portal_homepage"}, "All is well, Home", id="home page"),
    ],
)
def test_it_ends_where_the_business_said(shop: Shop, on: str, completion: dict[str, Any] | None, heading: str) -> None:
    reader = shop.reader("home@example.com")
    page = shop.visit(reader, flow_data=pausing(reader, completion), configuration=on)
    page.submit("Pause now")
    assert page.heading == heading
    assert shop.subscription(reader).status == "paused"


def test_it_can_lead_back_to_the_business(shop: Shop, on: str) -> None:
    reader = shop.reader("back@example.com")
    completion = {"type": "redirect", "redirect": {"return_url": AFTER}}
    page = shop.visit(reader, flow_data=pausing(reader, completion), configuration=on)
    page.submit("Pause now")
    assert page.page is not None
    assert (page.status, page.page.location) == (303, AFTER)


@pytest.mark.parametrize(
    ("subscription", "reason"),
    [
        pytest.param({"trial_period_days": 9}, "pause_trial", id="on trial"),
        pytest.param({"billing_mode": {"type": "classic"}}, "pause_classic", id="classic"),
        pytest.param({"collection_method": "send_invoice", "days_until_due": 3}, "pause_by_invoice", id="by invoice"),
        pytest.param({"cancel_at_period_end": True}, "pause_ending", id="ends already"),
    ],
)
def test_a_link_that_could_not_be_followed_is_not_given_out(
    shop: Shop, on: str, subscription: dict[str, Any], reason: str
) -> None:
    reader = shop.reader("never@example.com", **subscription)
    with pytest.raises(stripe.InvalidRequestError, match=reason) as refused:
        shop.link(reader, flow_data=pausing(reader), configuration=on)
    assert refused.value.param == "flow_data[subscription_pause][subscription]"


def test_a_link_needs_the_feature(shop: Shop) -> None:
    reader = shop.reader("off@example.com")
    off = shop.configuration(subscription_cancel={"enabled": True})
    with pytest.raises(stripe.InvalidRequestError, match="its feature is disabled"):
        shop.link(reader, flow_data=pausing(reader), configuration=off)
