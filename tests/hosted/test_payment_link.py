"""The page of a payment link."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock
from tests.hosted.browser import Visitor
from tests.resources.checkout import line


@pytest.fixture
def visitor(mock: Mock) -> Visitor:
    return Visitor(mock)


def link(shop: stripe.StripeClient, **sent: Any) -> stripe.PaymentLink:
    """A new link for a book."""
    params: Any = {"line_items": [line(2050, quantity=2)], **sent}
    return shop.v1.payment_links.create(params)


def buy(visitor: Visitor, made: stripe.PaymentLink) -> Any:
    """Open the link, and pay on the page that it leads to."""
    opened = visitor.answer(made.url)
    return visitor.answer(opened.location, email="jenny@example.com", payment_method="pm_card_visa")


def test_each_visit_has_a_session_of_its_own(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = link(shop, metadata={"from": "leaflet"})
    assert visitor.open(made.url).status_code == 200
    assert shop.v1.checkout.sessions.list().data == []
    first, second = visitor.answer(made.url).location, visitor.answer(made.url).location
    assert first != second
    found = shop.v1.checkout.sessions.list({"payment_link": made.id}).data
    assert [(one.amount_total, one.metadata and one.metadata.to_dict()) for one in found] == [
        (4100, {"from": "leaflet"}),
        (4100, {"from": "leaflet"}),
    ]


def test_who_has_paid_sees_the_message_of_the_business(shop: stripe.StripeClient, visitor: Visitor) -> None:
    done: Any = {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "See you on Monday."}}
    made = link(shop, after_completion=done)
    answer = buy(visitor, made)
    assert answer.location.startswith("/c/pay/cs_test_")
    assert "See you on Monday." in visitor.open(answer.location).text


def test_who_has_paid_is_sent_to_the_page_of_the_business(shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = link(shop, after_completion={"type": "redirect", "redirect": {"url": "https://shop.example/thanks"}})
    assert buy(visitor, made).location == "https://shop.example/thanks"


def test_a_link_is_over_after_so_many_purchases(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = link(shop, restrictions={"completed_sessions": {"limit": 1}}, inactive_message="Sold out.")
    with mock.expect_events(
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
        "payment_link.updated",
    ):
        buy(visitor, made)
    over = shop.v1.payment_links.retrieve(made.id)
    assert over.restrictions is not None
    assert (over.active, over.restrictions.completed_sessions.count) == (False, 1)
    assert "Sold out." in visitor.open(made.url).text


def test_a_closed_link_opens_nothing(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = link(shop)
    token = visitor.open(made.url).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    shop.v1.payment_links.update(made.id, {"active": False})
    answer = visitor.client.post(made.url.partition("stripe.com")[2], data={"csrf_token": token})
    assert "This link is not active" in answer.text
    assert shop.v1.checkout.sessions.list().data == []


@pytest.mark.parametrize("path", ["/b/plink_x?merchant=acct_x", "/b/plink_x", "/b/%00?merchant=acct_x"])
def test_a_wrong_link_finds_nothing(visitor: Visitor, path: str) -> None:
    assert visitor.client.get(path).status_code == 404
