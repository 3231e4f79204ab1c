"""Persons: the people behind a connected account. They belong to its platform, as the account itself does.

A person counts as verified once there is a number or a document that identifies them; nobody looks at it here.
Source: docs.stripe.com/api/persons
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from flask_portal.wire import errors
from flask_portal.wire.params import (
    Bool,
    Country,
    DecimalString,
    Email,
    Hash,
    Int,
    ListOf,
    ListParams,
    Metadata,
    OneOf,
    Params,
    Ref,
    Str,
    Timestamp,
)
from mock_server.core.call import Body, Call
from mock_server.core.params import NotBuilt
from mock_server.core.resource import Key, Resource, merge

from . import account as accounts
from . import file as files
from .common import ADDRESS_KEYS, Address, json_number

ROLES = ("authorizer", "director", "executive", "legal_guardian", "owner", "representative")
JAPANESE = "Japanese addresses"
NUMBERS = ("id_number", "id_number_secondary", "ssn_last_4")
"""Sent and not given back: an object only says whether there is one."""
PLAIN = (
    *("email", "first_name", "first_name_kana", "first_name_kanji", "gender", "last_name", "last_name_kana"),
    *("last_name_kanji", "maiden_name", "nationality", "phone", "political_exposure"),
)
DUE = ("alternatives", "currently_due", "errors", "eventually_due", "past_due", "pending_verification")
DOCUMENTS = {"additional_document": "additional_verification", "document": "identity_document"}
"""The purposes of the files that prove who somebody is, beside those for identity documents."""

person = Resource(
    "person",
    prefix="person",
    search=(Key("holder", of="account"), *(Key(role, bool, of=f"relationship.{role}") for role in ROLES)),
    expands={f"verification.{document}.{side}": "file" for document in DOCUMENTS for side in ("back", "front")},
)


class Accepted(Params):
    date = Timestamp()
    ip = Str(max_length=45)
    user_agent = Str(nullable=True)


class Acceptances(Params):
    account = Hash(Accepted)


class Birth(Params):
    day = Int(minimum=1, maximum=31, required=True)
    month = Int(minimum=1, maximum=12, required=True)
    year = Int(minimum=1900, maximum=9999, required=True)


class Relationship(Params):
    authorizer = Bool()
    director = Bool()
    executive = Bool()
    legal_guardian = Bool()
    owner = Bool()
    percent_ownership = DecimalString(nullable=True)
    representative = Bool()
    title = Str()


class Document(Params):
    back = Ref("file")
    front = Ref("file")


class Verification(Params):
    additional_document = Hash(Document)
    document = Hash(Document)


class Fields(Params):
    additional_tos_acceptances = Hash(Acceptances)
    address = Hash(Address)
    address_kana = NotBuilt(JAPANESE)
    address_kanji = NotBuilt(JAPANESE)
    dob = Hash(Birth, nullable=True)
    documents = NotBuilt("Further documents of a person")
    email = Email()
    first_name = Str()
    first_name_kana = Str()
    first_name_kanji = Str()
    full_name_aliases = ListOf(Str(), nullable=True)
    gender = Str()
    id_number = Str(max_length=64)
    id_number_secondary = Str(max_length=64)
    last_name = Str()
    last_name_kana = Str()
    last_name_kanji = Str()
    maiden_name = Str()
    metadata = Metadata(nullable=True)
    nationality = Country()
    person_token = NotBuilt("Tokens of persons")
    phone = Str()
    political_exposure = OneOf("existing", "none")
    registered_address = Hash(Address)
    relationship = Hash(Relationship)
    ssn_last_4 = Str(max_length=4)
    us_cfpb_data = NotBuilt("What is asked about persons for statistics of lenders")
    verification = Hash(Verification)


Roles = type("Roles", (Params,), {role: Bool() for role in ROLES})


class List(ListParams):
    relationship = Hash(Roles)


def blank(call: Call, holder: str) -> Body:
    """The object of somebody of whom nothing is known."""
    nothing_due: Body = {name: [] for name in DUE}
    nothing = {"back": None, "details": None, "details_code": None, "front": None}
    return {
        "id": person.new_id(),
        "object": "person",
        **dict.fromkeys(PLAIN),
        "account": holder,
        "additional_tos_acceptances": {"account": {"date": None, "ip": None, "user_agent": None}},
        "address": dict.fromkeys(ADDRESS_KEYS),
        "address_kana": None,
        "address_kanji": None,
        "created": call.now,
        "dob": {"day": None, "month": None, "year": None},
        "full_name_aliases": [],
        "future_requirements": dict(nothing_due),
        **{f"{name}_provided": False for name in NUMBERS},
        "metadata": {},
        "registered_address": dict.fromkeys(ADDRESS_KEYS),
        "relationship": dict.fromkeys(ROLES, False) | {"percent_ownership": None, "title": None},
        "requirements": dict(nothing_due),
        "us_cfpb_data": None,
        "verification": {
            **{name: dict(nothing) for name in DOCUMENTS},
            "details": None,
            "details_code": None,
            "status": "unverified",
        },
    }


def take(call: Call, body: Body, sent: Body) -> None:
    """Put what was sent into a person."""
    check_documents(call, sent.get("verification", {}))
    check_role(call, body, sent.get("relationship", {}))
    if sent.get("relationship", {}).get("percent_ownership") is not None:
        sent["relationship"]["percent_ownership"] = json_number(sent["relationship"]["percent_ownership"])
    for name in NUMBERS:
        body[f"{name}_provided"] |= name in sent
    merge(body, sent, skip=(*NUMBERS, "dob", "full_name_aliases"))
    if "dob" in sent:
        body["dob"] = sent["dob"] or {"day": None, "month": None, "year": None}
    if "full_name_aliases" in sent:
        body["full_name_aliases"] = sent["full_name_aliases"] or []
    proved = body["verification"]["document"]["front"] or any(body[f"{name}_provided"] for name in NUMBERS)
    body["verification"]["status"] = "verified" if proved else "unverified"


def check_documents(call: Call, sent: Body) -> None:
    """Documents were uploaded as such."""
    for name, purpose in DOCUMENTS.items():
        for side, id in sent.get(name, {}).items():
            files.for_purpose(call, id, ("identity_document", purpose), f"verification[{name}][{side}]")


def check_role(call: Call, body: Body, sent: Body) -> None:
    """An account has one representative."""
    if not sent.get("representative"):
        return
    call.alone("representative", body["account"])
    others = person.where(call, holder=body["account"], representative=True)
    if any(other["id"] != body["id"] for other in others):
        message = f"{body['account']} has a representative already: update or delete that person first."
        raise errors.invalid(message, "relationship[representative]")


def of_account(call: Call, found: dict[str, str]) -> Body:
    """A person of this connected account; that of another one counts as missing."""
    holder = accounts.connected(call, found["account"])["id"]
    body = person.get(call, found["id"], lock=True)
    if body["account"] != holder:
        raise person.missing(found["id"])
    return body


@person.endpoint("POST", "/v1/accounts/{account}/persons", Fields)
def create(call: Call, found: dict[str, str], sent: Body) -> Body:
    holder = accounts.connected(call, found["account"])["id"]
    body = blank(call, holder)
    take(call, body, sent)
    person.add(call, body)
    call.acting_for(holder).emit("person.created", body)
    return body


@person.endpoint("GET", "/v1/accounts/{account}/persons", List)
def list_of_account(call: Call, found: dict[str, str], sent: Body) -> Body:
    holder = accounts.connected(call, found["account"])["id"]
    conditions = with_roles(sent.get("relationship", {}))
    return person.page(call, f"/v1/accounts/{holder}/persons", sent, conditions, holder=holder)


def with_roles(wanted: Body) -> Iterator[sa.ColumnElement[bool]]:
    for role, has in wanted.items():
        yield person.table.c[role].is_(has)


@person.endpoint("GET", "/v1/accounts/{account}/persons/{id}")
def retrieve(call: Call, found: dict[str, str], _sent: Body) -> Body:
    return of_account(call, found)


@person.endpoint("POST", "/v1/accounts/{account}/persons/{id}", Fields)
def update(call: Call, found: dict[str, str], sent: Body) -> Body:
    body = of_account(call, found)
    take(call, body, sent)
    person.save(call, body)
    if call.changed(body):
        call.acting_for(body["account"]).emit("person.updated", body)
    return body


@person.endpoint("DELETE", "/v1/accounts/{account}/persons/{id}")
def delete(call: Call, found: dict[str, str], _sent: Body) -> Body:
    body = of_account(call, found)
    call.acting_for(body["account"]).emit("person.deleted", body)
    return person.remove(call, body)
