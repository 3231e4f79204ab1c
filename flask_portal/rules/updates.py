"""Changing a subscription: whether it may be, to what, and in which way the change is made. Pure.

`features` are those of the portal configuration, as the API serves them; `feature` is its `subscription_update`.
Source: docs.stripe.com/customer-management/configure-portal, docs.stripe.com/customer-management
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_portal.rules import policies
from flask_portal.rules.methods import SUPPORTED
from flask_portal.rules.policies import Bounds
from flask_portal.rules.subscriptions import ItemView, SubscriptionView, unit_amount
from flask_portal.rules.verdicts import ENDED, Verdict

Body = Mapping[str, Any]

METHOD_UNSUPPORTED = "method_unsupported"
NOTHING_OFFERED = "nothing_offered"
SEVERAL_PRICES = "several_prices"
TAX_UNSPECIFIED = "tax_unspecified"
UPDATE_BY_INVOICE = "update_by_invoice"
UPDATE_ENDING = "update_ending"
UPDATE_OFF = "update_off"
UPDATE_PAUSED = "update_paused"
UPDATE_PENDING = "update_pending"
UPDATE_PLANNED = "update_planned"
UPDATE_UNPAID = "update_unpaid"
USAGE_BASED = "usage_based"

_LENGTHS = {"day": 1, "week": 7, "month": 30, "year": 365}
"""About how many days an interval has: enough to say which of two is shorter."""


def may_update(view: SubscriptionView, features: Body, method_type: str | None = None) -> Verdict:
    """Whether a customer may change a subscription's plan or quantity.

    method_type: of the payment method that pays for it; None where it is not known, or there is none.
    """
    return next((Verdict.no(reason) for reason in _reasons(view, features, method_type)), Verdict.yes())


def _reasons(view: SubscriptionView, features: Body, method_type: str | None) -> Iterable[str]:
    """Why not, the weightiest first."""
    feature = features["subscription_update"]
    if not feature["enabled"] or not feature["default_allowed_updates"]:
        yield UPDATE_OFF
    yield from _reasons_of_standing(view)
    yield from _reasons_of_kind(view)
    if method_type is not None and method_type not in SUPPORTED:
        yield METHOD_UNSUPPORTED


def _reasons_of_standing(view: SubscriptionView) -> Iterable[str]:
    if not view.is_live:
        yield ENDED
    if view.has_pending_update:
        yield UPDATE_PENDING
    if view.has_schedule:
        yield UPDATE_PLANNED
    if view.ends_at is not None:
        yield UPDATE_ENDING
    if view.status == "paused":
        yield UPDATE_PAUSED
    elif view.status not in ("active", "trialing"):
        yield UPDATE_UNPAID


def _reasons_of_kind(view: SubscriptionView) -> Iterable[str]:
    if len(view.items) != 1:
        yield SEVERAL_PRICES
    if any(item.is_metered for item in view.items):
        yield USAGE_BASED
    if view.collection_method != "charge_automatically":
        yield UPDATE_BY_INVOICE
    if any(item.tax_behavior == "unspecified" for item in view.items):
        yield TAX_UNSPECIFIED


def may_undo_update(view: SubscriptionView, features: Body) -> Verdict:
    """Whether a customer may take back a change that is planned, or that waits for its payment."""
    if not features["subscription_update"]["enabled"]:
        return Verdict.no(UPDATE_OFF)
    if not view.is_live:
        return Verdict.no(ENDED)
    if is_under_way(view):
        return Verdict.yes()
    return Verdict.no(UPDATE_PLANNED if view.has_schedule else "nothing_planned")


def is_under_way(view: SubscriptionView) -> bool:
    """Whether a change of the customer's waits for its payment, or for its day."""
    return view.has_pending_update or (view.planned is not None and view.planned.is_own)


@dataclass(frozen=True, slots=True)
class Plan:
    """A price that a subscription has, or could have.

    unit_amount: minor units of `currency`, the subscription's; None when one number does not say it.
    bounds: how many a customer may have; None where the quantity stays as it is.
    is_current: the subscription has it now.
    """

    price: str
    product: str
    name: str
    currency: str
    unit_amount: int | None
    interval: str
    interval_count: int
    bounds: Bounds | None
    is_current: bool

    def amount(self, quantity: int) -> int | None:
        """What one period costs, before tax and discounts."""
        return None if self.unit_amount is None else self.unit_amount * quantity


def plans(subscription: Body, view: SubscriptionView, feature: Body, prices: Iterable[Body]) -> tuple[Plan, ...]:
    """What a subscription of one item can be changed to, in the configuration's order, the present plan among it.

    The present one comes first where the configuration does not offer it.  prices: as Stripe serves them, with
    `currency_options` and `product`.
    """
    item, known = view.items[0], {price["id"]: price for price in prices}
    offered = [known[id] for entry in feature["products"] or () for id in entry["prices"] if id in known]
    own = subscription["items"]["data"][0]["price"]
    found = [price for price in offered if price["id"] == item.price or _is_offered(subscription, view, feature, price)]
    if all(price["id"] != item.price for price in found):
        found.insert(0, own)
    return tuple(_plan(subscription, view, feature, price) for price in found)


def _is_offered(subscription: Body, view: SubscriptionView, feature: Body, price: Body) -> bool:
    """Whether this subscription can be changed to another price."""
    if "price" not in feature["default_allowed_updates"] or not price["active"]:
        return False
    recurring, terms = price.get("recurring"), _terms(price, view.currency)
    if recurring is None or recurring.get("usage_type") == "metered" or terms is None:
        return False
    behavior = terms.get("tax_behavior") or price.get("tax_behavior")
    same_tax = behavior == view.items[0].tax_behavior != "unspecified"
    return same_tax and policies.may_switch(subscription, price).ok


def _terms(price: Body, currency: str) -> Body | None:
    """The part of a price that says what it costs in a currency; None where it has none for that."""
    if price["currency"] == currency:
        return price
    option: Body | None = (price.get("currency_options") or {}).get(currency)
    return None if option is None else {"billing_scheme": price["billing_scheme"], **option}


def _plan(subscription: Body, view: SubscriptionView, feature: Body, price: Body) -> Plan:
    terms, product, item = _terms(price, view.currency), price["product"], view.items[0]
    named = product["name"] if isinstance(product, Mapping) else item.name
    id = product["id"] if isinstance(product, Mapping) else product
    return Plan(
        price=price["id"],
        product=id,
        name=named,
        currency=view.currency,
        unit_amount=None if terms is None else unit_amount(terms),
        interval=price["recurring"]["interval"],
        interval_count=price["recurring"]["interval_count"],
        bounds=_bounds(subscription, feature, price, id),
        is_current=price["id"] == item.price,
    )


def _bounds(subscription: Body, feature: Body, price: Body, product: str) -> Bounds | None:
    entry = next((entry for entry in feature["products"] or () if entry["product"] == product), None)
    if "quantity" not in feature["default_allowed_updates"] or entry is None:
        return None
    adjustable = entry["adjustable_quantity"]
    if not adjustable["enabled"]:
        return None
    return policies.seat_bounds(subscription, price, Bounds(adjustable["minimum"], adjustable["maximum"]))


@dataclass(frozen=True, slots=True)
class Change:
    """What a customer asks for.

    discount: `{"promotion_code": id}` or `{"coupon": id}`, or None.  is_single: one invoice uses that up.
    """

    plan: Plan
    quantity: int
    discount: Mapping[str, str] | None = None
    is_single: bool = False


def changes_plan(item: ItemView, change: Change) -> bool:
    """Whether price or quantity would be another."""
    return change.plan.price != item.price or change.quantity != (item.quantity or 0)


def is_made(subscription: Body, view: SubscriptionView, change: Change) -> bool:
    """Whether a subscription is already as it would be after a change.  Its discounts are expanded."""
    if changes_plan(view.items[0], change):
        return False
    if change.discount is None:
        return True
    given = [each for each in subscription.get("discounts") or () if isinstance(each, Mapping)]
    return any(_is_of(each, change.discount) for each in given)


def _is_of(given: Body, asked: Body) -> bool:
    """Whether a discount came of the coupon or the code that is asked for."""
    if "promotion_code" in asked:
        return _id(given.get("promotion_code")) == str(asked["promotion_code"])
    return _id((given.get("source") or {}).get("coupon")) == str(asked["coupon"])


def _id(reference: Any) -> str:
    return str(reference["id"] if isinstance(reference, Mapping) else reference)


def is_postponed(item: ItemView, change: Change, feature: Body) -> bool:
    """Whether the change waits for the end of the period: a condition of the configuration is fulfilled."""
    if not changes_plan(item, change):
        return False
    conditions = {each["type"] for each in feature["schedule_at_period_end"]["conditions"]}
    return ("decreasing_item_amount" in conditions and _costs_less(item, change)) or (
        "shortening_interval" in conditions and _is_shorter(item, change)
    )


def _costs_less(item: ItemView, change: Change) -> bool:
    """Whether the item's total goes down; what is not known beforehand does not."""
    before, after = item.amount, change.plan.amount(change.quantity)
    return before is not None and after is not None and after < before


def _is_shorter(item: ItemView, change: Change) -> bool:
    before = _LENGTHS[item.interval or "month"] * item.interval_count
    return _LENGTHS[change.plan.interval] * change.plan.interval_count < before


def ends_trial(view: SubscriptionView, change: Change, feature: Body) -> bool:
    """Whether a change that is made at once ends the trial, so that it is paid for now."""
    is_kept = feature["trial_update_behavior"] == "continue_trial" or not changes_plan(view.items[0], change)
    return view.status == "trialing" and not is_kept


def parameters(
    view: SubscriptionView, change: Change, feature: Body, at: int | None, kept: Iterable[str]
) -> dict[str, Any]:
    """What a change that is made at once asks of Stripe: of `subscriptions.update`, and of its preview.

    at: Unix seconds; what is used and unused is reckoned at this moment, at that of the call when it is None.
    kept: ids of the discounts that the subscription has.
    """
    asked: dict[str, Any] = {}
    if change.discount is not None:
        asked["discounts"] = [*({"discount": id} for id in kept), dict(change.discount)]
    if not changes_plan(view.items[0], change):
        return asked
    asked["items"] = [{"id": view.items[0].id, "price": change.plan.price, "quantity": change.quantity}]
    asked["proration_behavior"] = feature["proration_behavior"]
    if view.status == "trialing":
        return asked | ({"trial_end": "now"} if ends_trial(view, change, feature) else {})
    if feature["proration_behavior"] != "none" and at is not None:
        asked["proration_date"] = at
    if feature["billing_cycle_anchor"] == "now":
        asked["billing_cycle_anchor"] = {"type": "now"}
    return asked
