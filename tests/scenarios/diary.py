"""A diary on a test clock: its days, and the exact events between them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import stripe

from mock_server.core import settings
from mock_server.core.accounts import authenticate
from mock_server.testing import Mock
from mock_server.testing.patches import DEFAULT_KEY
from tests.resources.sales import payer

ACCOUNT = authenticate(f"Bearer {DEFAULT_KEY}").account
ADVANCING, READY = "test_helpers.test_clock.advancing", "test_helpers.test_clock.ready"
NEXT_PERIOD = ("customer.subscription.updated", "invoice.created")
SETTLED = ("invoice.updated", "invoice.paid", "invoice.payment_succeeded", "invoice_payment.paid")
COLLECTED = ("invoice.finalized", "payment_intent.created", "charge.succeeded", "payment_intent.succeeded", *SETTLED)
DECLINED = ("charge.failed", "payment_intent.payment_failed", "invoice.updated", "invoice.payment_failed")
PAID = ("payment_intent.created", "charge.succeeded", "payment_intent.succeeded", *SETTLED)
STARTED = (
    "customer.subscription.created",
    "invoice.created",
    "invoice.finalized",
    *PAID,
    "customer.subscription.updated",
)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")


Begin = Callable[[str], "Diary"]
"""Begins a diary at a moment, on an empty mock."""


class Diary:
    """A test clock, and the exact events of each step that it takes."""

    def __init__(self, mock: Mock, start: str) -> None:
        self.mock, self.shop = mock, mock.client
        self.clock = self.shop.v1.test_helpers.test_clocks.create({"frozen_time": at(start)}).id

    def to(self, when: str, *events: str) -> None:
        """Go on to `when`; exactly these events happen on the way."""
        with self.mock.expect_events(ADVANCING, *events, READY):
            self.quietly(when)

    def quietly(self, when: str) -> None:
        """Go on to `when`, whatever happens."""
        self.shop.v1.test_helpers.test_clocks.advance(self.clock, {"frozen_time": at(when)})
        assert self.shop.v1.test_helpers.test_clocks.retrieve(self.clock).status == "ready"

    def customer(self, card: str | None = "pm_card_visa", **sent: Any) -> str:
        """The id of a new customer on this clock."""
        return payer(self.shop, card, test_clock=self.clock, **sent)

    def configure(self, **sent: Any) -> None:
        """Set what the account's Dashboard has: retries, final actions, announcements."""
        self.mock.state.keep_settings(ACCOUNT, settings.changed(settings.DEFAULTS, sent))

    def again(self, made: stripe.Subscription) -> stripe.Subscription:
        return self.shop.v1.subscriptions.retrieve(made.id)

    def announced(self) -> dict[str, Any]:
        """The invoice that was announced last."""
        [event] = self.shop.v1.events.list({"type": "invoice.upcoming", "limit": 1}).data
        return event.data.object

    def invoices(self, made: stripe.Subscription) -> list[stripe.Invoice]:
        """All invoices, oldest first."""
        return list(self.shop.v1.invoices.list({"subscription": made.id, "limit": 100}).data)[::-1]
