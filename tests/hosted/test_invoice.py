"""The page of an invoice: read, printed and paid by those who know its address."""

from __future__ import annotations

import re
from typing import Any

import pytest
import stripe

from mock_server.testing import Mock
from tests.hosted.browser import Visitor, path_of
from tests.resources.sales import payer


@pytest.fixture
def visitor(mock: Mock) -> Visitor:
    return Visitor(mock)


def sent(shop: stripe.StripeClient, customer: str, **terms: Any) -> stripe.Invoice:
    """A finalised invoice over ten hours of work at 100 euros, and VAT of 19 %."""
    rate = shop.v1.tax_rates.create({"display_name": "VAT", "percentage": 19, "inclusive": False})
    shop.v1.invoice_items.create(
        {"customer": customer, "currency": "eur", "unit_amount_decimal": "10000", "quantity": 10, "description": "Work"}
    )
    wanted: Any = {"customer": customer, "currency": "eur", "collection_method": "send_invoice", "days_until_due": 14}
    wanted |= {"pending_invoice_items_behavior": "include", "default_tax_rates": [rate.id], "footer": "Thank you."}
    made = shop.v1.invoices.create(wanted | terms)
    return shop.v1.invoices.finalize_invoice(made.id)


def url_of(invoice: stripe.Invoice) -> str:
    assert invoice.hosted_invoice_url is not None
    return invoice.hosted_invoice_url


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_draft_has_no_page(shop: stripe.StripeClient) -> None:
    draft = shop.v1.invoices.create({"customer": payer(shop, None)})
    assert (draft.hosted_invoice_url, draft.invoice_pdf) == (None, None)


def test_the_page_says_what_is_owed_and_for_what(shop: stripe.StripeClient, visitor: Visitor) -> None:
    invoice = sent(shop, payer(shop, None))
    page = words(visitor.open(url_of(invoice)).get_data(as_text=True))
    assert f"Invoice {invoice.number}" in page
    assert "€1,190.00 due on" in page
    for said in ("Work", "€1,000.00", "VAT 19% €190.00", "Total €1,190.00", "Amount due €1,190.00", "Thank you."):
        assert said in page


def test_looking_changes_nothing(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    invoice = sent(shop, payer(shop, None))
    with mock.expect_events():
        page = visitor.open(url_of(invoice))
        visitor.open(f"{url_of(invoice)}/pdf")
    assert (page.status_code, page.headers["X-Frame-Options"]) == (200, "DENY")


def test_it_is_paid_by_a_saved_method(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    jenny = payer(shop)
    invoice = sent(shop, jenny)
    card = shop.v1.customers.payment_methods.list(jenny).data[0].id
    with mock.expect_events(
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
    ):
        answer = visitor.answer(url_of(invoice), payment_method=card)
    assert answer.status_code == 303
    page = words(visitor.open(url_of(invoice)).get_data(as_text=True))
    assert "This invoice is paid. Thank you!" in page
    assert "Visa ending in 4242 €1,190.00" in page
    assert shop.v1.invoices.retrieve(invoice.id).status == "paid"


def test_a_declined_card_leaves_it_open_and_says_why(shop: stripe.StripeClient, visitor: Visitor) -> None:
    invoice = sent(shop, payer(shop, None))
    answer = visitor.answer(url_of(invoice), payment_method="pm_card_visa_chargeDeclined")
    assert answer.status_code == 402
    assert "Your card was declined." in answer.get_data(as_text=True)
    assert shop.v1.invoices.retrieve(invoice.id).status == "open"


def test_the_bank_asks_in_between(shop: stripe.StripeClient, visitor: Visitor) -> None:
    invoice = sent(shop, payer(shop, None))
    answer = visitor.answer(url_of(invoice), payment_method="pm_card_threeDSecure2Required")
    assert "/3ds/pi_" in answer.location
    back = visitor.answer(answer.location, answer="complete")
    assert path_of(back.location).partition("?")[0] == path_of(url_of(invoice)).partition("?")[0]
    assert shop.v1.invoices.retrieve(invoice.id).status == "paid"


def test_a_second_click_pays_nothing_more(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    invoice = sent(shop, payer(shop, None))
    page = visitor.open(url_of(invoice)).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    form = {"csrf_token": token[1] if token else "", "payment_method": "pm_card_visa"}
    visitor.client.post(path_of(url_of(invoice)), data=form)
    with mock.expect_events():
        again = visitor.client.post(path_of(url_of(invoice)), data=form)
    assert again.status_code == 303


def test_only_what_was_offered_pays(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    """A method of another customer is not."""
    invoice = sent(shop, payer(shop, None))
    strange = shop.v1.customers.payment_methods.list(payer(shop)).data[0].id
    with mock.expect_events():
        answer = visitor.answer(url_of(invoice), payment_method=strange)
    assert answer.status_code == 400
    assert "Choose how you want to pay." in answer.get_data(as_text=True)


def test_a_form_without_its_token_changes_nothing(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    invoice = sent(shop, payer(shop, None))
    with mock.expect_events():
        refused = visitor.client.post(path_of(url_of(invoice)), data={"payment_method": "pm_card_visa"})
    assert refused.status_code == 403


@pytest.mark.parametrize("wrong", ["/i/acct_x/", "/i/acct_1/in_1", "/i/acct_1/in_%00_secret_"])
def test_who_does_not_know_the_address_finds_nothing(visitor: Visitor, wrong: str) -> None:
    assert visitor.open(wrong).status_code == 404


def test_the_secret_has_to_be_whole(shop: stripe.StripeClient, visitor: Visitor) -> None:
    assert visitor.open(url_of(sent(shop, payer(shop, None)))[:-1]).status_code == 404


def test_the_page_speaks_the_customers_language(shop: stripe.StripeClient, visitor: Visitor) -> None:
    jenny = shop.v1.customers.create({"email": "jenny@example.com", "preferred_locales": ["de-AT"]})
    page = visitor.open(url_of(sent(shop, jenny.id)), headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert '<html lang="de' in page
    assert "Rechnungsnummer" in page


def test_the_pdf_is_one(shop: stripe.StripeClient, visitor: Visitor) -> None:
    invoice = sent(shop, payer(shop, None))
    file = visitor.open(str(invoice.invoice_pdf))
    assert (file.status_code, file.content_type) == (200, "application/pdf")
    assert file.headers["Content-Disposition"] == f'inline; filename="Invoice-{invoice.number}.pdf"'
    assert file.data.startswith(b"%PDF-")
