"""A session for one task opens that page, hides the others, and ends where it was told to."""

from __future__ import annotations

import re
from typing import Any

from flask_portal import signals
from tests.portal.pages.conftest import Shop, Visitor


def cancel_flow(subscription: str, **more: Any) -> dict[str, Any]:
    task = {"subscription": subscription, **more.pop("task", {})}
    return {"type": "subscription_cancel", "subscription_cancel": task, **more}


def test_a_cancel_flow_opens_its_page_without_navigation(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    visitor = shop.visitor(customer, flow_data=cancel_flow(made.id))
    home = visitor.get()
    assert (home.status_code, home.headers["Location"]) == (303, f"{visitor.base}subscriptions/{made.id}/cancel")
    text = visitor.get(f"subscriptions/{made.id}/cancel").text
    assert "Cancel Magazine" in text
    assert "<nav" not in text


def test_a_cancel_flow_opens_nothing_else(shop: Shop) -> None:
    customer = shop.customer()
    made, other = shop.subscription(customer), shop.subscription(customer)
    visitor = shop.visitor(customer, flow_data=cancel_flow(made.id))
    closed = ["details", "invoices", "payment-methods", f"subscriptions/{other.id}/cancel", f"subscriptions/{made.id}"]
    assert [visitor.get(path).status_code for path in closed] == [404] * 5


def test_a_flow_is_confirmed_in_the_words_of_the_business(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    ending = {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "See you <again>!"}}
    visitor = shop.visitor(customer, flow_data=cancel_flow(made.id, after_completion=ending))
    answer = visitor.post(f"subscriptions/{made.id}/cancel")
    text = visitor.browser.get(answer.headers["Location"]).text
    assert "See you &lt;again&gt;!" in text
    assert "<nav" not in text


def test_a_flow_redirects_only_after_success(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    ending = {"type": "redirect", "redirect": {"return_url": "https://shop.example/bye"}}
    visitor = shop.visitor(customer, flow_data=cancel_flow(made.id, after_completion=ending))
    page = visitor.get(f"subscriptions/{made.id}/cancel")
    assert "form-action 'self' https://shop.example;" in page.headers["Content-Security-Policy"]
    answer = visitor.post(f"subscriptions/{made.id}/cancel")
    assert (answer.status_code, answer.headers["Location"]) == (303, "https://shop.example/bye")


def test_a_finished_flow_can_open_the_whole_portal(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    flow = cancel_flow(made.id, after_completion={"type": "portal_homepage"})
    visitor = shop.visitor(customer, flow_data=flow)
    assert visitor.get("invoices").status_code == 404
    answer = visitor.post(f"subscriptions/{made.id}/cancel")
    assert answer.headers["Location"] == visitor.base
    assert "<nav" in visitor.get().text
    assert visitor.get("invoices").status_code == 200


def test_a_customer_update_flow_opens_the_details(shop: Shop) -> None:
    visitor = shop.visitor(shop.customer(), flow_data={"type": "customer_update"})
    assert visitor.get().headers["Location"] == f"{visitor.base}details"
    answer = visitor.post("details", {"name": "Jenny R."})
    text = visitor.browser.get(answer.headers["Location"]).text
    assert "Your details are saved" in text
    assert "<nav" not in text


def offered(shop: Shop) -> tuple[str, Visitor]:
    customer = shop.customer()
    made = shop.subscription(customer)
    coupon = shop.client.v1.coupons.create({"percent_off": 50, "duration": "repeating", "duration_in_months": 3})
    retention = {"type": "coupon_offer", "coupon_offer": {"coupon": coupon.id}}
    flow = cancel_flow(made.id, task={"retention": retention})
    return made.id, shop.visitor(customer, flow_data=flow)


def test_the_offer_stands_beside_the_exit(shop: Shop) -> None:
    subscription, visitor = offered(shop)
    text = visitor.get(f"subscriptions/{subscription}/cancel").text
    assert "50% off for 3 months." in text
    assert text.index('<button class="button primary">') < text.index("Take the offer")


def test_who_takes_the_offer_stays(shop: Shop) -> None:
    subscription, visitor = offered(shop)
    page = f"subscriptions/{subscription}/cancel"
    assert visitor.post(f"subscriptions/{subscription}/offer", page=page).status_code == 303
    found = shop.client.v1.subscriptions.retrieve(subscription)
    assert (found.status, found.cancel_at, len(found.discounts)) == ("active", None, 1)
    assert [entry.action for entry in shop.history()] == ["subscription.offer_taken"]


def test_nobody_takes_an_offer_that_was_not_made(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    visitor = shop.visitor(customer)
    answer = visitor.post(f"subscriptions/{made.id}/offer", page=f"subscriptions/{made.id}/cancel")
    assert answer.status_code == 403
    assert "This offer is not there any more." in answer.text


def test_the_result_names_the_discount_that_was_taken(shop: Shop) -> None:
    subscription, visitor = offered(shop)
    page = f"subscriptions/{subscription}/cancel"
    answer = visitor.post(f"subscriptions/{subscription}/offer", page=page)
    text = visitor.browser.get(answer.headers["Location"]).text
    assert "<strong>Your discount:</strong> 50% off for 3 months." in text


def test_an_offer_that_was_taken_is_told_once(shop: Shop) -> None:
    told: list[tuple[str, str, str]] = []

    def hear(_sender: object, subscription: Any, customer: str, coupon: str) -> None:
        told.append((subscription["id"], customer, coupon))

    subscription, visitor = offered(shop)
    page = f"subscriptions/{subscription}/cancel"
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', visitor.get(page).text))
    with signals.subscription_offer_accepted.connected_to(hear, shop.app):
        for _ in range(2):
            visitor.browser.post(f"{visitor.base}subscriptions/{subscription}/offer", data=form)
    entry = shop.history()[0]
    assert told == [(subscription, entry.customer, (entry.details or {})["coupon"])]


NUMBERED = "http://[::1]:8080/bye"
"""An address that no Content-Security-Policy can name."""


def test_a_flow_that_ends_where_no_form_may_lead_ends_on_a_page_with_a_link(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    ending = {"type": "redirect", "redirect": {"return_url": NUMBERED}}
    visitor = shop.visitor(customer, flow_data=cancel_flow(made.id, after_completion=ending))
    page = visitor.get(f"subscriptions/{made.id}/cancel")
    assert "form-action 'self';" in page.headers["Content-Security-Policy"]
    answer = visitor.post(f"subscriptions/{made.id}/cancel")
    assert answer.headers["Location"] == f"{visitor.base}subscriptions/{made.id}/result"
    assert f'<a class="button" href="{NUMBERED}">' in visitor.browser.get(answer.headers["Location"]).text


def test_details_that_end_where_no_form_may_lead_end_on_a_page_with_a_link(shop: Shop) -> None:
    ending = {"type": "redirect", "redirect": {"return_url": NUMBERED}}
    visitor = shop.visitor(shop.customer(), flow_data={"type": "customer_update", "after_completion": ending})
    answer = visitor.post("details", {"name": "Jenny R."})
    assert f'<a class="button" href="{NUMBERED}">' in visitor.browser.get(answer.headers["Location"]).text
