"""Pausing and going on. The shop opens on January 15, 2035; the magazine is $29.00 a month."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.shop import Reader, Shop, Visitor

INDEFINITE: dict[str, Any] = {"enabled": True, "duration": {"type": "indefinite"}}
MONTHS: dict[str, Any] = {
    "enabled": True,
    "duration": {
        "type": "interval_options",
        "interval_options": [{"interval": "month", "interval_count": 1}, {"interval": "month", "interval_count": 3}],
    },
}


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture(scope="module")
def indefinite(shop: Shop) -> str:
    return shop.configuration(subscription_pause=INDEFINITE, subscription_cancel={"enabled": True})


@pytest.fixture(scope="module")
def months(shop: Shop) -> str:
    return shop.configuration(subscription_pause=MONTHS, subscription_cancel={"enabled": True})


def at(shop: Shop, reader: Reader, configuration: str, task: str) -> Visitor:
    page = shop.visit(reader, configuration=configuration)
    page.go(f"/subscriptions/{reader.subscription}/{task}")
    return page


def paused(shop: Shop, email: str) -> Reader:
    reader = shop.reader(email)
    shop.client.v1.subscriptions.pause(reader.subscription, {})
    return reader


def fail_payments(shop: Shop, reader: Reader, method: str) -> None:
    """From now on this method pays for the reader."""
    card = shop.client.v1.payment_methods.attach(method, {"customer": reader.customer})
    settings: Any = {"invoice_settings": {"default_payment_method": card.id}}
    shop.client.v1.customers.update(reader.customer, settings)


def test_the_page_says_what_a_pause_means(shop: Shop, indefinite: str) -> None:
    page = at(shop, shop.reader("reads@example.com"), indefinite, "pause")
    assert page.heading == "Pause Magazine"
    assert "It stops today, and nothing is charged until you resume it." in page.said
    assert "$29.00 for unused time is credited when it goes on." in page.said


def test_a_pause_without_an_end(shop: Shop, indefinite: str) -> None:
    reader = shop.reader("stops@example.com")
    page = at(shop, reader, indefinite, "pause")
    before = shop.events()
    page.submit("Pause now")
    assert page.heading == "Magazine is paused"
    assert "Nothing is charged until it is resumed." in page.said
    assert shop.subscription(reader).status == "paused"
    assert shop.since(before) == [
        "invoiceitem.created",
        "customer.subscription.updated",
        "customer.subscription.paused",
    ]


def test_a_second_click_pauses_once(shop: Shop, indefinite: str) -> None:
    reader = shop.reader("twice@example.com")
    page = at(shop, reader, indefinite, "pause")
    where, form = page.form("Pause now")
    page.post(where, form)
    before = shop.events()
    page.post(where, form)
    assert page.heading == "Magazine is paused"
    assert shop.since(before) == []


def test_a_pause_with_an_end_goes_on_by_itself() -> None:
    shop = Shop()
    reader = shop.reader("comes-back@example.com")
    page = at(shop, reader, shop.configuration(subscription_pause=MONTHS), "pause")
    assert "For a month · goes on by itself on February 15, 2035" in page.said
    assert "For 3 months · goes on by itself on April 15, 2035" in page.said
    page.submit("Pause now", duration="3-month")
    assert page.heading == "Magazine is paused"
    assert "Nothing is charged until it goes on by itself on April 15, 2035." in page.said
    page.go("/")
    assert "Paused until April 15, 2035" in page.said
    shop.mock.clock.to("2035-04-14")
    assert shop.subscription(reader).status == "paused"
    shop.mock.clock.to("2035-04-17")
    back = shop.subscription(reader)
    assert (back.status, back.schedule) == ("active", None)


def test_who_comes_back_early_can_do_everything_again(shop: Shop, months: str) -> None:
    reader = shop.reader("early@example.com")
    page = at(shop, reader, months, "pause")
    page.submit("Pause now", duration="1-month")
    page.go(f"/subscriptions/{reader.subscription}/resume")
    page.submit("Resume now")
    assert page.heading == "Magazine goes on"
    assert "Pause subscription" in page.said
    page.go(f"/subscriptions/{reader.subscription}/cancel")
    page.submit("Cancel on")
    assert page.heading == "Magazine is canceled"


def test_a_duration_that_is_not_offered_is_refused_beside_the_choice(shop: Shop, months: str) -> None:
    reader = shop.reader("forever@example.com")
    page = at(shop, reader, months, "pause")
    before = shop.events()
    page.submit("Pause now", duration="indefinite")
    assert page.status == 400
    assert "Please choose how long the pause lasts." in page.said
    assert shop.since(before) == []


def test_resuming_says_its_price_first(shop: Shop, indefinite: str) -> None:
    page = at(shop, paused(shop, "asks@example.com"), indefinite, "resume")
    assert page.heading == "Resume Magazine"
    # 2900 for the new period, less 2900 for the time that was not used.
    assert "A new period begins today, and you pay nothing for it now." in page.said
    assert "Resume now Leave it paused" in page.said


def test_resuming_starts_a_new_period(shop: Shop, indefinite: str) -> None:
    reader = paused(shop, "returns@example.com")
    page = at(shop, reader, indefinite, "resume")
    page.submit("Resume now")
    assert page.heading == "Magazine goes on"
    assert "The next payment is on February 15, 2035." in page.said
    assert shop.subscription(reader).status == "active"


def owing(shop: Shop, email: str) -> Reader:
    """Paused without a credit, so that resuming costs $29.00."""
    reader = shop.reader(email)
    without: Any = {"bill_for": {"unused_time_from": {"type": "none"}}}
    shop.client.v1.subscriptions.pause(reader.subscription, without)
    return reader


def test_what_resuming_costs_is_on_the_button_and_is_charged(shop: Shop, indefinite: str) -> None:
    reader = owing(shop, "pays@example.com")
    page = at(shop, reader, indefinite, "resume")
    assert "You pay $29.00 now, and it goes on at $29.00 a month." in page.said
    page.submit('name="quote"')
    assert page.heading == "Magazine goes on"
    newest = shop.client.v1.invoices.list({"customer": reader.customer}).data[0]
    assert (newest.amount_paid, newest.status) == (2900, "paid")


def test_a_declined_card_leaves_it_paused_and_owes_nothing(shop: Shop, indefinite: str) -> None:
    reader = owing(shop, "declined@example.com")
    fail_payments(shop, reader, "pm_card_chargeCustomerFail")
    page = at(shop, reader, indefinite, "resume")
    page.submit('name="quote"')
    assert page.status == 402
    assert "Nothing was changed, and nothing was charged." in page.said
    assert shop.subscription(reader).status == "paused"
    assert shop.client.v1.invoices.list({"customer": reader.customer, "status": "open"}).data == []


def test_a_bank_that_asks_is_answered_in_between(shop: Shop, indefinite: str) -> None:
    reader = owing(shop, "confirms@example.com")
    fail_payments(shop, reader, "pm_card_authenticationRequired")
    page = at(shop, reader, indefinite, "resume")
    page.submit('name="quote"')
    assert page.heading == "One step is left"
    assert "Your bank asks you to confirm the payment of $29.00." in page.said
    assert "Confirm with your bank" in page.said
    page.go(f"/subscriptions/{reader.subscription}/resume")
    assert page.heading == "One step is left"


def test_a_sum_that_moved_is_shown_again(shop: Shop, indefinite: str) -> None:
    reader = owing(shop, "moves@example.com")
    page = at(shop, reader, indefinite, "resume")
    more: Any = {"customer": reader.customer, "subscription": reader.subscription, "amount": 100, "currency": "usd"}
    shop.client.v1.invoice_items.create(more)
    before = shop.events()
    page.submit('name="quote"')
    assert page.status == 409
    assert "The amount has changed from $29.00 to $30.00. Nothing was charged." in page.said
    assert shop.since(before) == []


def test_who_is_paused_can_leave_at_once(shop: Shop, indefinite: str) -> None:
    reader = paused(shop, "leaves@example.com")
    page = at(shop, reader, indefinite, "cancel")
    assert "It is paused, so it ends at once. This cannot be taken back." in page.said
    page.submit("Cancel now")
    assert page.heading == "Magazine has ended"


@pytest.mark.parametrize(
    ("subscription", "reason"),
    [
        ({"trial_period_days": 9}, "This subscription is on trial. It can be paused when the trial is over."),
        ({"billing_mode": {"type": "classic"}}, "This subscription cannot be paused here. Please contact us."),
        ({"cancel_at_period_end": True}, "This subscription is set to end, so it cannot be paused."),
        (
            {"collection_method": "send_invoice", "days_until_due": 9},
            "This subscription is paid by invoice, so it is not paused here. Please contact us.",
        ),
    ],
)
def test_what_cannot_be_paused_says_why(shop: Shop, indefinite: str, subscription: dict[str, Any], reason: str) -> None:
    page = at(shop, shop.reader("cannot@example.com", **subscription), indefinite, "pause")
    assert page.status == 403
    assert reason in page.said
