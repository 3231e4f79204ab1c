"""Links for one task: they open that task, and end where the business said."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.shop import FEEDBACK, RETURN_URL, Reader, Shop, Visitor

AFTER = "https://shop.example/after"
REDIRECT: dict[str, Any] = {"type": "redirect", "redirect": {"return_url": AFTER}}
CONFIRMATION: dict[str, Any] = {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "Farewell!"}}
HOMEPAGE: dict[str, Any] = {"type": "portal_homepage"}


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture(scope="module")
def coupon(shop: Shop) -> str:
    """30 % off for three months."""
    given: Any = {"percent_off": 30, "duration": "repeating", "duration_in_months": 3}
    return shop.client.v1.coupons.create(given).id


def leaving(reader: Reader, completion: dict[str, Any] | None = None, coupon: str | None = None) -> dict[str, Any]:
    """`flow_data` of a link that cancels this subscription."""
    task: dict[str, Any] = {"subscription": reader.subscription}
    if coupon is not None:
        task["retention"] = {"type": "coupon_offer", "coupon_offer": {"coupon": coupon}}
    flow: dict[str, Any] = {"type": "subscription_cancel", "subscription_cancel": task}
    return flow | ({"after_completion": completion} if completion else {})


def editing(completion: dict[str, Any] | None = None) -> dict[str, Any]:
    flow: dict[str, Any] = {"type": "customer_update"}
    return flow | ({"after_completion": completion} if completion else {})


def test_a_link_to_cancel_opens_that_page_and_no_navigation(shop: Shop) -> None:
    reader = shop.reader("straight@example.com")
    page = shop.visit(reader, flow_data=leaving(reader))
    assert page.heading == "Cancel Magazine"
    assert page.navigation == []
    assert RETURN_URL in page.text


def test_a_link_for_one_task_opens_no_other_page(shop: Shop) -> None:
    reader = shop.reader("narrow@example.com")
    other = shop.client.v1.subscriptions.create({"customer": reader.customer, "items": [{"price": shop.price}]})
    page = shop.visit(reader, flow_data=leaving(reader))
    for below in ("/details", "/invoices", "/payment-methods", f"/subscriptions/{other.id}/cancel"):
        assert page.go(below).status_code == 404


def test_a_link_to_edit_opens_the_details_and_nothing_else(shop: Shop) -> None:
    reader = shop.reader("editor@example.com")
    page = shop.visit(reader, flow_data=editing())
    assert page.heading == "Billing details"
    assert page.go(f"/subscriptions/{reader.subscription}/cancel").status_code == 404


def test_a_cancellation_can_lead_back_to_the_business(shop: Shop) -> None:
    reader = shop.reader("back@example.com")
    page = shop.visit(reader, flow_data=leaving(reader, REDIRECT))
    page.submit(FEEDBACK)
    assert page.page is not None
    assert (page.status, page.page.location) == (303, AFTER)
    assert shop.subscription(reader).cancel_at is not None


def test_a_page_that_will_lead_to_another_site_lets_its_form_do_so(shop: Shop) -> None:
    reader = shop.reader("policy@example.com")
    page = shop.visit(reader, flow_data=leaving(reader, REDIRECT))
    assert page.page is not None
    assert "form-action 'self' https://shop.example;" in page.page.headers["Content-Security-Policy"]


def test_a_cancellation_can_end_with_the_words_of_the_business(shop: Shop) -> None:
    reader = shop.reader("words@example.com")
    page = shop.visit(reader, flow_data=leaving(reader, CONFIRMATION))
    page.submit(FEEDBACK)
    assert page.heading == "Magazine is canceled"
    assert "Farewell!" in page.said
    assert RETURN_URL in page.text


def test_a_flow_promises_nothing_that_it_does_not_offer(shop: Shop) -> None:
    """Who reads that they can change their mind finds the way to do so on the page."""
    reader = shop.reader("mind@example.com")
    page = shop.visit(reader, flow_data=leaving(reader, CONFIRMATION))
    page.submit(FEEDBACK)
    assert "change your mind" not in page.said or "/renew" in page.text


def test_a_cancellation_can_end_in_the_whole_portal(shop: Shop) -> None:
    reader = shop.reader("home@example.com")
    page = shop.visit(reader, flow_data=leaving(reader, HOMEPAGE))
    page.submit(FEEDBACK)
    assert page.heading == "Magazine ends on February 15, 2035"
    assert "Overview" in page.navigation
    assert page.go("/details").status_code == 200


@pytest.mark.parametrize(
    ("completion", "heading"), [(CONFIRMATION, "Your details are saved"), (HOMEPAGE, "All is well, Jenny Rosen")]
)
def test_editing_ends_where_the_business_said(shop: Shop, completion: dict[str, Any], heading: str) -> None:
    page = shop.visit(shop.reader("edits@example.com"), flow_data=editing(completion))
    page.submit('name="email"', name="Jenny Rosen")
    assert page.heading == heading
    assert ("Farewell!" in page.said) == (completion is CONFIRMATION)


def test_editing_can_lead_back_to_the_business(shop: Shop) -> None:
    page = shop.visit(shop.reader("edits-back@example.com"), flow_data=editing(REDIRECT))
    page.submit('name="email"', name="Jenny Rosen")
    assert page.page is not None
    assert (page.status, page.page.location) == (303, AFTER)


def test_a_mistake_in_a_flow_keeps_the_page(shop: Shop) -> None:
    page = shop.visit(shop.reader("mistake@example.com"), flow_data=editing(REDIRECT))
    page.submit('name="email"', email="no")
    assert page.status == 400
    page.submit('name="email"', email="yes@example.com")
    assert page.status == 303


def test_an_offer_stands_beside_the_exit(shop: Shop, coupon: str) -> None:
    reader = shop.reader("offered@example.com")
    page = shop.visit(reader, flow_data=leaving(reader, coupon=coupon))
    assert "Or stay and pay less: 30% off for 3 months. Take the offer" in page.said
    assert page.said.index("Cancel on February 15, 2035") < page.said.index("Take the offer")


def test_who_takes_the_offer_stays_and_pays_less(shop: Shop, coupon: str) -> None:
    reader = shop.reader("taken@example.com")
    page = shop.visit(reader, flow_data=leaving(reader, CONFIRMATION, coupon))
    take(page)
    assert (page.status, page.heading) == (200, "Magazine goes on")
    kept = shop.client.v1.subscriptions.retrieve(reader.subscription, {"expand": ["discounts"]})
    assert (kept.status, kept.cancel_at) == ("active", None)
    assert [discount.source.coupon for discount in kept.discounts] == [coupon]  # type: ignore[union-attr]


def take(page: Visitor) -> None:
    page.submit("Take the offer")


def test_the_offer_is_taken_once_and_not_shown_again(shop: Shop, coupon: str) -> None:
    reader = shop.reader("greedy@example.com")
    page = shop.visit(reader, flow_data=leaving(reader, CONFIRMATION, coupon))
    where, form = page.form("Take the offer")
    before = shop.events()
    for _ in range(2):
        page.post(where, form)
        assert page.heading == "Magazine goes on"
    assert shop.since(before).count("customer.subscription.updated") == 1
    page.go(f"/subscriptions/{reader.subscription}/cancel")
    assert "Take the offer" not in page.said


def test_who_declines_the_offer_just_leaves(shop: Shop, coupon: str) -> None:
    reader = shop.reader("declined@example.com")
    page = shop.visit(reader, flow_data=leaving(reader, CONFIRMATION, coupon))
    page.submit(FEEDBACK, **{FEEDBACK: "unused"})
    left = shop.subscription(reader)
    assert left.cancel_at is not None
    assert left.discounts == []


def test_an_offer_that_is_gone_meanwhile_is_not_shown(shop: Shop) -> None:
    given: Any = {"percent_off": 10, "duration": "forever"}
    gone = shop.client.v1.coupons.create(given).id
    reader = shop.reader("gone@example.com")
    link = shop.link(reader, flow_data=leaving(reader, coupon=gone))
    shop.client.v1.coupons.delete(gone)
    page = Visitor(shop.browser())
    page.follow(link)
    assert (page.status, page.heading) == (200, "Cancel Magazine")
    assert "Take the offer" not in page.said


def test_a_flow_whose_subscription_ended_meanwhile_says_so(shop: Shop) -> None:
    reader = shop.reader("ended@example.com")
    link = shop.link(reader, flow_data=leaving(reader))
    shop.client.v1.subscriptions.cancel(reader.subscription)
    page = Visitor(shop.browser())
    page.follow(link)
    assert (page.status, page.heading) == (200, "Magazine has ended")
