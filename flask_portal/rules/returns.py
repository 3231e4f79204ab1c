"""Starting a subscription that has ended once more: whether it may be, and what is asked of Stripe. Pure.

Stripe's own portal never starts a subscription; `PORTAL_START_AGAIN` switches this off. The new one has the items of
the old one at the prices of today's catalogue, its tax and account settings and its metadata, and no discount.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_portal.rules.subscriptions import SubscriptionView
from flask_portal.rules.verdict import Verdict

Body = Mapping[str, Any]

START_BY_INVOICE = "start_by_invoice"
START_LIVE = "start_live"
START_NOT_ENDED = "start_not_ended"
START_OFF = "start_off"
START_PRICE_GONE = "start_price_gone"

_KEPT = ("application_fee_percent", "description", "metadata")


def may_look(view: SubscriptionView, is_on: bool) -> Verdict:
    """What the subscription alone says; the rest is known when `may_start` is asked.  is_on: PORTAL_START_AGAIN."""
    if not is_on:
        return Verdict.no(START_OFF)
    if view.status != "canceled":
        return Verdict.no(START_NOT_ENDED)
    if view.collection_method != "charge_automatically":
        return Verdict.no(START_BY_INVOICE)
    return Verdict.yes()


def may_start(
    view: SubscriptionView, is_on: bool, others: Iterable[SubscriptionView], prices: Iterable[Body], features: Body
) -> Verdict:
    """others: the customer's subscriptions. prices: those of the ended one, as Stripe serves them, with `product`."""
    verdict = may_look(view, is_on)
    if not verdict.ok:
        return verdict
    if living(view, others) is not None:
        return Verdict.no(START_LIVE)
    known = {price["id"]: price for price in prices}
    found = [known.get(item.price) for item in view.items]
    if not all(price is not None and _is_sold(price, features) for price in found):
        return Verdict.no(START_PRICE_GONE)
    return Verdict.yes()


def living(view: SubscriptionView, others: Iterable[SubscriptionView]) -> SubscriptionView | None:
    """A subscription to one of the same products that has not ended."""
    products = {item.product for item in view.items}
    return next((each for each in others if each.is_live and products & {item.product for item in each.items}), None)


def _is_sold(price: Body, features: Body) -> bool:
    """Whether a price can still be bought: it and its product are active, and it is offered where a list says which."""
    product, feature = price["product"], features["subscription_update"]
    if not price["active"] or not (isinstance(product, Mapping) and product.get("active")):
        return False
    listed = [id for entry in feature["products"] or () for id in entry["prices"]] if feature["enabled"] else []
    return not listed or price["id"] in listed


def parameters(body: Body, view: SubscriptionView) -> dict[str, Any]:
    """What the new subscription asks for, of `subscriptions.create`, without how it is paid.  body: the ended one."""
    items = [
        {"price": item.price, **({} if item.is_metered or item.quantity is None else {"quantity": item.quantity})}
        for item in view.items
    ]
    asked: dict[str, Any] = {"customer": view.customer, "items": items, "currency": view.currency}
    asked |= {name: body[name] for name in _KEPT if body.get(name)}
    if (body.get("automatic_tax") or {}).get("enabled"):
        asked["automatic_tax"] = {"enabled": True}
    rates = [each if isinstance(each, str) else each["id"] for each in body.get("default_tax_rates") or ()]
    asked |= {"default_tax_rates": rates} if rates else {}
    account, transfer = body.get("on_behalf_of"), body.get("transfer_data")
    asked |= {"on_behalf_of": _id(account)} if account else {}
    if transfer:
        asked["transfer_data"] = {
            name: _id(value) for name, value in transfer.items() if name in ("amount_percent", "destination") and value
        }
    return asked


def preview(asked: Body) -> dict[str, Any]:
    """The same in the words of `invoices.create_preview`."""
    details = {name: asked[name] for name in ("items", "default_tax_rates", "metadata") if name in asked}
    terms = {name: asked[name] for name in ("automatic_tax", "currency", "on_behalf_of") if name in asked}
    return {"customer": asked["customer"], "subscription_details": details, **terms}


def _id(reference: Any) -> Any:
    return reference["id"] if isinstance(reference, Mapping) else reference
