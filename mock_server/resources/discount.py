"""Discounts: coupons as they are applied to something, for as long as they last.

They have no address of their own: they are ids in what they reduce, and objects when those are expanded.
Source: docs.stripe.com/api/discounts
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask_portal.wire import errors
from flask_portal.wire.params import Params, Ref
from mock_server.billing import calendar
from mock_server.billing import discounts as rules
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource

from . import coupon as coupons
from . import promotion_code as codes
from .common import fraction

MOST = 20

discount = Resource(
    "discount",
    prefix="di",
    search=("customer", "subscription"),
    expands={"customer": "customer", "promotion_code": "promotion_code", "source.coupon": "coupon"},
    happenings=("ended",),
)


class Applied(Params):
    """What can be applied: a coupon, a promotion code for one, or a discount that is there already."""

    exclusive = (("coupon", "discount", "promotion_code"),)

    coupon = Ref("coupon")
    discount = Ref("discount")
    promotion_code = Ref("promotion code")


def represent(call: Call, coupon: Body, owners: Mapping[str, str | None], code: str | None = None) -> Body:
    """The object of a coupon that is applied now.

    owners: `customer`, `subscription` and the like, as far as known.  code: the id of the promotion code for it.
    """
    return {
        "id": discount.new_id(),
        "object": "discount",
        "checkout_session": None,
        "customer": owners.get("customer"),
        "customer_account": None,
        "end": end_of(coupon, call.now),
        "invoice": owners.get("invoice"),
        "invoice_item": owners.get("invoice_item"),
        "promotion_code": code,
        "source": {"coupon": coupon["id"], "type": "coupon"},
        "start": call.now,
        "subscription": owners.get("subscription"),
        "subscription_item": owners.get("subscription_item"),
    }


def end_of(coupon: Body, start: int) -> int | None:
    """When a discount from `coupon` ends; only repeating ones do by the calendar."""
    if coupon["duration"] != "repeating":
        return None
    return calendar.add(start, calendar.Interval("month"), coupon["duration_in_months"])


def apply(
    call: Call,
    sent: Sequence[Body] | None,
    param: str,
    current: Sequence[str] = (),
    basket: codes.Basket | None = None,
    **owners: str | None,
) -> list[str]:
    """The ids of the discounts that are wanted: new ones for coupons, and those of `current` that were named again.

    basket: what something new costs, which the conditions of a promotion code are about.
    StripeError 400 for a coupon that cannot be redeemed, one that is named twice, and a discount from elsewhere.
    """
    found: list[str] = []
    used: set[str] = set()
    for number, entry in enumerate(sent or ()):
        where = f"{param}[{number}]"
        body = chosen(call, entry, where, current, owners, basket)
        coupon_id = body["source"]["coupon"]
        if coupon_id in used:
            raise errors.invalid(f"The coupon {coupon_id} can be applied only once.", where)
        used.add(coupon_id)
        found.append(body["id"])
    return found


def chosen(
    call: Call,
    entry: Body,
    where: str,
    current: Sequence[str],
    owners: Mapping[str, str | None],
    basket: codes.Basket | None,
) -> Body:
    """The discount that one entry of `discounts` names or makes."""
    if "promotion_code" in entry:
        param = f"{where}[promotion_code]"
        code = codes.redeem(call, entry["promotion_code"], param, owners.get("customer"), basket)
        redeemed = coupons.redeem(call, code["promotion"]["coupon"], param)
        return add(call, represent(call, redeemed, owners, code["id"]))
    if "coupon" in entry:
        return add(call, represent(call, coupons.redeem(call, entry["coupon"], f"{where}[coupon]"), owners))
    if "discount" not in entry:
        raise errors.missing_parameter(f"{where}[coupon]")
    if entry["discount"] not in current:
        raise discount.missing(entry["discount"], f"{where}[discount]")
    return discount.get(call, entry["discount"], f"{where}[discount]")


def add(call: Call, body: Body) -> Body:
    """Store a new discount. One that a customer keeps for some time is told of, and ends by itself."""
    discount.add(call, body, due=body["end"] if is_kept(body) else None)
    return body


def is_kept(body: Body) -> bool:
    """Whether it reduces what a customer pays again and again, and not one invoice or item alone."""
    return body["subscription"] is not None and body["invoice"] is None and body["invoice_item"] is None


def tell(call: Call, before: Iterable[str], after: Iterable[str]) -> None:
    """Tell which discounts a subscription or an item of it has lost, and which it has got."""
    known, kept = list(before), list(after)
    for kind, ids in (
        ("deleted", [id for id in known if id not in kept]),
        ("created", [id for id in kept if id not in known]),
    ):
        for id in ids:
            call.emit(f"customer.discount.{kind}", discount.get(call, id))


@discount.due
def end(call: Call, body: Body) -> None:
    """Its time is over."""
    discount.save(call, body, due=None)
    discount.tell(call, "ended", body)


def check_currency(call: Call, ids: Iterable[str], currency: str, param: str) -> None:
    """A coupon of an amount reduces only what is in its currency."""
    for body in (discount.get(call, id) for id in ids):
        terms = coupons.terms(call, body["source"]["coupon"])
        if terms["amount_off"] is not None and coupons.amount_off(terms, currency) is None:
            message = f"The coupon {terms['id']} takes off an amount in {terms['currency']}, and this is in {currency}."
            raise errors.invalid(message, param)


def lasting(call: Call, ids: Iterable[str], at: int) -> list[Body]:
    """Those discounts that are still valid at this moment."""
    bodies = [discount.get(call, id) for id in ids]
    return [body for body in bodies if body["end"] is None or body["end"] > at]


def rules_of(call: Call, bodies: Iterable[Body], currency: str) -> tuple[rules.Discount, ...]:
    """Discounts as the billing rules see them."""
    return tuple(_rule(coupons.terms(call, body["source"]["coupon"]), body["id"], currency) for body in bodies)


def _rule(terms: Body, id: str, currency: str) -> rules.Discount:
    products = (terms["applies_to"] or {}).get("products")
    return rules.Discount(
        id,
        fraction(terms["percent_off"]),
        coupons.amount_off(terms, currency),
        None if products is None else frozenset(products),
    )


def used_up(call: Call, id: str) -> bool:
    """Whether a discount ends with the invoice that it has reduced."""
    return bool(coupons.terms(call, discount.get(call, id)["source"]["coupon"])["duration"] == "once")
