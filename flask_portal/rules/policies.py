"""What the application around the portal decides beside the configuration. The defaults are Stripe's own behaviour.

A policy is a function of the application. It can only narrow what the portal's configuration allows. One that raises,
or returns something else than it should, refuses: the customer is told to ask, and the log says why.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import Any

from flask_portal.rules.subscriptions import SubscriptionView
from flask_portal.rules.verdict import Verdict

Body = Mapping[str, Any]

POLICY = "policy"
"""The reason of a verdict that a policy gave, or could not give."""

NAMES = ("may_cancel", "may_pause", "may_switch", "offer_for", "seat_bounds")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A policy's no.  sentence: what the customer reads; in the language that the application has chosen for them."""

    sentence: str


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many a customer may have.  maximum: None for no limit."""

    minimum: int
    maximum: int | None

    def holds(self, quantity: int) -> bool:
        return quantity >= self.minimum and (self.maximum is None or quantity <= self.maximum)


@dataclass(slots=True)
class Policies:
    """The functions that one application has registered, by the names of NAMES."""

    functions: dict[str, Callable[..., Any]] = field(default_factory=dict)


_none = Policies()
_applied: ContextVar[Policies] = ContextVar("portal_policies", default=_none)


def apply(policies: Policies) -> Token[Policies]:
    """From now on in this request these policies count; `forget` with the token ends that."""
    return _applied.set(policies)


def forget(token: Token[Policies]) -> None:
    _applied.reset(token)


def may_switch(subscription: Body, price: Body) -> Verdict:
    """Whether this subscription may change to this price.  Both as Stripe serves them."""
    return _verdict("may_switch", subscription, price)


def may_cancel(view: SubscriptionView) -> Verdict:
    return _verdict("may_cancel", view.body, view)


def may_pause(view: SubscriptionView) -> Verdict:
    return _verdict("may_pause", view.body, view)


def _verdict(name: str, *arguments: Any) -> Verdict:
    if name not in _applied.get().functions:
        return Verdict.yes()
    said = _ask(name, *arguments)
    if said is True:
        return Verdict.yes()
    if isinstance(said, Refusal):
        return Verdict.no(POLICY, said.sentence)
    if said is not False and not isinstance(said, _Failed):
        _log.error("The policy %s returned %r; it must return True, False or a Refusal.", name, said)
    return Verdict.no(POLICY)


def has_offers() -> bool:
    """Whether the application makes offers to customers who are about to leave."""
    return "offer_for" in _applied.get().functions


def offer_for(reason: str | None, customer: Body) -> str | None:
    """The id of the coupon for a customer who is about to leave for this reason; None for no offer.

    reason: a value of `cancellation_details[feedback]`; None for whoever leaves for whatever reason.
    """
    if not has_offers():
        return None
    said = _ask("offer_for", reason, customer)
    if said is None or (isinstance(said, str) and said):
        return said
    if not isinstance(said, _Failed):
        _log.error("The policy offer_for returned %r; it must return the id of a coupon, or None.", said)
    return None


def seat_bounds(subscription: Body, price: Body, configured: Bounds) -> Bounds:
    """How many of a price a subscription may have.  configured: what the portal's configuration says.

    A policy that fails keeps the quantity as it is.
    """
    if "seat_bounds" not in _applied.get().functions:
        return configured
    said = _ask("seat_bounds", subscription, price, configured)
    if isinstance(said, Bounds) and (said.maximum is None or said.maximum >= said.minimum):
        return _narrowed(configured, said)
    if not isinstance(said, _Failed):
        _log.error("The policy seat_bounds returned %r; it must return Bounds.", said)
    present = sum(item.get("quantity") or 1 for item in subscription["items"]["data"])
    return Bounds(present, present)


def _narrowed(one: Bounds, other: Bounds) -> Bounds:
    limits = [each for each in (one.maximum, other.maximum) if each is not None]
    return Bounds(max(one.minimum, other.minimum), min(limits) if limits else None)


@dataclass(frozen=True, slots=True)
class _Failed:
    """Stands for the answer of a policy that raised."""


def _ask(name: str, *arguments: Any) -> Any:
    try:
        return _applied.get().functions[name](*arguments)
    except Exception:
        # Whatever an application's function raises: a page that fails would help nobody, and allowing is not safe.
        _log.exception("The policy %s failed, so what it was asked for is refused.", name)
        return _Failed()
