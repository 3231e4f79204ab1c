"""What a customer does on pages that are not the portal's: Stripe's Checkout, and their bank's."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urlsplit

from tests.journeys.shop import Visitor


def below(url: str) -> str:
    """Path and query of an address, for a browser that stays in this process."""
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def leave(page: Visitor, containing: str = "form_id") -> str:
    """Send a form that leads elsewhere; the address that it leads to."""
    where, form = page.form(containing)
    answer = page.post(where, form, follow=False)
    assert answer.status_code == 303, answer.text
    return below(answer.location)


def save_at_checkout(page: Visitor, card: str = "pm_card_mastercard") -> None:
    """Choose a test card on Checkout's page, and come back to the portal."""
    where = leave(page)
    page.get(where)
    _, form = page.form('name="payment_method"')
    answer = page.post(where, {**form, "payment_method": card}, follow=False)
    assert answer.status_code == 303, answer.text
    page.get(below(answer.location))


def add_card(page: Visitor, card: str = "pm_card_mastercard") -> None:
    """From the portal's page that adds a method to the page after it."""
    page.go("/payment-methods/add")
    save_at_checkout(page, card)


def answer_bank(page: Visitor, answer: str) -> None:
    """Follow the link to the bank's page and come back.  answer: `complete` or `fail`."""
    found = re.search(r'href="([^"]*/3ds/[^"]*)"', page.text)
    assert found is not None, page.said
    bank = below(unescape(found[1]))
    page.get(bank)
    _, form = page.form('name="answer"')
    came_back = page.post(bank, {**form, "answer": answer}, follow=False)
    assert came_back.status_code == 303, came_back.text
    page.get(below(came_back.location))
