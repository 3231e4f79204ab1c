"""Pausing: who may, until when, and what a schedule is told."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from flask_portal.rules.pauses import choices, later, may_pause, may_resume, schedule_of
from flask_portal.rules.verdict import Verdict
from tests.portal.rules.bodies import view

ON = {"subscription_pause": {"enabled": True}}
OFF = {"subscription_pause": {"enabled": False}}
FLEXIBLE = {"billing_mode": {"type": "flexible"}}


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def test_what_runs_in_flexible_billing_mode_can_be_paused() -> None:
    assert may_pause(view(**FLEXIBLE), ON) == Verdict.yes()


@pytest.mark.parametrize(
    ("fields", "features", "reason"),
    [
        ({}, OFF, "pause_off"),
        ({"status": "canceled"}, ON, "ended"),
        ({"status": "paused"}, ON, "paused_already"),
        ({"status": "trialing"}, ON, "pause_trial"),
        ({"status": "incomplete"}, ON, "pause_unpaid"),
        ({"status": "past_due"}, ON, "pause_unpaid"),
        ({"cancel_at": 9}, ON, "pause_ending"),
        ({"pending_update": {}}, ON, "pause_pending"),
        ({"schedule": "sub_sched_1"}, ON, "pause_planned"),
        ({"collection_method": "send_invoice"}, ON, "pause_by_invoice"),
        ({"billing_mode": {"type": "classic"}}, ON, "pause_classic"),
    ],
)
def test_what_stands_in_the_way_of_a_pause_is_named(
    fields: dict[str, Any], features: dict[str, Any], reason: str
) -> None:
    assert may_pause(view(**{**FLEXIBLE, **fields}), features) == Verdict.no(reason)


@pytest.mark.parametrize(
    ("status", "features", "verdict"),
    [
        ("paused", ON, Verdict.yes()),
        ("active", ON, Verdict.no("not_paused")),
        ("canceled", ON, Verdict.no("ended")),
        ("paused", OFF, Verdict.no("pause_off")),
    ],
)
def test_what_is_paused_can_be_resumed(status: str, features: dict[str, Any], verdict: Verdict) -> None:
    assert may_resume(view(status=status), features) == verdict


@pytest.mark.parametrize(
    ("start", "interval", "count", "end"),
    [
        ("2031-01-31T10:00", "month", 1, "2031-02-28T10:00"),
        ("2032-01-31T10:00", "month", 1, "2032-02-29T10:00"),
        ("2031-11-30T10:00", "month", 3, "2032-02-29T10:00"),
        ("2032-02-29T10:00", "year", 1, "2033-02-28T10:00"),
        ("2031-12-30T10:00", "week", 1, "2032-01-06T10:00"),
        ("2031-12-30T10:00", "day", 3, "2032-01-02T10:00"),
    ],
)
def test_a_pause_ends_on_the_same_day_or_the_last_one_of_the_month(
    start: str, interval: str, count: int, end: str
) -> None:
    assert later(at(start), interval, count) == at(end)


def test_the_choices_are_those_of_the_configuration_each_once() -> None:
    month = {"interval": "month", "interval_count": 1}
    found = choices({"duration": {"type": "interval_options", "interval_options": [month, month]}}, at("2031-01-01"))
    assert [(each.value, each.until) for each in found] == [("1-month", at("2031-02-01"))]


def test_an_indefinite_pause_has_no_end() -> None:
    found = choices({"duration": {"type": "indefinite", "interval_options": None}}, 0)
    assert [(each.value, each.until) for each in found] == [("indefinite", None)]


def test_the_schedule_outlasts_the_return() -> None:
    asked = schedule_of(at("2031-02-01"), {"items": [], "start_date": 1, "end_date": 2})
    assert asked["phases"] == [{"items": [], "start_date": 1, "end_date": at("2031-02-02")}]
    assert asked["pause_schedules"][0]["pause"]["pause_at"] == {"type": "now"}
    assert asked["pause_schedules"][0]["resume"]["resume_at"] == {"type": "timestamp", "timestamp": at("2031-02-01")}
