"""The page on which a connected account tells Stripe who it is."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock
from tests.hosted.browser import Visitor

WHERE: Any = {"refresh_url": "https://shop.example/again", "return_url": "https://shop.example/done"}


@pytest.fixture
def visitor(mock: Mock) -> Visitor:
    return Visitor(mock)


@pytest.fixture
def account(shop: stripe.StripeClient) -> str:
    """The id of an account of which nothing is known."""
    return shop.v1.accounts.create({"type": "standard"}).id


def link_for(shop: stripe.StripeClient, account: str) -> str:
    return shop.v1.account_links.create({"account": account, "type": "account_onboarding", **WHERE}).url


def test_the_answered_page_lets_the_account_charge(shop: stripe.StripeClient, visitor: Visitor, account: str) -> None:
    link = link_for(shop, account)
    answer = visitor.answer(link)
    assert (answer.status_code, answer.location) == (303, WHERE["return_url"])
    known = shop.v1.accounts.retrieve(account)
    assert (known.charges_enabled, known.payouts_enabled, known.details_submitted) == (True, True, True)
    happened = [event.type for event in shop.v1.events.list({}, {"stripe_account": account}).data]
    assert happened == ["account.updated", "capability.updated", "capability.updated"]


def test_looking_at_the_page_does_not_use_the_link_up(
    shop: stripe.StripeClient, visitor: Visitor, account: str
) -> None:
    link = link_for(shop, account)
    assert [visitor.open(link).status_code for _ in range(2)] == [200, 200]
    assert visitor.answer(link).location == WHERE["return_url"]


def test_a_used_link_leads_to_where_there_is_another(shop: stripe.StripeClient, visitor: Visitor, account: str) -> None:
    link = link_for(shop, account)
    visitor.answer(link)
    assert visitor.open(link).location == WHERE["refresh_url"]


def test_a_link_is_over_after_five_minutes(
    mock: Mock, shop: stripe.StripeClient, visitor: Visitor, account: str
) -> None:
    link = link_for(shop, account)
    mock.clock.advance(301)
    assert visitor.open(link).location == WHERE["refresh_url"]


@pytest.mark.parametrize("path", ["/setup/acct_1x/alink_x", "/setup/%00/alink_x", "/setup/acct_1x/%00"])
def test_a_wrong_link_finds_nothing(visitor: Visitor, path: str) -> None:
    assert visitor.client.get(path).status_code == 404
