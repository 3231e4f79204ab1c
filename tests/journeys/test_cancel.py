"""Leaving: now or at the end of the period, with a reason or without one. The shop's day is January 15, 2035."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.journeys.shop import COMMENT, FEEDBACK, Reader, Shop, Visitor, forms

REASONS: dict[str, Any] = {"enabled": True, "options": ["unused", "other"]}
NOW = {"enabled": True, "mode": "immediately", "cancellation_reason": REASONS}
FLEXIBLE = {"type": "flexible"}


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture(scope="module")
def at_once(shop: Shop) -> str:
    """A configuration under which a subscription ends at once."""
    return shop.configuration(subscription_cancel=NOW)


@pytest.fixture(scope="module")
def at_once_with_credit(shop: Shop) -> str:
    return shop.configuration(subscription_cancel={**NOW, "proration_behavior": "create_prorations"})


def at_the_exit(shop: Shop, reader: Reader, **more: Any) -> Visitor:
    """The page that cancels, reached from the overview by its button."""
    page = shop.visit(reader, **more)
    assert "Cancel subscription" in page.said
    page.go(f"/subscriptions/{reader.subscription}/cancel")
    return page


def last_update(shop: Shop, reader: Reader) -> stripe.Event:
    events = shop.client.v1.events.list({"type": "customer.subscription.updated"}).data
    return next(event for event in events if event.data.object["id"] == reader.subscription)


def test_the_page_says_what_leaving_means_before_it_is_done(shop: Shop) -> None:
    page = at_the_exit(shop, shop.reader("reads@example.com"))
    assert page.heading == "Cancel Magazine"
    assert "You keep access until February 15, 2035. Nothing more will be charged" in page.said
    assert "Cancel on February 15, 2035 Keep subscription" in page.said


def test_a_classic_subscription_is_canceled_at_its_period_end(shop: Shop) -> None:
    reader = shop.reader("classic@example.com", billing_mode={"type": "classic"})
    page = at_the_exit(shop, reader)
    page.submit(FEEDBACK, **{FEEDBACK: "unused", COMMENT: "I moved inland."})
    kept = shop.subscription(reader)
    assert kept.status == "active"
    assert kept.cancel_at_period_end is True
    assert kept.cancellation_details is not None
    assert (kept.cancellation_details.feedback, kept.cancellation_details.comment) == ("unused", "I moved inland.")
    assert last_update(shop, reader).data.previous_attributes["cancel_at_period_end"] is False  # type: ignore[index]


def test_a_flexible_subscription_is_canceled_at_the_moment_that_its_last_item_ends(shop: Shop) -> None:
    reader = shop.reader("flexible@example.com", billing_mode=FLEXIBLE)
    end = shop.subscription(reader)["items"].data[0].current_period_end
    page = at_the_exit(shop, reader)
    page.submit(FEEDBACK, **{FEEDBACK: "other", COMMENT: "Too much paper."})
    kept = shop.subscription(reader)
    assert (kept.cancel_at, kept.cancel_at_period_end) == (end, False)
    assert kept.cancellation_details is not None
    assert (kept.cancellation_details.feedback, kept.cancellation_details.comment) == ("other", "Too much paper.")
    assert last_update(shop, reader).data.previous_attributes["cancel_at"] is None  # type: ignore[index]


def test_the_result_page_confirms_the_day_and_is_true_when_it_is_opened_again(shop: Shop) -> None:
    reader = shop.reader("result@example.com")
    page = at_the_exit(shop, reader)
    page.submit(FEEDBACK)
    assert page.path.endswith(f"/subscriptions/{reader.subscription}/result")
    for _ in range(2):
        assert page.heading == "Magazine is canceled"
        assert "You keep access until February 15, 2035." in page.said
        page.get(page.path)


def test_the_end_comes_on_the_day_that_was_promised(shop: Shop) -> None:
    """A shop of its own: its clock is moved."""
    other = Shop()
    reader = other.reader("patient@example.com")
    at_the_exit(other, reader).submit(FEEDBACK)
    other.mock.clock.to("2035-02-15T11:59")
    assert other.subscription(reader).status == "active"
    other.mock.clock.to("2035-02-15T12:01")
    assert other.subscription(reader).status == "canceled"
    assert len(other.client.v1.invoices.list({"customer": reader.customer}).data) == 1


def test_leaving_without_a_word_is_fine(shop: Shop) -> None:
    reader = shop.reader("silent@example.com")
    at_the_exit(shop, reader).submit(FEEDBACK)
    kept = shop.subscription(reader)
    assert kept.cancel_at is not None
    assert kept.cancellation_details is not None
    assert (kept.cancellation_details.feedback, kept.cancellation_details.comment) == (None, None)


def test_a_reason_that_was_left_out_can_be_given_on_the_result_page(shop: Shop) -> None:
    reader = shop.reader("afterwards@example.com")
    page = at_the_exit(shop, reader)
    page.submit(FEEDBACK)
    page.submit(FEEDBACK, **{FEEDBACK: "unused", COMMENT: "Sorry."})
    details = shop.subscription(reader).cancellation_details
    assert details is not None
    assert (details.feedback, details.comment) == ("unused", "Sorry.")
    assert FEEDBACK not in page.text


def test_a_reason_that_was_not_offered_is_refused_beside_the_question(shop: Shop) -> None:
    reader = shop.reader("made-up@example.com")
    later = shop.configuration(subscription_cancel={"enabled": True, "cancellation_reason": REASONS})
    page = at_the_exit(shop, reader, configuration=later)
    before = shop.events()
    page.submit(FEEDBACK, **{FEEDBACK: "too_complex", COMMENT: "I wrote this."})
    assert page.status == 400
    assert 'class="error"' in next(form for form in forms(page.text) if FEEDBACK in form)
    assert page.form(FEEDBACK)[1][COMMENT] == "I wrote this."
    assert shop.events() == before


def test_who_still_owes_something_is_not_told_that_nothing_more_is_charged(shop: Shop) -> None:
    reader = shop.reader("owes@example.com")
    shop.refuse_payment(reader)
    page = at_the_exit(shop, reader)
    assert "Nothing more will be charged" not in page.said


def test_the_past_is_not_repeated_by_an_old_form(shop: Shop) -> None:
    """Canceled, taken back, and then the first form once more, as the browser's history offers it: nothing changes."""
    reader = shop.reader("history@example.com")
    page = at_the_exit(shop, reader)
    where, form = page.form(FEEDBACK)
    page.post(where, form)
    page.go(f"/subscriptions/{reader.subscription}/renew")
    page.submit("form_id")
    before = shop.events()
    page.post(where, form)
    assert page.heading == "Magazine goes on"
    assert shop.subscription(reader).cancel_at is None
    assert shop.events() == before


def test_where_it_ends_at_once_the_page_says_that_nothing_comes_back(shop: Shop, at_once: str) -> None:
    page = at_the_exit(shop, shop.reader("warned@example.com"), configuration=at_once)
    assert "It ends at once and cannot be taken back. Time that you have paid for is not refunded." in page.said
    assert "Cancel now Keep subscription" in page.said


def test_canceling_at_once_ends_it_and_makes_no_credit(shop: Shop, at_once: str) -> None:
    reader = shop.reader("now@example.com")
    page = at_the_exit(shop, reader, configuration=at_once)
    before = shop.events()
    page.submit(FEEDBACK, **{FEEDBACK: "unused"})
    ended = shop.subscription(reader)
    assert ended.status == "canceled"
    assert ended.cancellation_details is not None
    assert ended.cancellation_details.feedback == "unused"
    assert page.heading == "Magazine has ended"
    assert shop.since(before) == ["customer.subscription.deleted"]


def test_canceling_at_once_with_prorations_credits_the_unused_time(shop: Shop, at_once_with_credit: str) -> None:
    """Canceled within a minute of its start: nearly all of $29.00 is credited."""
    reader = shop.reader("credited@example.com")
    page = at_the_exit(shop, reader, configuration=at_once_with_credit)
    assert "What you have paid for unused time is credited to your account" in page.said
    page.submit(FEEDBACK)
    waiting = shop.client.v1.invoice_items.list({"customer": reader.customer}).data
    assert shop.subscription(reader).status == "canceled"
    # A minute of 31 days is less than a tenth of a cent.
    assert [item.amount for item in waiting] == [-2900]


def test_a_form_that_is_sent_twice_changes_once(shop: Shop) -> None:
    reader = shop.reader("twice@example.com")
    page = at_the_exit(shop, reader)
    where, form = page.form(FEEDBACK)
    before = shop.events()
    for _ in range(2):
        page.post(where, form)
        assert page.heading == "Magazine is canceled"
    assert shop.since(before) == ["customer.subscription.updated"]


def test_a_form_of_another_tab_finds_the_work_done(shop: Shop) -> None:
    reader = shop.reader("two-tabs@example.com")
    page = at_the_exit(shop, reader)
    first = page.form(FEEDBACK)
    page.go(f"/subscriptions/{reader.subscription}/cancel")
    second = page.form(FEEDBACK)
    before = shop.events()
    for where, form in (first, second):
        page.post(where, form)
        assert page.heading == "Magazine is canceled"
    assert shop.since(before) == ["customer.subscription.updated"]


def test_a_subscription_that_ended_meanwhile_is_told_and_nothing_fails(shop: Shop) -> None:
    reader = shop.reader("meanwhile@example.com")
    page = at_the_exit(shop, reader)
    shop.client.v1.subscriptions.cancel(reader.subscription)
    before = shop.events()
    page.submit(FEEDBACK, **{FEEDBACK: "unused"})
    assert (page.status, page.heading) == (200, "Magazine has ended")
    assert shop.events() == before


def test_an_end_can_be_taken_back_as_long_as_it_has_not_come(shop: Shop) -> None:
    reader = shop.reader("stays@example.com")
    page = at_the_exit(shop, reader)
    page.submit(FEEDBACK, **{FEEDBACK: "unused"})
    page.go(f"/subscriptions/{reader.subscription}/renew")
    assert (
        "It goes on at $29.00 a month. The next payment is on February 15, 2035, from Visa ending in 4242." in page.said
    )
    page.submit("form_id")
    assert page.heading == "Magazine goes on"
    kept = shop.subscription(reader)
    assert (kept.cancel_at_period_end, kept.cancel_at) == (False, None)


@pytest.mark.parametrize("form", ["cancel_at_period_end", "cancel_at"])
def test_both_forms_of_a_scheduled_end_can_be_taken_back(shop: Shop, form: str) -> None:
    reader = shop.reader("both@example.com", billing_mode=FLEXIBLE)
    end = shop.subscription(reader)["items"].data[0].current_period_end
    change: Any = {form: True if form == "cancel_at_period_end" else end}
    shop.client.v1.subscriptions.update(reader.subscription, change)
    page = shop.visit(reader)
    page.go(f"/subscriptions/{reader.subscription}/renew")
    page.submit("form_id")
    kept = shop.subscription(reader)
    assert (kept.cancel_at_period_end, kept.cancel_at) == (False, None)


def test_taking_back_twice_changes_once(shop: Shop) -> None:
    reader = shop.reader("twice-back@example.com")
    shop.client.v1.subscriptions.update(reader.subscription, {"cancel_at_period_end": True})
    page = shop.visit(reader)
    page.go(f"/subscriptions/{reader.subscription}/renew")
    where, form = page.form("form_id")
    before = shop.events()
    for _ in range(2):
        page.post(where, form)
        assert page.heading == "Magazine goes on"
    assert shop.since(before) == ["customer.subscription.updated"]


def test_what_has_ended_cannot_be_taken_back(shop: Shop) -> None:
    reader = shop.reader("too-late@example.com")
    shop.client.v1.subscriptions.update(reader.subscription, {"cancel_at_period_end": True})
    page = shop.visit(reader)
    page.go(f"/subscriptions/{reader.subscription}/renew")
    shop.client.v1.subscriptions.cancel(reader.subscription)
    page.submit("form_id")
    assert page.status == 403
    assert "This subscription has ended." in page.said


def test_one_of_several_is_canceled_and_the_others_go_on(shop: Shop) -> None:
    reader = shop.reader("several@example.com")
    other = shop.client.v1.subscriptions.create({"customer": reader.customer, "items": [{"price": shop.price}]})
    at_the_exit(shop, reader).submit(FEEDBACK)
    assert shop.subscription(reader).cancel_at is not None
    assert shop.client.v1.subscriptions.retrieve(other.id).cancel_at is None
