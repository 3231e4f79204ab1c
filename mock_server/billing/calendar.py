"""The billing calendar: periods that follow one another from an anchor, in UTC.

Source: docs.stripe.com/billing/subscriptions/billing-cycle
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Literal, cast, get_args

Unit = Literal["day", "week", "month", "year"]

HOUR = 3_600
DAY = 24 * HOUR
WEEK = 7 * DAY

LONGEST = {"day": 1095, "week": 156, "month": 36, "year": 3}
"""The largest `interval_count` of each interval: three years."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Interval:
    """A price's rhythm: every `count` days, weeks, months or years. ValueError for another unit or a count below 1."""

    unit: Unit
    count: int = 1

    def __post_init__(self) -> None:
        if self.unit not in LONGEST:
            raise ValueError(f"an interval is one of {', '.join(get_args(Unit))}, not {self.unit}")
        if self.count < 1:
            raise ValueError(f"an interval repeats at least once, not {self.count} times")

    @classmethod
    def of(cls, unit: str, count: int = 1) -> Interval:
        """The interval that `recurring[interval]` and `recurring[interval_count]` name."""
        return cls(cast("Unit", unit), count)

    @property
    def too_long(self) -> bool:
        """Whether the interval is longer than the three years that a price may have."""
        return self.count > LONGEST[self.unit]

    def is_shorter(self, other: Interval) -> bool:
        """Whether it is over before another one that begins with it, whenever that is."""
        return add(0, self, 1) < add(0, other, 1)

    @property
    def words(self) -> str:
        """`month` or `every 3 months`, as line descriptions say it."""
        return self.unit if self.count == 1 else f"every {self.count} {self.unit}s"


@dataclass(frozen=True, slots=True)
class Period:
    """The seconds from `start` up to, not including, `end`, in Unix time."""

    start: int
    end: int

    @property
    def seconds(self) -> int:
        return self.end - self.start

    def __contains__(self, at: int) -> bool:
        return self.start <= at < self.end


@dataclass(frozen=True, slots=True)
class Span:
    """What an item is billed for: a period, and the whole interval that it is part of."""

    period: Period
    whole: Period

    @property
    def is_stub(self) -> bool:
        """Whether only a part of the interval is used, as before a later anchor."""
        return self.period != self.whole

    @property
    def share(self) -> Fraction:
        """The part of the full amount that this period costs."""
        return Fraction(self.period.seconds, self.whole.seconds)

    def cut(self, end: int | None) -> Span:
        """The same span, as far as `end` where that comes within it: what ends then is billed until then."""
        if end is None or not self.period.start < end < self.period.end:
            return self
        return Span(Period(self.period.start, end), self.whole)


def moment(at: int) -> datetime:
    """Unix seconds as a UTC datetime."""
    return EPOCH + timedelta(seconds=at)


def seconds(when: datetime) -> int:
    """A datetime as Unix seconds."""
    return (when - EPOCH) // timedelta(seconds=1)


def add(anchor: int, interval: Interval, n: int, day: int | None = None) -> int:
    """The moment `n` intervals after `anchor` (before it when negative).

    Months end by the anchor's day: from the 31st to the last day of shorter months and back to the 31st.
    day: the day of the month to hold instead of the anchor's (`billing_cycle_anchor_config[day_of_month]`).
    """
    steps = n * interval.count
    if interval.unit in ("day", "week"):
        return anchor + steps * (DAY if interval.unit == "day" else WEEK)
    start = moment(anchor)
    months = start.year * 12 + start.month - 1 + steps * (12 if interval.unit == "year" else 1)
    year, month = months // 12, months % 12 + 1
    return seconds(start.replace(year=year, month=month, day=min(day or start.day, monthrange(year, month)[1])))


def period_at(anchor: int, interval: Interval, at: int, day: int | None = None) -> Period:
    """The period that contains `at`, counted from `anchor`; `at` may lie before it."""
    n = _intervals_begun(anchor, interval, at)
    if add(anchor, interval, n, day) > at:
        n -= 1
    return Period(add(anchor, interval, n, day), add(anchor, interval, n + 1, day))


def _intervals_begun(anchor: int, interval: Interval, at: int) -> int:
    """How many intervals have passed between the two moments, or one more where the last ends later in its month."""
    if interval.unit in ("day", "week"):
        return (at - anchor) // (interval.count * (DAY if interval.unit == "day" else WEEK))
    start, end = moment(anchor), moment(at)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months // (interval.count * (12 if interval.unit == "year" else 1))


def first_period(now: int, interval: Interval, anchor: int | None = None, day: int | None = None) -> Span:
    """What a subscription that starts at `now` is billed for first: a full interval, or the stub up to a later anchor.

    ValueError for an anchor that is past, or later than one interval from `now`.
    """
    natural_end = add(now, interval, 1, day)
    if anchor is None or anchor == now:
        full = Period(now, natural_end)
        return Span(full, full)
    if not now < anchor <= natural_end:
        raise ValueError(f"the anchor {anchor} is not within one interval from {now}")
    return next_span(now, anchor, interval, day)


def next_span(start: int, anchor: int, interval: Interval, day: int | None = None) -> Span:
    """What is billed from `start` on, up to the next boundary that `anchor` sets."""
    whole = period_at(anchor, interval, start, day)
    return Span(Period(start, whole.end), whole)


def next_on(
    now: int,
    day: int,
    month: int | None = None,
    hour: int | None = None,
    minute: int | None = None,
    second: int | None = None,
) -> int:
    """The first moment after `now` on that day of the month (its last day where it is shorter), in UTC.

    month: only in this month of the year.  hour, minute, second: as in `now` where they are not given.
    Source: `billing_cycle_anchor_config`
    """
    start = moment(now)
    start = start.replace(
        hour=start.hour if hour is None else hour,
        minute=start.minute if minute is None else minute,
        second=start.second if second is None else second,
    )
    rhythm = Interval("month") if month is None else Interval("year")
    origin = start.replace(day=1, month=month or start.month)
    candidates = (add(seconds(origin), rhythm, n, day) for n in range(3))
    return next(at for at in candidates if at > now)


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day_words(at: int) -> str:
    """`17 Nov 2026`: the UTC day of a moment, in English whatever the process's locale."""
    when = moment(at)
    return f"{when.day:02} {MONTHS[when.month - 1]} {when.year}"
