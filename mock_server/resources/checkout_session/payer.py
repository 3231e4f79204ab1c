"""Who pays in Checkout: a customer that was named, or one who is made from what is typed on the page."""

from __future__ import annotations

from mock_server.core.call import Body, Call

from .. import customer as customers
from .. import tax_id
from ..common import full_address
from .head import DETAILS, PAYER, SENT, checkout_session


def needs_email(call: Call, body: Body) -> bool:
    """Whether the page asks for an email address."""
    known = of(call, body)
    return body["customer_email"] is None and (known is None or known["email"] is None or body[PAYER] is not None)


def of(call: Call, body: Body) -> Body | None:
    """The customer of a session, if there is one yet."""
    id = body["customer"] or body[PAYER]
    return customers.customer.find(call, id) if id else None


def of_details(body: Body) -> Body:
    """The parameters of a customer who is known by what was typed alone."""
    details = body[DETAILS]
    known = {name: details[name] for name in ("address", "name", "phone") if details.get(name)}
    email = body["customer_email"] or details.get("email")
    return known | ({"email": email} if email else {})


def is_needed(body: Body) -> bool:
    """Whether a customer is made where none was named: always for what goes on after the payment."""
    intent = body[SENT].get("payment_intent_data", {})
    if body["mode"] == "payment":
        lasting = body["invoice_creation"]["enabled"] or "setup_future_usage" in intent
        return bool(body["customer_creation"] == "always" or lasting)
    return bool(body["mode"] == "subscription" or body["customer_creation"] == "always")


def settle(call: Call, body: Body) -> str | None:
    """The id of the customer who pays now, made or brought up to date with what was typed; None for a guest."""
    if body["customer"] is not None:
        update_named(call, body)
        return str(body["customer"])
    if not is_needed(body):
        return None
    known = of(call, body)
    if known is None:
        body[PAYER] = customers.create(call, of_details(body) | language(body))["id"]
        checkout_session.save(call, body)
    else:
        customers.update(call, known, of_details(body))
    keep_tax_id(call, body, body[PAYER])
    return str(body[PAYER])


def language(body: Body) -> Body:
    """The language that a new customer is written to in, where the session has one."""
    return {"preferred_locales": [body["locale"]]} if body["locale"] not in (None, "auto") else {}


def update_named(call: Call, body: Body) -> None:
    """Write into a customer who was there before what the session may change in them."""
    known = customers.customer.get(call, body["customer"], "customer")
    allowed = body[SENT].get("customer_update", {})
    typed = of_details(body)
    changed: Body = {name: typed[name] for name in ("address", "name") if name in typed and allowed.get(name) == "auto"}
    if known["email"] is None and "email" in typed:
        changed["email"] = typed["email"]
    if changed:
        customers.update(call, known, changed)
    keep_tax_id(call, body, body["customer"])


def keep_tax_id(call: Call, body: Body, owner: str) -> None:
    """Give the customer the tax id that was typed, unless they have it already."""
    typed = body[DETAILS].get("tax_id")
    known = tax_id.tax_id.where(call, customer=owner)
    if typed and all((one["type"], one["value"]) != (typed["type"], typed["value"]) for one in known):
        tax_id.make(call, customers.customer.get(call, owner), typed)


def details(call: Call, body: Body) -> Body:
    """The `customer_details` of a session that is complete."""
    known = of(call, body) or {}
    typed = body[DETAILS]
    found = tax_id.tax_id.where(call, customer=known["id"])[::-1] if known else []
    own = [{"type": one["type"], "value": one["value"]} for one in found] or [
        one for one in [typed.get("tax_id")] if one
    ]
    address = typed.get("address") or known.get("address")
    return {
        "address": full_address(address or {}),
        "business_name": None,
        "email": body["customer_email"] or typed.get("email") or known.get("email"),
        "individual_name": None,
        "name": typed.get("name") or known.get("name"),
        "phone": typed.get("phone") or known.get("phone"),
        "tax_exempt": known.get("tax_exempt", "none"),
        "tax_ids": own,
    }
