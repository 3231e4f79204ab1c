"""Every page in the customer's language, and both catalogues complete."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from flask_portal.paths import data_folder
from tests.portal.pages.conftest import Shop


@pytest.mark.parametrize("locale", ["de", "en"])
def test_a_catalogue_is_complete(locale: str) -> None:
    path = Path(data_folder("translations")) / locale / "LC_MESSAGES" / "portal.po"
    with path.open("rb") as file:
        catalog = read_po(file, locale=locale)
    messages = [message for message in catalog if message.id]
    empty = [
        message.id for message in messages if not (all(message.string) if message.pluralizable else message.string)
    ]
    wrong = [message.id for message in messages if list(message.check(catalog))]
    assert len(messages) > 150
    assert (empty, wrong) == ([], [])


def test_a_session_in_german_speaks_german(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    visitor = shop.visitor(customer, locale="de")
    page = visitor.get().text
    assert '<html lang="de" dir="ltr">' in page
    assert "Alles in Ordnung, Jenny Rosen" in page
    assert "29,00\xa0$" in page
    assert "Warum kündigen Sie?" in visitor.get(f"subscriptions/{made.id}/cancel").text


def test_the_customers_own_language_comes_before_the_browsers(shop: Shop) -> None:
    visitor = shop.visitor(shop.customer(preferred_locales=["de-AT", "fr"]))
    page = visitor.get("details", headers={"Accept-Language": "en"}).text
    assert "Rechnungsdaten" in page


def test_an_expired_link_speaks_the_sessions_language(shop: Shop) -> None:
    link = shop.link(shop.customer(), locale="de")
    shop.host.stand_at(shop.session_row().created + 301)
    assert "Dieser Link ist abgelaufen" in shop.app.test_client().get(link).text
