"""What the application around the portal may decide about changes of plan. The defaults are Stripe's own behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_portal.rules.verdicts import Verdict

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many a customer may have.  maximum: None for no limit."""

    minimum: int
    maximum: int | None

    def holds(self, quantity: int) -> bool:
        return quantity >= self.minimum and (self.maximum is None or quantity <= self.maximum)


def may_switch(_subscription: Body, _price: Body) -> Verdict:
    """Whether this subscription may change to this price.  Both as Stripe serves them."""
    return Verdict.yes()


def seat_bounds(_subscription: Body, _price: Body, configured: Bounds) -> Bounds:
    """How many of a price a subscription may have.  configured: what the portal's configuration says."""
    return configured
