"""Lists: newest first, paged both ways."""

from __future__ import annotations

import pytest
import stripe

from mock_server.core.state import State


@pytest.fixture
def five(shop: stripe.StripeClient) -> list[str]:
    """The ids of five customers, newest first; all made in the same second or so."""
    return [shop.v1.customers.create({"name": str(number)}).id for number in range(5)][::-1]


def ids(page: stripe.ListObject[stripe.Customer]) -> list[str]:
    return [each.id for each in page.data]


def test_a_list_begins_with_the_newest(shop: stripe.StripeClient, five: list[str]) -> None:
    assert ids(shop.v1.customers.list()) == five


def test_a_page_says_that_there_is_more(shop: stripe.StripeClient, five: list[str]) -> None:
    page = shop.v1.customers.list({"limit": 2})
    assert (ids(page), page.has_more, page.url) == (five[:2], True, "/v1/customers")


def test_the_last_page_says_that_there_is_no_more(shop: stripe.StripeClient, five: list[str]) -> None:
    page = shop.v1.customers.list({"limit": 3, "starting_after": five[1]})
    assert (ids(page), page.has_more) == (five[2:], False)


def test_a_page_ends_before_a_cursor_and_keeps_the_order(shop: stripe.StripeClient, five: list[str]) -> None:
    page = shop.v1.customers.list({"limit": 2, "ending_before": five[4]})
    assert (ids(page), page.has_more) == (five[2:4], True)


def test_the_client_walks_through_all_pages(shop: stripe.StripeClient, five: list[str]) -> None:
    assert [each.id for each in shop.v1.customers.list({"limit": 2}).auto_paging_iter()] == five


def test_the_client_walks_backwards_through_all_pages(shop: stripe.StripeClient, five: list[str]) -> None:
    pages = shop.v1.customers.list({"limit": 2, "ending_before": five[4]})
    assert [each.id for each in pages.auto_paging_iter()] == five[3::-1]


def test_two_cursors_exclude_each_other(shop: stripe.StripeClient, five: list[str]) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.v1.customers.list({"starting_after": five[0], "ending_before": five[1]})
    assert refusal.value.http_status == 400


def test_a_cursor_that_names_nothing_is_refused(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.v1.customers.list({"starting_after": "cus_nobody"})
    assert (refusal.value.code, refusal.value.param) == ("resource_missing", "starting_after")


@pytest.mark.parametrize("limit", [0, 101, -1])
def test_a_limit_is_between_1_and_100(shop: stripe.StripeClient, limit: int) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.v1.customers.list({"limit": limit})
    assert refusal.value.param == "limit"


def test_a_list_is_filtered_by_a_key(shop: stripe.StripeClient, five: list[str]) -> None:
    jenny = shop.v1.customers.create({"email": "jenny@example.com"})
    assert ids(shop.v1.customers.list({"email": "jenny@example.com"})) == [jenny.id]


def test_a_list_is_filtered_by_a_range_of_creation(shop: stripe.StripeClient, state: State, five: list[str]) -> None:
    state.clock.shift(3600)
    late = shop.v1.customers.create({})
    assert ids(shop.v1.customers.list({"created": {"gte": late.created}})) == [late.id]
    assert ids(shop.v1.customers.list({"created": {"lt": late.created}})) == five


def test_a_list_leaves_out_what_was_deleted(shop: stripe.StripeClient, five: list[str]) -> None:
    shop.v1.customers.delete(five[2])
    assert ids(shop.v1.customers.list()) == five[:2] + five[3:]


def test_a_list_shows_one_account_only(
    shop: stripe.StripeClient, five: list[str], transport: stripe.HTTPClient
) -> None:
    other = stripe.StripeClient("sk_test_other", http_client=transport)
    assert ids(other.v1.customers.list()) == []
