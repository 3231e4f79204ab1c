"""The overview answers: what you have, what it costs, when the next charge is, and what is wrong."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from flask_portal import i18n
from tests.portal.pages.conftest import Shop


def text_of(html: str) -> str:
    """The words of a page without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_first_sentence_says_amount_date_and_card(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer, items=[{"price": shop.price(amount=2900), "quantity": 2}])
    page = shop.visitor(customer).get().text
    with shop.app.app_context():
        day = i18n.day(made["items"].data[0].current_period_end)
    # 2 * $29.00
    assert f"Your next payment is $58.00 on {day} , from Visa ending in 4242." in text_of(page)
    assert "All is well, Jenny Rosen" in page
    assert f"quantity 2 · renews on {day}" in text_of(page)


def test_what_is_due_on_one_day_is_added_up(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscription(customer, items=[{"price": shop.price("Magazine", 2900)}])
    shop.subscription(customer, items=[{"price": shop.price("Archive", 600)}])
    # $29.00 + $6.00
    assert "Your next payment is $35.00" in text_of(shop.visitor(customer).get().text)


def test_an_expiring_card_is_told_before_it_fails(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscription(customer)
    method = shop.client.v1.customers.payment_methods.list(customer).data[0]
    today = datetime.fromtimestamp(shop.host.now(""), UTC)
    changed = {"exp_month": today.month, "exp_year": today.year}
    shop.client.v1.payment_methods.update(method.id, {"card": changed})
    page = text_of(shop.visitor(customer).get().text)
    assert "One thing needs you" in page
    assert "Visa ending in 4242 expires at the end of" in page
    assert "Expires soon" in page


def test_a_chosen_end_is_told_and_can_be_taken_back(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    visitor = shop.visitor(customer)
    visitor.post(f"subscriptions/{made.id}/cancel")
    page = visitor.get().text
    assert "Magazine ends on" in page
    assert "No payment is planned." in page
    assert f'/subscriptions/{made.id}/renew"' in page
    assert f'/subscriptions/{made.id}/cancel"' not in page


@pytest.mark.parametrize(
    ("cut", "still_there"),
    [
        pytest.param("/v1/subscriptions", ["jenny@example.com", "Visa ending in 4242", "Recent invoices"]),
        pytest.param("/payment_methods", ["jenny@example.com", "Magazine", "Recent invoices"]),
        pytest.param("/v1/invoices", ["jenny@example.com", "Visa ending in 4242", "Magazine"]),
        pytest.param("/v1/customers/cus", ["Magazine", "Recent invoices"]),
    ],
)
def test_a_part_that_fails_leaves_the_others_standing(shop: Shop, cut: str, still_there: list[str]) -> None:
    customer = shop.customer()
    shop.subscription(customer)
    visitor = shop.visitor(customer)
    shop.transport.cut = cut
    answer = visitor.get()
    assert answer.status_code == 200
    assert "This part could not be loaded." in answer.text
    assert f'<a href="{visitor.base}">Try again</a>' in answer.text
    assert [words for words in still_there if words not in answer.text] == []


def test_parts_that_are_off_are_not_there(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscription(customer)
    off = {"enabled": False}
    shop.configure(customer, invoice_history=off, payment_method_update=off, customer_update=off)
    visitor = shop.visitor(customer)
    page = visitor.get().text
    assert [word for word in ("Recent invoices", "Payment methods", ">Edit") if word in page] == []
    assert [visitor.get(path).status_code for path in ("invoices", "payment-methods", "details")] == [403] * 3


def test_the_overview_asks_stripe_seven_times_at_most(shop: Shop) -> None:
    """Customer, subscriptions, payment methods, invoices, intents, pending items; and then names of products."""
    customer = shop.customer()
    shop.subscription(customer)
    shop.subscription(customer)
    visitor = shop.visitor(customer)
    shop.transport.calls.clear()
    visitor.get()
    assert len(shop.transport.calls) == 7


def test_invoices_link_only_where_there_is_an_address(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscription(customer)
    (invoice,) = shop.client.v1.invoices.list({"customer": customer}).data
    page = shop.visitor(customer).get("invoices").text
    assert str(invoice.number) in page
    assert "$29.00" in page
    assert ("Download PDF" in page) is (invoice.invoice_pdf is not None)


def test_payment_methods_name_the_default_one(shop: Shop) -> None:
    page = text_of(shop.visitor(shop.customer()).get("payment-methods").text)
    assert re.search(r"Visa ending in 4242 · valid until \w+ \d{4} Default", page)


def test_a_deleted_customer_finds_nothing(shop: Shop) -> None:
    customer = shop.customer()
    visitor = shop.visitor(customer)
    shop.client.v1.customers.delete(customer)
    assert visitor.get().status_code == 404


def test_the_brand_keeps_its_contrast(shop: Shop) -> None:
    """White text on yellow cannot be read, so buttons carry black."""
    shop.host.color = "#ffee00"
    page = shop.visitor(shop.customer()).get()
    nonce = re.search(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"])
    assert nonce is not None
    assert f'<style nonce="{nonce[1]}">' in page.text
    assert "--brand: #ffee00; --on-brand: #000000;" in page.text


def test_an_expired_card_is_told_with_what_it_pays_for(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscription(customer)
    # A card of the mock is good until 2039 or so: the visitor comes when it is not any more.
    method = shop.client.v1.customers.payment_methods.list(customer).data[0]
    assert method.card is not None
    shop.host.stand_at(int(datetime(method.card.exp_year + 1, 1, 1, tzinfo=UTC).timestamp()))
    page = text_of(shop.visitor(customer).get().text)
    assert "One thing needs you" in page
    assert "Visa ending in 4242 has expired. Magazine is paid with this card." in page
    assert re.search(r"valid until December \d{4} Expired", page) or "Expired" in page


def test_a_subscription_that_is_past_due_is_told_once(shop: Shop) -> None:
    """Its unpaid invoice is the one thing; where the invoices cannot be read, the subscription itself says so."""
    customer = shop.customer()
    made = shop.subscription(customer)
    refuse_payment(shop, customer, made.id)
    visitor = shop.visitor(customer)
    page = text_of(visitor.get().text)
    assert "One thing needs you" in page
    assert "$29.00 from" in page
    assert "The last payment for Magazine has failed." not in page
    shop.transport.cut = "/v1/invoices"
    page = text_of(visitor.get().text)
    assert "One thing needs you" in page
    assert "The last payment for Magazine has failed. You can choose how to pay it" in page
    assert "Payment overdue" in page


def refuse_payment(shop: Shop, customer: str, subscription: str) -> None:
    """A second copy, $29.00, that the bank does not pay for."""
    card = shop.client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer})
    shop.client.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": card.id}})
    item = shop.client.v1.subscriptions.retrieve(subscription)["items"].data[0].id
    wanted: Any = {"items": [{"id": item, "quantity": 2}], "proration_behavior": "always_invoice"}
    shop.client.v1.subscriptions.update(subscription, wanted)


def test_an_end_is_told_in_the_headline_and_on_the_card_and_nowhere_else(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    visitor = shop.visitor(customer)
    visitor.post(f"subscriptions/{made.id}/cancel")
    page = visitor.get().text
    with shop.app.app_context():
        day = i18n.day(made["items"].data[0].current_period_end)
    assert text_of(page).count(f"nds on {day}") == 2
    assert page.count(f'/subscriptions/{made.id}/renew"') == 1
    assert 'class="notice' not in page
