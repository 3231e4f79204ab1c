"""What a subscription can be changed to, and what a customer has chosen: read once, for the pages of a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import abort

from flask_portal.i18n import _, ngettext
from flask_portal.pages import cards, words
from flask_portal.pages.cards import Found
from flask_portal.pages.visit import Visit
from flask_portal.rules import promotions, updates
from flask_portal.rules.methods import MethodView
from flask_portal.rules.policies import Bounds
from flask_portal.rules.updates import Change, Plan
from flask_portal.upstream import reads
from flask_portal.upstream.reads import Failed

MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Options:
    """A subscription, and what it can be changed to.

    plans: the present one among them. is_complete: False when some of them could not be read.
    methods: the customer's; None when they could not be read.
    """

    found: Found
    plans: tuple[Plan, ...]
    is_complete: bool
    methods: tuple[MethodView, ...] | None

    @property
    def current(self) -> Plan:
        return next(plan for plan in self.plans if plan.is_current)

    @property
    def quantity(self) -> int:
        """How many the subscription has now."""
        quantity = self.found.view.items[0].quantity
        return 1 if quantity is None else quantity

    @property
    def method(self) -> MethodView | None:
        """The payment method that the next charge goes to."""
        return next((each for each in self.methods or () if each.id == self.found.view.method_id), None)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form."""

    price: str
    quantity: str
    code: str

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> Typed:
        return cls(sent.get("price", ""), sent.get("quantity", "").strip(), sent.get("code", "").strip())

    def query(self) -> dict[str, Any]:
        """The same as parameters of an address; what is empty is left out."""
        values = {"price": self.price, "quantity": self.quantity, "code": self.code}
        return {name: value for name, value in values.items() if value}


def feature_of(visit: Visit) -> Mapping[str, Any]:
    feature: Mapping[str, Any] = visit.features["subscription_update"]
    return feature


def allows(visit: Visit, kind: str) -> bool:
    """kind: `price`, `quantity` or `promotion_code`."""
    return kind in feature_of(visit)["default_allowed_updates"]


def find(visit: Visit, id: str, code: str = "") -> Options:
    """The subscription and its options. 404 when it is not this customer's, 403 with a reason when it cannot change.

    code: the text of a promotion code to look up at the same time; what it means is in `found.more["code"]`.
    """
    options = read(visit, id, code)
    check(visit, options)
    return options


def read(visit: Visit, id: str, code: str = "") -> Options:
    """The same, whether it can be changed or not.

    code: the text of a promotion code to look up at the same time; what it means is in `found.more["code"]`.
    """
    client, account, customer = visit.client, visit.principal.account, visit.customer_id
    products = [entry["product"] for entry in feature_of(visit)["products"] or ()]
    thunks: dict[str, Any] = {
        f"prices of {product}": partial(reads.prices, client, account, product) for product in products
    }
    if code and allows(visit, "promotion_code"):
        thunks["code"] = partial(reads.promotion_code, client, code)
    found = cards.find(visit, id, methods=lambda: reads.payment_methods(client, customer), **thunks)
    listed = [found.more[f"prices of {product}"] for product in products]
    bodies = found.more["methods"]
    methods = None if isinstance(bodies, Failed) else tuple(MethodView.of(body) for body in bodies)
    prices = [price for part in listed if not isinstance(part, Failed) for price in part]
    offered = updates.plans(found.body, found.view, feature_of(visit), prices)
    return Options(found, offered, not any(isinstance(part, Failed) for part in listed), methods)


def check(visit: Visit, options: Options) -> None:
    method = options.method.type if options.method else None
    verdict = updates.may_update(options.found.view, visit.features, method)
    if not verdict.ok:
        abort(403, verdict.reason)


def chosen(visit: Visit, options: Options, typed: Typed) -> tuple[Change | None, dict[str, str]]:
    """The change that was asked for, or what is wrong with it: a sentence by field name."""
    plan = next((plan for plan in options.plans if plan.price == typed.price), None)
    if plan is None and not typed.price and not allows(visit, "price"):
        plan = options.current
    if plan is None:
        return None, {"price": _("Please choose one of these plans.")}
    quantity, fault = _quantity(options, plan, typed.quantity)
    errors = {"quantity": fault} if fault else {}
    discount = None
    if typed.code and allows(visit, "promotion_code"):
        discount, fault = _discount(options, plan)
        errors |= {"code": fault} if fault else {}
    if errors:
        return None, errors
    change = Change(plan, quantity, discount, discount is not None and _is_single(options))
    if discount is None and not updates.changes_plan(options.found.view.items[0], change):
        return None, {"price": _("This is what you have now. Choose what you would like to change.")}
    return change, {}


def _quantity(options: Options, plan: Plan, typed: str) -> tuple[int, str]:
    """The quantity, and what is wrong with it, if anything."""
    if plan.bounds is None or (not typed and plan.bounds.holds(options.quantity)):
        return options.quantity, ""
    if not typed.isascii() or not typed.isdigit() or len(typed) > MOST_DIGITS:
        return 0, _("Please enter a whole number.")
    if not plan.bounds.holds(int(typed)):
        return 0, _("Of this plan you can have %(bounds)s.", bounds=bounds(plan.bounds))
    return int(typed), ""


def bounds(allowed: Bounds) -> str:
    """How many somebody may have, in words."""
    if allowed.maximum is None:
        return _("%(minimum)s or more", minimum=allowed.minimum)
    if allowed.maximum == allowed.minimum:
        return ngettext("exactly one", "exactly %(num)d", allowed.minimum)
    return _("%(minimum)s to %(maximum)s", minimum=allowed.minimum, maximum=allowed.maximum)


def _discount(options: Options, plan: Plan) -> tuple[dict[str, str] | None, str]:
    """The code as a discount, and what is wrong with it, if anything."""
    code = options.found.more["code"]
    if isinstance(code, Failed):
        return None, _("The code could not be checked. Please try again.")
    verdict = promotions.may_redeem(code, options.found.body, plan)
    if not verdict.ok or code is None:
        return None, _code_refusals()[verdict.reason]
    return {"promotion_code": code["id"]}, ""


def _is_single(options: Options) -> bool:
    """Whether one invoice uses up the code that was typed."""
    return bool(options.found.more["code"]["promotion"]["coupon"]["duration"] == "once")


def _code_refusals() -> dict[str, str]:
    return {
        promotions.CODE_CURRENCY: _("This code is for payments in another currency."),
        promotions.CODE_FIRST: _("This code is for a first purchase."),
        promotions.CODE_GIVEN: _("You have this discount already."),
        promotions.CODE_OTHER_PLAN: _("This code is not for this plan."),
        promotions.CODE_RESTRICTED: _("This code is for a purchase of a certain amount."),
        promotions.CODE_UNKNOWN: _("This code does not exist, or it is not valid any more."),
    }


def name(plan: Plan) -> str:
    return plan.name or _("Subscription")


def rate(plan: Plan, quantity: int) -> str:
    """What is paid and how often; empty where one number does not say it."""
    return words.rate(plan.amount(quantity), plan.currency, plan.interval, plan.interval_count)


def task(visit: Visit) -> Mapping[str, Any] | None:
    """The one change that this visit is for, when its flow names it exactly."""
    if visit.flow is None or visit.flow["type"] != "subscription_update_confirm":
        return None
    named: Mapping[str, Any] = visit.flow["subscription_update_confirm"]
    return named


def asked_for(options: Options, named: Mapping[str, Any]) -> Change:
    """The change that a flow asks for. 403 when it is not possible any more."""
    asked = named["items"][0]
    price, quantity = asked["price"] or options.current.price, asked["quantity"]
    discounts = [{kind: id for kind, id in each.items() if id is not None} for each in named["discounts"] or ()]
    return _checked(options, price, options.quantity if quantity is None else quantity, next(iter(discounts), None))


def held(options: Options, quoted: Mapping[str, Any]) -> Change:
    """The change that a quote was given for. 403 when it is not possible any more."""
    return _checked(options, quoted["price"], quoted["quantity"], quoted["discount"], quoted["is_single"])


def _checked(
    options: Options, price: str, quantity: int, discount: Mapping[str, str] | None, is_single: bool = False
) -> Change:
    plan = next((plan for plan in options.plans if plan.price == price), None)
    if plan is None:
        abort(403 if options.is_complete else 502, "plan_gone")
    if quantity != options.quantity and (plan.bounds is None or not plan.bounds.holds(quantity)):
        abort(403, "quantity_off")
    return Change(plan, quantity, discount, is_single)
