"""`mock_stripe` around functions, coroutines, generators, classes and blocks."""

from __future__ import annotations

import asyncio
import unittest
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
import requests
import responses
import stripe

from mock_server.testing import mock_stripe
from tests.testing.loops import run


def count() -> int:
    """How many customers there are."""
    return len(stripe.Customer.list(limit=100).data)


@mock_stripe
def test_a_decorated_function_talks_to_the_mock() -> None:
    customer = stripe.Customer.create(email="jenny@example.com")
    assert stripe.Customer.retrieve(customer.id).email == "jenny@example.com"


@mock_stripe()
def test_the_decorator_takes_parentheses() -> None:
    assert count() == 0


@mock_stripe
@pytest.mark.parametrize("email", ["a@example.com"])
def test_a_decorated_test_keeps_its_parameters(email: str, tmp_path: object) -> None:
    assert tmp_path is not None
    assert stripe.Customer.create(email=email).email == email


def test_the_context_manager_hands_out_the_mock() -> None:
    with mock_stripe() as mock:
        customer = stripe.Customer.create()
        assert mock.client.v1.customers.retrieve(customer.id).id == customer.id


def test_each_outermost_entry_starts_empty() -> None:
    for _ in range(2):
        with mock_stripe():
            assert count() == 0
            stripe.Customer.create()


def test_nested_entries_share_one_store() -> None:
    with mock_stripe() as outer:
        stripe.Customer.create()
        with mock_stripe() as inner:
            assert inner is outer
            assert count() == 1
            stripe.Customer.create()
        assert count() == 2


def test_what_a_decorated_function_returns_comes_back() -> None:
    @mock_stripe
    def create() -> str:
        return stripe.Customer.create(name="Jenny").name or ""

    assert create() == "Jenny"


def test_a_coroutine_is_covered_while_it_runs() -> None:
    @mock_stripe
    async def create() -> str:
        customer = await stripe.Customer.create_async(name="Jenny")
        await asyncio.sleep(0)
        return (await stripe.Customer.retrieve_async(customer.id)).name or ""

    assert run(create()) == "Jenny"


def test_an_asynchronous_block_is_covered() -> None:
    async def create() -> int:
        async with mock_stripe():
            await stripe.Customer.create_async()
            return len((await stripe.Customer.list_async()).data)

    assert run(create()) == 1


def test_a_generator_is_covered_between_its_yields() -> None:
    @mock_stripe
    def fixture() -> Iterator[int]:
        stripe.Customer.create()
        yield count()
        yield count()

    assert list(fixture()) == [1, 1]


def test_an_asynchronous_generator_is_refused() -> None:
    async def fixture() -> AsyncIterator[int]:
        yield 1

    with pytest.raises(TypeError, match="with mock_stripe"):
        mock_stripe(fixture)


@mock_stripe
class TestPlainClass:
    def test_first(self) -> None:
        assert count() == 0
        stripe.Customer.create()

    def test_second(self) -> None:
        assert count() == 0
        stripe.Customer.create()

    @staticmethod
    def test_without_self() -> None:
        assert count() == 0


@mock_stripe
class TestClassWithSetup:
    def setup_method(self, method: Callable[..., Any]) -> None:
        self.customer = stripe.Customer.create(name=method.__name__)

    def test_the_setup_of_a_test_shares_its_store(self) -> None:
        assert count() == 1
        assert stripe.Customer.retrieve(self.customer.id).name == "test_the_setup_of_a_test_shares_its_store"

    def test_the_next_test_starts_empty(self) -> None:
        assert count() == 1


@mock_stripe
class TestUnittest(unittest.TestCase):
    def setUp(self) -> None:
        self.customer = stripe.Customer.create()

    def tearDown(self) -> None:
        assert count() == 1

    def test_the_setup_of_a_test_shares_its_store(self) -> None:
        assert stripe.Customer.retrieve(self.customer.id).id == self.customer.id

    def test_the_next_test_starts_empty(self) -> None:
        assert count() == 1


def test_a_setup_that_fails_leaves_nothing_mocked() -> None:
    @mock_stripe
    class Suite:
        def setup_method(self) -> None:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Suite().setup_method()
    assert stripe.RequestsClient.request is ORIGINAL


ORIGINAL = stripe.RequestsClient.request


def test_a_test_key_is_set_when_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe, "api_key", None)
    with mock_stripe():
        assert stripe.api_key == "sk_test_mock"
    assert stripe.api_key is None


def test_a_key_that_is_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe, "api_key", "sk_test_mine")
    with mock_stripe() as mock:
        assert stripe.api_key == "sk_test_mine"
        customer = stripe.Customer.create()
        assert mock.client.v1.customers.retrieve(customer.id).id == customer.id


def test_a_live_key_is_refused_in_so_many_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe, "api_key", "sk_live_1234567890")
    with mock_stripe(), pytest.raises(stripe.AuthenticationError, match="live"):
        stripe.Customer.create()


def test_everything_is_put_back_after_an_exception(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe, "api_key", None)
    adapter = requests.adapters.HTTPAdapter.send
    clients = (stripe.RequestsClient, stripe.UrllibClient, stripe.HTTPXClient, stripe.AIOHTTPClient)
    before = [dict(vars(client)) for client in clients]
    with pytest.raises(ZeroDivisionError), mock_stripe():
        raise ZeroDivisionError
    assert stripe.api_key is None
    assert requests.adapters.HTTPAdapter.send is adapter
    assert [dict(vars(client)) for client in clients] == before


@pytest.mark.parametrize("http_client", [stripe.RequestsClient, stripe.UrllibClient])
def test_synchronous_clients_made_before_are_mocked(http_client: type[Any]) -> None:
    client = stripe.StripeClient("sk_test_1", http_client=http_client())
    with mock_stripe():
        assert client.v1.customers.create({"name": "Jenny"}).name == "Jenny"


def test_a_synchronous_httpx_client_is_mocked() -> None:
    client = stripe.StripeClient("sk_test_1", http_client=stripe.HTTPXClient(allow_sync_methods=True))
    with mock_stripe():
        assert client.v1.customers.create({"name": "Jenny"}).name == "Jenny"


@pytest.mark.parametrize("http_client", [stripe.HTTPXClient, stripe.AIOHTTPClient])
def test_asynchronous_clients_are_mocked(http_client: type[Any]) -> None:
    client = stripe.StripeClient("sk_test_1", http_client=http_client())
    with mock_stripe():
        assert run(client.v1.customers.create_async({"name": "Jenny"})).name == "Jenny"


def test_errors_are_the_clients_own() -> None:
    with mock_stripe(), pytest.raises(stripe.InvalidRequestError, match="cus_nobody"):
        stripe.Customer.retrieve("cus_nobody")


def test_the_api_is_served_to_plain_requests_as_well() -> None:
    with mock_stripe():
        customer = stripe.Customer.create(name="Zoë")
        answer = requests.get(
            f"https://api.stripe.com/v1/customers/{customer.id}", auth=("sk_test_mock", ""), timeout=5
        )
    assert answer.status_code == 200
    assert answer.json()["name"] == "Zoë"


def test_a_form_posted_by_plain_requests_arrives() -> None:
    with mock_stripe():
        answer = requests.post(
            "https://api.stripe.com/v1/customers", data={"name": "Zoë"}, auth=("sk_test_mock", ""), timeout=5
        )
    assert answer.json()["name"] == "Zoë"


def test_another_mock_of_requests_goes_on_for_other_hosts() -> None:
    with responses.RequestsMock() as other:
        other.add("GET", "https://shop.example/", body="mine")
        with mock_stripe():
            stripe.Customer.create()
            assert requests.get("https://shop.example/", timeout=5).text == "mine"


def test_a_mock_of_requests_inside_does_not_stop_the_client() -> None:
    with mock_stripe(), responses.RequestsMock():
        assert count() == 0


def test_a_host_that_only_looks_like_stripes_is_left_alone() -> None:
    with responses.RequestsMock() as other:
        other.add("GET", "https://notstripe.com/v1/customers", body="mine")
        with mock_stripe():
            assert requests.get("https://notstripe.com/v1/customers", timeout=5).text == "mine"
