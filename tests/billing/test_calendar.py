"""Periods from an anchor, in UTC."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.billing import calendar
from mock_server.billing.calendar import Interval, Period, Span
from tests.billing.dates import DAY, HOUR, at

MONTHLY = Interval("month")
INTERVALS = st.builds(Interval, st.sampled_from(["day", "week", "month", "year"]), st.integers(1, 36))
MOMENTS = st.integers(at("2000-01-01"), at("2060-01-01"))


@pytest.mark.parametrize(
    ("n", "date"),
    [
        (1, "2026-02-28"),
        (2, "2026-03-31"),
        (3, "2026-04-30"),
        (13, "2027-02-28"),
        (25, "2028-02-29"),
        (-2, "2025-11-30"),
    ],
)
def test_a_month_from_the_31st_ends_on_the_last_day_of_shorter_months(n: int, date: str) -> None:
    assert calendar.add(at("2026-01-31 10:00:00"), MONTHLY, n) == at(f"{date} 10:00:00")


@pytest.mark.parametrize(("n", "date"), [(1, "2025-02-28"), (4, "2028-02-29")])
def test_a_year_from_29_february_bills_on_the_28th_in_common_years(n: int, date: str) -> None:
    assert calendar.add(at("2024-02-29"), Interval("year"), n) == at(date)


@pytest.mark.parametrize(
    ("interval", "date"),
    [
        (Interval("day", 10), "2026-01-25"),
        (Interval("week", 2), "2026-01-29"),
        (Interval("month", 3), "2026-04-15"),
        (Interval("year"), "2027-01-15"),
    ],
)
def test_an_interval_counts_its_own_units(interval: Interval, date: str) -> None:
    assert calendar.add(at("2026-01-15"), interval, 1) == at(date)


def test_a_day_of_the_month_can_be_held_from_a_shorter_month_on() -> None:
    """An anchor on 28 February with `day_of_month=31` goes on with 31 March."""
    assert calendar.add(at("2026-02-28"), MONTHLY, 1, day=31) == at("2026-03-31")


def test_a_period_begins_with_its_first_second_and_ends_before_its_last() -> None:
    january = Period(at("2026-01-01"), at("2026-02-01"))
    assert january.seconds == 31 * DAY
    assert january.start in january
    assert january.end not in january


@pytest.mark.parametrize(
    ("moment", "start", "end"),
    [
        ("2026-01-31", "2026-01-31", "2026-02-28"),
        ("2026-02-27", "2026-01-31", "2026-02-28"),
        ("2026-02-28", "2026-02-28", "2026-03-31"),
        ("2026-03-30", "2026-02-28", "2026-03-31"),
        ("2025-12-31", "2025-12-31", "2026-01-31"),
    ],
)
def test_a_moment_lies_in_the_period_that_the_anchor_gives(moment: str, start: str, end: str) -> None:
    assert calendar.period_at(at("2026-01-31"), MONTHLY, at(moment)) == Period(at(start), at(end))


@given(MOMENTS, INTERVALS, MOMENTS, st.none() | st.integers(1, 31))
def test_every_moment_lies_in_exactly_one_period(anchor: int, interval: Interval, when: int, day: int | None) -> None:
    period = calendar.period_at(anchor, interval, when, day)
    assert when in period
    assert calendar.period_at(anchor, interval, period.end, day).start == period.end


def test_without_an_anchor_the_first_period_is_a_whole_one() -> None:
    month = Period(at("2026-01-31"), at("2026-02-28"))
    assert calendar.first_period(month.start, MONTHLY) == Span(month, month)
    assert calendar.first_period(month.start, MONTHLY, month.start) == Span(month, month)


def test_up_to_a_later_anchor_only_a_stub_is_billed() -> None:
    """From 22 January to 1 February are 10 of the 31 days since 1 January."""
    span = calendar.first_period(at("2026-01-22"), MONTHLY, at("2026-02-01"))
    assert span.period == Period(at("2026-01-22"), at("2026-02-01"))
    assert span.whole == Period(at("2026-01-01"), at("2026-02-01"))
    assert span.is_stub
    assert span.share == Fraction(10, 31)


def test_an_anchor_a_whole_interval_ahead_leaves_no_stub() -> None:
    assert not calendar.first_period(at("2026-01-15"), MONTHLY, at("2026-02-15")).is_stub


@pytest.mark.parametrize("anchor", ["2026-01-14", "2026-02-16"])
def test_an_anchor_in_the_past_or_beyond_an_interval_is_an_error(anchor: str) -> None:
    with pytest.raises(ValueError, match="not within one interval"):
        calendar.first_period(at("2026-01-15"), MONTHLY, at(anchor))


@given(MOMENTS, INTERVALS, st.integers(1, 10**9))
def test_a_stub_always_lies_inside_its_whole_interval(now: int, interval: Interval, ahead: int) -> None:
    anchor = min(now + ahead, calendar.add(now, interval, 1))
    span = calendar.first_period(now, interval, anchor)
    assert span.whole.start <= span.period.start < span.period.end == span.whole.end == anchor


@pytest.mark.parametrize(("unit", "count"), [("fortnight", 1), ("month", 0)])
def test_an_interval_is_one_of_four_units_at_least_once(unit: str, count: int) -> None:
    with pytest.raises(ValueError, match="interval"):
        Interval.of(unit, count)


@pytest.mark.parametrize(
    ("unit", "count", "too_long"),
    [("month", 36, False), ("month", 37, True), ("week", 157, True), ("day", 1095, False)],
)
def test_an_interval_of_more_than_three_years_is_too_long(unit: str, count: int, too_long: bool) -> None:
    assert Interval.of(unit, count).too_long is too_long


def test_an_interval_is_said_in_words() -> None:
    assert MONTHLY.words == "month"
    assert Interval("month", 3).words == "every 3 months"


@pytest.mark.parametrize(
    ("now", "config", "then"),
    [
        pytest.param("2026-01-10 08:00:00", {"day": 15}, "2026-01-15 08:00:00", id="later this month"),
        pytest.param("2026-01-20 08:00:00", {"day": 15}, "2026-02-15 08:00:00", id="next month"),
        pytest.param("2026-02-03", {"day": 31}, "2026-02-28", id="the last day of a shorter month"),
        pytest.param("2026-02-28", {"day": 31}, "2026-03-31", id="back to the 31st"),
        pytest.param("2026-05-01", {"day": 1, "month": 3}, "2027-03-01", id="next year's March"),
        pytest.param(
            "2026-01-15 08:30:20",
            {"day": 15, "hour": 9, "minute": 0, "second": 0},
            "2026-01-15 09:00:00",
            id="later today",
        ),
    ],
)
def test_an_anchor_can_be_told_by_day_and_time(now: str, config: dict[str, int], then: str) -> None:
    assert calendar.next_on(at(now), **config) == at(then)


def test_a_day_is_written_in_english_with_two_digits() -> None:
    assert calendar.day_words(at("2026-11-17") + 23 * HOUR) == "17 Nov 2026"
    assert calendar.day_words(at("2026-05-01")) == "01 May 2026"
