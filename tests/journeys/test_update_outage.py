"""Stripe does not answer in the middle of a change: nothing is paid twice, and no page claims what nobody knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.host import HostApp
from tests.journeys.plans import QUOTE, PlanShop, review
from tests.journeys.shop import Reader, Visitor

SHORTER = {"conditions": [{"type": "shortening_interval"}]}


@pytest.fixture(scope="module")
def shop() -> PlanShop:
    return PlanShop()


@pytest.fixture(scope="module")
def crowd(shop: PlanShop) -> Iterator[Reader]:
    return shop.crowd(20)


@pytest.fixture
def reader(crowd: Iterator[Reader]) -> Reader:
    return next(crowd)


@pytest.fixture
def host(shop: PlanShop, tmp_path: Path) -> Iterator[HostApp]:
    made = HostApp(shop, tmp_path)
    yield made
    made.close()


def page_of(shop: PlanShop, host: HostApp, reader: Reader, price: str, **feature: object) -> Visitor:
    """A review in somebody else's application, with a configuration that lets plans be changed."""
    features = shop.client.v1.billing_portal.configurations.retrieve(
        shop.offering(**feature), {"expand": ["features.subscription_update.products"]}
    ).to_dict()["features"]
    page = host.visit(reader)
    host.configure({name: features[name] for name in ("payment_method_update", "subscription_update")})
    return review(page, reader, price=price)


def test_an_answer_that_is_lost_is_asked_for_again_by_the_same_form(
    shop: PlanShop, host: HostApp, reader: Reader
) -> None:
    page = page_of(shop, host, reader, shop.larger)
    host.line.lose_answers = "/v1/subscriptions/"
    page.submit(QUOTE)
    assert page.status == 502
    assert "Our payment service did not answer." in page.said
    host.line.lose_answers = None
    page.submit(QUOTE)
    assert page.heading == "You have Magazine Plus now"
    assert [invoice.amount_paid for invoice in shop.invoices(reader)] == [2100, 3100]


def test_a_change_that_never_arrived_is_made_by_the_same_form(shop: PlanShop, host: HostApp, reader: Reader) -> None:
    page = page_of(shop, host, reader, shop.larger)
    host.line.refuse_writes = True
    where, form = page.form(QUOTE)
    page.post(where, form)
    assert page.status == 502
    assert shop.has(reader) == (shop.monthly, 1)
    host.line.refuse_writes = False
    page.post(where, form)
    assert page.heading == "You have Magazine Plus now"
    assert shop.invoices(reader)[0].amount_paid == 2100


@pytest.mark.parametrize(
    ("trouble", "where"),
    [
        pytest.param("cut", "/v1/subscription_schedules/", id="the second step does not arrive"),
        pytest.param("lose_answers", "/v1/subscription_schedules", id="the answer to the first step is lost"),
        pytest.param("lose_answers", "/v1/subscription_schedules/", id="the answer to the second step is lost"),
    ],
)
def test_a_plan_that_was_half_made_is_finished_by_the_same_form(
    shop: PlanShop, host: HostApp, reader: Reader, trouble: str, where: str
) -> None:
    page = page_of(shop, host, reader, shop.weekly, schedule_at_period_end=SHORTER)
    setattr(host.line, trouble, where)
    for _ in range(2):
        page.submit(QUOTE)
        assert page.status == (502 if QUOTE in page.text else 200)
    setattr(host.line, trouble, None)
    if QUOTE in page.text:
        page.submit(QUOTE)
    assert page.heading == "Your change is planned"
    schedules = shop.client.v1.subscription_schedules.list({"customer": reader.customer}).data
    assert [(schedule.status, len(schedule.phases)) for schedule in schedules] == [("active", 2)]


@pytest.mark.parametrize("cut", ["/v1/subscriptions/", "/v1/invoices/create_preview"])
def test_without_the_subscription_or_a_quote_there_is_no_review(
    shop: PlanShop, host: HostApp, reader: Reader, cut: str
) -> None:
    page = page_of(shop, host, reader, shop.larger)
    host.line.cut = cut
    review(page, reader, price=shop.larger)
    assert page.status == 502
    assert page.heading == "This page could not be loaded"


def test_plans_that_cannot_be_read_are_told_to_be_missing(shop: PlanShop, host: HostApp, reader: Reader) -> None:
    page = page_of(shop, host, reader, shop.larger)
    host.line.cut = f"product={shop.plus}"
    page.go(f"/subscriptions/{reader.subscription}/update")
    assert page.status == 200
    assert "This part could not be loaded. Try again" in page.said
    assert "$310.00 a year" in page.said
    assert "Magazine Plus" not in page.said


def test_a_payment_whose_state_is_not_known_is_told_to_be_open(shop: PlanShop, host: HostApp, reader: Reader) -> None:
    method = shop.client.v1.payment_methods.attach("pm_card_threeDSecure2Required", {"customer": reader.customer}).id
    shop.client.v1.customers.update(reader.customer, {"invoice_settings": {"default_payment_method": method}})
    page = page_of(shop, host, reader, shop.larger)
    host.line.cut = "/v1/invoices/in_"
    page.submit(QUOTE)
    assert page.heading == "Your change waits for its payment"
    assert "Until it is paid you keep Magazine. How the payment stands could not be read. Try again" in page.said
