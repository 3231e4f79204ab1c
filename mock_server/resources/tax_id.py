"""Tax ids of customers, and what the authority says about them a moment later; and those of the account itself.

Source: docs.stripe.com/api/tax_ids
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask_portal.wire import errors
from flask_portal.wire.params import Hash, ListParams, OneOf, Params, Ref, Str
from mock_server.core.call import Body, Call
from mock_server.core.params import NotBuilt
from mock_server.core.resource import Key, Resource

from .customer import customer
from .tax_id_formats import TYPES, country_of, has_form, is_exact

MOST = 5
MOST_OWN = 100
VERIFICATION_SECONDS = 5
VERIFIED_TYPES = frozenset({"au_abn", "eu_vat", "gb_vat"})
FIXED = {"0": "verified", "1": "unverified", "2": "pending"}
"""What becomes of the test values: those that repeat one of these digits."""

tax_id = Resource(
    "tax_id",
    prefix="txi",
    search=("customer", "type", Key("owner", of="owner.type")),
    expands={"customer": "customer", "owner.customer": "customer"},
)


class Create(Params):
    type = OneOf(*TYPES, required=True)
    value = Str(required=True)


class Owner(Params):
    account = NotBuilt("A tax id of a connected account")
    customer = Ref("customer")
    customer_account = NotBuilt("An account of the second API as a customer")
    type = OneOf("account", "application", "customer", "self", required=True)


class CreateOwned(Create):
    owner = Hash(Owner)


class List(ListParams):
    owner = Hash(Owner)


def represent(call: Call, owner: str | None, kind: str, value: str) -> Body:
    """The object of a new tax id. owner: a customer, or None for the account itself."""
    return {
        "id": tax_id.new_id(),
        "object": "tax_id",
        "country": country_of(kind, value),
        "created": call.now,
        "customer": owner,
        "customer_account": None,
        "livemode": call.livemode,
        "owner": {
            "account": None,
            "application": None,
            "customer": owner,
            "customer_account": None,
            "type": "self" if owner is None else "customer",
        },
        "type": kind,
        "value": value,
        "verification": verification("pending" if kind in VERIFIED_TYPES else "unavailable"),
    }


def verification(status: str, name: str | None = None, address: str | None = None) -> Body:
    """The `verification` of a tax id."""
    return {"status": status, "verified_address": address, "verified_name": name}


def final_status(kind: str, value: str) -> str:
    """What the authority will say: fixed for the test values, else whether the check digits are right."""
    digits = set(re.sub(r"[^0-9]", "", value))
    if len(digits) == 1 and (fixed := FIXED.get(digits.pop())):
        return fixed
    return "verified" if is_exact(kind, value) else "unverified"


def make(call: Call, owner: Body, sent: Body, param: str = "") -> Body:
    """A new tax id of a customer, told of. param: the parameter that describes it, for errors."""
    kind, value = checked(sent, param)
    if len(tax_id.where(call, customer=owner["id"], limit=MOST)) == MOST:
        raise errors.invalid(f"A customer can have at most {MOST} tax ids.", param or "value")
    body = represent(call, owner["id"], kind, value)
    looked_at = kind in VERIFIED_TYPES and final_status(kind, value) != "pending"
    tax_id.add(call, body, due=call.now + VERIFICATION_SECONDS if looked_at else None)
    call.emit("customer.tax_id.created", body)
    return body


def checked(sent: Body, param: str = "") -> tuple[str, str]:
    """Type and value that were sent, which have to be of the form of such a tax id."""
    kind, value = sent["type"], sent["value"]
    if kind not in TYPES:
        raise errors.not_one_of(f"{param}[type]" if param else "type", TYPES)
    if not has_form(kind, value):
        message = f"Invalid value for {kind}: it does not have the form of such a tax id."
        raise errors.invalid(message, f"{param}[value]" if param else "value", "tax_id_invalid")
    return kind, value


def of(call: Call, ids: dict[str, str]) -> Body:
    """The tax id of an address, which names its customer too."""
    owner = customer.get(call, ids["customer"])
    body = tax_id.get(call, ids["id"])
    if body["customer"] != owner["id"]:
        raise tax_id.missing(ids["id"])
    return body


@tax_id.endpoint("POST", "/v1/customers/{customer}/tax_ids", Create)
def create(call: Call, ids: dict[str, str], sent: Body) -> Body:
    return make(call, customer.get(call, ids["customer"]), sent)


@tax_id.endpoint("GET", "/v1/customers/{customer}/tax_ids", ListParams)
def list_of_customer(call: Call, ids: dict[str, str], sent: Body) -> Body:
    owner = customer.get(call, ids["customer"])["id"]
    return tax_id.page(call, f"/v1/customers/{owner}/tax_ids", sent, customer=owner)


@tax_id.endpoint("GET", "/v1/customers/{customer}/tax_ids/{id}")
def retrieve(call: Call, ids: dict[str, str], _sent: Body) -> Body:
    return of(call, ids)


@tax_id.endpoint("DELETE", "/v1/customers/{customer}/tax_ids/{id}")
def delete(call: Call, ids: dict[str, str], _sent: Body) -> Body:
    body = of(call, ids)
    call.emit("customer.tax_id.deleted", body)
    return tax_id.remove(call, body)


def own(call: Call, ids: Sequence[str] | None, param: str) -> list[str] | None:
    """The ids of tax ids of the account itself, which its invoices show; None for none."""
    for number, id in enumerate(ids or ()):
        if tax_id.get(call, id, f"{param}[{number}]")["owner"]["type"] != "self":
            message = f"The tax id {id} is a customer's, and not one of this account."
            raise errors.invalid(message, f"{param}[{number}]")
    return list(dict.fromkeys(ids)) if ids else None


def owner_of(call: Call, sent: Body) -> Body | None:
    """The customer that `owner` names, or None for the account itself."""
    owner = sent.get("owner", {"type": "self"})
    if owner["type"] in ("account", "application"):
        raise errors.not_built(f"A tax id whose owner is an {owner['type']}", "owner[type]")
    if owner["type"] == "self":
        return None
    if "customer" not in owner:
        raise errors.missing_parameter("owner[customer]")
    return customer.get(call, owner["customer"], "owner[customer]")


@tax_id.endpoint("POST", "/v1/tax_ids", CreateOwned)
def create_owned(call: Call, _ids: dict[str, str], sent: Body) -> Body:
    owner = owner_of(call, sent)
    if owner is not None:
        return make(call, owner, sent)
    call.alone("own tax ids")
    if len(tax_id.where(call, owner="self", limit=MOST_OWN)) == MOST_OWN:
        raise errors.invalid(f"An account can have at most {MOST_OWN} tax ids.", "value")
    body = represent(call, None, *checked(sent))
    return tax_id.add(call, body | {"verification": None})


@tax_id.endpoint("GET", "/v1/tax_ids", List)
def list_owned(call: Call, _ids: dict[str, str], sent: Body) -> Body:
    owner = owner_of(call, sent)
    keys = {"owner": "self"} if owner is None else {"customer": owner["id"]}
    return tax_id.page(call, "/v1/tax_ids", {name: sent[name] for name in sent if name != "owner"}, **keys)


@tax_id.endpoint("GET", "/v1/tax_ids/{id}")
def retrieve_owned(call: Call, ids: dict[str, str], _sent: Body) -> Body:
    return tax_id.get(call, ids["id"])


@tax_id.endpoint("DELETE", "/v1/tax_ids/{id}")
def delete_owned(call: Call, ids: dict[str, str], _sent: Body) -> Body:
    body = tax_id.get(call, ids["id"], lock=True)
    if body["customer"] is not None:
        call.emit("customer.tax_id.deleted", body)
    return tax_id.remove(call, body)


@customer.on("tax_ids_given")
def make_given(call: Call, owner: Body, sent: list[Body]) -> None:
    """A customer was created with tax ids."""
    for number, described in enumerate(sent):
        make(call, owner, described, f"tax_id_data[{number}]")


@customer.on("deleted")
def remove_all(call: Call, owner: Body) -> None:
    """The tax ids of a deleted customer go with it."""
    for body in tax_id.where(call, customer=owner["id"]):
        tax_id.remove(call, body)


@tax_id.due
def verify(call: Call, body: Body) -> None:
    """The authority has answered; what it knows of the owner is what the customer's record says."""
    status = final_status(body["type"], body["value"])
    owner = customer.find(call, body["customer"]) or {}
    known = (owner.get("name"), in_one_line(owner.get("address"))) if status == "verified" else (None, None)
    body["verification"] = verification(status, *known)
    tax_id.save(call, body, due=None)
    call.emit("customer.tax_id.updated", body)


def in_one_line(address: Body | None) -> str | None:
    """An address as an authority writes it."""
    parts = [(address or {}).get(name) for name in ("line1", "line2", "postal_code", "city", "state", "country")]
    return ", ".join(part for part in parts if part) or None
