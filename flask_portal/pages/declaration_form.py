"""The form of a declaration without a login: the few fields that the law permits, and the button from the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from flask_portal import i18n
from flask_portal.i18n import _
from flask_portal.pages import detail_values, fields
from flask_portal.pages.fields import Choice, Errors, Field, Summary, Values
from flask_portal.rules.declarations import CANCELLATION, EXTRAORDINARY, ORDINARY

EARLIEST, ON_DATE = "earliest", "date"
MOST_REASON = 5000
MOST_NAME = 256
LATEST_YEARS = 10


@dataclass(frozen=True, slots=True)
class Choices:
    """Choices of which one is taken.  error: what is wrong, or empty."""

    name: str
    legend: str
    chosen: str
    choices: tuple[Choice, ...]
    error: str


@dataclass(frozen=True, slots=True)
class DeclarationPage:
    """manner, ending, reason, ends_on: None on the page for withdrawals."""

    heading: str
    lead: str
    errors: Summary | None
    form_id: str
    manner: Choices | None
    reason: Field | None
    fields: tuple[Field, ...]
    ending: Choices | None
    ends_on: Field | None
    email: Field
    button: str


NAMES = {
    CANCELLATION: ("kind", "reason", "name", "contract", "ending", "ends_on", "email"),
    "withdrawal": ("name", "contract", "email"),
}
_DEFAULTS = {"kind": ORDINARY, "ending": EARLIEST}


def typed(kind: str, form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, by field name, without space around it; a choice that is left out is the first one."""
    given = {name: form.get(name, _DEFAULTS.get(name, "")).strip() for name in NAMES[kind]}
    return {name: value if name == "reason" else " ".join(value.split()) for name, value in given.items()}


def problems(kind: str, values: Values, today: date) -> dict[str, str]:
    """What is wrong, by field name."""
    found = _cancellation_problems(values, today) if kind == CANCELLATION else {}
    if not 0 < len(values["name"]) <= MOST_NAME:
        found["name"] = _("Enter your name.")
    if not 0 < len(values["contract"]) <= fields.MOST_TEXT:
        found["contract"] = _("Say which contract you mean.")
    if not detail_values.is_email(values["email"]):
        found["email"] = _("Enter an email address such as name@example.com.")
    return {name: found[name] for name in NAMES[kind] if name in found}


def _cancellation_problems(values: Values, today: date) -> dict[str, str]:
    found = {}
    if values["kind"] not in (ORDINARY, EXTRAORDINARY):
        found["kind"] = _("Choose one of these.")
    if values["kind"] == EXTRAORDINARY and not 0 < len(values["reason"]) <= MOST_REASON:
        found["reason"] = _("Say why it should end without notice.")
    if values["ending"] not in (EARLIEST, ON_DATE):
        found["ending"] = _("Choose one of these.")
    if values["ending"] == ON_DATE and not _is_possible(values["ends_on"], today):
        found["ends_on"] = _("Enter a date from today on, such as %(example)s.", example=today.isoformat())
    return found


def _is_possible(text: str, today: date) -> bool:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return False
    return today <= day and day.year <= today.year + LATEST_YEARS


def ends_at(values: Values) -> int | None:
    """The last moment of the day that was wished for, in Unix seconds; None for the earliest end."""
    if values.get("ending") != ON_DATE:
        return None
    return int(datetime.combine(date.fromisoformat(values["ends_on"]), time(23, 59, 59), i18n.time_zone()).timestamp())


def facts(kind: str, values: Values, reference: str, at: int) -> list[list[str]]:
    """The content of the declaration and when it came, as labels and values: the receipt.  at: Unix seconds."""
    rows = [
        [_("Reference"), reference],
        [_("Received"), i18n.moment(at)],
        [
            _("Declaration"),
            _("Cancellation of a contract") if kind == CANCELLATION else _("Withdrawal from a contract"),
        ],
    ]
    if kind == CANCELLATION:
        rows.append([_("Kind"), _manners()[values["kind"]]])
        if values["kind"] == EXTRAORDINARY:
            rows.append([_("Reason"), values["reason"]])
    rows += [[_("Name"), values["name"]], [_("Contract"), values["contract"]]]
    wished = ends_at(values)
    if kind == CANCELLATION:
        rows.append([_("It should end"), _("as soon as possible") if wished is None else i18n.day(wished)])
    return [*rows, [_("Email"), values["email"]]]


def page(kind: str, values: Values, errors: Errors, form_id: str) -> DeclarationPage:
    is_cancellation = kind == CANCELLATION
    return DeclarationPage(
        heading=_("Cancel a contract") if is_cancellation else _("Withdraw from a contract"),
        lead=_lead(is_cancellation),
        errors=fields.summary(errors),
        form_id=form_id,
        manner=_manner(values, errors) if is_cancellation else None,
        reason=_reason(values, errors) if is_cancellation else None,
        fields=_who_and_what(values, errors),
        ending=_ending(values, errors) if is_cancellation else None,
        ends_on=_ends_on(values, errors) if is_cancellation else None,
        email=Field(
            "email",
            _("Email for the confirmation"),
            values["email"],
            "email",
            "email",
            required=True,
            error=errors.get("email", ""),
            max_length=detail_values.MOST_EMAIL,
        ),
        # The wording is the law's.
        button=_("Cancel now") if is_cancellation else _("Confirm withdrawal"),
    )


def _lead(is_cancellation: bool) -> str:
    if is_cancellation:
        return _("No login is needed. You get a confirmation with date and time at once.")
    return _("No login and no reason is needed. You get a confirmation with date and time at once.")


def _manners() -> dict[str, str]:
    return {
        ORDINARY: _("Ordinary cancellation"),
        EXTRAORDINARY: _("Extraordinary cancellation, for an important reason"),
    }


def _manner(values: Values, errors: Errors) -> Choices:
    choices = tuple(Choice(value, label) for value, label in _manners().items())
    return Choices("kind", _("Kind of cancellation"), values["kind"], choices, errors.get("kind", ""))


def _reason(values: Values, errors: Errors) -> Field:
    return Field(
        "reason",
        _("Reason"),
        values["reason"],
        hint=_("only for an extraordinary cancellation"),
        error=errors.get("reason", ""),
        max_length=MOST_REASON,
    )


def _who_and_what(values: Values, errors: Errors) -> tuple[Field, ...]:
    name = Field(
        "name",
        _("Your name"),
        values["name"],
        autocomplete="name",
        required=True,
        error=errors.get("name", ""),
        max_length=MOST_NAME,
    )
    contract = Field(
        "contract",
        _("Which contract"),
        values["contract"],
        required=True,
        hint=_("its name, or a number from an invoice"),
        error=errors.get("contract", ""),
    )
    return (name, contract)


def _ending(values: Values, errors: Errors) -> Choices:
    choices = (Choice(EARLIEST, _("As soon as possible")), Choice(ON_DATE, _("On the date below")))
    return Choices("ending", _("When should it end?"), values["ending"], choices, errors.get("ending", ""))


def _ends_on(values: Values, errors: Errors) -> Field:
    return Field(
        "ends_on",
        _("Date"),
        values["ends_on"],
        "date",
        hint=_("only for an end on a date"),
        error=errors.get("ends_on", ""),
        max_length=10,
    )
