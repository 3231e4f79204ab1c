"""The list of invoices, the page of one, and what each reads."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
import stripe

from flask_portal import i18n
from flask_portal.pages import invoices
from flask_portal.upstream import invoice_reads
from tests.portal.pages.conftest import Shop, Visitor

YEAR_SECONDS = 365 * 86_400


def words(page: str) -> str:
    main = page.partition("<main")[2].partition("</main>")[0].partition(">")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def bill(shop: Shop, customer: str, amount: int = 2900, **values: Any) -> stripe.Invoice:
    """A finalised invoice of one line, that waits to be paid."""
    given: Any = {"customer": customer, "collection_method": "send_invoice", "days_until_due": 14, **values}
    made = shop.client.v1.invoices.create(given)
    item: Any = {"customer": customer, "invoice": made.id, "amount": amount, "currency": "usd", "description": "Atlas"}
    shop.client.v1.invoice_items.create(item)
    return shop.client.v1.invoices.finalize_invoice(made.id)


@pytest.fixture
def jenny(shop: Shop) -> str:
    return shop.customer()


@pytest.fixture
def visitor(shop: Shop, jenny: str) -> Visitor:
    return shop.visitor(jenny)


def test_an_invoice_is_listed_with_a_page_a_pdf_and_a_receipt(shop: Shop, jenny: str, visitor: Visitor) -> None:
    shop.subscription(jenny)
    [paid] = shop.client.v1.invoices.list({"customer": jenny}).data
    page = visitor.get("invoices").text
    assert f"{paid.number} $29.00 Paid View {paid.number} Download PDF {paid.number} Receipt" in words(page)
    for address in (f"/invoices/{paid.id}", f"/invoices/{paid.id}#payments", paid.invoice_pdf):
        assert f'href="{address}"' in page or f'{address}"' in page


def test_a_draft_is_not_shown(shop: Shop, jenny: str, visitor: Visitor) -> None:
    draft = shop.client.v1.invoices.create({"customer": jenny})
    assert "There are no invoices." in visitor.get("invoices").text
    assert visitor.get(f"invoices/{draft.id}").status_code == 404


def test_older_invoices_are_a_page_away(
    shop: Shop, jenny: str, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invoices, "PAGE", 2)
    numbers = [str(bill(shop, jenny).number) for _ in range(3)]
    first = visitor.get("invoices").text
    assert [number in first for number in numbers] == [False, True, True]
    link = html.unescape(re.search(r'href="([^"]*after=[^"]*)"', first).group(1))  # type: ignore[union-attr]
    second = visitor.browser.get(link).text
    assert [number in second for number in numbers] == [True, False, False]
    assert "Newest invoices" in second
    assert "Older invoices" not in second


def test_a_year_shows_what_was_made_in_it(shop: Shop, jenny: str, visitor: Visitor) -> None:
    made = bill(shop, jenny)
    with shop.app.test_request_context():
        year = i18n.year(made.created)
    assert str(made.number) in visitor.get("invoices", query_string={"year": year}).text
    other = visitor.get("invoices", query_string={"year": year - 1}).text
    assert f"There are no invoices in {year - 1}." in other


def test_the_years_since_the_customer_came_are_offered(shop: Shop, jenny: str, visitor: Visitor) -> None:
    now = shop.client.v1.customers.retrieve(jenny).created
    shop.host.stand_at(now)
    assert "years" not in visitor.get("invoices").text
    shop.host.stand_at(now + 2 * YEAR_SECONDS)
    later = shop.visitor(jenny).get("invoices").text
    with shop.app.test_request_context():
        years = [str(i18n.year(now + years * YEAR_SECONDS)) for years in (2, 1, 0)]
    navigation = later.partition('<nav class="years"')[2].partition("</nav>")[0]
    assert re.findall(r">([^<>]+)</a>", navigation) == ["All years", *years]


@pytest.mark.parametrize(
    "query",
    [
        {"year": "20"},
        {"year": "1969"},
        {"year": "9999"},
        {"year": "２０３５"},
        {"after": "cus_1"},
        {"after": "in_../x"},
    ],
)
def test_a_strange_address_is_nowhere(visitor: Visitor, query: dict[str, str]) -> None:
    assert visitor.get("invoices", query_string=query).status_code == 404


def test_an_unknown_place_to_go_on_from_fails_as_a_part_of_the_page(visitor: Visitor) -> None:
    answer = visitor.get("invoices", query_string={"after": "in_unknown"})
    assert answer.status_code == 200
    assert "This part could not be loaded." in answer.text


def test_a_page_says_what_is_billed_and_what_was_paid(shop: Shop, jenny: str, visitor: Visitor) -> None:
    quarter = shop.client.v1.coupons.create({"percent_off": 25, "duration": "once", "name": "Welcome"})
    tax: Any = {"display_name": "VAT", "percentage": 20, "inclusive": False}
    rate = shop.client.v1.tax_rates.create(tax)
    shop.subscription(jenny, discounts=[{"coupon": quarter.id}], default_tax_rates=[rate.id])
    [paid] = shop.client.v1.invoices.list({"customer": jenny}).data
    page = visitor.get(f"invoices/{paid.id}").text
    said = words(page)
    assert f"Invoice {paid.number} This invoice is paid. Thank you! Paid" in said
    # 29.00 - 7.25 = 21.75, and a fifth of that is 4.35.
    assert "Subtotal $29.00 Discount (Welcome) −$7.25 VAT 20% $4.35 Total $26.10 Paid −$26.10 Amount due $0.00" in said
    assert "Visa ending in 4242 $26.10" in said.partition("Payments")[2]
    assert "Bill to Jenny Rosen jenny@example.com" in said
    assert "Pay $" not in said


def test_a_tax_rate_of_a_line_alone_is_named_as_well(shop: Shop, jenny: str, visitor: Visitor) -> None:
    tax: Any = {"display_name": "Sales tax", "percentage": 10, "inclusive": True}
    rate = shop.client.v1.tax_rates.create(tax)
    made = shop.client.v1.invoices.create({"customer": jenny})
    item: Any = {"customer": jenny, "invoice": made.id, "amount": 1100, "currency": "usd", "tax_rates": [rate.id]}
    shop.client.v1.invoice_items.create(item)
    shop.client.v1.invoices.finalize_invoice(made.id)
    # 11.00 contain 1.00.
    assert "Sales tax 10% (contained) $1.00" in words(visitor.get(f"invoices/{made.id}").text)


def test_what_is_open_leads_to_where_it_is_paid(shop: Shop, jenny: str, visitor: Visitor) -> None:
    made = bill(shop, jenny, 1250)
    page = visitor.get(f"invoices/{made.id}").text
    assert "Pay $12.50" in words(page)
    assert "Amount due $12.50" in words(page)
    with shop.app.test_request_context():
        assert f"$12.50 due on {i18n.day(made.due_date or 0)}." in words(page)
    assert re.search(rf'class="button primary" href="[^"]*/invoices/{made.id}/pay"', page)


def test_what_is_late_is_marked(shop: Shop, jenny: str, visitor: Visitor) -> None:
    made = bill(shop, jenny)
    assert "Open" in words(visitor.get("invoices").text)
    shop.host.stand_at((made.due_date or 0) + 1)
    assert "Overdue" in words(shop.visitor(jenny).get("invoices").text)


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        ("/lines", "What is billed This part could not be loaded. Try again Subtotal $29.00"),
        ("/v1/invoice_payments", "Payments This part could not be loaded. Try again"),
    ],
)
def test_a_part_of_the_page_fails_alone(shop: Shop, jenny: str, visitor: Visitor, cut: str, said: str) -> None:
    shop.subscription(jenny)
    [paid] = shop.client.v1.invoices.list({"customer": jenny}).data
    shop.transport.cut = cut
    answer = visitor.get(f"invoices/{paid.id}")
    assert answer.status_code == 200
    assert said in words(answer.text)


def test_without_the_invoice_there_is_no_page(shop: Shop, jenny: str, visitor: Visitor) -> None:
    shop.subscription(jenny)
    [paid] = shop.client.v1.invoices.list({"customer": jenny}).data
    shop.transport.cut = f"/v1/invoices/{paid.id}?"
    assert visitor.get(f"invoices/{paid.id}").status_code == 502


def test_more_lines_than_are_shown_are_told(
    shop: Shop, jenny: str, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invoice_reads, "MOST_LINES", 1)
    made = shop.client.v1.invoices.create({"customer": jenny})
    for amount in (100, 200):
        item: Any = {"customer": jenny, "invoice": made.id, "amount": amount, "currency": "usd"}
        shop.client.v1.invoice_items.create(item)
    shop.client.v1.invoices.finalize_invoice(made.id)
    assert "These are the first 1 lines." in words(visitor.get(f"invoices/{made.id}").text)


def test_the_pages_need_few_calls(shop: Shop, jenny: str, visitor: Visitor) -> None:
    shop.subscription(jenny)
    [paid] = shop.client.v1.invoices.list({"customer": jenny}).data
    # The customer, and side by side the list, or the invoice with its lines and its payments.
    for below, calls in (("invoices", 2), (f"invoices/{paid.id}", 4)):
        shop.transport.calls.clear()
        visitor.get(below)
        assert len(shop.transport.calls) == calls, shop.transport.calls


@pytest.mark.parametrize("below", ["invoices", "invoices/in_1", "invoices/download?format=csv"])
def test_where_invoices_are_off_nothing_of_them_is_open(shop: Shop, jenny: str, below: str) -> None:
    shop.configure(jenny, invoice_history={"enabled": False})
    answer = shop.visitor(jenny).get(below)
    assert answer.status_code == 403
    assert "Invoices are not shown here." in answer.text


def test_somebody_with_invoices_alone_sees_no_empty_subscriptions(shop: Shop, jenny: str) -> None:
    made = bill(shop, jenny)
    said = words(shop.visitor(jenny).get().text)
    assert "You have no subscription." not in said
    assert str(made.number) in said
    shop.client.v1.invoices.pay(made.id, {"paid_out_of_band": True})
    said = words(shop.visitor(jenny).get().text)
    assert "All your invoices are paid." in said
    assert "No payment is planned." not in said
