"""What needs the customer, most urgent first."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from flask_portal.rules.debts import subscription_of
from flask_portal.rules.methods import MethodView, expiry
from flask_portal.rules.subscriptions import SubscriptionView

Kind = Literal["unpaid_invoice", "past_due", "incomplete", "card_expired", "card_expiring", "ending"]

URGENCY: tuple[Kind, ...] = ("unpaid_invoice", "past_due", "incomplete", "card_expired", "card_expiring", "ending")


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that needs the customer; what does not belong to its kind is None.

    id: of the invoice, the subscription or the payment method.
    at: Unix seconds; when the invoice was made, or when the subscription ends.
    amount, currency: what the invoice still asks for, in minor units.
    method: the card.
    subscription: the subscription that is past due, incomplete or ends, that the invoice is for, or the first one
        that the card pays for.
    """

    kind: Kind
    id: str
    at: int | None = None
    amount: int | None = None
    currency: str | None = None
    method: MethodView | None = None
    subscription: SubscriptionView | None = None


def concerns(
    subscriptions: Iterable[SubscriptionView],
    methods: Iterable[MethodView],
    invoices: Iterable[Mapping[str, Any]],
    today: date,
    on_their_way: Container[str] = frozenset(),
) -> tuple[Concern, ...]:
    """Everything that needs the customer, each thing once; within a kind the earliest first.

    invoices: as Stripe serves them.  on_their_way: the ids of those whose payment takes some days, and needs nobody.
    """
    live = [view for view in subscriptions if view.is_live]
    unpaid = [body for body in invoices if _is_unpaid(body)]
    found = [
        *(_unpaid(body, live) for body in unpaid if body["id"] not in on_their_way),
        *_late(live, {subscription_of(body) for body in unpaid}),
        *_cards(live, methods, today),
        *(Concern("ending", view.id, at=view.ends_at, subscription=view) for view in live if view.ends_at is not None),
    ]
    return tuple(sorted(found, key=lambda concern: (URGENCY.index(concern.kind), concern.at or 0)))


def _is_unpaid(body: Mapping[str, Any]) -> bool:
    """An invoice that Stripe is only about to charge by itself needs nobody yet."""
    if body["status"] != "open" or body["amount_remaining"] <= 0:
        return False
    return body["collection_method"] == "send_invoice" or bool(body.get("attempted"))


def _unpaid(body: Mapping[str, Any], live: list[SubscriptionView]) -> Concern:
    of = subscription_of(body)
    return Concern(
        "unpaid_invoice",
        body["id"],
        at=body["created"],
        amount=body["amount_remaining"],
        currency=body["currency"],
        subscription=next((view for view in live if view.id == of), None),
    )


def _late(live: list[SubscriptionView], told: set[str | None]) -> Iterator[Concern]:
    """Where the unpaid invoice itself is told of, this would say the same thing twice."""
    kinds: dict[str, Kind] = {"past_due": "past_due", "unpaid": "past_due", "incomplete": "incomplete"}
    for view in live:
        if view.status in kinds and view.id not in told:
            yield Concern(kinds[view.status], view.id, subscription=view)


def _cards(live: list[SubscriptionView], methods: Iterable[MethodView], today: date) -> Iterator[Concern]:
    """Only a card that something will be charged to is worth a word."""
    for method in methods:
        payers = [view for view in live if view.method_id == method.id and _will_charge(view)]
        state = expiry(method, today.year, today.month)
        if payers and state != "ok":
            kind: Kind = "card_expired" if state == "expired" else "card_expiring"
            yield Concern(kind, method.id, method=method, subscription=payers[0])


def _will_charge(view: SubscriptionView) -> bool:
    return view.will_renew and view.collection_method == "charge_automatically"
