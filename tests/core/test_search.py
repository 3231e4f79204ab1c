"""Searches: the query language, its limits, and what is found."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.core.search import parse


@pytest.fixture
def people(shop: stripe.StripeClient) -> dict[str, str]:
    """Three customers: the ids by their names."""
    made = (
        {"name": "Jenny Rosen", "email": "jenny@example.com", "metadata": {"plan": "gold", "note": 'says "hi"'}},
        {"name": "Jens Ask", "email": "jens@example.org", "phone": "+4930100", "metadata": {"plan": "silver"}},
        {"name": "100% Olaf", "email": "OLAF@example.com"},
    )
    return {shop.v1.customers.create(one).id: str(one["name"]) for one in made}  # type: ignore[arg-type]


def names(shop: stripe.StripeClient, query: str) -> list[str | None]:
    """The names of the customers that are found."""
    return [one.name for one in shop.v1.customers.search({"query": query}).data]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param('email:"jenny@example.com"', ["Jenny Rosen"], id="whole"),
        pytest.param("email:'olaf@EXAMPLE.com'", ["100% Olaf"], id="whatever the case"),
        pytest.param('email~"example.com"', ["100% Olaf", "Jenny Rosen"], id="a part"),
        pytest.param('name~"00% O"', ["100% Olaf"], id="a part with a sign that SQL knows"),
        pytest.param('metadata["plan"]:"gold"', ["Jenny Rosen"], id="metadata"),
        pytest.param('metadata["note"]:"says \\"hi\\""', ["Jenny Rosen"], id="quotes within"),
        pytest.param('-metadata["plan"]:"gold"', ["100% Olaf", "Jens Ask"], id="not, and those without"),
        pytest.param("-phone:null", ["Jens Ask"], id="present"),
        pytest.param("phone:null", ["100% Olaf", "Jenny Rosen"], id="absent"),
        pytest.param('name~"jen" AND -email:"jens@example.org"', ["Jenny Rosen"], id="both"),
        pytest.param('name:"Jens Ask" OR metadata["plan"]:"gold"', ["Jens Ask", "Jenny Rosen"], id="one of them"),
        pytest.param("created>0 AND created<=9999999999", ["100% Olaf", "Jens Ask", "Jenny Rosen"], id="numbers"),
        pytest.param("created<1", [], id="none"),
        pytest.param('metadata["plan"]:"bronze"', [], id="no such value"),
    ],
)
def test_queries_find_what_they_say(
    shop: stripe.StripeClient, people: dict[str, str], query: str, found: list[str]
) -> None:
    assert names(shop, query) == found


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "empty"),
        ("jenny", "a clause such as field:value is missing"),
        ('email:"a" AND name:"b" OR name:"c"', "cannot be mixed"),
        ('email:"a" name:"b"', "AND or OR is missing"),
        ('(email:"a")', "a clause such as field:value is missing"),
        (" AND ".join(['email:"a"'] * 11), "at most 10 clauses"),
        ('balance:"1"', "Field `balance` is an unsupported search field"),
        ('name~"je"', "at least 3 characters"),
        ('metadata["plan"]~"gol"', "as a whole only"),
        ('metadata:"gold"', "is asked for as"),
        ('email["a"]:"gold"', "is asked for as"),
        ('name>"a"', "has no order"),
        ('created~"123"', "compared with an integer"),
        ('created:"soon"', "compared with an integer"),
        ("created>null", "null can only be compared"),
    ],
)
def test_queries_that_cannot_be_understood_are_refused(shop: stripe.StripeClient, query: str, reason: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        names(shop, query)
    assert (refused.value.http_status, refused.value.param) == (400, "query")
    assert reason in str(refused.value)


def test_pages_follow_one_another_and_are_counted(shop: stripe.StripeClient, people: dict[str, str]) -> None:
    sent: Any = {"query": "created>0", "limit": 2, "expand": ["total_count"]}
    first = shop.v1.customers.search(sent)
    assert (len(first.data), first.has_more, first["total_count"]) == (2, True, 3)
    second = shop.v1.customers.search({"query": "created>0", "limit": 2, "page": str(first.next_page)})
    assert (len(second.data), second.has_more, second.next_page) == (1, False, None)
    assert "total_count" not in second
    assert {one.id for one in (*first.data, *second.data)} == people.keys()
    every: Any = {"query": "created>0", "limit": 1}
    assert len(list(shop.v1.customers.search(every).auto_paging_iter())) == 3


@pytest.mark.parametrize("page", ["nonsense", "MTIz", "ü"])
def test_a_page_that_nobody_gave_out_is_refused(shop: stripe.StripeClient, page: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.customers.search({"query": "created>0", "page": page})
    assert refused.value.param == "page"


def test_what_was_deleted_is_not_found(shop: stripe.StripeClient, people: dict[str, str]) -> None:
    shop.v1.customers.delete(next(iter(people)))
    assert names(shop, "created>0") == ["100% Olaf", "Jens Ask"]


def test_everything_that_can_be_searched_is_found_by_its_own_fields(shop: stripe.StripeClient) -> None:
    card = "pm_card_visa"
    jenny = shop.v1.customers.create({"payment_method": card, "invoice_settings": {"default_payment_method": card}}).id
    gold = shop.v1.products.create({"name": "Gold plan", "url": "https://example.com", "shippable": False}).id
    price = shop.v1.prices.create(
        {
            "product": gold,
            "currency": "usd",
            "unit_amount": 999,
            "lookup_key": "gold",
            "recurring": {"interval": "month"},
        }
    ).id
    made = shop.v1.subscriptions.create({"customer": jenny, "items": [{"price": price}], "metadata": {"a": "b"}})
    found: Any = [
        shop.v1.products.search({"query": 'active:"true" AND name~"plan" AND shippable:"false"'}),
        shop.v1.prices.search({"query": f'lookup_key:"gold" AND product:"{gold}" AND type:"recurring"'}),
        shop.v1.subscriptions.search({"query": 'status:"active" AND metadata["a"]:"b" AND canceled_at:null'}),
        shop.v1.invoices.search({"query": f'subscription:"{made.id}" AND total>998 AND status:"paid"'}),
        shop.v1.payment_intents.search({"query": f'customer:"{jenny}" AND amount:999 AND currency:"usd"'}),
        shop.v1.charges.search(
            {"query": 'payment_method_details.card.last4:4242 AND disputed:"false" AND refunded:"false"'}
        ),
    ]
    assert [len(one.data) for one in found] == [1] * 6
    sent: Any = {"query": 'status:"active"', "expand": ["data.customer"]}
    assert shop.v1.subscriptions.search(sent).data[0].customer.id == jenny  # type: ignore[union-attr]


def test_a_query_is_read_clause_by_clause() -> None:
    joint, clauses = parse("-currency:usd OR metadata['a b']:'c'")
    assert joint == "OR"
    assert [(one.field, one.key, one.value, one.negated) for one in clauses] == [
        ("currency", None, "usd", True),
        ("metadata", "a b", "c", False),
    ]
