"""Leaving, changing one's mind, and the offer beside the exit."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from flask_portal import signals
from flask_portal.pages import changes, visit
from flask_portal.upstream import faults
from tests.portal.pages.conftest import Shop

REASON = "cancellation_details[feedback]"
COMMENT = "cancellation_details[comment]"


@pytest.mark.parametrize("mode", ["flexible", "classic"])
def test_canceling_at_period_end_takes_the_form_of_the_billing_mode(shop: Shop, mode: str) -> None:
    customer = shop.customer()
    made = shop.subscription(customer, billing_mode={"type": mode})
    answer = shop.visitor(customer).post(f"subscriptions/{made.id}/cancel", {REASON: "unused", COMMENT: " Too slow. "})
    assert answer.status_code == 303
    found = shop.client.v1.subscriptions.retrieve(made.id)
    assert (found.status, found.cancel_at_period_end) == ("active", mode == "classic")
    assert found.cancel_at == made["items"].data[0].current_period_end
    details: Any = found.cancellation_details
    assert (details.feedback, details.comment) == ("unused", "Too slow.")


def test_canceling_now_ends_the_subscription(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    shop.configure(customer, subscription_cancel={"mode": "immediately"})
    visitor = shop.visitor(customer)
    assert "Cancel now" in visitor.get(f"subscriptions/{made.id}/cancel").text
    visitor.post(f"subscriptions/{made.id}/cancel")
    assert shop.client.v1.subscriptions.retrieve(made.id).status == "canceled"
    assert "Magazine has ended" in visitor.get(f"subscriptions/{made.id}/result").text


def test_a_second_click_changes_nothing_and_leads_to_the_result(shop: Shop) -> None:
    customer = shop.customer()
    path = f"subscriptions/{shop.subscription(customer).id}/cancel"
    visitor = shop.visitor(customer)
    visitor.post(path)
    again = visitor.get(path)
    assert (again.status_code, again.headers["Location"][-7:]) == (303, "/result")
    assert len(shop.history()) == 1


def test_a_cancellation_is_kept_in_the_history_and_told(shop: Shop) -> None:
    told: list[dict[str, Any]] = []

    def hear(_sender: object, **values: Any) -> None:
        told.append(values)

    customer = shop.customer()
    made = shop.subscription(customer)
    with signals.subscription_cancel_scheduled.connected_to(hear, shop.app):
        shop.visitor(customer).post(f"subscriptions/{made.id}/cancel", {REASON: "unused"})
    entry = shop.history()[0]
    assert (entry.action, entry.object_id, entry.details) == (
        "subscription.cancel_scheduled",
        made.id,
        {"feedback": "unused"},
    )
    assert (entry.customer, entry.session) == (customer, shop.session_row().id)
    assert [(each["subscription"]["id"], each["customer"]) for each in told] == [(made.id, customer)]


def test_reasons_stand_in_the_order_of_the_configuration(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    reasons = {"enabled": True, "feedback_options": None, "options": ["unused", "too_expensive"]}
    shop.configure(customer, subscription_cancel={"cancellation_reason": reasons})
    text = shop.visitor(customer).get(f"subscriptions/{made.id}/cancel").text
    assert text.index("I no longer need it") < text.index("It is too expensive")
    assert "Other reason" not in text


def test_a_reason_that_was_not_offered_is_not_recorded(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    shop.visitor(customer).post(f"subscriptions/{made.id}/cancel", {REASON: "low_quality"})
    details: Any = shop.client.v1.subscriptions.retrieve(made.id).cancellation_details
    assert details.feedback is None


def test_the_result_asks_for_the_reason_once_more(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    visitor = shop.visitor(customer)
    visitor.post(f"subscriptions/{made.id}/cancel")
    result = f"subscriptions/{made.id}/result"
    visitor.post(f"subscriptions/{made.id}/reason", {REASON: "too_expensive"}, page=result)
    details: Any = shop.client.v1.subscriptions.retrieve(made.id).cancellation_details
    assert details.feedback == "too_expensive"
    assert "Why are you leaving?" not in visitor.get(result).text


@pytest.mark.parametrize("mode", ["flexible", "classic"])
def test_a_cancellation_can_be_taken_back(shop: Shop, mode: str) -> None:
    customer = shop.customer()
    made = shop.subscription(customer, billing_mode={"type": mode})
    visitor = shop.visitor(customer)
    visitor.post(f"subscriptions/{made.id}/cancel")
    assert visitor.post(f"subscriptions/{made.id}/renew").status_code == 303
    found = shop.client.v1.subscriptions.retrieve(made.id)
    assert (found.cancel_at, found.cancel_at_period_end) == (None, False)
    assert "Magazine goes on" in visitor.get(f"subscriptions/{made.id}/result").text


def test_where_canceling_is_off_the_form_is_refused_with_the_reason(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    shop.configure(customer, subscription_cancel={"enabled": False})
    visitor = shop.visitor(customer)
    assert "/cancel" not in visitor.get().text
    answer = visitor.post(f"subscriptions/{made.id}/cancel", page="details")
    assert answer.status_code == 403
    assert "Subscriptions cannot be canceled here." in answer.text
    assert shop.client.v1.subscriptions.retrieve(made.id).cancel_at is None


def test_a_form_without_its_token_changes_nothing(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    visitor = shop.visitor(customer)
    answer = visitor.browser.post(f"{visitor.base}subscriptions/{made.id}/cancel", data={"form_id": "x" * 20})
    assert answer.status_code == 403
    assert shop.client.v1.subscriptions.retrieve(made.id).cancel_at is None


def test_looking_at_the_cancel_page_changes_nothing(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    visitor = shop.visitor(customer)
    shop.transport.calls.clear()
    visitor.get(f"subscriptions/{made.id}/cancel")
    assert {method for method, _url in shop.transport.calls} == {"GET"}
    assert shop.history() == []


def test_when_stripe_does_not_answer_the_answers_stay_in_the_form(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    visitor = shop.visitor(customer)
    shop.transport.cut_changes = True
    answer = visitor.post(f"subscriptions/{made.id}/cancel", {COMMENT: "It was <fine>."})
    assert answer.status_code == 502
    assert "Our payment service did not answer." in answer.text
    assert "It was &lt;fine&gt;." in answer.text
    assert shop.history() == []


def test_a_reason_given_afterwards_is_told(shop: Shop) -> None:
    told: list[tuple[str, str, str]] = []

    def hear(_sender: object, subscription: Any, customer: str) -> None:
        told.append((subscription["id"], subscription["cancellation_details"]["feedback"], customer))

    customer = shop.customer()
    made = shop.subscription(customer)
    visitor = shop.visitor(customer)
    visitor.post(f"subscriptions/{made.id}/cancel")
    with signals.subscription_reason_given.connected_to(hear, shop.app):
        visitor.post(f"subscriptions/{made.id}/reason", {REASON: "unused"}, page=f"subscriptions/{made.id}/result")
    assert told == [(made.id, "unused", customer)]


def test_one_form_is_one_entry_of_the_history(shop: Shop) -> None:
    """Of two clicks at the same moment, both may reach the history; Stripe has done their work once."""
    visitor = shop.visitor(shop.customer())
    with shop.app.test_request_context():
        visit._visit(shop.session_row().id)
        here = visit._visit(shop.session_row().id)
        written = [changes.remember(here, "subscription.cancel", "sub_1", key="portal-twin") for _ in range(2)]
    assert visitor.base.endswith(f"{shop.session_row().id}/")
    assert written == [True, False]
    assert len(shop.history()) == 1


def test_while_the_same_change_is_under_way_nobody_is_told_that_nothing_was_changed(shop: Shop) -> None:
    """The twin of a click gets a 409, which says nothing about whether the change is made."""
    error = stripe.IdempotencyError("Still at work.", http_status=409, code="idempotency_key_in_use")
    assert faults.reason_of(error) == faults.BUSY


def own_reason(shop: Shop, description: str) -> str:
    return shop.client.v1.billing.feedback_options.create({"description": description}).id


def ask_with(shop: Shop, customer: str, *ids: str) -> None:
    reasons = {"enabled": True, "options": ["unused"], "feedback_options": list(ids)}
    shop.configure(customer, subscription_cancel={"cancellation_reason": reasons})


def test_the_business_asks_in_its_own_words(shop: Shop) -> None:
    customer = shop.customer()
    moved, paper = own_reason(shop, "I moved <inland>"), own_reason(shop, "Too much paper")
    ask_with(shop, customer, paper, moved)
    made = shop.subscription(customer)
    visitor = shop.visitor(customer)
    text = visitor.get(f"subscriptions/{made.id}/cancel").text
    places = [text.index(words) for words in ("Too much paper", "I moved &lt;inland&gt;", "I no longer need it")]
    assert places == sorted(places)
    visitor.post(f"subscriptions/{made.id}/cancel", {REASON: moved})
    details: Any = shop.client.v1.subscriptions.retrieve(made.id).cancellation_details
    assert (details.feedback_option, details.feedback) == (moved, None)
    assert REASON not in visitor.get(f"subscriptions/{made.id}/result").text


def test_a_reason_of_the_business_is_given_afterwards(shop: Shop) -> None:
    customer = shop.customer()
    ask_with(shop, customer, moved := own_reason(shop, "I moved inland"))
    made = shop.subscription(customer)
    visitor = shop.visitor(customer)
    visitor.post(f"subscriptions/{made.id}/cancel")
    path = f"subscriptions/{made.id}/result"
    assert "I moved inland" in visitor.get(path).text
    visitor.post(f"subscriptions/{made.id}/reason", {REASON: moved}, page=path)
    details: Any = shop.client.v1.subscriptions.retrieve(made.id).cancellation_details
    assert details.feedback_option == moved


def test_a_deactivated_reason_is_no_longer_offered_and_not_accepted(shop: Shop) -> None:
    customer = shop.customer()
    ask_with(shop, customer, moved := own_reason(shop, "I moved inland"))
    shop.client.v1.billing.feedback_options.deactivate(moved)
    path = f"subscriptions/{shop.subscription(customer).id}/cancel"
    visitor = shop.visitor(customer)
    assert "I moved inland" not in visitor.get(path).text
    assert visitor.post(path, {REASON: moved}).status_code == 400


def test_reasons_that_cannot_be_read_keep_nobody_from_leaving(shop: Shop) -> None:
    customer = shop.customer()
    ask_with(shop, customer, own_reason(shop, "I moved inland"))
    path = f"subscriptions/{shop.subscription(customer).id}/cancel"
    visitor = shop.visitor(customer)
    shop.transport.cut = "feedback_options"
    assert "I no longer need it" in visitor.get(path).text
    assert visitor.post(path, {REASON: "unused"}).status_code == 303
