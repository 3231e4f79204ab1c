"""Payment links by the API."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock
from tests.resources.checkout import line, monthly


def link(shop: stripe.StripeClient, *lines: dict[str, Any], **sent: Any) -> stripe.PaymentLink:
    """A new link for a book, unless `lines` says otherwise."""
    params: Any = {"line_items": list(lines) or [line()], **sent}
    return shop.v1.payment_links.create(params)


def lines_of(shop: stripe.StripeClient, made: stripe.PaymentLink) -> list[tuple[int | None, int]]:
    """Quantity and amount of each line."""
    return [(one.quantity, one.amount_total) for one in shop.v1.payment_links.line_items.list(made.id).data]


def test_a_link_is_active_and_leads_to_its_page(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events("product.created", "price.created", "payment_link.created"):
        made = link(shop, line(2000, quantity=2))
    assert (made.active, made.currency, made.subscription_data) == (True, "usd", None)
    assert f"/b/{made.id}?" in made.url
    assert lines_of(shop, made) == [(2, 4000)]


def test_a_link_for_something_recurring_sells_a_subscription(shop: stripe.StripeClient) -> None:
    made = link(shop, monthly(), subscription_data={"trial_period_days": 7})
    assert made.subscription_data is not None
    assert (made.subscription_data.trial_period_days, made.invoice_creation) == (7, None)


def test_a_link_can_be_closed_and_given_another_quantity(mock: Mock, shop: stripe.StripeClient) -> None:
    made = link(shop)
    own = shop.v1.payment_links.line_items.list(made.id).data[0].id
    with mock.expect_events("payment_link.updated"):
        changed = shop.v1.payment_links.update(
            made.id, {"active": False, "inactive_message": "Sold out", "line_items": [{"id": own, "quantity": 3}]}
        )
    assert (changed.active, changed.inactive_message) == (False, "Sold out")
    assert lines_of(shop, made) == [(3, 6000)]
    again = shop.v1.payment_links.update(made.id, {"inactive_message": ""})
    assert again.inactive_message is None


def test_a_restriction_can_be_taken_back(shop: stripe.StripeClient) -> None:
    made = link(shop, restrictions={"completed_sessions": {"limit": 5}})
    assert made.restrictions is not None
    assert (made.restrictions.completed_sessions.count, made.restrictions.completed_sessions.limit) == (0, 5)
    assert shop.v1.payment_links.update(made.id, {"restrictions": ""}).restrictions is None


def test_links_are_found_by_whether_they_are_active(shop: stripe.StripeClient) -> None:
    first, second = link(shop), link(shop)
    shop.v1.payment_links.update(first.id, {"active": False})
    assert [one.id for one in shop.v1.payment_links.list({"active": True}).data] == [second.id]


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param({"line_items": [line()] * 21}, "line_items", id="21 lines"),
        pytest.param({"line_items": [{"price": "price_x", "quantity": 1}]}, "line_items[0][price]", id="no such price"),
        pytest.param(
            {"after_completion": {"type": "redirect"}}, "after_completion[redirect]", id="redirect to nowhere"
        ),
        pytest.param({"subscription_data": {"trial_period_days": 7}}, "subscription_data", id="a trial of a payment"),
        pytest.param(
            {"restrictions": {"completed_sessions": {"limit": 0}}},
            "restrictions[completed_sessions][limit]",
            id="no use",
        ),
    ],
)
def test_a_link_whose_sessions_could_not_be_opened_is_refused(
    mock: Mock, shop: stripe.StripeClient, sent: dict[str, Any], param: str
) -> None:
    with mock.expect_events(), pytest.raises(stripe.InvalidRequestError) as refused:
        link(shop, **sent)
    assert refused.value.param == param
