"""Stripe does not answer, or only some of it: what can be shown is shown, and nothing is claimed that was not done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.host import HostApp
from tests.journeys.shop import COMMENT, FEEDBACK, Reader, Shop, Visitor

FAILED = "This part could not be loaded. Try again"


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture
def reader(shop: Shop) -> Reader:
    return shop.reader("jenny@example.com")


@pytest.fixture
def host(shop: Shop, tmp_path: Path) -> Iterator[HostApp]:
    made = HostApp(shop, tmp_path)
    yield made
    made.close()


@pytest.fixture
def page(host: HostApp, reader: Reader) -> Visitor:
    return host.visit(reader)


@pytest.mark.parametrize(
    ("cut", "section", "others"),
    [
        ("/v1/subscriptions", "Subscriptions", ["Visa ending in 4242", "jenny@example.com", "$29.00 Paid"]),
        ("/payment_methods", "Payment methods", ["Magazine Active", "jenny@example.com", "$29.00 Paid"]),
        ("/v1/invoices", "Recent invoices", ["Magazine Active", "Visa ending in 4242", "jenny@example.com"]),
    ],
)
def test_a_section_fails_alone(host: HostApp, page: Visitor, cut: str, section: str, others: list[str]) -> None:
    host.line.cut = cut
    page.go("/")
    assert page.status == 200
    assert f"{section} {FAILED}" in page.said
    assert page.said.count(FAILED) == 1
    for other in others:
        assert other in page.said


def test_without_the_customer_the_rest_of_the_overview_is_there(host: HostApp, reader: Reader, page: Visitor) -> None:
    host.line.cut = f"/v1/customers/{reader.customer}?"
    page.go("/")
    assert page.status == 200
    assert "Magazine Active" in page.said
    assert f"Billing details Edit : Billing details {FAILED}" in page.said


def test_without_the_names_of_products_everything_else_is_there(host: HostApp, page: Visitor) -> None:
    host.line.cut = "/v1/products"
    page.go("/")
    assert page.status == 200
    assert "Subscription Active $29.00 a month" in page.said


def test_when_nothing_answers_the_overview_says_so_and_promises_nothing(host: HostApp, page: Visitor) -> None:
    host.line.cut = "/v1/"
    page.go("/")
    assert page.status == 200
    assert page.heading == "Your billing"
    assert page.said.count(FAILED) == 4
    assert "No payment is planned." not in page.said


@pytest.mark.parametrize("below", ["/payment-methods", "/invoices"])
def test_a_list_that_cannot_be_read_offers_to_try_again(host: HostApp, page: Visitor, below: str) -> None:
    host.line.cut = "/v1/"
    page.go(below)
    assert page.status == 200
    assert FAILED in page.said


def test_a_page_about_one_thing_that_cannot_be_read_is_an_error(host: HostApp, reader: Reader, page: Visitor) -> None:
    host.line.cut = "/v1/"
    for below in ("/details", f"/subscriptions/{reader.subscription}/cancel"):
        page.go(below)
        assert page.status == 502
        assert page.heading == "This page could not be loaded"


def test_a_cancellation_without_an_answer_keeps_what_was_typed_and_says_so(
    host: HostApp, shop: Shop, reader: Reader, page: Visitor
) -> None:
    page.go(f"/subscriptions/{reader.subscription}/cancel")
    where, form = page.form(FEEDBACK)
    host.line.refuse_writes = True
    page.post(where, {**form, FEEDBACK: "unused", COMMENT: "I moved inland."})
    assert page.status == 502
    assert "Our payment service did not answer." in page.said
    assert page.form(FEEDBACK)[1][COMMENT] == "I moved inland."
    assert page.form(FEEDBACK)[1][FEEDBACK] == "unused"
    assert shop.subscription(reader).cancel_at is None


def test_details_without_an_answer_keep_what_was_typed(
    host: HostApp, shop: Shop, reader: Reader, page: Visitor
) -> None:
    page.go("/details")
    host.line.refuse_writes = True
    page.submit('name="email"', name="Jenny Rosen")
    assert page.status == 502
    assert 'value="Jenny Rosen"' in page.text
    assert shop.client.v1.customers.retrieve(reader.customer).name == "Jenny"
