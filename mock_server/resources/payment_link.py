"""Payment links: addresses that anybody may open, each time for a Checkout session of their own.

Source: docs.stripe.com/api/payment-link
"""

from __future__ import annotations

from typing import Any

from flask_portal.wire import errors
from flask_portal.wire.params import ListParams
from mock_server.core.call import Body, Call
from mock_server.core.resource import Key, Resource, merge, metadata_of

from .checkout_session import calls, checks, lines
from .checkout_session import represent as as_session
from .checkout_session.bill import put_amounts
from .checkout_session.head import LINES, SENT, checkout_session, listed
from .invoice.calls import part_of
from .payment_link_params import Create, List, Update

OWN = ("active", "after_completion", "inactive_message", "line_items", "metadata", "restrictions")
"""What a link alone has; everything else is handed on to its sessions."""

payment_link = Resource(
    "payment_link",
    "/v1/payment_links",
    prefix="plink",
    label="payment link",
    search=(Key("active", bool),),
    hidden=("created", "line_items"),
    private=True,
    locks=True,
)

NOT_USED: Body = {
    "application": None,
    "application_fee_amount": None,
    "application_fee_percent": None,
    "consent_collection": None,
    "managed_payments": None,
    "name_collection": None,
    "on_behalf_of": None,
    "optional_items": None,
    "payment_method_options": None,
    "payment_method_types": None,
    "shipping_address_collection": None,
    "shipping_options": [],
    "transfer_data": None,
}
"""What every link has, and nothing here changes."""


def represent(sent: Body, mode: str) -> Body:
    """What follows from the parameters of a link, as they are by now."""
    tax = sent.get("automatic_tax", {}).get("enabled", False)
    return {
        "after_completion": after_completion(sent.get("after_completion")),
        "allow_promotion_codes": sent.get("allow_promotion_codes", False),
        "automatic_tax": {"enabled": tax, "liability": {"type": "self"} if tax else None},
        "billing_address_collection": sent.get("billing_address_collection", "auto"),
        "custom_fields": [custom_field(one) for one in sent.get("custom_fields") or ()],
        "custom_text": as_session.custom_text(sent.get("custom_text", {})),
        "customer_creation": sent.get("customer_creation", "always" if mode == "subscription" else "if_required"),
        "inactive_message": sent.get("inactive_message"),
        "invoice_creation": as_session.invoice_creation(sent.get("invoice_creation", {}))
        if mode == "payment"
        else None,
        "payment_intent_data": intent_data(sent.get("payment_intent_data")),
        "payment_method_collection": sent.get("payment_method_collection", "always"),
        "phone_number_collection": {"enabled": sent.get("phone_number_collection", {}).get("enabled", False)},
        "submit_type": sent.get("submit_type", "auto"),
        "subscription_data": subscription_data(sent.get("subscription_data", {})) if mode == "subscription" else None,
        "tax_id_collection": {"enabled": False, "required": "never"} | sent.get("tax_id_collection", {}),
    }


def after_completion(sent: Body | None) -> Body:
    """What a customer sees who has paid: a message, or a page of the business."""
    if sent is None or sent["type"] == "hosted_confirmation":
        message = (sent or {}).get("hosted_confirmation", {}).get("custom_message")
        return {
            "hosted_confirmation": {"custom_message": message},
            "redirect": None,
            "type": "hosted_confirmation",
        }
    return {"hosted_confirmation": None, "redirect": sent["redirect"], "type": "redirect"}


def custom_field(sent: Body) -> Body:
    """A field that is asked for; there is no answer in a link."""
    body = as_session.custom_field(sent)
    body[body["type"]].pop("value")
    return body


def intent_data(sent: Body | None) -> Body | None:
    """What the intents of a link are made with."""
    names = (
        "capture_method",
        "description",
        "setup_future_usage",
        "statement_descriptor",
        "statement_descriptor_suffix",
        "transfer_group",
    )
    return sent and {name: sent.get(name) for name in names} | {"metadata": metadata_of(sent)}


def subscription_data(sent: Body) -> Body:
    """What the subscriptions of a link are made with."""
    settings = sent.get("invoice_settings", {})
    printed = {name: settings.get(name) for name in ("custom_fields", "description", "footer")}
    return {
        "description": sent.get("description"),
        "invoice_settings": printed | {"account_tax_ids": None, "issuer": {"type": "self"}},
        "metadata": metadata_of(sent),
        "trial_period_days": sent.get("trial_period_days"),
        "trial_settings": sent.get("trial_settings"),
    }


def check(sent: Body) -> None:
    """Refuse parameters that do not go together."""
    checks.check_fields(sent.get("custom_fields") or ())
    done = sent.get("after_completion")
    if done and done["type"] == "redirect" and "redirect" not in done:
        raise errors.missing_parameter("after_completion[redirect]")


def restrictions(sent: Body | None, count: int = 0) -> Body | None:
    """How often a link may be used, and how often it was."""
    return sent and {"completed_sessions": {"count": count, "limit": sent["completed_sessions"]["limit"]}}


@payment_link.create(Create)
def create(call: Call, sent: Body) -> Body:
    check(sent)
    bought = lines.made(call, sent["line_items"])
    mode = "subscription" if any(lines.is_recurring(call, line) for line in bought) else "payment"
    lines.check(call, bought, mode)
    id = payment_link.new_id()
    body = {
        "id": id,
        "object": "payment_link",
        SENT: {name: value for name, value in sent.items() if name != "expand"},
        LINES: bought,
        "active": True,
        "created": call.now,
        "currency": lines.currency_of(call, bought, sent.get("currency")),
        "livemode": call.livemode,
        "metadata": metadata_of(sent),
        "restrictions": restrictions(sent.get("restrictions")),
        "url": as_session.address(call, "b", id),
        **NOT_USED,
    } | represent(sent, mode)
    price(call, body)
    payment_link.add(call, body)
    call.emit("payment_link.created", body)
    return body


def price(call: Call, body: Body) -> None:
    """Work out what the lines cost, by trying a session out. StripeError 400 where none could be opened."""
    sent = of_session(body)
    checks.check(call, sent)
    session = as_session.represent(call, sent | {"expires_at": call.now}, body[LINES], body["currency"])
    put_amounts(call, session, None)


def of_session(body: Body) -> Body:
    """The parameters of a session of this link."""
    sent: Body = told({name: value for name, value in body[SENT].items() if name not in OWN})
    done = body["after_completion"]["redirect"]
    return sent | {
        "currency": body["currency"],
        "line_items": [{"price": line["price"], "quantity": line["quantity"]} for line in body[LINES]],
        "metadata": body["metadata"],
        "mode": "payment" if body["subscription_data"] is None else "subscription",
        **({"success_url": done["url"]} if done else {}),
    }


def told(value: Any) -> Any:
    """A value without what was taken back in it."""
    if isinstance(value, dict):
        return {key: told(inner) for key, inner in value.items() if inner is not None}
    return [told(inner) for inner in value] if isinstance(value, list) else value


@payment_link.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    check(sent)
    merge(body[SENT], sent, skip=("after_completion", "line_items", "metadata"))
    if "after_completion" in sent:
        body[SENT]["after_completion"] = sent["after_completion"]
    if "restrictions" in sent:
        before = (body["restrictions"] or {}).get("completed_sessions", {}).get("count", 0)
        body["restrictions"] = restrictions(sent["restrictions"], before)
    merge(body, {name: sent[name] for name in ("active", "metadata") if name in sent})
    change_lines(body, sent.get("line_items", ()))
    body |= represent(told(body[SENT]), "payment" if body["subscription_data"] is None else "subscription")
    price(call, body)
    payment_link.save(call, body)
    if call.changed(body):
        call.emit("payment_link.updated", body)
    return body


def change_lines(body: Body, sent: list[Body]) -> None:
    """Give lines another quantity."""
    known = {line["id"]: line for line in body[LINES]}
    for number, entry in enumerate(sent):
        if entry["id"] not in known:
            raise errors.missing_object("line item", entry["id"], f"line_items[{number}][id]")
        known[entry["id"]] |= {name: entry[name] for name in ("quantity",) if name in entry}


def open_session(call: Call, body: Body) -> Body:
    """A session for somebody who has opened the link. StripeError 400 while it is inactive."""
    if not body["active"]:
        raise errors.invalid("This payment link is not active.", "id")
    return calls.begin(call, of_session(body), body[LINES], payment_link=body["id"])


@checkout_session.on("completed")
def count(call: Call, session: Body) -> None:
    """Somebody has paid by a link; after so many times it is over."""
    if session["payment_link"] is None:
        return
    body = payment_link.get(call, session["payment_link"], lock=True)
    if body["restrictions"] is None:
        return
    used = body["restrictions"]["completed_sessions"]
    used["count"] += 1
    if used["count"] >= used["limit"]:
        body["active"] = False
    payment_link.save(call, body)
    call.emit("payment_link.updated", body)


@payment_link.expanded("line_items")
def line_items(call: Call, body: Body) -> Body:
    """The lines of a link."""
    return listed(call, f"/v1/payment_links/{body['id']}/line_items", body[LINES])


@payment_link.endpoint("GET", "/v1/payment_links/{id}/line_items", ListParams)
def list_lines(call: Call, found: dict[str, str], sent: Body) -> Body:
    body = payment_link.get(call, found["id"])
    return part_of(body[LINES], sent, f"/v1/payment_links/{body['id']}/line_items", "line item")


payment_link.retrieves()
payment_link.lists(List)
