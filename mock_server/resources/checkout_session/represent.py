"""The object of a Checkout session.

Source: docs.stripe.com/api/checkout/sessions/object
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from flask_portal.wire import errors
from mock_server.core.call import Body, Call

from .. import payment_method_configuration as configurations
from .head import DETAILS, DUE, LINES, PAYER, SENT, SETUP, checkout_session

NOT_USED: Body = {
    "adaptive_pricing": None,
    "allowed_payment_method_types": None,
    "branding_settings": None,
    "client_secret": None,
    "collected_information": None,
    "consent": None,
    "consent_collection": None,
    "currency_conversion": None,
    "customer_account": None,
    "excluded_payment_method_types": None,
    "integration_identifier": None,
    "managed_payments": None,
    "name_collection": None,
    "optional_items": None,
    "origin_context": None,
    "payment_method_options": {},
    "permissions": None,
    "redirect_on_completion": None,
    "return_url": None,
    "shipping_address_collection": None,
    "shipping_cost": None,
    "shipping_options": [],
    "wallet_options": None,
}
"""What every session has, and nothing here changes."""

BANK_DEBITS: Mapping[str, str] = {"eur": "sepa_debit", "usd": "us_bank_account"}
"""The bank debit that is offered beside cards, by currency."""


def new_id() -> str:
    """An id that is its page's secret: nobody guesses it."""
    letters = "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789") for _ in range(58))
    return f"{checkout_session.prefix}_{letters}"


def represent(call: Call, sent: Body, lines: list[Body], currency: str | None) -> Body:
    """The object of a new session, without its amounts. sent: the parameters, with `mode` and `expires_at`."""
    id = new_id()
    mode = sent["mode"]
    return {
        "id": id,
        "object": "checkout.session",
        SENT: sent,
        LINES: lines,
        DETAILS: {},
        PAYER: None,
        SETUP: None,
        DUE: 0,
        **NOT_USED,
        "after_expiration": after_expiration(sent.get("after_expiration")),
        "allow_promotion_codes": sent.get("allow_promotion_codes"),
        "amount_subtotal": None,
        "amount_total": None,
        "automatic_tax": automatic_tax(sent.get("automatic_tax", {}).get("enabled", False)),
        "billing_address_collection": sent.get("billing_address_collection"),
        "cancel_url": sent.get("cancel_url"),
        "client_reference_id": sent.get("client_reference_id"),
        "created": call.now,
        "currency": currency,
        "custom_fields": [custom_field(one) for one in sent.get("custom_fields", ())],
        "custom_text": custom_text(sent.get("custom_text", {})),
        "customer": sent.get("customer"),
        "customer_creation": None if "customer" in sent else customer_creation(sent),
        "customer_details": None,
        "customer_email": sent.get("customer_email"),
        "discounts": [discount(one) for one in sent.get("discounts", ())],
        "expires_at": sent["expires_at"],
        "invoice": None,
        "invoice_creation": invoice_creation(sent.get("invoice_creation", {})) if mode == "payment" else None,
        "livemode": call.livemode,
        "locale": sent.get("locale"),
        "metadata": sent.get("metadata") or {},
        "mode": mode,
        "payment_intent": None,
        "payment_link": None,
        "payment_method_collection": sent.get("payment_method_collection", "always") if mode != "setup" else None,
        **offered(call, sent, currency),
        "payment_status": "no_payment_required" if mode == "setup" else "unpaid",
        "phone_number_collection": {"enabled": sent.get("phone_number_collection", {}).get("enabled", False)},
        "recovered_from": None,
        "saved_payment_method_options": saved_methods(sent),
        "setup_intent": None,
        "status": "open",
        "submit_type": sent.get("submit_type"),
        "subscription": None,
        "success_url": sent.get("success_url"),
        "tax_id_collection": tax_id_collection(sent.get("tax_id_collection")),
        "total_details": None,
        "ui_mode": "hosted_page",
        "url": address(call, "c/pay", id),
    }


def address(call: Call, page: str, id: str) -> str:
    """The address of a page of this session."""
    return f"{call.base_url}/{page}/{id}?{urlencode({'merchant': call.account})}"


def offered(call: Call, sent: Body, currency: str | None) -> Body:
    """How it may be paid: what the page can show, as far as a configuration that was named offers it.

    StripeError 400 where nothing is left.
    """
    types, named = payment_method_types(currency), sent.get("payment_method_configuration")
    if named is None:
        return {"payment_method_configuration_details": None, "payment_method_types": types}
    found = configurations.active(call, named, "payment_method_configuration")
    left = [kind for kind in types if kind in configurations.types(found)]
    if not left:
        message = f"The payment method configuration {named} offers no type that can be used here."
        raise errors.invalid(message, "payment_method_configuration")
    details = {"id": found["id"], "parent": found["parent"]}
    return {"payment_method_configuration_details": details, "payment_method_types": left}


def payment_method_types(currency: str | None) -> list[str]:
    """How it may be paid."""
    debit = BANK_DEBITS.get(currency or "")
    return ["card", *([debit] if debit else [])]


def after_expiration(sent: Body | None) -> Body | None:
    """Whether a session that has expired can be taken up again."""
    if sent is None:
        return None
    recovery = sent.get("recovery")
    if recovery is None:
        return {"recovery": None}
    own = {"allow_promotion_codes": recovery.get("allow_promotion_codes", False), "enabled": recovery["enabled"]}
    return {"recovery": own | {"expires_at": None, "url": None}}


def automatic_tax(enabled: bool) -> Body:
    """The `automatic_tax` of a session that is not worked out yet."""
    return {
        "enabled": enabled,
        "liability": {"type": "self"} if enabled else None,
        "provider": "stripe" if enabled else None,
        "status": "requires_location_inputs" if enabled else None,
    }


def custom_field(sent: Body) -> Body:
    """A field that the business asks for, without an answer."""
    kind = sent["type"]
    own = sent.get(kind, {})
    if kind == "dropdown":
        asked = {"default_value": own.get("default_value"), "options": own["options"], "value": None}
    else:
        names = ("default_value", "maximum_length", "minimum_length")
        asked = {name: own.get(name) for name in names} | {"value": None}
    return {
        "dropdown": None,
        "key": sent["key"],
        "label": sent["label"],
        "numeric": None,
        "optional": sent.get("optional", False),
        "text": None,
        "type": kind,
    } | {kind: asked}


def custom_text(sent: Body) -> Body:
    """What the business writes on the page."""
    return {
        name: sent.get(name) for name in ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
    }


def customer_creation(sent: Body) -> str | None:
    """Whether a customer is made in any case; a subscription always has one."""
    chosen: str = sent.get("customer_creation", "if_required")
    return "always" if sent["mode"] == "subscription" else chosen


def discount(sent: Body) -> Body:
    """An entry of `discounts`."""
    return {"coupon": sent.get("coupon"), "promotion_code": sent.get("promotion_code")}


def invoice_creation(sent: Body) -> Body:
    """Whether a payment gets an invoice, and what is written on it."""
    data = sent.get("invoice_data", {})
    names = ("custom_fields", "description", "footer")
    written = {name: data.get(name) for name in names} | {"metadata": data.get("metadata") or {}}
    written |= {"account_tax_ids": None, "issuer": None, "rendering_options": None}
    return {"enabled": sent.get("enabled", False), "invoice_data": written}


def saved_methods(sent: Body) -> Body | None:
    """Which saved payment methods are shown, where there may be any."""
    if "customer" not in sent:
        return None
    return {"allow_redisplay_filters": ["always"], "payment_method_remove": "disabled", "payment_method_save": None}


def tax_id_collection(sent: Body | None) -> Body | None:
    """Whether the customer may give a tax id."""
    return sent and {"enabled": sent["enabled"], "required": sent.get("required", "never")}


__all__ = ["address", "custom_field", "custom_text", "invoice_creation", "represent"]
