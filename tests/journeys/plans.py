"""A shop whose readers can change their plan: a magazine by the month and by the year, and a larger one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from tests.journeys.shop import Reader, Shop, Visitor

DAY = 86400

QUOTE = 'name="quote"'
"""Stands in the form that makes a change."""

EVERY_KIND = ["price", "quantity", "promotion_code"]


class PlanShop(Shop):
    """Magazine: $31.00 a month or $310.00 a year. Magazine Plus: $62.00 a month or $14.00 a week. Tax comes on top.

    A month of 31 days costs a dollar a day, so that what is unused of it can be written down.
    """

    def __init__(self) -> None:
        super().__init__()
        self.magazine = self._product("Magazine")
        self.plus = self._product("Magazine Plus")
        self.monthly = self.price_of(self.magazine, 3100)
        self.yearly = self.price_of(self.magazine, 31000, interval="year")
        self.weekly = self.price_of(self.plus, 1400, interval="week")
        self.larger = self.price_of(self.plus, 6200)

    def _product(self, name: str) -> str:
        return self.client.v1.products.create({"name": name}).id

    def price_of(self, product: str, amount: int, *, interval: str = "month", **more: Any) -> str:
        """amount: minor units."""
        given: Any = {
            "currency": "usd",
            "product": product,
            "recurring": {"interval": interval},
            "tax_behavior": "exclusive",
            "unit_amount": amount,
            **more,
        }
        return self.client.v1.prices.create(given).id

    def subscriber(self, email: str, **subscription: Any) -> Reader:
        """A reader of the magazine by the month, when no prices are named."""
        return self.reader(email, **{"prices": [self.monthly], **subscription})

    def crowd(self, number: int) -> Iterator[Reader]:
        """So many readers of the magazine, who have used ten days of the 31 that they paid for."""
        readers = [self.subscriber(f"reader{each}@example.com") for each in range(number)]
        self.mock.clock.advance(10 * DAY)
        return iter(readers)

    def offering(self, **feature: Any) -> str:
        """The id of a configuration under which plans are changed and paid for at once."""
        products = [
            {"product": self.magazine, "prices": [self.monthly, self.yearly]},
            {
                "product": self.plus,
                "prices": [self.larger, self.weekly],
                "adjustable_quantity": {"enabled": True, "maximum": 5},
            },
        ]
        update: dict[str, Any] = {
            "enabled": True,
            "default_allowed_updates": EVERY_KIND,
            "products": products,
            "proration_behavior": "always_invoice",
            **feature,
        }
        return self.configuration(
            payment_method_update={"enabled": True}, subscription_cancel={"enabled": True}, subscription_update=update
        )

    def invoices(self, reader: Reader) -> list[Any]:
        """Newest first."""
        return self.client.v1.invoices.list({"customer": reader.customer, "limit": 100}).data

    def has(self, reader: Reader) -> tuple[str, int]:
        """Price and quantity of the one item."""
        item = self.subscription(reader)["items"].data[0]
        return item.price.id, item.quantity


def review(page: Visitor, reader: Reader, **chosen: str | int) -> Visitor:
    """Open the page that says what a change costs.  chosen: `price`, `quantity`, `code`."""
    query = "&".join(f"{name}={value}" for name, value in chosen.items())
    page.go(f"/subscriptions/{reader.subscription}/review?{query}")
    return page


def ask_the_bank(page: Visitor, answer: str = "complete") -> None:
    """Follow the link to the bank's page, and answer there.  answer: `complete` or `fail`."""
    link = re.search(r'href="([^"]*/3ds/[^"]*)"', page.text)
    if link is None:
        raise AssertionError(f"No bank asks here: {page.said}")
    address = urlsplit(unescape(link.group(1)))
    page.get(f"{address.path}?{address.query}")
    where, form = page.form("csrf_token")
    page.post(f"{where}?{address.query}", {**form, "answer": answer}, follow=False)
    back = urlsplit(page.page.location if page.page is not None else "")
    page.get(f"{back.path}?{back.query}")
