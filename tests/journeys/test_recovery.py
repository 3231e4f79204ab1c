"""A link whose time is over comes back by a code to the customer's own address."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.shop import RETURN_URL, Reader, Shop, Visitor

LOGIN: dict[str, Any] = {"type": "customer_login"}
HOUR = 3600


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def jenny(shop: Shop) -> Reader:
    return shop.reader("jenny@example.com")


def test_a_code_goes_on_where_the_link_ended(shop: Shop, jenny: Reader) -> None:
    """In the same language, in the same flow, with the same way back."""
    flow: Any = {"type": "subscription_cancel", "subscription_cancel": {"subscription": jenny.subscription}}
    link = shop.link(jenny, after_expiration=LOGIN, flow_data=flow, locale="en-GB")
    shop.mock.clock.advance(HOUR)
    visitor = Visitor(shop.browser())
    visitor.follow(link)
    assert (visitor.status, visitor.heading) == (410, "This link has expired")
    assert "we send a code to j•••@e•••.com" in visitor.said
    visitor.submit("Send the code")
    visitor.submit('name="code"', code=shop.mailed_code())
    assert (visitor.status, visitor.heading) == (200, "Cancel Magazine")
    assert visitor.navigation == []
    assert f'href="{RETURN_URL}"' in visitor.text


def test_a_session_that_ended_while_it_was_used_comes_back_too(shop: Shop, jenny: Reader) -> None:
    visitor = shop.visit(jenny, after_expiration=LOGIN)
    shop.mock.clock.advance(HOUR + 5)
    visitor.go("/invoices")
    visitor.submit("Send the code")
    visitor.submit('name="code"', code=shop.mailed_code())
    visitor.settle()
    assert visitor.go("/invoices").status_code == 200


def test_after_its_deadline_there_is_only_the_way_back(shop: Shop, jenny: Reader) -> None:
    deadline = shop.mock.clock.now + HOUR
    link = shop.link(jenny, after_expiration={**LOGIN, "customer_login": {"expires_at": deadline}})
    shop.mock.clock.advance(HOUR - 5)
    assert "Send the code" in Visitor(shop.browser()).follow(link).get_data(as_text=True)
    shop.mock.clock.advance(10)
    page = Visitor(shop.browser()).follow(link).get_data(as_text=True)
    assert "Send the code" not in page
    assert RETURN_URL in page
