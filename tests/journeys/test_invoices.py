"""A visit for the books: the list, one invoice, its PDF, everything in one file, and what the history says."""

from __future__ import annotations

import io
import re
from html import unescape
from typing import Any
from zipfile import ZipFile

import pytest

from tests.journeys.shop import Reader, Shop, Visitor, path_of

KEY = "sk_test_journeys"


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture
def reader(shop: Shop) -> Reader:
    return shop.reader("jenny@example.com")


def link(page: Visitor, words: str) -> str:
    """Where the link with these words leads."""
    found = next(each for each in re.findall(r"<a\b.*?</a>", page.text) if words in each)
    return unescape(re.search(r'href="([^"]*)"', found).group(1))  # type: ignore[union-attr]


def test_from_the_list_to_the_page_and_the_pdf(shop: Shop, reader: Reader) -> None:
    [paid] = shop.client.v1.invoices.list({"customer": reader.customer}).data
    page = shop.visit(reader)
    page.go("/invoices")
    assert f"January 15, 2035 · {paid.number} $29.00 Paid" in page.said
    pdf = link(page, "Download PDF")
    # The address begins where the visitor is: it opens in the same browser.
    assert pdf.startswith("http://localhost/")
    assert page.browser.get(path_of(pdf)).data.startswith(b"%PDF-")
    page.get(link(page, "View"))
    assert page.heading == f"Invoice {paid.number}"
    assert "1 × Magazine (at $29.00 / month) January 15, 2035 – February 15, 2035 $29.00" in page.said
    assert "Payments January 15, 2035, Visa ending in 4242 $29.00" in page.said


def test_everything_of_a_year_in_one_file(shop: Shop, reader: Reader) -> None:
    shop.refuse_payment(reader)
    page = shop.visit(reader)
    page.go("/invoices?year=2035")
    answer = page.get(link(page, "Download 2035 as ZIP"))
    found = ZipFile(io.BytesIO(answer.data))
    assert [name[-4:] for name in found.namelist()] == [".csv", ".pdf", ".pdf"]
    rows = found.read("invoices.csv").decode("utf-8-sig").splitlines()
    assert [row.split(",")[2] for row in rows] == ["Status", "Unpaid", "Paid"]


def test_somebody_with_a_single_invoice_finds_what_is_open(shop: Shop) -> None:
    customer = shop.customer("once@example.com")
    given: Any = {"customer": customer, "collection_method": "send_invoice", "days_until_due": 14}
    made = shop.client.v1.invoices.create(given)
    item: Any = {"customer": customer, "invoice": made.id, "amount": 4500, "currency": "usd", "description": "Atlas"}
    shop.client.v1.invoice_items.create(item)
    shop.client.v1.invoices.finalize_invoice(made.id)
    page = shop.visit(customer)
    assert "You have no subscription." not in page.said
    page.go(f"/invoices/{made.id}")
    # Fourteen days after January 15.
    assert "$45.00 due on January 29, 2035." in page.said
    assert "Pay $45.00" in page.said
    assert "Atlas $45.00" in page.said


def test_what_was_done_stands_in_the_history_and_in_a_mail(shop: Shop, reader: Reader) -> None:
    page = shop.visit(reader, locale="de")
    page.go(f"/subscriptions/{reader.subscription}/cancel")
    page.submit("cancellation_details[comment]")
    page.get(link(page, "Beleg dieser Änderung"))
    assert page.heading == "Magazine wurde zum Ende des Zeitraums gekündigt"
    assert f"Referenz {reader.subscription}" in page.said
    page.go("/history")
    assert "Magazine wurde zum Ende des Zeitraums gekündigt 15. Januar 2035" in page.said
    headers = {"Authorization": f"Bearer {KEY}"}
    [mail] = [
        each
        for each in page.browser.get("/_mock/mail", headers=headers).get_json()["data"]
        if each["customer"] == reader.customer
    ]
    assert mail["to"] == "jenny@example.com"
    assert mail["subject"] == "Beleg: Magazine wurde zum Ende des Zeitraums gekündigt"
    assert reader.subscription in mail["text"]
