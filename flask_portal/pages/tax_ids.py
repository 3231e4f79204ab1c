"""The customer's tax ids: they are added and removed, never edited.

Source: docs.stripe.com/billing/customer/tax-ids
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_args

from flask import url_for
from stdnum import get_cc_module
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidFormat, InvalidLength
from stripe.params import CustomerCreateTaxIdParams

from flask_portal import i18n
from flask_portal.i18n import _
from flask_portal.pages import changes, fields
from flask_portal.pages.fields import Choice, Field, Summary
from flask_portal.pages.words import Chip


@dataclass(frozen=True, slots=True)
class TaxIdRow:
    label: str
    value: str
    chip: Chip | None
    form_id: str
    remove_url: str
    remove_label: str


@dataclass(frozen=True, slots=True)
class TaxIds:
    """The list, and the form to add one.  problem: what Stripe refused, where it is about no field."""

    rows: tuple[TaxIdRow, ...]
    fields: tuple[Field, ...]
    errors: Summary | None
    problem: str | None
    form_id: str
    add_url: str


def section(
    customer: Mapping[str, Any],
    values: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    problem: str | None = None,
) -> TaxIds:
    typed, wrong = values or {}, errors or {}
    kinds = (Choice("", _("Please choose")), *sorted((Choice(each, label(each)) for each in types()), key=_by_label))
    shown = (
        Field("type", _("Kind of tax ID"), typed.get("type", ""), choices=kinds, error=wrong.get("type", "")),
        Field("value", _("Number"), typed.get("value", ""), error=wrong.get("value", ""), max_length=100),
    )
    rows = tuple(_row(each) for each in of(customer))
    return TaxIds(rows, shown, fields.summary(wrong), problem, changes.new_form_id(), url_for(".add_tax_id"))


def _by_label(choice: Choice) -> str:
    return choice.label.casefold()


def of(customer: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list((customer.get("tax_ids") or {}).get("data", ()))


def _row(body: Mapping[str, Any]) -> TaxIdRow:
    return TaxIdRow(
        label=label(body["type"]),
        value=body["value"],
        chip=_chip(body),
        form_id=changes.new_form_id(),
        remove_url=url_for(".remove_tax_id", id=body["id"]),
        remove_label=_("Remove %(value)s", value=body["value"]),
    )


def _chip(body: Mapping[str, Any]) -> Chip | None:
    known = {
        "pending": Chip(_("Being checked"), "warn"),
        "verified": Chip(_("Verified"), "good"),
        "unverified": Chip(_("Could not be verified"), "bad"),
    }
    return known.get((body.get("verification") or {}).get("status") or "")


@lru_cache(maxsize=1)
def types() -> tuple[str, ...]:
    """The kinds that Stripe knows, from the annotations of its package."""
    union = get_args(CustomerCreateTaxIdParams.__annotations__["type"])
    return tuple(value for literal in union for value in get_args(literal))


def label(kind: str) -> str:
    """A kind of tax id in words, such as "Australia: ABN"."""
    country, _separator, name = kind.partition("_")
    place = _("European Union") if country == "eu" else i18n.country(country)
    return f"{place}: {name.replace('_', ' ').upper()}"


def problems(kind: str, value: str) -> dict[str, str]:
    """What is wrong with the form. Only the form of a number is looked at: Stripe takes no notice of check digits."""
    found = {}
    if kind not in types():
        found["type"] = _("Choose the kind of tax ID.")
    if not value:
        found["value"] = _("Enter the number.")
    elif "type" not in found and not _is_well_formed(kind, value):
        found["value"] = _("This number does not have the form of this kind of tax ID.")
    return found


def _is_well_formed(kind: str, value: str) -> bool:
    country, _separator, name = kind.partition("_")
    checker = eu_vat if kind == "eu_vat" else get_cc_module(country, name) if country != "eu" else None
    if checker is None:
        return True
    try:
        checker.validate(value)
    except (InvalidFormat, InvalidLength):
        return False
    except ValueError:
        return True
    return True
