"""Fields of a form, as the templates show them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flask_portal.i18n import ngettext

MOST_TEXT = 500
"""Characters of a field, unless it says otherwise."""

Values = Mapping[str, str]
"""What stands in a form, by field name. Names are the API's parameter names, such as `address[line1]`."""

Errors = Mapping[str, str]
"""What is wrong, in a sentence, by field name."""


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field.  choices: a select when there are any. hint: stands behind the label. inputmode: HTML's."""

    name: str
    label: str
    value: str
    type: str = "text"
    autocomplete: str = ""
    required: bool = False
    hint: str = ""
    error: str = ""
    choices: tuple[Choice, ...] = ()
    max_length: int = MOST_TEXT
    inputmode: str = ""

    @property
    def id(self) -> str:
        return field_id(self.name)


@dataclass(frozen=True, slots=True)
class FieldError:
    field_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Summary:
    """All errors of a form, at its top, each a link to its field."""

    heading: str
    fields: tuple[FieldError, ...]


def summary(errors: Errors) -> Summary | None:
    if not errors:
        return None
    heading = ngettext("One detail needs another look", "%(num)d details need another look", len(errors))
    return Summary(heading, tuple(FieldError(field_id(name), text) for name, text in errors.items()))


def field_id(name: str) -> str:
    """The field's id on the page: `address[line1]` has the id `address-line1`."""
    return re.sub(r"[^a-z0-9_]+", "-", name).strip("-")
