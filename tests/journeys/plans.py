"""A shop whose readers can change their plan: a magazine by the month and by the year, and a larger one."""

from __future__ import annotations

from typing import Any

from tests.journeys.shop import Reader, Shop, Visitor

QUOTE = 'name="quote"'
"""Stands in the form that makes a change."""

EVERY_KIND = ["price", "quantity", "promotion_code"]


class PlanShop(Shop):
    """Magazine: $29.00 a month or $290.00 a year. Magazine Plus: $58.00 a month. Tax would come on top."""

    def __init__(self) -> None:
        super().__init__()
        self.magazine = self._product("Magazine")
        self.plus = self._product("Magazine Plus")
        self.monthly = self.price_of(self.magazine, 2900)
        self.yearly = self.price_of(self.magazine, 29000, interval="year")
        self.larger = self.price_of(self.plus, 5800)

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

    def offering(self, **feature: Any) -> str:
        """The id of a configuration under which plans are changed and paid for at once."""
        products = [
            {"product": self.magazine, "prices": [self.monthly, self.yearly]},
            {"product": self.plus, "prices": [self.larger], "adjustable_quantity": {"enabled": True, "maximum": 5}},
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
