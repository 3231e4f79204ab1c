"""A host application's own rules, as its customers meet them. The shop opens on January 15, 2035."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flask_portal import Refusal
from tests.journeys.host import HostApp
from tests.journeys.shop import FEEDBACK, Shop, Visitor


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture
def host(shop: Shop, tmp_path: Path) -> Iterator[HostApp]:
    made = HostApp(shop, tmp_path)
    yield made
    made.close()


def bound(subscription: dict[str, Any], view: Any) -> Refusal | bool:
    """Somebody with a contract stays until it is over."""
    return Refusal(f"{view.title} runs until your contract is over.") if subscription["metadata"] else True


def test_a_refusal_stands_where_the_button_would_be_and_on_the_page(shop: Shop, host: HostApp) -> None:
    host.portal.may_cancel(bound)
    reader = shop.reader("bound@example.com", metadata={"contract": "2036"})
    page = host.visit(reader)
    page.go("/")
    assert "Cancel subscription" not in page.said
    assert "Magazine runs until your contract is over." in page.said
    page.go(f"/subscriptions/{reader.subscription}/cancel")
    assert (page.status, page.heading) == (403, "This is not possible here")
    assert "Magazine runs until your contract is over." in page.said


def test_who_is_not_meant_is_not_refused(shop: Shop, host: HostApp) -> None:
    host.portal.may_cancel(bound)
    page = host.visit(shop.reader("free@example.com"))
    page.go("/")
    assert "Cancel subscription" in page.said


def test_a_refusal_that_comes_between_page_and_click_changes_nothing(shop: Shop, host: HostApp) -> None:
    allowed = [True]
    host.portal.may_cancel(lambda _subscription, _view: allowed[0])
    page, _ = leaving(shop, host, "late@example.com")
    before = shop.events()
    allowed[0] = False
    page.submit(FEEDBACK)
    assert page.status == 403
    assert "This is not possible for your subscription. Please contact us." in page.said
    assert shop.since(before) == []


def offered(shop: Shop, percent: int) -> str:
    given: Any = {"percent_off": percent, "duration": "once"}
    return shop.client.v1.coupons.create(given).id


def leaving(shop: Shop, host: HostApp, email: str) -> tuple[Visitor, Any]:
    reader = shop.reader(email)
    page = host.visit(reader)
    page.go(f"/subscriptions/{reader.subscription}/cancel")
    return page, reader


def test_offers_stand_beside_the_exit_each_with_its_reason(shop: Shop, host: HostApp) -> None:
    everybody, expensive = offered(shop, 10), offered(shop, 40)
    host.portal.offer_for(lambda reason, _customer: {None: everybody, "too_expensive": expensive}.get(reason))
    page, _ = leaving(shop, host, "tempted@example.com")
    assert "Or stay and pay less: 10% off your next invoice." in page.said
    assert "If your reason is “It is too expensive”: 40% off your next invoice." in page.said
    assert page.said.index("Cancel on February 15, 2035") < page.said.index("10% off")


def test_an_offer_that_is_taken_is_given(shop: Shop, host: HostApp) -> None:
    coupon = offered(shop, 40)
    host.portal.offer_for(lambda reason, _customer: coupon if reason == "too_expensive" else None)
    page, reader = leaving(shop, host, "stays@example.com")
    page.submit("Take the offer")
    assert page.heading == "Magazine goes on"
    assert "Your discount: 40% off your next invoice." in page.said
    kept = shop.client.v1.subscriptions.retrieve(reader.subscription, {"expand": ["discounts"]})
    assert [each.source.coupon for each in kept.discounts] == [coupon]  # type: ignore[union-attr]


def test_a_coupon_that_was_not_offered_cannot_be_taken_by_hand(shop: Shop, host: HostApp) -> None:
    other, coupon = offered(shop, 100), offered(shop, 5)
    host.portal.offer_for(lambda _reason, _customer: coupon)
    page, _ = leaving(shop, host, "greedy@example.com")
    before = shop.events()
    page.submit("Take the offer", coupon=other)
    assert page.status == 403
    assert shop.since(before) == []


def test_an_offer_depends_on_the_customer(shop: Shop, host: HostApp) -> None:
    coupon = offered(shop, 20)
    host.portal.offer_for(lambda _reason, customer: coupon if customer["name"] == "Loyal" else None)
    assert "Take the offer" in leaving(shop, host, "loyal@example.com")[0].said
    assert "Take the offer" not in leaving(shop, host, "new@example.com")[0].said


def test_a_policy_of_one_application_is_none_of_another(shop: Shop, host: HostApp, tmp_path: Path) -> None:
    host.portal.may_cancel(lambda _subscription, _view: False)
    folder = tmp_path / "other"
    folder.mkdir()
    other = HostApp(shop, folder)
    reader = shop.reader("both@example.com")
    for each, status in ((host, 403), (other, 200), (host, 403)):
        page = each.visit(reader)
        page.go(f"/subscriptions/{reader.subscription}/cancel")
        assert page.status == status
    other.close()
