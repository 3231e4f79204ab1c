"""A visit in German: words, dates and money. The shop's day is 15. Januar 2035."""

from __future__ import annotations

import re

import pytest

from tests.journeys.shop import FEEDBACK, Reader, Shop, Visitor, forms, words

NBSP = "\N{NO-BREAK SPACE}"

ENGLISH = re.compile(r"\b(the|your|you|is|are|and|of|from|subscription|payment|nothing|country)\b", re.IGNORECASE)
"""Words that stand in nearly every English sentence of the portal and in no German one."""


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture(scope="module")
def lukas(shop: Shop) -> Reader:
    return shop.reader("lukas@example.com", prices=[shop.plan("Magazin", 123450, currency="eur")])


@pytest.fixture(scope="module")
def page(shop: Shop, lukas: Reader) -> Visitor:
    return shop.visit(lukas, locale="de")


def test_words_dates_and_money_are_german(page: Visitor) -> None:
    page.go("/")
    assert '<html lang="de"' in page.text
    assert "15. Februar 2035" in page.said
    # Between number and sign stands a space that does not break the line.
    assert f"1.234,50{NBSP}€" in page.text
    assert page.navigation == ["Übersicht", "Rechnungen", "Zahlungsmethoden", "Rechnungsdaten", "Verlauf"]


@pytest.mark.parametrize(
    "below",
    [
        "/",
        "/subscriptions/{id}",
        "/subscriptions/{id}/cancel",
        "/subscriptions/{id}/result",
        "/invoices",
        "/payment-methods",
        "/payment-methods/add",
        "/payment-methods/{method}",
        "/payment-methods/{method}/result",
        "/fix",
        "/invoices/{invoice}/pay",
        "/invoices/{invoice}/result",
        "/details",
        "/subscriptions/sub_none",
    ],
)
def test_no_english_sentence_is_left(shop: Shop, page: Visitor, lukas: Reader, below: str) -> None:
    method = shop.client.v1.payment_methods.list({"customer": lukas.customer}).data[0].id
    invoice = shop.client.v1.invoices.list({"customer": lukas.customer}).data[0].id
    page.go(below.format(id=lukas.subscription, method=method, invoice=invoice))
    assert '<html lang="de"' in page.text
    shown = words(re.sub(r"<(select|title)\b.*?</\1>", "", page.text, flags=re.DOTALL))
    assert ENGLISH.findall(shown.replace("The", "")) == []


def test_a_mistake_is_told_in_german(page: Visitor) -> None:
    page.go("/details")
    page.submit('name="email"', email="nein")
    assert page.status == 400
    assert ENGLISH.findall(page.said.partition("<form")[0].split("Land")[0]) == []


def test_countries_are_german_and_in_german_order(page: Visitor) -> None:
    page.go("/details")
    form = next(form for form in forms(page.text) if "address[country]" in form)
    countries = re.findall(r'<option value="[A-Z]{2}"[^>]*>([^<]+)<', form)
    assert "Deutschland" in countries
    assert countries.index("Ägypten") < countries.index("Belgien")


def test_leaving_in_german_reaches_the_api_in_its_own_words(shop: Shop) -> None:
    reader = shop.reader("leise@example.com")
    page = shop.visit(reader, locale="de")
    page.go(f"/subscriptions/{reader.subscription}/cancel")
    page.submit(FEEDBACK, **{FEEDBACK: "too_expensive"})
    details = shop.subscription(reader).cancellation_details
    assert details is not None
    assert details.feedback == "too_expensive"
    assert "15. Februar 2035" in page.said


def test_the_customer_s_own_language_comes_before_the_browser_s(shop: Shop) -> None:
    reader = shop.reader("eigene@example.com")
    shop.client.v1.customers.update(reader.customer, {"preferred_locales": ["de-AT"]})
    page = shop.visit(reader)
    page.go("/", headers={"Accept-Language": "en"})
    assert '<html lang="de' in page.text


def test_the_browser_s_language_counts_where_nobody_has_said_another(shop: Shop) -> None:
    page = shop.visit(shop.reader("browser@example.com"))
    page.go("/", headers={"Accept-Language": "de-CH, en;q=0.5"})
    assert '<html lang="de' in page.text


@pytest.mark.parametrize("locale", ["fr", "ja", "pt-BR"])
def test_a_language_without_a_catalogue_is_english_throughout(shop: Shop, locale: str) -> None:
    page = shop.visit(shop.reader(f"{locale}@example.com"), locale=locale)
    assert '<html lang="en' in page.text
    assert "February 15, 2035" in page.said


def test_the_expired_page_speaks_the_language_of_its_link() -> None:
    """A shop of its own: its clock is moved."""
    other = Shop()
    link = other.link(other.reader("spaet@example.com"), locale="de")
    other.mock.clock.advance(301)
    page = Visitor(other.browser())
    page.follow(link)
    assert page.status == 410
    assert '<html lang="de"' in page.text
    assert "abgelaufen" in page.said
