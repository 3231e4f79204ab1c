"""What payments depend on: a customer's methods, subscriptions and open invoices, read in one round."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort

from flask_portal.pages import cards, reading
from flask_portal.pages.visit import Visit
from flask_portal.rules.debts import Bill
from flask_portal.rules.methods import MethodView
from flask_portal.rules.subscriptions import SubscriptionView, default_method
from flask_portal.upstream import reads
from flask_portal.upstream.reads import Failed

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Holdings:
    """methods: newest first.  bills: what is open, oldest first; also what is on its way.

    subscriptions: those that this visit may see. everyones: all of the customer's, without the names of products.
    bodies: the subscriptions as Stripe serves them, by id.  more: what was asked for beside it.
    """

    customer: Body
    methods: tuple[MethodView, ...]
    subscriptions: tuple[SubscriptionView, ...]
    everyones: tuple[SubscriptionView, ...]
    bodies: Mapping[str, Body]
    bills: tuple[Bill, ...]
    more: Mapping[str, Any]

    @property
    def default(self) -> str | None:
        return default_method(self.customer)

    @property
    def payable(self) -> tuple[Bill, ...]:
        """What the customer can pay now, without what Stripe is about to charge by itself."""
        return tuple(bill for bill in self.bills if bill.is_payable and not bill.is_waiting)

    def method(self, id: str) -> MethodView:
        """404 when it is not this customer's."""
        return next((view for view in self.methods if view.id == id), None) or abort(404)

    def subscription(self, id: str | None) -> SubscriptionView | None:
        return next((view for view in self.subscriptions if view.id == id), None)


def find(visit: Visit, **thunks: Callable[[], Any]) -> Holdings:
    """Everything. 502 when a part of it could not be read: nothing may be decided on half of it."""
    client, payer = visit.client, visit.customer_id
    found = reading.together(
        visit,
        methods=lambda: reads.payment_methods(client, payer),
        subscriptions=lambda: reads.subscriptions(client, payer),
        debts=lambda: reads.open_debts(client, payer),
        intents=lambda: reads.intents(client, payer),
        **thunks,
    )
    if any(isinstance(found[name], Failed) for name in ("customer", "methods", "subscriptions", "debts", "intents")):
        abort(502)
    return _holdings(visit, found)


def _holdings(visit: Visit, found: Mapping[str, Any]) -> Holdings:
    customer, bodies = found["customer"], found["subscriptions"]
    debts = [Bill.of(body, found["intents"]) for body in found["debts"] if reading.in_scope(visit, body)]
    return Holdings(
        customer=customer,
        methods=tuple(MethodView.of(body) for body in found["methods"]),
        subscriptions=tuple(cards.views(visit, bodies, customer)),
        everyones=tuple(SubscriptionView.of(body, customer, {}) for body in bodies),
        bodies={body["id"]: body for body in bodies},
        bills=tuple(sorted(debts, key=lambda bill: bill.at)),
        more=found,
    )
