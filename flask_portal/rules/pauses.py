"""Pausing a subscription and letting it go on again: whether that may be, and until when. Pure; times are Unix seconds.

`features` are those of the portal configuration, as the API serves them.
Source: docs.stripe.com/api/subscriptions/pause, docs.stripe.com/customer-management/configure-portal
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_portal.rules import policies
from flask_portal.rules.subscriptions import SubscriptionView
from flask_portal.rules.verdict import Verdict
from flask_portal.rules.verdicts import ENDED

Body = Mapping[str, Any]

NOT_PAUSED = "not_paused"
PAUSED_ALREADY = "paused_already"
PAUSE_BY_INVOICE = "pause_by_invoice"
PAUSE_CLASSIC = "pause_classic"
PAUSE_ENDING = "pause_ending"
PAUSE_OFF = "pause_off"
PAUSE_PENDING = "pause_pending"
PAUSE_PLANNED = "pause_planned"
PAUSE_TRIAL = "pause_trial"
PAUSE_UNPAID = "pause_unpaid"

_SAFETY = timedelta(days=1)


def may_pause(view: SubscriptionView, features: Body) -> Verdict:
    """Whether a customer may pause a subscription."""
    reason = next(iter(_reasons(view, features)), None)
    return policies.may_pause(view) if reason is None else Verdict.no(reason)


def _reasons(view: SubscriptionView, features: Body) -> Iterable[str]:
    """Why not, the weightiest first. What Stripe refuses is among it."""
    if not features["subscription_pause"]["enabled"]:
        yield PAUSE_OFF
    if not view.is_live:
        yield ENDED
    if view.status == "paused":
        yield PAUSED_ALREADY
    if view.status == "trialing":
        yield PAUSE_TRIAL
    if view.status in ("incomplete", "past_due", "unpaid"):
        yield PAUSE_UNPAID
    if view.ends_at is not None:
        yield PAUSE_ENDING
    if view.has_pending_update:
        yield PAUSE_PENDING
    if view.schedule is not None:
        yield PAUSE_PLANNED
    if view.collection_method != "charge_automatically":
        yield PAUSE_BY_INVOICE
    if view.billing_mode == "classic":
        yield PAUSE_CLASSIC


def may_resume(view: SubscriptionView, features: Body) -> Verdict:
    """Whether a customer may let a paused subscription go on before its time."""
    if not features["subscription_pause"]["enabled"]:
        return Verdict.no(PAUSE_OFF)
    if not view.is_live:
        return Verdict.no(ENDED)
    return Verdict.yes() if view.status == "paused" else Verdict.no(NOT_PAUSED)


@dataclass(frozen=True, slots=True)
class Choice:
    """How long a pause may last.  until: None for one that lasts until the customer ends it."""

    interval: str | None
    count: int
    until: int | None

    @property
    def value(self) -> str:
        """As a form carries it."""
        return "indefinite" if self.interval is None else f"{self.count}-{self.interval}"


def choices(feature: Body, now: int) -> tuple[Choice, ...]:
    """What the configuration offers, in its order.  feature: `subscription_pause`."""
    duration = feature["duration"]
    if duration["type"] == "indefinite":
        return (Choice(None, 0, None),)
    found = [(each["interval"], each["interval_count"]) for each in duration["interval_options"] or ()]
    return tuple(Choice(interval, count, later(now, interval, count)) for interval, count in dict.fromkeys(found))


def later(at: int, interval: str, count: int) -> int:
    """The moment that many days, weeks, months or years later; a day that a month does not have is its last one."""
    moment = datetime.fromtimestamp(at, UTC)
    if interval in ("day", "week"):
        return int((moment + timedelta(days=count * (7 if interval == "week" else 1))).timestamp())
    months = moment.year * 12 + moment.month - 1 + count * (12 if interval == "year" else 1)
    year, month = months // 12, months % 12 + 1
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return int(moment.replace(year=year, month=month, day=day).timestamp())


def schedule_of(until: int, present: Body) -> dict[str, Any]:
    """What a schedule that was made from a subscription has to be told, so that it pauses now and goes on by itself.

    present: its phase, as it may be sent. It outlasts the return, which can wait a day for its payment: a schedule
    whose last phase is over lets its subscription go.
    """
    ends = int((datetime.fromtimestamp(until, UTC) + _SAFETY).timestamp())
    pause = {
        "pause": {"pause_at": {"type": "now"}, "settings": {"type": "subscription"}},
        "resume": {
            "resume_at": {"type": "timestamp", "timestamp": until},
            "settings": {"payment_behavior": "resume_on_payment_attempt"},
        },
    }
    return {"end_behavior": "release", "pause_schedules": [pause], "phases": [{**present, "end_date": ends}]}
