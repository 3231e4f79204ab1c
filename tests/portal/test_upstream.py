"""The door to billing data: what is read and changed through the official client, and what happens when that fails."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import stripe

from flask_portal.upstream import actions, reads
from flask_portal.upstream.actions import Done, Refused, Unreachable
from flask_portal.upstream.client import STRIPE_VERSION, make
from flask_portal.upstream.names import MOST_NAMES, REMEMBERED_SECONDS, Names
from flask_portal.upstream.reads import Failed, gather
from mock_server.testing import Mock

ACCOUNT = "acct_1"


@pytest.fixture(scope="module")
def mock() -> Mock:
    return Mock()


@pytest.fixture
def client(mock: Mock) -> stripe.StripeClient:
    """A client of its own on an empty mock."""
    mock.reset()
    return make("sk_test_mock", http_client=mock.transport)


@pytest.fixture
def customer(client: stripe.StripeClient) -> str:
    """A customer who pays with a card."""
    created = client.v1.customers.create({"email": "jenny@example.com", "payment_method": "pm_card_visa"})
    card = client.v1.customers.payment_methods.list(created.id).data[0].id
    client.v1.customers.update(created.id, {"invoice_settings": {"default_payment_method": card}})
    return created.id


def subscribe(client: stripe.StripeClient, customer: str, mode: str = "flexible") -> dict[str, Any]:
    monthly: Any = {"unit_amount": 2900, "currency": "usd", "recurring": {"interval": "month"}}
    price = client.v1.prices.create({**monthly, "product_data": {"name": "Magazine"}})
    sent: Any = {"customer": customer, "items": [{"price": price.id}], "billing_mode": {"type": mode}}
    return client.v1.subscriptions.create(sent).to_dict()


class Transport(stripe.HTTPClient):
    """Answers every call with one status and body, or raises; remembers what was sent."""

    name = "one answer"

    def __init__(self, status: int = 200, body: str = "{}", error: Exception | None = None) -> None:
        super().__init__()
        self.status, self.body, self.error = status, body, error
        self.sent: list[tuple[str, str, dict[str, str]]] = []
        self.bodies: list[Any] = []

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[bytes, int, dict[str, str]]:
        self.sent.append((method.upper(), url, dict(headers or {})))
        self.bodies.append(post_data)
        if self.error is not None:
            raise self.error
        return self.body.encode(), self.status, {"stripe-should-retry": "false"}

    def close(self) -> None:
        """Nothing is open."""


def fault(status: int, type: str, code: str | None = None) -> Transport:
    named = f', "code": "{code}"' if code else ""
    return Transport(status, f'{{"error": {{"type": "{type}", "message": "No.", "param": "coupon"{named}}}}}')


def offline() -> Transport:
    return Transport(error=stripe.APIConnectionError("no network"))


FAULTS = [
    pytest.param(lambda: fault(404, "invalid_request_error", "resource_missing"), "missing", id="missing"),
    pytest.param(lambda: fault(400, "invalid_request_error"), "refused", id="refused"),
    pytest.param(lambda: fault(402, "card_error", "card_declined"), "refused", id="declined"),
    pytest.param(lambda: fault(401, "invalid_request_error"), "forbidden", id="key"),
    pytest.param(lambda: fault(403, "invalid_request_error"), "forbidden", id="permission"),
    pytest.param(lambda: fault(429, "invalid_request_error", "rate_limit"), "busy", id="rate"),
    pytest.param(lambda: fault(500, "api_error"), "unreachable", id="Stripe's fault"),
    pytest.param(lambda: Transport(200, "<html>"), "unreachable", id="not Stripe at all"),
    pytest.param(offline, "unreachable", id="offline"),
]


def test_a_client_names_its_version_key_address_and_account() -> None:
    transport = Transport(body='{"id": "cus_1"}')
    reads.customer(make("sk_test_1", "http://127.0.0.1:12111", transport, account="acct_2"), "cus_1")
    [(method, url, headers)] = transport.sent
    assert (method, url) == ("GET", "http://127.0.0.1:12111/v1/customers/cus_1?expand[0]=tax_ids")
    assert (headers["Stripe-Version"], headers["Authorization"]) == (STRIPE_VERSION, "Bearer sk_test_1")
    assert headers["Stripe-Account"] == "acct_2"


def test_a_client_asks_stripe_unless_told_otherwise() -> None:
    transport = Transport(body='{"id": "cus_1"}')
    reads.customer(make("sk_test_1", http_client=transport), "cus_1")
    assert transport.sent[0][1].startswith("https://api.stripe.com/v1/customers/")
    assert "Stripe-Account" not in transport.sent[0][2]


def test_the_pinned_version_is_that_of_the_installed_package() -> None:
    """The package's types describe this version; a newer package asks for a look at the changes."""
    assert stripe.api_version == STRIPE_VERSION


@pytest.mark.parametrize("parallel", [True, False])
@pytest.mark.parametrize(("transport", "reason"), FAULTS)
def test_what_fails_stands_beside_what_arrives(transport: Callable[[], Transport], reason: str, parallel: bool) -> None:
    broken = make("sk_test_1", http_client=transport())
    found = gather(parallel, customer=lambda: reads.customer(broken, "cus_1"), other=lambda: 7)
    assert found == {"customer": Failed(reason), "other": 7}


@pytest.mark.parametrize("parallel", [True, False])
def test_an_error_of_our_own_is_not_taken_for_one_of_stripe(parallel: bool) -> None:
    with pytest.raises(ZeroDivisionError):
        gather(parallel, one=lambda: 1 // 0, two=lambda: 2)


def test_reads_run_at_the_same_time_where_the_transport_allows_it() -> None:
    """Each waits for the other, so one after the other they would never end."""
    meeting = threading.Barrier(2, timeout=10)
    assert sorted(gather(True, one=meeting.wait, two=meeting.wait).values()) == [0, 1]


def test_reads_stay_in_the_callers_thread_where_it_does_not() -> None:
    threads = gather(False, one=threading.get_ident, two=threading.get_ident)
    assert set(threads.values()) == {threading.get_ident()}


def test_a_customer_comes_with_the_tax_ids(client: stripe.StripeClient, customer: str) -> None:
    client.v1.customers.tax_ids.create(customer, {"type": "eu_vat", "value": "DE123456789"})
    body = reads.customer(client, customer)
    assert type(body) is dict
    assert (body["email"], body["tax_ids"]["data"][0]["value"]) == ("jenny@example.com", "DE123456789")


def test_a_deleted_customer_says_so(client: stripe.StripeClient, customer: str) -> None:
    client.v1.customers.delete(customer)
    assert reads.customer(client, customer)["deleted"] is True


def test_subscriptions_come_newest_first_and_ended_ones_too(client: stripe.StripeClient, customer: str) -> None:
    first, second = subscribe(client, customer), subscribe(client, customer)
    client.v1.subscriptions.cancel(first["id"])
    found = reads.subscriptions(client, customer)
    assert [(each["id"], each["status"]) for each in found] == [(second["id"], "active"), (first["id"], "canceled")]
    assert reads.subscription(client, second["id"])["id"] == second["id"]


def test_methods_invoices_and_coupons_are_read(client: stripe.StripeClient, customer: str) -> None:
    subscribe(client, customer)
    subscribe(client, customer)
    client.v1.coupons.create({"id": "half", "percent_off": 50})
    [method] = reads.payment_methods(client, customer)
    [invoice] = reads.invoices(client, customer, limit=1)
    assert (method["card"]["last4"], invoice["amount_paid"]) == ("4242", 2900)
    assert len(reads.invoices(client, customer)) == 2
    assert reads.coupon(client, "half")["percent_off"] == 50


def test_names_of_products_are_asked_for_once(client: stripe.StripeClient, mock: Mock) -> None:
    product = client.v1.products.create({"name": "Magazine"})
    assert reads.product_names(client, ACCOUNT, [product.id]) == {product.id: "Magazine"}
    client.v1.products.update(product.id, {"name": "Paper"})
    assert reads.product_names(client, ACCOUNT, [product.id]) == {product.id: "Magazine"}
    assert reads.product_names(client, "acct_2", [product.id]) == {product.id: "Paper"}
    another = make("sk_test_mock", http_client=mock.transport)
    assert reads.product_names(another, ACCOUNT, [product.id]) == {product.id: "Paper"}


def test_a_product_that_is_gone_has_no_name(client: stripe.StripeClient) -> None:
    assert reads.product_names(client, ACCOUNT, ["prod_gone"]) == {}


def test_more_products_than_one_call_may_name_are_asked_for_in_parts() -> None:
    transport = Transport(body='{"object": "list", "data": [], "has_more": false, "url": "/v1/products"}')
    client = make("sk_test_1", http_client=transport)
    reads.product_names(client, ACCOUNT, [f"prod_{number}" for number in range(101)])
    assert len(transport.sent) == 2
    reads.product_names(client, ACCOUNT, ["prod_7"])
    assert len(transport.sent) == 2


def test_without_an_answer_there_are_no_names_and_the_next_page_asks_again() -> None:
    transport = fault(500, "api_error")
    client = make("sk_test_1", http_client=transport)
    for asked in (1, 2):
        assert reads.product_names(client, ACCOUNT, ["prod_1"]) == {}
        assert len(transport.sent) == asked


def test_a_name_is_forgotten_after_five_minutes() -> None:
    now = [1000]
    names = Names(clock=lambda: now[0])
    names.learn(ACCOUNT, {"prod_1": "Magazine"})
    now[0] += REMEMBERED_SECONDS - 1
    assert names.known(ACCOUNT, ["prod_1"]) == {"prod_1": "Magazine"}
    now[0] += 1
    assert names.known(ACCOUNT, ["prod_1"]) == {}


def test_the_memory_for_names_does_not_grow_without_end() -> None:
    names = Names(most=2)
    names.learn(ACCOUNT, {"prod_1": "One", "prod_2": "Two"})
    names.learn(ACCOUNT, {"prod_1": "One again", "prod_3": "Three"})
    assert names.known(ACCOUNT, ["prod_1", "prod_2", "prod_3"]) == {"prod_1": "One again", "prod_3": "Three"}
    assert MOST_NAMES > 0


def done(outcome: actions.Outcome) -> dict[str, Any]:
    assert isinstance(outcome, Done), outcome
    return outcome.body


def test_canceling_now_ends_the_subscription_with_the_reason(client: stripe.StripeClient, customer: str) -> None:
    id = subscribe(client, customer)["id"]
    details = {"feedback": "unused", "comment": ""}
    body = done(actions.cancel_now(client, id, prorate=False, details=details, key="k1"))
    said = body["cancellation_details"]
    assert (body["status"], said["feedback"], said["comment"]) == ("canceled", "unused", None)


@pytest.mark.parametrize(("prorate", "credits"), [(True, 1), (False, 0)])
def test_unused_time_becomes_a_credit_only_where_it_should(
    client: stripe.StripeClient, customer: str, prorate: bool, credits: int
) -> None:
    id = subscribe(client, customer)["id"]
    done(actions.cancel_now(client, id, prorate=prorate, details=None, key="k1"))
    assert len(client.v1.invoice_items.list({"customer": customer, "pending": True}).data) == credits


@pytest.mark.parametrize(("mode", "at_period_end"), [("flexible", False), ("classic", True)])
def test_a_scheduled_end_has_the_form_of_the_billing_mode_and_can_be_taken_back(
    client: stripe.StripeClient, customer: str, mode: str, at_period_end: bool
) -> None:
    subscription = subscribe(client, customer, mode)
    body = done(actions.schedule_cancel(client, subscription, details={"comment": "Too much"}, key="k1"))
    end = subscription["items"]["data"][0]["current_period_end"]
    assert (body["cancel_at"], body["cancel_at_period_end"]) == (end, at_period_end)
    assert body["cancellation_details"]["comment"] == "Too much"
    body = done(actions.undo_cancel(client, body, key="k2"))
    assert (body["cancel_at"], body["cancel_at_period_end"], body["status"]) == (None, False, "active")


def test_the_latest_period_of_several_items_is_the_end() -> None:
    transport = Transport(body='{"id": "sub_1"}')
    items = {"data": [{"current_period_end": 300}, {"current_period_end": 200}]}
    subscription = {"id": "sub_1", "billing_mode": {"type": "flexible"}, "items": items}
    done(actions.schedule_cancel(make("sk_test_1", http_client=transport), subscription, details=None, key="k"))
    assert transport.bodies == ["cancel_at=300"]


def test_a_reason_can_be_added_after_the_end(client: stripe.StripeClient, customer: str) -> None:
    id = subscribe(client, customer)["id"]
    client.v1.subscriptions.cancel(id)
    body = done(actions.add_reason(client, id, {"feedback": "other", "comment": "Moved"}, "k1"))
    assert body["cancellation_details"]["feedback"] == "other"


def test_a_coupon_joins_the_discounts_that_are_kept(client: stripe.StripeClient, customer: str) -> None:
    id = subscribe(client, customer)["id"]
    for coupon in ("one", "two"):
        client.v1.coupons.create({"id": coupon, "percent_off": 10})
    first = done(actions.apply_coupon(client, id, "one", key="k1"))["discounts"]
    both = done(actions.apply_coupon(client, id, "two", key="k2", keep=first))["discounts"]
    assert len(both) == 2
    assert first[0] in both


def test_details_of_a_customer_are_changed_and_cleared(client: stripe.StripeClient, customer: str) -> None:
    changes = {"name": "Jenny Rosen", "email": "", "address": {"line1": "Main Street 1"}}
    body = done(actions.update_customer(client, customer, changes, key="k1"))
    assert (body["name"], body["email"], body["address"]["line1"]) == ("Jenny Rosen", None, "Main Street 1")


def test_a_tax_id_is_added_and_removed(client: stripe.StripeClient, customer: str) -> None:
    body = done(actions.add_tax_id(client, customer, "eu_vat", "DE123456789", key="k1"))
    assert body["value"] == "DE123456789"
    assert done(actions.remove_tax_id(client, customer, body["id"]))["deleted"] is True
    assert reads.customer(client, customer)["tax_ids"]["data"] == []


def test_the_same_key_does_a_thing_once(client: stripe.StripeClient, customer: str) -> None:
    bodies = [done(actions.add_tax_id(client, customer, "eu_vat", "DE123456789", key="k1")) for _ in range(2)]
    assert bodies[0]["id"] == bodies[1]["id"]
    assert len(reads.customer(client, customer)["tax_ids"]["data"]) == 1


@pytest.mark.parametrize(("transport", "reason"), FAULTS)
def test_a_change_that_fails_is_refused_or_unclear(transport: Callable[[], Transport], reason: str) -> None:
    broken = make("sk_test_1", http_client=transport())
    outcome = actions.apply_coupon(broken, "sub_1", "half", key="k1")
    if reason in ("missing", "refused"):
        assert isinstance(outcome, Refused)
        assert (outcome.message, outcome.param) == ("No.", "coupon")
    else:
        assert outcome == Unreachable(reason)


def test_stripes_own_refusal_names_code_and_parameter(client: stripe.StripeClient, customer: str) -> None:
    outcome = actions.add_tax_id(client, customer, "eu_vat", "nonsense", key="k1")
    assert isinstance(outcome, Refused)
    assert (outcome.code, outcome.param) == ("tax_id_invalid", "value")
