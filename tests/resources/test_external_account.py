"""Where connected accounts are paid out to."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

IBAN: Any = {
    "object": "bank_account",
    "country": "DE",
    "currency": "eur",
    "account_number": "DE89 3704 0044 0532 0130 00",
    "account_holder_name": "Jenny Rosen",
}


@pytest.fixture
def seller(shop: stripe.StripeClient) -> str:
    """The id of a connected account in Germany."""
    return shop.v1.accounts.create({"type": "custom", "country": "DE"}).id


def added(shop: stripe.StripeClient, seller: str, what: Any = IBAN, **more: Any) -> Any:
    return shop.v1.accounts.external_accounts.create(seller, {"external_account": what, **more})


def happened(shop: stripe.StripeClient, seller: str) -> list[str]:
    """The types of the account's own events, oldest first."""
    return [event.type for event in shop.v1.events.list({}, {"stripe_account": seller}).data][::-1]


def test_the_first_is_the_default_of_its_currency(shop: stripe.StripeClient, seller: str) -> None:
    made = added(shop, seller, metadata={"for": "payouts"})
    assert (made.account, made.last4, made.currency, made.default_for_currency) == (seller, "3000", "eur", True)
    assert made.metadata["for"] == "payouts"
    assert happened(shop, seller) == ["account.external_account.created"]
    listed = shop.v1.accounts.retrieve(seller).external_accounts
    assert listed is not None
    assert [each.id for each in listed.data] == [made.id]


def test_another_one_becomes_the_default_on_demand(shop: stripe.StripeClient, seller: str) -> None:
    first, second = added(shop, seller), added(shop, seller)
    assert not second.default_for_currency
    shop.v1.accounts.external_accounts.update(seller, second.id, {"default_for_currency": True})
    kept = {each.id: each.default_for_currency for each in shop.v1.accounts.external_accounts.list(seller).data}
    assert kept == {first.id: False, second.id: True}
    third = added(shop, seller, default_for_currency=True)
    defaults = [each.id for each in shop.v1.accounts.external_accounts.list(seller).data if each.default_for_currency]
    assert defaults == [third.id]


def test_each_currency_has_a_default(shop: stripe.StripeClient, seller: str) -> None:
    added(shop, seller)
    dollars = added(shop, seller, "btok_us")
    assert (dollars.currency, dollars.country, dollars.routing_number) == ("usd", "US", "110000000")
    assert dollars.default_for_currency


def test_one_that_comes_with_the_account_replaces_the_default(shop: stripe.StripeClient) -> None:
    made = shop.v1.accounts.create({"type": "custom", "country": "DE", "external_account": IBAN})
    assert made.external_accounts is not None
    [former] = made.external_accounts.data
    shop.v1.accounts.update(made.id, {"external_account": IBAN})
    [now] = shop.v1.accounts.external_accounts.list(made.id).data
    assert now.id != former.id
    assert now.default_for_currency
    assert happened(shop, made.id) == [
        "account.external_account.created",
        "account.external_account.created",
        "account.external_account.deleted",
    ]


def test_an_account_can_be_left_without_one(shop: stripe.StripeClient, seller: str) -> None:
    added(shop, seller)
    dollars = added(shop, seller, "btok_us")
    shop.v1.accounts.update(seller, {"external_account": ""})
    assert [each.id for each in shop.v1.accounts.external_accounts.list(seller).data] == [dollars.id]


def test_it_is_deleted_unless_it_is_needed(shop: stripe.StripeClient, seller: str) -> None:
    needed, spare = added(shop, seller), added(shop, seller)
    gone = shop.v1.accounts.external_accounts.delete(seller, spare.id)
    assert (gone.id, gone.deleted) == (spare.id, True)
    with pytest.raises(stripe.InvalidRequestError, match="default external account"):
        shop.v1.accounts.external_accounts.delete(seller, needed.id)
    assert [each.id for each in shop.v1.accounts.external_accounts.list(seller).data] == [needed.id]


def test_a_change_is_told(shop: stripe.StripeClient, seller: str) -> None:
    made = added(shop, seller)
    shop.v1.accounts.external_accounts.update(seller, made.id, {"account_holder_name": "Jenny"})
    assert happened(shop, seller)[-1] == "account.external_account.updated"


@pytest.mark.parametrize(
    ("what", "param"),
    [
        pytest.param("btok_1no", "external_account", id="an unknown token"),
        pytest.param({"object": "card"}, "external_account", id="a card"),
        pytest.param({"object": "shoe"}, "external_account[object]", id="something else"),
        pytest.param({"object": "bank_account", "country": "DE"}, "external_account[account_number]", id="no number"),
        pytest.param(IBAN | {"country": "US"}, "external_account[routing_number]", id="no bank"),
        pytest.param(IBAN | {"account_number": "12"}, "external_account[account_number]", id="half a number"),
    ],
)
def test_what_is_no_bank_account_is_refused(shop: stripe.StripeClient, seller: str, what: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        added(shop, seller, what)
    assert refused.value.param == param
    assert shop.v1.accounts.external_accounts.list(seller).data == []


def test_a_default_is_not_just_given_up(shop: stripe.StripeClient, seller: str) -> None:
    made = added(shop, seller)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.accounts.external_accounts.update(seller, made.id, {"default_for_currency": False})
    assert refused.value.param == "default_for_currency"


def test_another_account_does_not_reach_it(shop: stripe.StripeClient, seller: str) -> None:
    other = shop.v1.accounts.create({"type": "custom", "country": "DE"}).id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.accounts.external_accounts.retrieve(other, added(shop, seller).id)
    assert refused.value.http_status == 404


def test_a_refused_bank_account_leaves_no_account_behind(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events(), pytest.raises(stripe.InvalidRequestError):
        shop.v1.accounts.create({"type": "custom", "external_account": "btok_1no"})
    assert shop.v1.accounts.list().data == []
