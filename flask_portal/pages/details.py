"""Billing information: name, email, phone, addresses and tax ids, as far as the business lets customers change them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from flask_portal import signals
from flask_portal.i18n import _
from flask_portal.pages import (
    address,
    changes,
    completion,
    detail_values,
    fields,
    history,
    reading,
    shell,
    tax_ids,
    words,
)
from flask_portal.pages import visit as visits
from flask_portal.pages.detail_values import NAMES, SHIPPING
from flask_portal.pages.fields import Errors, Field, Summary, Values
from flask_portal.pages.shell import Link
from flask_portal.pages.tax_ids import TaxIds
from flask_portal.pages.visit import Visit
from flask_portal.pages.words import Fact
from flask_portal.rules import verdicts
from flask_portal.upstream import actions
from flask_portal.upstream.actions import Done, Refused


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together.  refresh: the button after the first field, a country, or None."""

    id: str
    legend: str
    fields: tuple[Field, ...]
    refresh: str | None


@dataclass(frozen=True, slots=True)
class DetailsPage:
    """groups: what can be changed. facts: what can only be read. tax_ids: None where they are not shown."""

    heading: str
    lead: str
    groups: tuple[Group, ...]
    facts: tuple[Fact, ...]
    errors: Summary | None
    problem: str | None
    form_id: str
    tax_ids: TaxIds | None


@dataclass(frozen=True, slots=True)
class SavedPage:
    heading: str
    custom: str | None
    facts: tuple[Fact, ...]
    receipt: Link | None
    way_on: Link | None


def show() -> ResponseReturnValue:
    visit = visits.current()
    _check(visit)
    return page(visit, reading.customer(visit))


def submit() -> ResponseReturnValue:
    visit = visits.current()
    _check(visit)
    _check_sent(visit)
    customer = reading.customer(visit)
    current = detail_values.of(customer)
    typed = {name: _line(request.form.get(name, value)) for name, value in current.items()}
    if "refresh" in request.form:
        return page(visit, customer, typed=typed)
    wrong = detail_values.problems(current, typed)
    if wrong:
        return page(visit, customer, typed=typed, wrong=wrong, status=400)
    return _save(visit, customer, typed, detail_values.changes(current, typed))


def saved() -> ResponseReturnValue:
    visit = visits.current()
    _check(visit)
    customer = reading.customer(visit)
    shown = SavedPage(
        heading=_("Your details are saved"),
        custom=completion.custom_message(visit),
        facts=facts(customer, _editable(visit)),
        receipt=history.receipt_of(visit, visit.customer_id),
        way_on=completion.way_on(visit),
    )
    return shell.render("details_saved.html", shown, title=shown.heading, current="details", customer=customer)


def _line(value: str) -> str:
    """What was typed, on one line."""
    return " ".join(value.split())


def _save(
    visit: Visit, customer: Mapping[str, Any], typed: dict[str, str], changed: dict[str, Any]
) -> ResponseReturnValue:
    key = changes.key(visit, "customer.update", changed)
    if not changed:
        return _unchanged(visit)
    outcome = actions.update_customer(visit.client, visit.customer_id, changed, key=key)
    if not isinstance(outcome, Done):
        wrong = _refused_field(outcome) if isinstance(outcome, Refused) else {}
        problem = None if wrong else words.problem(outcome)
        return page(visit, customer, typed=typed, wrong=wrong, problem=problem, status=words.status_of(outcome))
    if changes.remember(visit, "customer.update", visit.customer_id, {"changed": sorted(changed)}, key=key):
        changes.tell(signals.customer_updated, customer=outcome.body, changed=sorted(changed))
    return completion.after(visit, url_for(".details_saved"))


def _unchanged(visit: Visit) -> ResponseReturnValue:
    """Somebody who looked and found everything right has finished the flow, too."""
    if visit.flow is not None:
        changes.remember(visit, "customer.update", visit.customer_id, {"changed": []})
    return completion.after(visit, url_for(".details_saved"))


def _refused_field(outcome: Refused) -> dict[str, str]:
    """Stripe's refusal beside the field that it is about."""
    known = {name for names in NAMES.values() for name in names}
    if outcome.param in known:
        return {str(outcome.param): _("This was not accepted. Please check it.")}
    return {}


def _check(visit: Visit) -> None:
    if not visit.features["customer_update"]["enabled"]:
        abort(403, "details_off")


def _check_sent(visit: Visit) -> None:
    """A field that the page did not offer is refused, not left out in silence."""
    editable = _editable(visit)
    for update, names in NAMES.items():
        if update not in editable and any(name in request.form for name in names):
            abort(403, "field_off")


def _editable(visit: Visit) -> tuple[str, ...]:
    """What of `allowed_updates` this visit may change. Who came in by email cannot change that very address."""
    allowed = [name for name in (*NAMES, "tax_id") if verdicts.may_edit(visit.features, name).ok]
    by_email = visit.entry is not None and visit.entry.origin == "login"
    return tuple(name for name in allowed if not (by_email and name == "email"))


def page(
    visit: Visit,
    customer: Mapping[str, Any],
    *,
    typed: Values | None = None,
    wrong: Errors | None = None,
    problem: str | None = None,
    shown: TaxIds | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """The page, also when it is shown again with what was typed.  shown: the tax ids, when a form of theirs failed."""
    completion.announce(visit)
    editable = _editable(visit)
    values, errors = typed or detail_values.of(customer), wrong or {}
    if shown is None and "tax_id" in editable:
        shown = tax_ids.section(customer)
    view = DetailsPage(
        heading=_("Billing details"),
        lead=_("Your next invoices will show them. Invoices you already have stay as they are."),
        groups=tuple(_groups(editable, values, errors)),
        facts=facts(customer, tuple(name for name in ("name", "email", "phone", "address") if name not in editable)),
        errors=fields.summary(errors),
        problem=problem,
        form_id=changes.new_form_id(),
        tax_ids=shown,
    )
    return shell.render("details.html", view, title=view.heading, current="details", customer=customer, status=status)


def _groups(editable: Iterable[str], values: Values, errors: Errors) -> Iterable[Group]:
    contact = tuple(_contact(name, values, errors) for name in ("name", "email", "phone") if name in editable)
    if contact:
        yield Group("contact", _("Who you are"), contact, None)
    refresh = _("Show the fields of this country")
    if "address" in editable:
        billing = address.fields("address", "billing", values, errors)
        yield Group("billing", _("Billing address"), billing, refresh)
    if "shipping" in editable:
        yield Group("shipping", _("Shipping address"), _shipping(values, errors), refresh)


_LONGEST = {"name": 256, "email": detail_values.MOST_EMAIL, "phone": 40}
"""Characters that may be typed. Of a phone number Stripe keeps 20, which are its digits: people write more than those,
and a field that cuts off what is pasted would save a wrong number in silence."""


def _contact(name: str, values: Values, errors: Errors) -> Field:
    labels = {"name": _("Name"), "email": _("Email"), "phone": _("Phone")}
    types = {"name": "text", "email": "email", "phone": "tel"}
    hint = _("optional") if name == "phone" else ""
    return Field(
        name,
        labels[name],
        values[name],
        types[name],
        types[name].replace("text", "name"),
        hint=hint,
        error=errors.get(name, ""),
        max_length=_LONGEST[name],
    )


def _shipping(values: Values, errors: Errors) -> tuple[Field, ...]:
    country, *rest = address.fields(SHIPPING, "shipping", values, errors)
    if not any(values[name] for name in NAMES["shipping"]):
        return (country,)
    name, phone = "shipping[name]", "shipping[phone]"
    recipient = Field(
        name,
        _("Recipient"),
        values[name],
        "text",
        "shipping name",
        error=errors.get(name, ""),
        max_length=_LONGEST["name"],
    )
    number = Field(
        phone,
        _("Phone"),
        values[phone],
        "tel",
        "shipping tel",
        hint=_("optional"),
        error=errors.get(phone, ""),
        max_length=_LONGEST["phone"],
    )
    return (country, recipient, *rest, number)


def facts(customer: Mapping[str, Any], names: Iterable[str]) -> tuple[Fact, ...]:
    """What is known of the customer, to read; what is not known is left out."""
    shipping = customer.get("shipping") or {}
    known = {
        "name": Fact(_("Name"), _written(customer.get("name"))),
        "email": Fact(_("Email"), _written(customer.get("email"))),
        "phone": Fact(_("Phone"), _written(detail_values.readable_phone(customer.get("phone")))),
        "address": Fact(_("Billing address"), address.lines(customer.get("address"))),
        "shipping": Fact(
            _("Shipping address"), (*_written(shipping.get("name")), *address.lines(shipping.get("address")))
        ),
    }
    return tuple(known[name] for name in known if name in names and known[name].lines)


def _written(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()
