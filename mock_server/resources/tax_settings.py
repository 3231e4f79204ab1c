"""Tax settings: where the seller is, and how prices relate to tax when they do not say so. One for each account.

Source: docs.stripe.com/api/tax/settings
"""

from __future__ import annotations

from flask_portal.wire import errors
from flask_portal.wire.params import Bool, Hash, OneOf, Params, Str
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource, merge

from .common import Address, full_address
from .parties import Party

ONLY = "settings"
"""What the settings are stored by; they have no id that is shown."""

tax_settings = Resource("tax.settings", "/v1/tax/settings", label="tax settings")


class AutomaticTax(Params):
    """As a subscription or invoice asks for it."""

    enabled = Bool(required=True)
    liability = Hash(Party)


class Defaults(Params):
    tax_behavior = OneOf("exclusive", "inclusive", "inferred_by_currency")
    tax_code = Str()


class HeadOffice(Params):
    address = Hash(Address, required=True)


class Update(Params):
    defaults = Hash(Defaults)
    head_office = Hash(HeadOffice)


def current(call: Call) -> Body:
    """The stored settings of the account, or those that an account begins with."""
    return tax_settings.find(call, ONLY) or {
        "id": ONLY,
        "object": "tax.settings",
        "created": call.now,
        "defaults": {"provider": "stripe", "tax_behavior": None, "tax_code": None},
        "head_office": None,
        "livemode": call.livemode,
    }


@tax_settings.shown
def show(_call: Call, body: Body) -> Body:
    """Settings are active once it is known where the seller is."""
    active = body["head_office"] is not None
    pending = None if active else {"missing_fields": ["head_office"]}
    told = {key: value for key, value in body.items() if key not in ("id", "created")}
    details = {"active": {} if active else None, "pending": pending}
    return told | {"status": "active" if active else "pending", "status_details": details}


@tax_settings.endpoint("GET", "/v1/tax/settings")
def retrieve(call: Call, _ids: dict[str, str], _sent: Body) -> Body:
    return current(call)


@tax_settings.endpoint("POST", "/v1/tax/settings", Update)
def update(call: Call, _ids: dict[str, str], sent: Body) -> Body:
    call.alone("tax.settings")
    body = current(call)
    stored = tax_settings.find(call, ONLY) is not None
    merge(body["defaults"], sent.get("defaults", {}))
    if "head_office" in sent:
        body["head_office"] = office(sent["head_office"]["address"])
    (tax_settings.save if stored else tax_settings.add)(call, body)
    if not stored or call.changed(body):
        call.emit("tax.settings.updated", body)
    return body


def office(address: Body) -> Body:
    """The head office, whose country has to be known."""
    if not address.get("country"):
        raise errors.missing_parameter("head_office[address][country]")
    return {"address": full_address(address)}


def home(call: Call) -> str | None:
    """The country of the head office; None where automatic tax cannot be used yet."""
    found = current(call)["head_office"]
    return None if found is None else found["address"]["country"]


def require_active(call: Call, param: str) -> None:
    """Automatic tax needs settings that are active."""
    if home(call) is None:
        message = (
            "You must have a valid head office address to enable automatic tax: set it with POST /v1/tax/settings."
        )
        raise errors.invalid(message, param, "stripe_tax_inactive")


def behavior(call: Call, own: str, currency: str) -> str | None:
    """Whether an amount contains tax: as its price says (`own`), else as the settings say; None where nothing does."""
    if own != "unspecified":
        return own
    default: str | None = current(call)["defaults"]["tax_behavior"]
    if default == "inferred_by_currency":
        return "exclusive" if currency in ("usd", "cad") else "inclusive"
    return default
