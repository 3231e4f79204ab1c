"""Accounts: the one behind a key, and those that are connected to it, with what they may do.

A platform reaches the data of a connected account by the header `Stripe-Account`.
Source: docs.stripe.com/api/accounts, docs.stripe.com/connect
"""

from __future__ import annotations

from flask_portal.wire import errors, lists
from flask_portal.wire.params import Bool, Params
from mock_server.core import accounts, json_text
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource, merge

from . import account_shape as shape
from . import file as files
from .account_params import CAPABILITIES, Create, Reject, Update
from .account_shape import ASKED, ONBOARDED, REJECTED
from .common import ListByCreation, full_address

account = Resource(
    "account",
    "/v1/accounts",
    prefix="acct",
    private=True,
    happenings=("given_bank",),
    expands={"settings.branding.icon": "file", "settings.branding.logo": "file"},
)

BRANDING = {"icon": ("business_icon",), "logo": ("business_logo", "business_icon")}
"""The purposes of files by what they are used for."""
REASONS = {"terms_of_service": "rejected.terms_of_service", "credit": "rejected.other", "other": "rejected.other"}
"""`requirements.disabled_reason` by the reason of a rejection; all others are fraud."""


class Capability(Params):
    requested = Bool()


def represent(call: Call, sent: Body) -> Body:
    """The object of a new account."""
    body = shape.blank(account.new_id(), sent.get("country", "US"))
    owned = sent.get("controller")
    kind = sent.get("type", "standard")
    asked = {"card_payments": call.now, "transfers": call.now} if owned is None and kind == "standard" else {}
    return body | {
        "controller": shape.controller(kind, owned),
        "created": call.now,
        "type": "none" if owned is not None else kind,
        ASKED: asked,
        ONBOARDED: False,
        REJECTED: None,
    }


@account.create(Create)
def create(call: Call, sent: Body) -> Body:
    if call.platform is not None:
        raise errors.invalid("A connected account has no connected accounts of its own: leave out Stripe-Account.")
    body = represent(call, sent)
    check_controller(body["controller"])
    take(call, body, sent)
    accounts.connect(call.connection, body["id"], call.account)
    account.add(call, body)
    give_bank(call, body, sent)
    return body


def give_bank(call: Call, body: Body, sent: Body) -> None:
    """Where it is paid out to was sent along."""
    if "external_account" in sent:
        account.tell(call, "given_bank", body, sent["external_account"])


def check_controller(controller: Body) -> None:
    """Who collects what is required looks after the account alone: there is no dashboard, and the losses are theirs."""
    alone = controller["requirement_collection"] == "application"
    if alone != (controller["stripe_dashboard"]["type"] == "none"):
        message = "requirement_collection is application just where stripe_dashboard[type] is none."
        raise errors.invalid(message, "controller[requirement_collection]")
    if alone and controller["losses"]["payments"] != "application":
        message = "losses[payments] is application where the platform collects what is required."
        raise errors.invalid(message, "controller[losses][payments]")


def take(call: Call, body: Body, sent: Body) -> None:
    """Put what was sent into an account, and find out what it may do now."""
    if "tos_acceptance" in sent and body["controller"]["requirement_collection"] != "application":
        message = "This account accepts the terms of service with Stripe itself: you cannot do that in its place."
        raise errors.invalid(message, "tos_acceptance")
    for name, wish in sent.get("capabilities", {}).items():
        ask(call, body, name, wish.get("requested"))
    check_branding(call, sent.get("settings", {}).get("branding", {}))
    known = {"type", "controller", "country", "capabilities", "external_account", "settings"}
    merge(body, sent, skip=known)
    merge(body["settings"], sent.get("settings", {}))
    profile = body["business_profile"]
    profile["support_address"] = full_address(profile["support_address"])
    shape.judge(body)


def check_branding(call: Call, sent: Body) -> None:
    """Icon and logo were uploaded by who sets them, and for that."""
    for name, purposes in BRANDING.items():
        if sent.get(name) is not None:
            files.for_purpose(call, sent[name], purposes, f"settings[branding][{name}]")


def ask(call: Call, body: Body, name: str, requested: bool | None) -> None:
    """Ask for a capability, or give it up."""
    if requested:
        body[ASKED].setdefault(name, call.now)
    elif requested is False:
        body[ASKED].pop(name, None)


def own(call: Call, id: str) -> Body:
    """The account of a call, or one that is connected to it; StripeError 403 for every other one."""
    holder = call
    if id == call.account:
        if call.platform is None:
            return shape.platform(id)
        holder = call.acting_for(call.platform)
    body = account.find(holder, id)
    if body is None or body.get("deleted"):
        raise errors.forbidden(
            f"The provided key does not have access to account '{id}' (or that account does not exist).",
            code="account_invalid",
        )
    return body


def connected(call: Call, id: str) -> Body:
    """A connected account that is to be changed."""
    body = own(call, id)
    if call.platform is not None or id == call.account:
        raise errors.invalid("This account is changed in its Dashboard, and not by the API.", "id")
    return body


def save(call: Call, body: Body) -> Body:
    """Store a changed account; it is told on the account itself what has changed."""
    before = call.shown[("account", body["id"])]
    former = json_text.load(before) if isinstance(before, str) else before
    account.save(call, body)
    if call.changed(body):
        there = call.acting_for(body["id"])
        for name in sorted(former["capabilities"].keys() | body["capabilities"].keys()):
            if former["capabilities"].get(name) != body["capabilities"].get(name):
                there.emit("capability.updated", shape.capability(body, name))
        there.emit("account.updated", body)
    return body


@account.endpoint("GET", "/v1/account")
def retrieve_own(call: Call, _found: dict[str, str], _sent: Body) -> Body:
    return own(call, call.account)


@account.endpoint("GET", "/v1/accounts/{id}")
def retrieve(call: Call, found: dict[str, str], _sent: Body) -> Body:
    return own(call, found["id"])


@account.endpoint("POST", "/v1/accounts/{id}", Update)
def update(call: Call, found: dict[str, str], sent: Body) -> Body:
    body = connected(call, found["id"])
    take(call, body, sent)
    save(call, body)
    give_bank(call, body, sent)
    return body


@account.endpoint("DELETE", "/v1/accounts/{id}")
def delete(call: Call, found: dict[str, str], _sent: Body) -> Body:
    body = connected(call, found["id"])
    accounts.disconnect(call.connection, body["id"])
    return account.remove(call, body)


@account.endpoint("POST", "/v1/accounts/{id}/reject", Reject)
def reject(call: Call, found: dict[str, str], sent: Body) -> Body:
    body = connected(call, found["id"])
    if body["controller"]["losses"]["payments"] != "application":
        raise errors.invalid("You can only reject accounts whose losses are yours: Express and Custom ones are.", "id")
    body[REJECTED] = REASONS.get(sent["reason"], "rejected.fraud")
    shape.judge(body)
    return save(call, body)


@account.endpoint("POST", "/v1/accounts/{id}/unreject")
def unreject(call: Call, found: dict[str, str], _sent: Body) -> Body:
    body = connected(call, found["id"])
    if not body[REJECTED]:
        raise errors.invalid("This account was not rejected.", "id")
    body[REJECTED] = None
    shape.judge(body)
    return save(call, body)


@account.endpoint("GET", "/v1/accounts/{id}/capabilities")
def list_capabilities(call: Call, found: dict[str, str], _sent: Body) -> Body:
    body = own(call, found["id"])
    shown = [shape.capability(body, name) for name in body[ASKED]]
    return lists.envelope(f"/v1/accounts/{body['id']}/capabilities", shown, False)


@account.endpoint("GET", "/v1/accounts/{id}/capabilities/{name}")
def retrieve_capability(call: Call, found: dict[str, str], _sent: Body) -> Body:
    body = own(call, found["id"])
    check_capability(found["name"])
    return shape.capability(body, found["name"])


@account.endpoint("POST", "/v1/accounts/{id}/capabilities/{name}", Capability)
def update_capability(call: Call, found: dict[str, str], sent: Body) -> Body:
    body = connected(call, found["id"])
    check_capability(found["name"])
    ask(call, body, found["name"], sent.get("requested"))
    shape.judge(body)
    save(call, body)
    return shape.capability(body, found["name"])


def check_capability(name: str) -> None:
    """Only those exist that the API knows."""
    if name not in CAPABILITIES:
        raise errors.missing_object("capability", name, "id")


def onboard(call: Call, id: str) -> Body:
    """The account has told Stripe everything, on the page that an account link leads to."""
    body = connected(call, id)
    body[ONBOARDED] = True
    shape.judge(body)
    return save(call, body)


account.lists(ListByCreation)
