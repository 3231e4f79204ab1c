"""Payment methods and payments: what is asked of Stripe, what is written down, and who is told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from blinker import NamedSignal
from werkzeug.test import TestResponse

from flask_portal import signals
from tests.portal.pages.conftest import Shop, Visitor


def only(shop: Shop, customer: str) -> str:
    return shop.client.v1.customers.payment_methods.list(customer).data[-1].id


def attach(shop: Shop, customer: str, card: str = "pm_card_amex") -> str:
    return shop.client.v1.payment_methods.attach(card, {"customer": customer}).id


def hidden(html: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))


def open_checkout(shop: Shop, visitor: Visitor) -> tuple[TestResponse, Any]:
    """The answer to the form that adds a method, and the session that it has made."""
    answer = visitor.post("payment-methods/add")
    return answer, shop.client.v1.checkout.sessions.list({"limit": 1}).data[0]


def finish(shop: Shop, session: Any, card: str = "pm_card_mastercard") -> None:
    """What the customer does on Stripe's page."""
    shop.client.v1.setup_intents.confirm(session.setup_intent, {"payment_method": card})


def test_a_checkout_session_saves_a_method_of_this_customer_and_leads_back(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscription(customer)
    visitor = shop.visitor(customer)
    _, session = open_checkout(shop, visitor)
    assert (session.mode, session.customer, session.currency) == ("setup", customer, "usd")
    assert (
        session.success_url == f"http://localhost{visitor.base}payment-methods/added?checkout={{CHECKOUT_SESSION_ID}}"
    )
    assert session.cancel_url == f"http://localhost{visitor.base}payment-methods"


def test_a_customer_who_was_never_billed_is_asked_in_the_accounts_currency(shop: Shop) -> None:
    _, session = open_checkout(shop, shop.visitor(shop.customer()))
    assert session.currency == shop.client.v1.accounts.retrieve_current().default_currency


def test_what_may_be_added_is_what_the_configuration_offers(shop: Shop) -> None:
    customer = shop.customer()
    bank: Any = {"us_bank_account": {"display_preference": {"preference": "on"}}}
    offered = shop.client.v1.payment_method_configurations.create(bank).id
    shop.configure(customer, payment_method_update={"payment_method_configuration": offered})
    _, session = open_checkout(shop, shop.visitor(customer))
    assert session.payment_method_configuration_details.id == offered
    assert session.payment_method_types == ["card", "us_bank_account"]


def test_a_page_that_no_form_may_lead_to_is_reached_by_a_link(shop: Shop) -> None:
    """A business may have a domain of its own for Checkout, which a policy cannot know beforehand."""
    answer, session = open_checkout(shop, shop.visitor(shop.customer()))
    assert answer.status_code == 200
    assert f'<a class="button primary" href="{session.url.replace("&", "&amp;")}">' in answer.text
    assert "form-action 'self' https://checkout.stripe.com;" in answer.headers["Content-Security-Policy"]


def test_a_checkout_that_cannot_be_made_is_told(shop: Shop) -> None:
    visitor = shop.visitor(shop.customer())
    visitor.get("payment-methods/add")
    form = hidden(visitor.get("payment-methods/add").text)
    shop.transport.cut_changes = True
    answer = visitor.browser.post(f"{visitor.base}payment-methods/add", data=form)
    assert answer.status_code == 502
    assert "Our payment service did not answer." in answer.text


def test_a_method_that_was_saved_is_told_once(shop: Shop) -> None:
    visitor = shop.visitor(shop.customer())
    _, session = open_checkout(shop, visitor)
    finish(shop, session)
    told = listen(shop, signals.payment_method_added)
    for _ in range(2):
        assert "Mastercard ending in 4444 is saved" in visitor.get(f"payment-methods/added?checkout={session.id}").text
    assert len(told) == 1
    assert [entry.action for entry in shop.history()] == ["payment_method.add"]


def test_a_session_that_saved_nothing_for_a_customer_is_not_shown(shop: Shop) -> None:
    """A payment is another kind of session: its method was never meant to be kept."""
    customer = shop.customer()
    paying: Any = {
        "mode": "payment",
        "customer": customer,
        "line_items": [
            {"price_data": {"currency": "usd", "unit_amount": 500, "product_data": {"name": "Pen"}}, "quantity": 1}
        ],
        "success_url": "https://shop.example",
    }
    session = shop.client.v1.checkout.sessions.create(paying)
    assert shop.visitor(customer).get(f"payment-methods/added?checkout={session.id}").status_code == 404


def listen(shop: Shop, signal: NamedSignal) -> list[dict[str, Any]]:
    """What the receivers of a signal get, as long as the shop's own application lives."""
    told: list[dict[str, Any]] = []

    def hear(_sender: object, **values: Any) -> None:
        told.append(values)

    signal.connect(hear, shop.app, weak=False)
    return told


def test_a_default_is_written_down_and_told_once(shop: Shop) -> None:
    customer = shop.customer()
    amex = attach(shop, customer)
    visitor = shop.visitor(customer)
    told = listen(shop, signals.payment_method_made_default)
    form = hidden(visitor.get(f"payment-methods/{amex}").text)
    for _ in range(2):
        answer = visitor.browser.post(f"{visitor.base}payment-methods/{amex}/default", data=form)
        assert answer.headers["Location"] == f"{visitor.base}payment-methods/{amex}/result"
    assert told == [{"payment_method": amex, "customer": customer}]
    assert [(entry.action, entry.object_id) for entry in shop.history()] == [("payment_method.default", amex)]


def test_a_payment_writes_down_every_step(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer, default_payment_method=only(shop, customer))
    amex, invoice = (
        attach(shop, customer),
        shop.open_invoice(customer, collection_method="send_invoice", days_until_due=9),
    )
    visitor = shop.visitor(customer)
    told = listen(shop, signals.invoice_paid)
    visitor.post("fix", {"payment_method": amex})
    assert [(entry.action, entry.object_id) for entry in shop.history()] == [
        ("invoice.pay", invoice),
        ("payment_method.default", amex),
        ("subscription.method_cleared", made.id),
    ]
    assert [each["invoice"]["id"] for each in told] == [invoice]


def test_a_decline_writes_nothing_down(shop: Shop) -> None:
    customer = shop.customer()
    bad = attach(shop, customer, "pm_card_chargeCustomerFail")
    shop.open_invoice(customer, collection_method="send_invoice", days_until_due=9)
    visitor = shop.visitor(customer)
    told = listen(shop, signals.invoice_paid)
    visitor.post("fix", {"payment_method": bad})
    assert (shop.history(), told) == ([], [])


@pytest.mark.parametrize(
    ("page", "calls"),
    [
        # The customer, the methods and the subscriptions; then the names of products.
        pytest.param("payment-methods", 4, id="list"),
        # The open invoices and the intents as well.
        pytest.param("payment-methods/{method}", 6, id="method"),
        pytest.param("payment-methods/{method}/remove", 6, id="remove"),
        pytest.param("fix", 6, id="fix"),
        # The customer, the methods, the subscriptions and the invoice; then the names.
        pytest.param("fix/result?invoices={invoice}", 5, id="result"),
        pytest.param("invoices/{invoice}/result", 5, id="result of one"),
        # All of it.
        pytest.param("invoices/{invoice}/pay", 7, id="pay"),
        pytest.param("payment-methods/add", 1, id="add"),
    ],
)
def test_a_page_asks_stripe_no_more_than_it_shows(shop: Shop, page: str, calls: int) -> None:
    customer = shop.customer()
    shop.subscription(customer)
    ids = {
        "method": attach(shop, customer),
        "invoice": shop.open_invoice(customer, collection_method="send_invoice", days_until_due=9),
    }
    visitor = shop.visitor(customer)
    shop.transport.calls.clear()
    assert visitor.get(page.format(**ids)).status_code == 200
    assert len(shop.transport.calls) == calls


@pytest.mark.parametrize("cut", ["/payment_methods", "/v1/subscriptions", "/v1/invoices", "/v1/payment_intents"])
def test_nothing_is_decided_on_half_of_what_is_known(shop: Shop, cut: str) -> None:
    customer = shop.customer()
    shop.subscription(customer)
    visitor = shop.visitor(customer)
    shop.transport.cut = cut
    assert visitor.get("fix").status_code == 502


def test_the_list_stands_without_the_subscriptions(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscription(customer)
    visitor = shop.visitor(customer)
    shop.transport.cut = "/v1/subscriptions"
    page = visitor.get("payment-methods")
    assert page.status_code == 200
    assert "Visa ending in 4242" in page.text


def test_a_bank_account_has_no_expiry_to_correct(shop: Shop) -> None:
    customer = shop.customer()
    visitor = shop.visitor(customer)
    _, session = open_checkout(shop, visitor)
    mandate: Any = {"customer_acceptance": {"type": "offline"}}
    account: Any = {"payment_method": "pm_usBankAccount_success", "mandate_data": mandate}
    bank = str(shop.client.v1.setup_intents.confirm(session.setup_intent, account).payment_method)
    assert "exp_month" not in visitor.get(f"payment-methods/{bank}").text
    answer = visitor.post(f"payment-methods/{bank}", {"card[exp_month]": "7", "card[exp_year]": "2041"}, page="details")
    assert answer.status_code == 403
    assert "This payment method cannot be changed." in answer.text
