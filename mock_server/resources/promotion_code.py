"""Promotion codes: words that customers type to get a coupon, and who may use them, how often and until when.

Source: docs.stripe.com/api/promotion_codes
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from flask_portal.wire import errors
from flask_portal.wire.params import (
    Bool,
    Currency,
    Hash,
    Int,
    MapOf,
    Metadata,
    Money,
    OneOf,
    Params,
    Ref,
    Str,
    Timestamp,
)
from mock_server.billing.money import display
from mock_server.core.call import Body, Call
from mock_server.core.params import NotBuilt
from mock_server.core.resource import Key, Resource, merge, merged_metadata, metadata_of

from . import coupon as coupons
from .common import ListActive
from .coupon import coupon
from .customer import customer

CODE = re.compile(r"[A-Za-z0-9-]+")
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 8

promotion_code = Resource(
    "promotion_code",
    "/v1/promotion_codes",
    prefix="promo",
    label="promotion code",
    search=(
        Key("active", bool),
        Key("code", of=lambda body: body["code"].lower()),
        Key("coupon", of="promotion.coupon"),
        "customer",
    ),
    expands={"customer": "customer", "promotion.coupon": "coupon"},
    hidden=("restrictions.currency_options",),
    happenings=("history_sought",),
)


@dataclass(frozen=True, slots=True)
class Basket:
    """What a code is to reduce, before discounts: minor units and their currency."""

    amount: int
    currency: str


class Promotion(Params):
    coupon = Ref("coupon")
    type = OneOf("coupon", required=True)


class CurrencyOption(Params):
    minimum_amount = Money(minimum=0)


class RestrictionsOnUpdate(Params):
    currency_options = MapOf(Hash(CurrencyOption), keys=Currency())


class Restrictions(RestrictionsOnUpdate):
    first_time_transaction = Bool()
    minimum_amount = Money(minimum=1)
    minimum_amount_currency = Currency()


class Update(Params):
    active = Bool()
    metadata = Metadata(nullable=True)
    restrictions = Hash(RestrictionsOnUpdate)


class Create(Params):
    active = Bool(load_default=True)
    code = Str(max_length=500)
    customer = Ref("customer")
    customer_account = NotBuilt("An account of the second API as a customer")
    expires_at = Timestamp()
    max_redemptions = Int(minimum=1)
    metadata = Metadata()
    promotion = Hash(Promotion, required=True)
    restrictions = Hash(Restrictions)


class List(ListActive):
    code = Str()
    coupon = Ref("coupon")
    customer = Ref("customer")
    customer_account = NotBuilt("An account of the second API as a customer")


def represent(call: Call, sent: Body) -> Body:
    """The object of a new code."""
    return {
        "id": promotion_code.new_id(),
        "object": "promotion_code",
        "active": sent["active"],
        "code": sent.get("code") or new_code(),
        "created": call.now,
        "customer": sent.get("customer"),
        "customer_account": None,
        "expires_at": sent.get("expires_at"),
        "livemode": call.livemode,
        "max_redemptions": sent.get("max_redemptions"),
        "metadata": metadata_of(sent),
        "promotion": {"coupon": sent["promotion"]["coupon"], "type": "coupon"},
        "restrictions": restrictions(sent.get("restrictions", {})),
        "times_redeemed": 0,
    }


def restrictions(sent: Body) -> Body:
    """Who may use a code, with all keys."""
    return {
        "currency_options": sent.get("currency_options") or {},
        "first_time_transaction": sent.get("first_time_transaction", False),
        "minimum_amount": sent.get("minimum_amount"),
        "minimum_amount_currency": sent.get("minimum_amount_currency"),
    }


@promotion_code.shown
def show(_call: Call, body: Body) -> Body:
    """The minimum amounts in other currencies are there for a customer who types the code, and not shown."""
    told = {key: value for key, value in body["restrictions"].items() if key != "currency_options"}
    return body | {"restrictions": told}


def new_code() -> str:
    """A code that nobody chose, without letters that look like digits."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def check(call: Call, sent: Body, reduced: Body) -> None:
    """Refuse parameters that do not go together, with one another or with the coupon."""
    if not CODE.fullmatch(sent.get("code", "x")):
        raise errors.invalid("A promotion code consists of letters a to z, digits and dashes.", "code")
    most, allowed = sent.get("max_redemptions"), reduced["max_redemptions"]
    if most is not None and allowed is not None and most > allowed:
        raise errors.invalid(f"The coupon can be redeemed only {allowed} times.", "max_redemptions")
    end, last = sent.get("expires_at"), reduced["redeem_by"]
    if end is not None and end <= call.now:
        raise errors.invalid("expires_at must lie in the future.", "expires_at")
    if end is not None and last is not None and end > last:
        raise errors.invalid("A promotion code cannot outlast its coupon's redeem_by.", "expires_at")
    rules = sent.get("restrictions", {})
    if ("minimum_amount" in rules) != ("minimum_amount_currency" in rules):
        lacking = "minimum_amount_currency" if "minimum_amount" in rules else "minimum_amount"
        raise errors.missing_parameter(f"restrictions[{lacking}]")
    if "currency_options" in rules and "minimum_amount" not in rules:
        message = "Only a code with a minimum_amount has one in other currencies."
        raise errors.invalid(message, "restrictions[currency_options]")


def check_free(call: Call, code: str, owner: str | None) -> None:
    """Among active codes a text means one thing, for a certain customer or for all of them; case does not matter."""
    call.alone("promotion_code", code.lower())
    taken = promotion_code.where(call, code=code.lower(), active=True)
    if any(one["customer"] == owner for one in taken):
        raise errors.invalid(f"An active promotion code with `code: {code}` already exists.", "code")


def last_moment(body: Body, reduced: Body) -> int | None:
    """When an active code ends by itself."""
    ends = [end for end in (body["expires_at"], reduced["redeem_by"]) if end is not None]
    return min(ends, default=None) if body["active"] else None


@promotion_code.create(Create)
def create(call: Call, sent: Body) -> Body:
    if "coupon" not in sent["promotion"]:
        raise errors.missing_parameter("promotion[coupon]")
    reduced = coupon.get(call, sent["promotion"]["coupon"], "promotion[coupon]")
    if "customer" in sent:
        customer.get(call, sent["customer"], "customer")
    check(call, sent, reduced)
    check_valid(call, reduced, sent["active"])
    body = represent(call, sent)
    if body["active"]:
        check_free(call, body["code"], body["customer"])
    promotion_code.add(call, body, due=last_moment(body, reduced))
    call.emit("promotion_code.created", body)
    return body


def check_valid(call: Call, reduced: Body, wanted: bool) -> None:
    """A code of a coupon that cannot be redeemed is never active."""
    why = coupons.refusal(call, reduced)
    if wanted and why is not None:
        raise errors.invalid(f"{why} A promotion code of it cannot be active.", "active")


@promotion_code.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    reduced = coupons.terms(call, body["promotion"]["coupon"])
    if sent.get("active") and not body["active"]:
        check_revival(call, body, reduced)
    options = sent.get("restrictions", {}).get("currency_options")
    if options and body["restrictions"]["minimum_amount"] is None:
        message = "Only a code with a minimum_amount has one in other currencies."
        raise errors.invalid(message, "restrictions[currency_options]")
    if options:
        merge(body["restrictions"]["currency_options"], options)
    body["active"] = sent.get("active", body["active"])
    if "metadata" in sent:
        body["metadata"] = merged_metadata(body["metadata"], sent["metadata"])
    changed = call.changed(body)
    promotion_code.save(call, body, due=last_moment(body, reduced))
    if changed:
        call.emit("promotion_code.updated", body)
    return body


def check_revival(call: Call, body: Body, reduced: Body) -> None:
    """An archived code can be active again unless it is used up, expired, or its text is taken."""
    why = refusal(call, body)
    if why is not None:
        raise errors.invalid(why, "active")
    check_valid(call, reduced, wanted=True)
    check_free(call, body["code"], body["customer"])


def refusal(call: Call, body: Body) -> str | None:
    """Why a code can never be used again, or None."""
    if body["expires_at"] is not None and body["expires_at"] <= call.now:
        return f"The promotion code {body['code']} has expired."
    if body["max_redemptions"] is not None and body["times_redeemed"] >= body["max_redemptions"]:
        return f"The promotion code {body['code']} has been redeemed as often as it may be."
    return None


def redeem(call: Call, id: str, param: str, owner: str | None, basket: Basket | None) -> Body:
    """The code, counted as used once more; its coupon is for the caller to redeem.

    basket: what is bought now; None where a code with conditions cannot be judged, and is refused.
    StripeError 400: `resource_missing`, or a sentence that says why it does not apply.
    """
    body = promotion_code.get(call, id, param, lock=True)
    why = refusal(call, body) or (None if body["active"] else "This promotion code is not active.")
    if why is not None:
        raise errors.invalid(why, param)
    if body["customer"] not in (None, owner):
        raise errors.invalid("This promotion code is meant for another customer.", param)
    check_conditions(call, body, param, owner, basket)
    body["times_redeemed"] += 1
    promotion_code.save(call, body)
    if refusal(call, body) is not None:
        put_away(call, body)
    return body


def check_conditions(call: Call, body: Body, param: str, owner: str | None, basket: Basket | None) -> None:
    """The minimum amount has to be reached, and a first purchase has to be one."""
    rules = body["restrictions"]
    if basket is None and (rules["first_time_transaction"] or rules["minimum_amount"] is not None):
        message = "A promotion code with restrictions can only be applied to something new as a whole."
        raise errors.invalid(message, param)
    if basket is not None and rules["minimum_amount"] is not None:
        least = minimum(rules, basket.currency)
        if least is None or basket.amount < least:
            wanted = "in its currency" if least is None else f"of at least {display(least, basket.currency)}"
            raise errors.invalid(f"The promotion code {body['code']} needs a purchase {wanted}.", param)
    if rules["first_time_transaction"] and has_bought(call, owner):
        message = "This promotion code cannot be redeemed because the associated customer has prior transactions."
        raise errors.invalid(message, param)


def minimum(rules: Body, currency: str) -> int | None:
    """The least that has to be bought in this currency, or None where the code is not meant for it."""
    if rules["minimum_amount_currency"] == currency:
        found: int | None = rules["minimum_amount"]
        return found
    option: Body = rules["currency_options"].get(currency, {})
    return option.get("minimum_amount")


def has_bought(call: Call, owner: str | None) -> bool:
    """Whether a customer has paid or owed anything before; what there was is known further up."""
    if owner is None:
        return False
    found: list[str] = []
    promotion_code.tell(call, "history_sought", owner, found)
    return bool(found)


def put_away(call: Call, body: Body) -> None:
    """It can no longer be used, and its text is free again."""
    body["active"] = False
    promotion_code.save(call, body, due=None)
    call.emit("promotion_code.updated", body)


@promotion_code.due
def expire(call: Call, body: Body) -> None:
    """It, or its coupon, has come to its end."""
    promotion_code.save(call, body, due=None)
    if body["active"]:
        put_away(call, body)


@coupon.on("over")
def end_with_coupon(call: Call, reduced: Body) -> None:
    """A coupon was redeemed for the last time, or deleted: none of its codes works any more."""
    for body in promotion_code.where(call, coupon=reduced["id"], active=True)[::-1]:
        put_away(call, body)


def narrow(table: sa.Table, sent: Body) -> Iterator[sa.ColumnElement[bool]]:
    """`code`, for which case does not matter."""
    if "code" in sent:
        yield table.c.code == sent["code"].lower()


promotion_code.retrieves()
promotion_code.lists(List, narrow, narrows=("code",))
