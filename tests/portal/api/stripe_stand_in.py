"""A transport of the official client that serves canned objects, so that questions to Stripe are answered offline."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe


class CannedStripe(stripe.HTTPClient):
    """Stripe's side: `objects` by id.

    failure: raised or answered in place of every object, while it is set.
    meanwhile: called once, while the next question is on its way.
    """

    name = "canned"

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[str, dict[str, Any]] = {}
        self.failure: stripe.APIConnectionError | tuple[int, dict[str, Any]] | None = None
        self.meanwhile: Callable[[], object] | None = None
        self.asked: list[str] = []
        self.accounts: list[str | None] = []

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[bytes, int, dict[str, str]]:
        path = urlsplit(url).path
        self.asked.append(f"{method.upper()} {path}")
        self.accounts.append((headers or {}).get("Stripe-Account"))
        if self.meanwhile is not None:
            happening, self.meanwhile = self.meanwhile, None
            happening()
        if isinstance(self.failure, stripe.APIConnectionError):
            raise self.failure
        status, body = self.failure or self._found(path.rpartition("/")[2])
        return json.dumps(body).encode(), status, {"Stripe-Should-Retry": "false"}

    def _found(self, id: str) -> tuple[int, dict[str, Any]]:
        if id in self.objects:
            return 200, self.objects[id]
        return 404, {"error": {"type": "invalid_request_error", "code": "resource_missing", "message": "No such thing"}}

    def close(self) -> None:
        """Nothing is open."""

    def add(self, id: str, **fields: Any) -> None:
        self.objects[id] = {"id": id, **fields}

    def add_customer(self, id: str, **fields: Any) -> None:
        self.add(id, object="customer", **fields)

    def add_subscription(self, id: str, customer: str, **fields: Any) -> None:
        usual = {"status": "active", "cancel_at": None, "cancel_at_period_end": False, "on_behalf_of": None}
        self.add(id, object="subscription", customer=customer, **{**usual, **fields})

    def add_product(self, id: str, **fields: Any) -> None:
        self.add(id, object="product", active=True, **fields)

    def add_price(self, id: str, product: str, interval: str | None = "month", active: bool = True) -> None:
        recurring = None if interval is None else {"interval": interval, "interval_count": 1}
        self.add(id, object="price", product=product, active=active, recurring=recurring)
