"""The choice of a saved payment method in a form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import request

from flask_portal.i18n import _
from flask_portal.pages import words
from flask_portal.pages.holdings import Holdings
from flask_portal.pages.visit import Visit
from flask_portal.rules.methods import MethodView, can_pay

FIELD = "payment_method"


@dataclass(frozen=True, slots=True)
class MethodChoice:
    value: str
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class Choosing:
    """value: the id that is checked. choices: empty where nothing is saved that can pay. error: beside the field."""

    value: str
    choices: tuple[MethodChoice, ...]
    error: str = ""


def usable(visit: Visit, held: Holdings) -> tuple[MethodView, ...]:
    """The methods that can pay now."""
    today = words.today(visit)
    return tuple(view for view in held.methods if can_pay(view, today))


def choose(visit: Visit, held: Holdings, refused: Iterable[str | None] = (), error: str = "") -> Choosing:
    """The choices, the likeliest one checked.  refused: ids of methods that the bank has just said no to."""
    able, no = usable(visit, held), set(refused)
    default = [view for view in able if view.id == held.default]
    best = [*default, *able]
    wanted = [view for view in best if view.id == request.values.get(FIELD)]
    likely = [*wanted, *(view for view in best if view.id not in no), *best]
    return Choosing(likely[0].id if likely else "", tuple(_choice(view, held, no) for view in able), error)


def chosen(visit: Visit, held: Holdings) -> MethodView | None:
    """The method that the form names; None when it is none that can pay, or not this customer's."""
    id = request.form.get(FIELD)
    return next((view for view in usable(visit, held) if view.id == id), None)


def _choice(view: MethodView, held: Holdings, refused: set[str | None]) -> MethodChoice:
    notes = [_("declined the last time")] if view.id in refused else []
    if view.id == held.default:
        notes.append(_("your default"))
    return MethodChoice(view.id, words.method(view), ", ".join(notes))
