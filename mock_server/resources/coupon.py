"""Coupons: what may be taken off, how long, and how often. Applied, a coupon becomes a discount.

Source: docs.stripe.com/api/coupons
"""

from __future__ import annotations

from collections.abc import Mapping

from flask_portal.wire import errors, ids
from flask_portal.wire.params import (
    Currency,
    DecimalString,
    Hash,
    Int,
    ListOf,
    MapOf,
    Metadata,
    Money,
    OneOf,
    Params,
    Ref,
    Str,
    Timestamp,
)
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource, merge, metadata_of

from .common import ListByCreation, json_number, own_id
from .product import product

LONGEST_REDEEM_SECONDS = 5 * 366 * 86_400


class Coupons(Resource):
    """Coupons that nobody named have ids of eight characters."""

    def new_id(self) -> str:
        return ids.coupon()


coupon = Coupons("coupon", "/v1/coupons", hidden=("applies_to", "currency_options"), locks=True, happenings=("over",))


class AppliesTo(Params):
    products = ListOf(Ref("product"), min=1)


class CurrencyOption(Params):
    amount_off = Money(minimum=1, required=True)


class Update(Params):
    currency_options = MapOf(Hash(CurrencyOption), keys=Currency())
    metadata = Metadata(nullable=True)
    name = Str(max_length=40, nullable=True)


class Create(Update):
    exclusive = (("percent_off", "amount_off"),)

    amount_off = Money(minimum=1)
    applies_to = Hash(AppliesTo)
    currency = Currency()
    duration = OneOf("forever", "once", "repeating", load_default="once")
    duration_in_months = Int(minimum=1, maximum=120)
    id = Ref("coupon")
    max_redemptions = Int(minimum=1)
    percent_off = DecimalString(above=0, maximum=100)
    redeem_by = Timestamp()


def represent(call: Call, sent: Body) -> Body:
    """The object of a new coupon; `valid` is found out whenever it is shown."""
    percent = sent.get("percent_off")
    return {
        "id": free_id(call, sent),
        "object": "coupon",
        "amount_off": sent.get("amount_off"),
        "applies_to": applies_to(call, sent.get("applies_to")),
        "created": call.now,
        "currency": sent["currency"] if "amount_off" in sent else None,
        "currency_options": sent.get("currency_options"),
        "duration": sent["duration"],
        "duration_in_months": sent.get("duration_in_months"),
        "livemode": call.livemode,
        "max_redemptions": sent.get("max_redemptions"),
        "metadata": metadata_of(sent),
        "name": sent.get("name"),
        "percent_off": None if percent is None else json_number(percent),
        "redeem_by": sent.get("redeem_by"),
        "times_redeemed": 0,
        "valid": True,
    }


def free_id(call: Call, sent: Body) -> str:
    """The id of a new coupon. That of a deleted one is free again, unless discounts may still refer to it."""
    before = coupon.peek(call, sent["id"]) if "id" in sent else None
    if before and before.get("deleted") and before["times_redeemed"]:
        message = f"The deleted coupon {sent['id']} has been redeemed, so its discounts still need the id."
        raise errors.invalid(message, "id", "resource_already_exists")
    return own_id(call, coupon, sent)


def applies_to(call: Call, sent: Body | None) -> Body | None:
    """The products that a coupon is meant for, which must exist."""
    if not sent or "products" not in sent:
        return None
    for number, id in enumerate(sent["products"]):
        product.get(call, id, f"applies_to[products][{number}]")
    return {"products": list(dict.fromkeys(sent["products"]))}


def check(call: Call, sent: Body) -> None:
    """Refuse parameters that do not go together."""
    if "percent_off" not in sent and "amount_off" not in sent:
        raise errors.invalid("A coupon needs percent_off or amount_off.", "percent_off", "parameter_missing")
    if "amount_off" in sent and "currency" not in sent:
        raise errors.missing_parameter("currency")
    if sent["duration"] == "repeating" and "duration_in_months" not in sent:
        raise errors.missing_parameter("duration_in_months")
    if sent["duration"] != "repeating" and "duration_in_months" in sent:
        raise errors.invalid("duration_in_months needs a duration of repeating.", "duration_in_months")
    redeem_by = sent.get("redeem_by")
    if redeem_by is not None and not call.now < redeem_by <= call.now + LONGEST_REDEEM_SECONDS:
        raise errors.invalid("redeem_by must lie in the future, and at most five years ahead.", "redeem_by")
    check_options(sent, sent)


def check_options(body: Body, sent: Body) -> None:
    """Other currencies are for coupons of an amount, and are not its own."""
    options = sent.get("currency_options", {})
    if options and body.get("amount_off") is None:
        raise errors.invalid("Only coupons with amount_off have currency options.", "currency_options")
    if body.get("currency") in options:
        message = "A coupon's own currency cannot be one of its currency options."
        raise errors.invalid(message, f"currency_options[{body['currency']}]")


def refusal(call: Call, body: Body) -> str | None:
    """Why a coupon cannot be redeemed any more, or None."""
    if body.get("deleted"):
        return f"The coupon {body['id']} was deleted."
    if body["redeem_by"] is not None and body["redeem_by"] < call.now:
        return f"The coupon {body['id']} has expired."
    if body["max_redemptions"] is not None and body["times_redeemed"] >= body["max_redemptions"]:
        return f"The coupon {body['id']} has been redeemed as often as it may be."
    return None


@coupon.shown
def show(call: Call, body: Body) -> Body:
    """A coupon as it is now; those who still have a deleted one see it whole."""
    return {key: value for key, value in body.items() if key != "deleted"} | {"valid": refusal(call, body) is None}


def redeem(call: Call, id: str, param: str = "coupon") -> Body:
    """The coupon, counted as used once more.

    StripeError 400: `resource_missing`, also for a deleted one, or `coupon_expired`.
    """
    body = coupon.get(call, id, param)
    why = refusal(call, body)
    if why is not None:
        raise errors.invalid(why, param, "coupon_expired")
    body["times_redeemed"] += 1
    coupon.save(call, body)
    if refusal(call, body) is not None:
        coupon.tell(call, "over", body)
    return body


def terms(call: Call, id: str) -> Body:
    """The stored coupon, deleted or not, with what it `applies_to`: for a discount that was made from it.

    `common.fraction` makes `percent_off` exact.
    """
    body = coupon.peek(call, id)
    if body is None:
        raise coupon.missing(id, "coupon")
    return body


def amount_off(body: Body, currency: str) -> int | None:
    """What a coupon takes off in this currency, in minor units; None where it takes a share, or nothing."""
    if body["amount_off"] is None or body["currency"] == currency:
        found: int | None = body["amount_off"]
        return found
    options: Mapping[str, Mapping[str, int]] = body["currency_options"] or {}
    return options[currency]["amount_off"] if currency in options else None


@coupon.create(Create)
def create(call: Call, sent: Body) -> Body:
    check(call, sent)
    body = coupon.add(call, represent(call, sent))
    call.emit("coupon.created", body)
    return body


@coupon.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    check_options(body, sent)
    merge(body, sent, skip=("currency_options",))
    if sent.get("currency_options"):
        body["currency_options"] = (body["currency_options"] or {}) | sent["currency_options"]
    coupon.save(call, body)
    if call.changed(body):
        call.emit("coupon.updated", body)
    return body


@coupon.delete()
def delete(call: Call, body: Body, _sent: Body) -> Body:
    call.emit("coupon.deleted", body)
    stub = coupon.remove(call, body, keep=True)
    coupon.tell(call, "over", body)
    return stub


coupon.retrieves(stubs=False)
coupon.lists(ListByCreation)
