"""What the overview says, in every situation that a customer can be in. The shop's day is January 15, 2035."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.shop import Reader, Shop, Visitor

CARD = "Visa ending in 4242"


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


def overview(shop: Shop, reader: Reader | str, **more: Any) -> Visitor:
    """The overview of a visit that has just begun."""
    return shop.visit(reader, **more)


def test_a_running_subscription_tells_amount_day_and_card_in_one_sentence(shop: Shop) -> None:
    page = overview(shop, shop.reader("active@example.com"))
    assert page.heading == "All is well, Active"
    # A month after January 15.
    assert f"Your next payment is $29.00 on February 15, 2035, from {CARD}." in page.said
    assert "Magazine Active $29.00 a month · renews on February 15, 2035 Cancel subscription" in page.said


def test_a_trial_tells_when_it_stops_being_free(shop: Shop) -> None:
    page = overview(shop, shop.reader("trial@example.com", trial_period_days=14))
    # January 15 and 14 days.
    assert f"Your next payment is $29.00 on January 29, 2035, from {CARD}." in page.said
    assert "Magazine Trial $29.00 a month · free until January 29, 2035" in page.said


@pytest.mark.parametrize("form", ["cancel_at_period_end", "cancel_at"])
def test_both_forms_of_a_scheduled_end_read_the_same(shop: Shop, form: str) -> None:
    reader = shop.reader("ending@example.com")
    end = shop.subscription(reader)["items"].data[0].current_period_end
    change: Any = {"cancel_at_period_end": True} if form == "cancel_at_period_end" else {"cancel_at": end}
    shop.client.v1.subscriptions.update(reader.subscription, change)
    page = overview(shop, reader)
    assert page.heading == "Magazine ends on February 15, 2035"
    assert "No payment is planned." in page.said
    assert "Magazine Ends on February 15, 2035 $29.00 a month" in page.said
    assert page.said.count("Keep subscription") == 1
    assert "Cancel subscription" not in page.said


def test_a_scheduled_end_of_a_flexible_subscription_reads_the_same(shop: Shop) -> None:
    reader = shop.reader("flexible-end@example.com", billing_mode={"type": "flexible"})
    end = shop.subscription(reader)["items"].data[0].current_period_end
    shop.client.v1.subscriptions.update(reader.subscription, {"cancel_at": end})
    assert overview(shop, reader).heading == "Magazine ends on February 15, 2035"


def test_an_end_after_further_renewals_does_not_hide_the_next_payment(shop: Shop) -> None:
    """It ends in a hundred days, on April 25: before that it renews on February 15, March 15 and April 15."""
    reader = shop.reader("later@example.com")
    end = shop.subscription(reader).created + 100 * 86_400
    shop.client.v1.subscriptions.update(reader.subscription, {"cancel_at": end})
    page = overview(shop, reader)
    assert page.heading == "Magazine ends on April 25, 2035"
    assert "February 15, 2035" in page.said.partition("Subscriptions")[0]
    assert "nothing more will be charged" not in page.said


def test_a_subscription_whose_first_payment_is_missing_is_not_called_well(shop: Shop) -> None:
    customer = shop.customer("first@example.com")
    wanted: Any = {
        "customer": customer,
        "items": [{"price": shop.price}],
        "payment_behavior": "default_incomplete",
    }
    assert shop.client.v1.subscriptions.create(wanted).status == "incomplete"
    page = overview(shop, customer)
    assert "Payment needed" in page.said
    assert page.heading == "One thing needs you"
    assert "The first payment for Magazine is missing." in page.said or "is unpaid" in page.said


def test_a_discounted_subscription_still_says_what_it_costs(shop: Shop) -> None:
    half = shop.client.v1.coupons.create({"percent_off": 50, "duration": "forever"}).id
    page = overview(shop, shop.reader("half@example.com", discounts=[{"coupon": half}]))
    assert "Your next payment is $29.00" not in page.said
    assert "$29.00 a month · less a discount · renews on" in page.said


def test_a_discount_with_a_name_is_named(shop: Shop) -> None:
    half = shop.client.v1.coupons.create({"percent_off": 50, "duration": "forever", "name": "Half price"}).id
    page = overview(shop, shop.reader("named@example.com", discounts=[{"coupon": half}]))
    assert "$29.00 a month · less the discount “Half price” · renews on" in page.said


def test_an_invoice_that_could_not_be_paid_comes_first(shop: Shop) -> None:
    reader = shop.reader("overdue@example.com")
    shop.refuse_payment(reader)
    page = overview(shop, reader)
    assert page.heading == "One thing needs you"
    # The second copy for the whole month: 2 * $29.00 - $29.00.
    assert "$29.00 from January 15, 2035 is unpaid." in page.said
    # The card has just been refused, and $58.00 is not all that will be asked for: neither is promised.
    assert "$29.00 is unpaid. The next payment is on February 15, 2035 ." in page.said.replace("2035.", "2035 .")
    assert "Magazine Payment overdue $58.00 a month" in page.said
    assert "January 15, 2035" in page.said
    assert "Unpaid" in page.said


def test_several_subscriptions_of_one_day_are_added_up(shop: Shop) -> None:
    reader = shop.reader("several@example.com")
    archive = shop.plan("Archive", 400)
    shop.client.v1.subscriptions.create({"customer": reader.customer, "items": [{"price": archive}]})
    page = overview(shop, reader)
    # 29.00 + 4.00
    assert f"Your next payment is $33.00 on February 15, 2035, from {CARD}." in page.said
    assert "Magazine Active $29.00 a month" in page.said
    assert "Archive Active $4.00 a month" in page.said


def test_of_several_days_the_next_one_is_told(shop: Shop) -> None:
    reader = shop.reader("two-days@example.com")
    atlas = shop.plan("Atlas", 9900, interval="year")
    shop.client.v1.subscriptions.create({"customer": reader.customer, "items": [{"price": atlas}]})
    page = overview(shop, reader)
    assert "Your next payment is $29.00 on February 15, 2035" in page.said
    assert "Atlas Active $99.00 a year · renews on January 15, 2036" in page.said


def test_what_is_paid_for_soonest_stands_first(shop: Shop) -> None:
    reader = shop.reader("soonest@example.com")
    almanac = shop.plan("Almanac", 9900, interval="year")
    shop.client.v1.subscriptions.create({"customer": reader.customer, "items": [{"price": almanac}]})
    said = overview(shop, reader).said
    assert said.index("Magazine Active") < said.index("Almanac Active")


def test_what_was_never_paid_for_ends_at_once(shop: Shop) -> None:
    customer = shop.customer("never@example.com")
    wanted: Any = {
        "customer": customer,
        "items": [{"price": shop.price}],
        "payment_behavior": "default_incomplete",
    }
    made = shop.client.v1.subscriptions.create(wanted).id
    page = shop.visit(customer)
    page.go(f"/subscriptions/{made}/cancel")
    assert "Its first payment is missing, so it has not begun. It ends at once" in page.said
    assert "You keep access" not in page.said
    page.submit("cancellation_details[comment]")
    assert "Magazine" in page.heading
    assert shop.client.v1.subscriptions.retrieve(made).status in ("canceled", "incomplete_expired")


def test_the_result_of_a_late_end_names_the_next_payment(shop: Shop) -> None:
    """It ends on April 25 and renews on February 15."""
    reader = shop.reader("late-result@example.com")
    end = shop.subscription(reader).created + 100 * 86_400
    shop.client.v1.subscriptions.update(reader.subscription, {"cancel_at": end})
    page = overview(shop, reader)
    page.go(f"/subscriptions/{reader.subscription}/result")
    assert "You keep access until April 25, 2035" in page.said
    assert "the next payment is on February 15, 2035" in page.said
    assert "othing more will be charged" not in page.said


def test_a_credit_leaves_the_amount_out_rather_than_saying_a_wrong_one(shop: Shop) -> None:
    """The balance is -$10.00, so $19.00 will be charged: the price of the plan would be the wrong amount."""
    reader = shop.reader("credit@example.com")
    shop.client.v1.customers.update(reader.customer, {"balance": -1000})
    lead = overview(shop, reader).said.partition("Subscriptions")[0]
    assert "February 15, 2035" in lead
    assert "$29.00" not in lead


def test_waiting_items_leave_the_amount_out_rather_than_saying_a_wrong_one(shop: Shop) -> None:
    """Two more copies at once: 2 * $29.00 for the whole month wait for the next invoice of 3 * $29.00."""
    reader = shop.reader("waiting@example.com")
    item = shop.subscription(reader)["items"].data[0].id
    change: Any = {"items": [{"id": item, "quantity": 3}], "proration_behavior": "create_prorations"}
    shop.client.v1.subscriptions.update(reader.subscription, change)
    lead = overview(shop, reader).said.partition("Subscriptions")[0]
    assert "February 15, 2035" in lead
    assert "$87.00" not in lead


def test_somebody_without_a_subscription_is_told_so(shop: Shop) -> None:
    page = overview(shop, shop.customer("nobody@example.com"))
    assert page.heading == "Your billing"
    assert "No payment is planned." in page.said
    assert "You have no subscription." in page.said
    assert "There are no invoices." in page.said


def test_somebody_whose_subscription_has_ended_finds_what_it_was(shop: Shop) -> None:
    reader = shop.reader("past@example.com")
    shop.client.v1.subscriptions.cancel(reader.subscription)
    page = overview(shop, reader)
    assert page.heading == "Your billing"
    assert "Magazine Ended $29.00 a month · ended on January 15, 2035" in page.said


def test_a_name_with_markup_in_it_stays_text(shop: Shop) -> None:
    reader = shop.reader("markup@example.com")
    shop.client.v1.customers.update(reader.customer, {"name": "<script>alert(1)</script>"})
    page = overview(shop, reader)
    assert "<script" not in page.text
    assert page.heading == "All is well, <script>alert(1)</script>"


def test_the_paid_invoice_is_there_with_its_number(shop: Shop) -> None:
    reader = shop.reader("invoice@example.com")
    invoice = shop.client.v1.invoices.list({"customer": reader.customer}).data[0]
    assert f"January 15, 2035 · {invoice.number} $29.00 Paid" in overview(shop, reader).said
