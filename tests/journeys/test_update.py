"""Changing a plan: chosen, reviewed, paid. The shop's day is January 15, 2035, and readers change on January 25.

Ten of 31 days are used then: of $31.00 there are 21 left, and $62.00 would be 42 for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.journeys.plans import QUOTE, PlanShop, ask_the_bank, review
from tests.journeys.shop import Reader, Visitor
from tests.journeys.test_german import ENGLISH

DECLINED, CHALLENGED = "pm_card_chargeCustomerFail", "pm_card_threeDSecure2Required"
PAID_AT_ONCE = [
    "invoiceitem.created",
    "invoiceitem.created",
    "invoice.created",
    "invoice.finalized",
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
    "customer.subscription.updated",
]


@pytest.fixture(scope="module")
def shop() -> PlanShop:
    return PlanShop()


@pytest.fixture
def own() -> PlanShop:
    """A shop whose clock may be moved."""
    return PlanShop()


@pytest.fixture(scope="module")
def offer(shop: PlanShop) -> str:
    return shop.offering()


@pytest.fixture(scope="module")
def crowd(shop: PlanShop) -> Iterator[Reader]:
    return shop.crowd(30)


@pytest.fixture
def reader(crowd: Iterator[Reader]) -> Reader:
    """Somebody new, to whom nothing has happened yet."""
    return next(crowd)


def pays_with(shop: PlanShop, reader: Reader, card: str) -> None:
    method = shop.client.v1.payment_methods.attach(card, {"customer": reader.customer}).id
    shop.client.v1.customers.update(reader.customer, {"invoice_settings": {"default_payment_method": method}})


def reviewing(shop: PlanShop, reader: Reader, configuration: str, **chosen: str | int) -> Visitor:
    """The page that says what a change costs, to the larger plan when nothing is named."""
    page = shop.visit(reader, configuration=configuration)
    return review(page, reader, **(chosen or {"price": shop.larger}))


def test_the_way_leads_from_the_overview_over_the_plans_to_the_review(
    shop: PlanShop, offer: str, reader: Reader
) -> None:
    page = shop.visit(reader, configuration=offer)
    assert f"/subscriptions/{reader.subscription}/update" in page.text
    page.go(f"/subscriptions/{reader.subscription}/update")
    assert page.heading == "Change Magazine"
    assert (
        "Every month Magazine · your plan now $31.00 a month Magazine Plus · quantity 1 to 5 $62.00 a month"
        in page.said
    )
    assert "Every year Magazine $310.00 a year" in page.said
    where, form = page.form('name="price"')
    assert form == {"price": shop.monthly, "quantity": "1", "code": ""}
    page.get(where, query_string={**form, "price": shop.larger})
    assert page.heading == "Review your change"


def test_the_review_says_today_and_next_line_by_line(shop: PlanShop, offer: str, reader: Reader) -> None:
    """21 of 31 days at $62.00 are $42.00, less 21 of 31 days at $31.00."""
    page = reviewing(shop, reader, offer)
    assert "You pay $21.00 today, then $62.00 a month from February 15, 2035." in page.said
    assert "Now Magazine $31.00 a month → From today Magazine Plus $62.00 a month" in page.said
    assert "Unused time on Magazine Jan 25 – Feb 15, 2035 −$21.00" in page.said
    assert "Remaining time on Magazine Plus Jan 25 – Feb 15, 2035 $42.00" in page.said
    assert "Charged today to Visa ending in 4242 $21.00" in page.said
    assert "Pay $21.00 and switch Keep my plan" in page.said


def test_looking_at_what_a_change_costs_changes_nothing(shop: PlanShop, offer: str, reader: Reader) -> None:
    page = shop.visit(reader, configuration=offer)
    before = shop.events()
    review(page, reader, price=shop.larger)
    assert shop.events() == before


def test_the_change_is_paid_as_it_was_quoted(shop: PlanShop, offer: str, reader: Reader) -> None:
    page = reviewing(shop, reader, offer)
    before = shop.events()
    page.submit(QUOTE)
    assert page.path.endswith("/update/result")
    assert page.heading == "You have Magazine Plus now"
    assert "The next payment is on February 15, 2035." in page.said
    assert shop.has(reader) == (shop.larger, 1)
    assert shop.invoices(reader)[0].amount_paid == 2100
    assert shop.since(before) == PAID_AT_ONCE


def test_a_quote_is_kept_to_the_cent_for_half_an_hour(own: PlanShop) -> None:
    """Twenty-nine minutes are four cents of $62.00, which the same moment of proration keeps out."""
    reader = next(own.crowd(1))
    page = reviewing(own, reader, own.offering())
    own.mock.clock.advance(29 * 60)
    page.submit(QUOTE)
    assert page.heading == "You have Magazine Plus now"
    assert own.invoices(reader)[0].amount_paid == 2100


def test_after_that_it_is_asked_for_again_and_nothing_is_charged(own: PlanShop) -> None:
    reader = next(own.crowd(1))
    page = reviewing(own, reader, own.offering())
    own.mock.clock.advance(50 * 60)
    page.submit(QUOTE)
    assert page.status == 409
    assert "Nothing was charged." in page.said
    assert own.has(reader) == (own.monthly, 1)
    page.submit(QUOTE)
    assert page.heading == "You have Magazine Plus now"


def test_an_amount_that_has_moved_is_shown_again_and_nothing_is_charged(
    shop: PlanShop, offer: str, reader: Reader
) -> None:
    """A credit of $5.00 came in between: $16.00 instead of $21.00."""
    page = reviewing(shop, reader, offer)
    shop.client.v1.customers.update(reader.customer, {"balance": -500})
    before = shop.events()
    page.submit(QUOTE)
    assert page.status == 409
    assert "The amount has changed from $21.00 to $16.00. Nothing was charged." in page.said
    assert "Paid from the credit on your account −$5.00" in page.said
    assert shop.events() == before
    page.submit(QUOTE)
    assert shop.invoices(reader)[0].amount_paid == 1600


def test_a_form_that_is_sent_twice_is_charged_once(shop: PlanShop, offer: str, reader: Reader) -> None:
    page = reviewing(shop, reader, offer)
    where, form = page.form(QUOTE)
    before = shop.events()
    for _ in range(2):
        page.post(where, form)
        assert page.heading == "You have Magazine Plus now"
    assert shop.since(before) == PAID_AT_ONCE


def test_the_same_change_in_another_tab_is_charged_once(shop: PlanShop, offer: str, reader: Reader) -> None:
    page = reviewing(shop, reader, offer)
    first = page.form(QUOTE)
    review(page, reader, price=shop.larger)
    second = page.form(QUOTE)
    page.post(*first)
    before = shop.events()
    page.post(*second)
    assert page.heading == "You have Magazine Plus now"
    assert shop.events() == before


def test_somebody_elses_quote_is_not_taken(shop: PlanShop, offer: str, crowd: Iterator[Reader], reader: Reader) -> None:
    foreign = reviewing(shop, next(crowd), offer).form(QUOTE)[1]["quote"]
    page = reviewing(shop, reader, offer)
    before = shop.events()
    page.submit(QUOTE, quote=foreign)
    assert page.status == 400
    assert shop.events() == before


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        pytest.param({"price": "price_made_up"}, "Please choose one of these plans.", id="a plan that is not offered"),
        pytest.param({}, "Please choose one of these plans.", id="nothing"),
        pytest.param({"price": "larger", "quantity": 6}, "Of this plan you can have 1 to 5.", id="too many"),
        pytest.param({"price": "larger", "quantity": 0}, "Of this plan you can have 1 to 5.", id="none at all"),
        pytest.param({"price": "larger", "quantity": "two"}, "Please enter a whole number.", id="a word"),
        pytest.param({"price": "larger", "code": "NONE"}, "This code does not exist", id="no such code"),
        pytest.param({"price": "monthly"}, "This is what you have now.", id="no change"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    shop: PlanShop, offer: str, reader: Reader, chosen: dict[str, str | int], said: str
) -> None:
    price = str(chosen.get("price", ""))
    typed = {**chosen, "price": getattr(shop, price, price)}
    page = reviewing(shop, reader, offer, **typed)
    assert page.status == 400
    assert page.heading == "Change Magazine"
    assert said in page.said
    quantity = str(chosen.get("quantity", "1"))
    assert page.form('name="price"')[1].get("quantity") == quantity


def test_a_declined_payment_leaves_the_old_plan_and_says_why(shop: PlanShop, offer: str, reader: Reader) -> None:
    pays_with(shop, reader, DECLINED)
    page = reviewing(shop, reader, offer)
    page.submit(QUOTE)
    assert page.status == 402
    assert "Nothing was changed, and nothing was charged. Your bank declined the payment" in page.said
    assert "Use another payment method Pay with Visa ending in 4242" in page.said
    left = shop.subscription(reader)
    assert (left.status, left.pending_update) == ("active", None)
    assert shop.has(reader) == (shop.monthly, 1)
    assert [invoice.status for invoice in shop.invoices(reader)] == ["void", "paid"]
    assert shop.client.v1.customers.retrieve(reader.customer).balance == 0


def test_after_a_decline_another_card_can_be_chosen_and_the_change_is_paid(
    shop: PlanShop, offer: str, reader: Reader
) -> None:
    pays_with(shop, reader, DECLINED)
    page = reviewing(shop, reader, offer)
    page.submit(QUOTE)
    card = shop.client.v1.payment_methods.list({"customer": reader.customer}).data[-1].id
    page.submit("default_payment_method", default_payment_method=card)
    assert "Charged today to Visa ending in 4242 $21.00" in page.said
    page.submit(QUOTE)
    assert page.heading == "You have Magazine Plus now"
    assert shop.subscription(reader).default_payment_method == card


def test_a_bank_that_asks_is_one_step_away_and_then_the_change_is_made(
    shop: PlanShop, offer: str, reader: Reader
) -> None:
    pays_with(shop, reader, CHALLENGED)
    page = reviewing(shop, reader, offer)
    page.submit(QUOTE)
    assert page.heading == "One step is left"
    assert "Until then you keep Magazine." in page.said
    assert shop.has(reader) == (shop.monthly, 1)
    ask_the_bank(page)
    assert page.heading == "You have Magazine Plus now"
    assert shop.has(reader) == (shop.larger, 1)
    assert shop.invoices(reader)[0].amount_paid == 2100


def test_a_bank_that_says_no_leaves_the_old_plan_and_the_change_can_be_taken_back(
    shop: PlanShop, offer: str, reader: Reader
) -> None:
    pays_with(shop, reader, CHALLENGED)
    page = reviewing(shop, reader, offer)
    page.submit(QUOTE)
    ask_the_bank(page, "fail")
    assert page.heading == "The payment did not go through"
    page.go(f"/subscriptions/{reader.subscription}/update/undo")
    page.submit("form_id")
    assert page.heading == "You have Magazine now"
    assert shop.subscription(reader).pending_update is None
    assert shop.invoices(reader)[0].status == "void"


def test_a_change_is_reviewed_and_confirmed_in_german(shop: PlanShop, offer: str, reader: Reader) -> None:
    page = shop.visit(reader, configuration=offer, locale="de")
    page.go(f"/subscriptions/{reader.subscription}/update")
    assert not ENGLISH.search(page.said)
    review(page, reader, price=shop.larger)
    assert "Nicht genutzte Zeit von Magazine" in page.said
    assert not ENGLISH.search(page.said)
    page.submit(QUOTE)
    assert page.heading == "Sie haben jetzt Magazine Plus"
    assert not ENGLISH.search(page.said)
