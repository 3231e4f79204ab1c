"""The form of a Checkout session's page: its fields, and what was typed into them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from flask_portal.i18n import _
from flask_portal.pages import address, tax_ids
from flask_portal.pages.fields import Choice, Errors, Field, Values
from flask_portal.wire.errors import StripeError
from flask_portal.wire.params import Email, Params, load
from mock_server.core.call import Body, Call
from mock_server.resources.checkout_session import complete, payer

ADDRESS = "address"
NAMES = ("code", "email", "name", "number", "payment_method", "phone", "tax_id_type", "tax_id_value")
OWN = "field-"
"""Custom fields are called this and their key: a key may be the name of another field."""


class _Email(Params):
    email = Email()


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, and what is wrong with it, by field name."""

    values: Values
    errors: Errors = field(default_factory=dict)

    def details(self, body: Body) -> Body:
        """What was typed in the words of `complete.attempt`."""
        said = {name: self.values[name] for name in ("email", "name", "phone") if self.values[name]}
        found: Body = dict(said)
        if not address.is_blank(ADDRESS, self.values):
            found["address"] = {part: text or None for part, text in address.nested(ADDRESS, self.values).items()}
        if self.values["tax_id_value"]:
            found["tax_id"] = {"type": self.values["tax_id_type"], "value": self.values["tax_id_value"]}
        keys = [one["key"] for one in body["custom_fields"]]
        found["fields"] = {key: self.values[OWN + key] or None for key in keys}
        return found


def empty(call: Call, body: Body) -> Typed:
    """The form as it is opened: with what is known already."""
    known = payer.of(call, body) or {}
    values = dict.fromkeys(NAMES, "") | address.flat(ADDRESS, known.get("address") if asks_address(body) else None)
    values |= {"email": known.get("email") or "", "name": known.get("name") or "", "phone": known.get("phone") or ""}
    for one in body["custom_fields"]:
        values[OWN + one["key"]] = one[one["type"]]["default_value"] or ""
    return Typed(values)


def read(call: Call, body: Body, form: MultiDict[str, str]) -> Typed:
    """The form as it was sent."""
    values = {name: form.get(name, "").strip() for name in empty(call, body).values}
    return Typed(values, dict(problems(call, body, values)))


def problems(call: Call, body: Body, values: Values) -> Iterator[tuple[str, str]]:
    """What is wrong with what was typed."""
    for name, value in values.items():
        if "\0" in value or len(value) > 500:
            yield name, _("This cannot be used here.")
    if asks_email(call, body):
        yield from email_problems(values["email"])
    if body["phone_number_collection"]["enabled"] and not 5 <= len(values["phone"]) <= 20:
        yield "phone", _("Enter a phone number.")
    if asks_address(body):
        if not values[f"{ADDRESS}[country]"]:
            yield f"{ADDRESS}[country]", _("Choose a country.")
        yield from address.problems(ADDRESS, values).items()
    if values["tax_id_value"]:
        yield from tax_problems(values)
    for one in body["custom_fields"]:
        wrong = answer_problem(one, values[OWN + one["key"]])
        if wrong:
            yield OWN + one["key"], wrong
    if complete.needs_method(body) and not (values["payment_method"] or values["number"]):
        yield "payment_method", _("Choose how you want to pay.")


def email_problems(email: str) -> Iterator[tuple[str, str]]:
    """What is wrong with an email address."""
    try:
        load(_Email, {"email": email})
    except StripeError:
        yield "email", _("Enter an email address, such as name@example.com.")


def tax_problems(values: Values) -> Iterator[tuple[str, str]]:
    """What is wrong with a tax id."""
    for _name, text in tax_ids.problems(values["tax_id_type"], values["tax_id_value"]).items():
        yield "tax_id_value", text


def answer_problem(asked: Body, value: str) -> str | None:
    """What is wrong with the answer to a custom field."""
    own = asked[asked["type"]]
    if not value:
        return None if asked["optional"] else _("Fill in this field.")
    if asked["type"] == "dropdown":
        return None if value in [option["value"] for option in own["options"]] else _("Choose one of the options.")
    if asked["type"] == "numeric" and not (value.isascii() and value.isdigit()):
        return _("Enter digits only.")
    if not (own["minimum_length"] or 1) <= len(value) <= (own["maximum_length"] or 255):
        return _("This is too short or too long.")
    return None


def asks_email(call: Call, body: Body) -> bool:
    """Whether an email address is asked for. A setup of a guest needs none."""
    return payer.needs_email(call, body) and (body["mode"] != "setup" or payer.is_needed(body))


def asks_address(body: Body) -> bool:
    """Whether a billing address is asked for: where it was wanted, and where tax depends on it."""
    wanted = body["billing_address_collection"] == "required"
    tax = body["automatic_tax"]
    return bool(wanted or (tax["enabled"] and (body["customer"] is None or tax["status"] != "complete")))


def fields(call: Call, body: Body, typed: Typed) -> tuple[Field, ...]:
    """The fields of the form, but for the choice of a payment method."""
    return tuple(_fields(call, body, typed))


def _fields(call: Call, body: Body, typed: Typed) -> Iterator[Field]:
    values, errors = typed.values, typed.errors

    def plain(name: str, label: str, **more: object) -> Field:
        return Field(name, label, values[name], error=errors.get(name, ""), **more)  # type: ignore[arg-type]

    if asks_email(call, body):
        yield plain("email", _("Email"), type="email", autocomplete="email", required=True, max_length=512)
    if body["customer"] is None and body["mode"] != "setup":
        yield plain("name", _("Name"), autocomplete="name", hint=_("optional"), max_length=256)
    if body["phone_number_collection"]["enabled"]:
        yield plain("phone", _("Phone"), type="tel", autocomplete="tel", required=True, max_length=20)
    if asks_address(body):
        yield from address.fields(ADDRESS, "billing", values, errors)
    if (body["tax_id_collection"] or {}).get("enabled"):
        kinds = tuple(Choice(kind, tax_ids.label(kind)) for kind in tax_ids.types())
        yield plain("tax_id_type", _("Type of tax ID"), hint=_("optional"), choices=kinds)
        yield plain("tax_id_value", _("Tax ID"), hint=_("optional"), max_length=100)
    for one in body["custom_fields"]:
        own = one[one["type"]]
        name, hint = OWN + one["key"], _("optional") if one["optional"] else ""
        listed = tuple(Choice(option["value"], option["label"]) for option in own.get("options") or ())
        options = (Choice("", _("Please choose")), *listed) if listed else ()
        most = own.get("maximum_length") or 255
        yield plain(
            name, one["label"]["custom"], hint=hint, required=not one["optional"], choices=options, max_length=most
        )
