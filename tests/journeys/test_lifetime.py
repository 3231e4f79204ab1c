"""How long a link lives. The clock is moved; nobody sleeps."""

from __future__ import annotations

import pytest

from tests.journeys.shop import RETURN_URL, Reader, Shop, Visitor

FIVE_MINUTES, HOUR = 300, 3600


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def jenny(shop: Shop) -> Reader:
    return shop.reader("jenny@example.com")


def test_a_link_opens_within_five_minutes(shop: Shop, jenny: Reader) -> None:
    link = shop.link(jenny)
    shop.mock.clock.advance(FIVE_MINUTES - 5)
    assert Visitor(shop.browser()).follow(link).status_code == 200


def test_a_link_that_nobody_opened_for_five_minutes_is_expired(shop: Shop, jenny: Reader) -> None:
    link = shop.link(jenny)
    shop.mock.clock.advance(FIVE_MINUTES + 5)
    page = Visitor(shop.browser()).follow(link)
    assert page.status_code == 410
    assert "expired" in page.get_data(as_text=True)


def test_the_expired_page_leads_back_to_the_shop(shop: Shop, jenny: Reader) -> None:
    link = shop.link(jenny)
    shop.mock.clock.advance(FIVE_MINUTES + 5)
    assert RETURN_URL in Visitor(shop.browser()).follow(link).get_data(as_text=True)


def test_a_session_in_use_lives_on(shop: Shop, jenny: Reader) -> None:
    visitor = shop.visit(jenny)
    for _ in range(3):
        shop.mock.clock.advance(HOUR - 5)
        assert visitor.go("/").status_code == 200


def test_an_hour_after_its_last_use_a_session_is_expired(shop: Shop, jenny: Reader) -> None:
    visitor = shop.visit(jenny)
    shop.mock.clock.advance(HOUR + 5)
    assert visitor.go("/").status_code == 410


def test_an_expired_session_changes_nothing(shop: Shop, jenny: Reader) -> None:
    visitor = shop.visit(jenny)
    token = visitor.token(f"/subscriptions/{jenny.subscription}/cancel")
    shop.mock.clock.advance(HOUR + 5)
    before = shop.events()
    path = f"{visitor.home}/subscriptions/{jenny.subscription}/cancel"
    assert visitor.post(path, {"csrf_token": token, "form_id": "f" * 32}, follow=False).status_code == 410
    assert shop.events() == before


def test_an_opened_link_can_be_followed_again(shop: Shop, jenny: Reader) -> None:
    """Mail scanners and impatient people open links twice."""
    link = shop.link(jenny)
    assert Visitor(shop.browser()).follow(link).status_code == 200
    assert Visitor(shop.browser()).follow(link).status_code == 200


def test_looking_changes_nothing(shop: Shop, jenny: Reader) -> None:
    visitor = shop.visit(jenny)
    before = shop.events()
    subscription = f"/subscriptions/{jenny.subscription}"
    for below in ("/", subscription, f"{subscription}/cancel", "/payment-methods", "/invoices", "/details"):
        assert visitor.go(below).status_code == 200
    assert shop.events() == before
