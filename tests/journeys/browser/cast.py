"""What every scene is made of: a shop, and a reader of whom everything is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.journeys.plans import PlanShop
from tests.journeys.shop import Reader

if TYPE_CHECKING:
    from playwright.sync_api import Page

Steps = Callable[["Page"], None]

ADDRESS = {"line1": "27 Fredrick Ave", "city": "Brothers", "state": "OR", "postal_code": "97712", "country": "US"}


@dataclass(frozen=True)
class Scene:
    """One picture.  link: the portal link that opens it. below: the page of that visit. steps: what is done there.

    at: where it is served, if not on the mock.
    """

    link: str
    below: str = ""
    steps: Steps | None = None
    at: str = ""


class Cast:
    """Whom the scenes are played by."""

    def __init__(self, shop: PlanShop) -> None:
        self._shop = shop

    def _jenny(self, **subscription: Any) -> Reader:
        """A reader of whom everything is known."""
        reader = self._shop.reader("jenny.rosen@example.com", **subscription)
        values: Any = {"name": "Jenny Rosen", "address": ADDRESS, "phone": "+442079460000"}
        self._shop.client.v1.customers.update(reader.customer, values)
        self._shop.client.v1.customers.tax_ids.create(reader.customer, {"type": "eu_vat", "value": "DE123456789"})
        return reader
