"""Choosing another plan, quantity or code. Nothing is changed here: the form leads to what that costs."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for
from flask.typing import ResponseReturnValue

from flask_portal.i18n import _
from flask_portal.pages import fields, plans, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.fields import Field, Summary
from flask_portal.pages.plans import Options, Typed
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.rules.updates import Plan

LONGEST_CODE = 100


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """rate: for one; empty where one number does not say it. note: what else there is to know."""

    value: str
    name: str
    rate: str
    note: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class PlanGroup:
    """Plans that are paid in the same rhythm.  legend: of the group; empty when there is only one group."""

    legend: str
    choices: tuple[PlanChoice, ...]


@dataclass(frozen=True, slots=True)
class UpdatePage:
    """groups: empty where the plan stays. error: what is wrong with the choice. retry: when plans are missing."""

    heading: str
    lead: str
    problem: str | None
    errors: Summary | None
    action: str
    groups: tuple[PlanGroup, ...]
    error: str
    fields: tuple[Field, ...]
    retry: Link | None
    leave: Link | None
    back: Link | None


def show(id: str) -> ResponseReturnValue:
    visit = visits.current()
    options = plans.find(visit, id)
    typed = Typed.of(request.args)
    if not typed.query():
        typed = Typed(options.current.price, str(options.quantity), "")
    return page(visit, options, typed, {})


def page(
    visit: Visit,
    options: Options,
    typed: Typed,
    errors: fields.Errors,
    problem: str | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """The form with what was typed.  errors: a sentence by field name. problem: why the change is not possible."""
    found = options.found
    title = found.view.title or _("Subscription")
    shown = UpdatePage(
        heading=_("Change %(title)s", title=title),
        lead=_lead(options),
        problem=problem,
        errors=fields.summary(errors),
        action=url_for(".review", id=found.view.id),
        groups=_groups(options, typed) if plans.allows(visit, "price") else (),
        error=errors.get("price", ""),
        fields=_fields(visit, options, typed, errors),
        retry=None if options.is_complete else words.retry(url_for(".update", id=found.view.id)),
        leave=shell.leave(visit, _("Keep my plan")),
        back=None if visit.flow is not None else Link(_("Overview"), url_for(".overview")),
    )
    return shell.render("update.html", shown, title=shown.heading, customer=found.customer, status=status)


def _lead(options: Options) -> str:
    rate = plans.rate(options.current, options.quantity)
    if not rate:
        return _("On the next page you see what it costs, before anything is changed.")
    return _(
        "You pay %(rate)s now. On the next page you see what a change costs, before anything is changed.", rate=rate
    )


def _groups(options: Options, typed: Typed) -> tuple[PlanGroup, ...]:
    """The plans in the order of the configuration, by rhythm: first the one of the present plan."""
    rhythms = dict.fromkeys((plan.interval, plan.interval_count) for plan in options.plans)
    present = (options.current.interval, options.current.interval_count)
    ordered = [present, *(each for each in rhythms if each != present)]
    return tuple(
        PlanGroup(
            legend=words.rhythm(*rhythm) if len(ordered) > 1 else "",
            choices=tuple(
                _choice(plan, typed) for plan in options.plans if (plan.interval, plan.interval_count) == rhythm
            ),
        )
        for rhythm in ordered
    )


def _choice(plan: Plan, typed: Typed) -> PlanChoice:
    notes = [_("your plan now")] if plan.is_current else []
    if plan.bounds is not None and plan.bounds.maximum is not None:
        notes.append(_("quantity %(bounds)s", bounds=plans.bounds(plan.bounds)))
    return PlanChoice(plan.price, plans.name(plan), plans.rate(plan, 1), ", ".join(notes), plan.price == typed.price)


def _fields(visit: Visit, options: Options, typed: Typed, errors: fields.Errors) -> tuple[Field, ...]:
    found = []
    if any(plan.bounds is not None for plan in options.plans):
        quantity = typed.quantity or str(options.quantity)
        found.append(
            Field(
                "quantity", _("Quantity"), quantity, inputmode="numeric", error=errors.get("quantity", ""), max_length=9
            )
        )
    if plans.allows(visit, "promotion_code"):
        found.append(
            Field(
                "code",
                _("Promotion code"),
                typed.code,
                hint=_("optional"),
                error=errors.get("code", ""),
                max_length=LONGEST_CODE,
            )
        )
    return tuple(found)
