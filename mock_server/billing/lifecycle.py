"""The life of a subscription: its statuses, how it starts, what falls due and how it ends.

Every function is pure. Statuses move only along `MOVES`; what a resource has to do at a moment is a list of steps.

Source: docs.stripe.com/billing/subscriptions/overview
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, TypeAlias

from mock_server.billing.calendar import DAY, HOUR, Interval, Period, Span, first_period, next_span

Status = Literal[
    "incomplete", "incomplete_expired", "trialing", "active", "past_due", "unpaid", "canceled", "paused"
]  # fmt: skip
Happening = Literal[
    "started", "started_on_trial", "started_by_invoice", "started_free",
    "invoice_paid", "invoice_closed", "payment_processing", "payment_failed", "payment_time_over",
    "trial_given", "trial_ended", "retries_over_unpaid", "retries_over_keep",
    "pause", "resume", "resume_unpaid", "cancel",
]  # fmt: skip
Move: TypeAlias = tuple[str, Happening]

NEW = "new"
"""What a subscription is before it starts; never shown."""

PAYMENT_HOURS = 23
TRIAL_NOTICE_DAYS = 3
ENDED: frozenset[str] = frozenset({"canceled", "incomplete_expired"})
LIVE: tuple[Status, ...] = ("incomplete", "trialing", "active", "past_due", "unpaid", "paused")

_EXPLICIT: Mapping[Move, Status] = {
    (NEW, "started"): "incomplete",
    (NEW, "started_on_trial"): "trialing",
    (NEW, "started_by_invoice"): "active",
    (NEW, "started_free"): "active",
    ("incomplete", "invoice_paid"): "active",
    ("incomplete", "payment_processing"): "active",
    ("incomplete", "payment_failed"): "incomplete",
    ("incomplete", "payment_time_over"): "incomplete_expired",
    ("trialing", "invoice_paid"): "trialing",
    ("trialing", "invoice_closed"): "trialing",
    ("trialing", "trial_given"): "trialing",
    ("trialing", "trial_ended"): "active",
    ("trialing", "payment_failed"): "past_due",
    ("trialing", "pause"): "paused",
    ("active", "invoice_paid"): "active",
    ("active", "invoice_closed"): "active",
    ("active", "payment_processing"): "active",
    ("active", "payment_failed"): "past_due",
    ("active", "trial_given"): "trialing",
    ("active", "pause"): "paused",
    ("past_due", "invoice_paid"): "active",
    ("past_due", "invoice_closed"): "active",
    ("past_due", "payment_processing"): "past_due",
    ("past_due", "payment_failed"): "past_due",
    ("past_due", "retries_over_unpaid"): "unpaid",
    ("past_due", "retries_over_keep"): "past_due",
    ("past_due", "pause"): "paused",
    ("unpaid", "invoice_paid"): "active",
    ("unpaid", "invoice_closed"): "unpaid",
    ("unpaid", "payment_processing"): "unpaid",
    ("unpaid", "payment_failed"): "unpaid",
    ("unpaid", "pause"): "paused",
    ("paused", "resume"): "active",
    ("paused", "resume_unpaid"): "past_due",
    ("paused", "invoice_paid"): "paused",
    ("paused", "invoice_closed"): "paused",
}

MOVES: Mapping[Move, Status] = MappingProxyType(
    {**_EXPLICIT, **{(status, "cancel"): "canceled" for status in LIVE}},
)
"""Every legal change: (status, happening) to status. Whatever can end is canceled by the same word.

`invoice_paid` and `payment_failed` speak of the latest finalised invoice, zero invoices included; `invoice_closed`
means that it was voided or marked uncollectible. How retries end is the account's choice: `cancel`, `pause`,
`retries_over_unpaid` or `retries_over_keep`.
"""


def can(status: str, happening: Happening) -> bool:
    """Whether `happening` may befall a subscription in `status`."""
    return (status, happening) in MOVES


def move(status: str, happening: Happening) -> Status:
    """The status after `happening`. ValueError for a move that is not in `MOVES`."""
    if not can(status, happening):
        raise ValueError(f"a subscription that is {status} has no {happening}")
    return MOVES[(status, happening)]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a subscription is created with, beside its items; times are Unix seconds.

    trial_end: None for no trial.  anchor: `billing_cycle_anchor`, in the future.  day: the day of the month to hold.
    bill_stub: False when the stub up to `anchor` is free (`proration_behavior=none`).
    """

    trial_end: int | None = None
    anchor: int | None = None
    day: int | None = None
    collection_method: Literal["charge_automatically", "send_invoice"] = "charge_automatically"
    bill_stub: bool = True
    cancel_at: int | None = None
    cancel_at_period_end: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """How a subscription starts.

    status: before any payment; `incomplete` becomes `active` by the happening `invoice_paid`, at once for nothing.
    spans: what each item is billed for, in the order of the items; the trial itself while on trial.
    bill_now: whether the lines of `spans` are to be invoiced now (a trial is invoiced too, with lines of nothing).
    next_at: when something falls due next.
    """

    status: Status
    billing_cycle_anchor: int
    spans: tuple[Span, ...]
    trial_start: int | None
    trial_end: int | None
    bill_now: bool
    next_at: int | None

    @property
    def periods(self) -> tuple[Period, ...]:
        """Each item's current period."""
        return tuple(span.period for span in self.spans)

    @property
    def announces_trial_end(self) -> bool:
        """Whether the trial is so short that its end is announced as it starts."""
        start, end = self.trial_start, self.trial_end
        return start is not None and end is not None and trial_notice_at(end) <= start


@dataclass(frozen=True, slots=True)
class Item:
    """A subscription item as time sees it; `key` is the caller's own name for it."""

    key: str
    interval: Interval
    period: Period


AlarmName = Literal["resume_collection", "give_up_resuming", "expire_update", "bill_pending"]


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something of its own that is to happen at a moment, whatever the periods do."""

    name: AlarmName
    at: int


@dataclass(frozen=True, slots=True)
class State:
    """A subscription as time sees it.

    started_at: when it was created, on its own clock.  has_method: whether a payment method could pay for it.
    when_missing: what the trial's end does without one (`trial_settings[end_behavior][missing_payment_method]`).
    alarms: what else is to happen; it comes before what the periods do at the same moment.
    notice: how many seconds before a renewal it is announced; 0 for never.
    """

    status: str
    items: tuple[Item, ...]
    billing_cycle_anchor: int
    started_at: int
    trial_end: int | None = None
    cancel_at: int | None = None
    cancel_at_period_end: bool = False
    has_method: bool = True
    when_missing: Literal["create_invoice", "pause", "cancel"] = "create_invoice"
    day: int | None = None
    alarms: tuple[Alarm, ...] = ()
    notice: int = 0

    @property
    def period_end(self) -> int:
        """The latest end of the items' periods: what `at_period_end` refers to."""
        return max(item.period.end for item in self.items)

    @property
    def ends_at(self) -> int | None:
        """When it is scheduled to end: the flag follows the period, a date of its own does not."""
        return self.period_end if self.cancel_at_period_end else self.cancel_at


@dataclass(frozen=True, slots=True)
class Renewal:
    """An item's next period."""

    key: str
    span: Span


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do now. `status` is the status it leads to, `renewals` the new periods of a `renew`.

    expire: the first invoice was not paid in time.  trial_will_end: announce it.  cancel: it ends now.
    pause: the trial ended without a method.  trial_ended: the trial is over and a `renew` follows, which is invoiced.
    renew: the listed items have entered their next period; `status` is unchanged until that invoice is paid or not.
    upcoming: announce the renewal that is near.
    The alarms by their names: they come alone, and what else is due then comes next.
    """

    name: Literal["expire", "upcoming", "trial_will_end", "trial_ended", "pause", "cancel", "renew"] | AlarmName
    status: str
    renewals: tuple[Renewal, ...] = ()


def trial_end_after(days: int, now: int) -> int:
    """When a trial of `days` that begins at `now` ends."""
    return now + days * DAY


def start(intervals: Sequence[Interval], terms: Terms, now: int) -> Plan:
    """How a subscription to items of these intervals begins at `now`.

    ValueError for an anchor that is not within one interval of the start, or of the trial's end, for an anchor before
    the trial's end, and for a trial's end that is not in the future.
    """
    if terms.trial_end is not None:
        return _start_on_trial(intervals, terms, terms.trial_end, now)
    spans = tuple(first_period(now, interval, terms.anchor, terms.day) for interval in intervals)
    bill_now = terms.bill_stub or not any(span.is_stub for span in spans)
    status = move(NEW, _beginning(terms, bill_now))
    anchor = terms.anchor or now
    return Plan(status, anchor, spans, None, None, bill_now, _first_due(status, intervals, spans, terms, anchor, now))


def _beginning(terms: Terms, bill_now: bool) -> Happening:
    if not bill_now:
        return "started_free"
    return "started_by_invoice" if terms.collection_method == "send_invoice" else "started"


def _start_on_trial(intervals: Sequence[Interval], terms: Terms, trial_end: int, now: int) -> Plan:
    if trial_end <= now:
        raise ValueError(f"a trial that ends at {trial_end} is over at {now}")
    for interval in intervals:
        first_period(trial_end, interval, terms.anchor, terms.day)
    trial = Period(now, trial_end)
    spans = tuple(Span(trial, trial) for _ in intervals)
    status = move(NEW, "started_on_trial")
    anchor = terms.anchor or trial_end
    due = _first_due(status, intervals, spans, terms, anchor, now)
    return Plan(status, anchor, spans, now, trial_end, bill_now=True, next_at=due)


def _first_due(
    status: Status, intervals: Sequence[Interval], spans: Sequence[Span], terms: Terms, anchor: int, now: int
) -> int | None:
    items = tuple(Item("", interval, span.period) for interval, span in zip(intervals, spans, strict=True))
    state = State(status, items, anchor, now, trial_end=terms.trial_end, cancel_at=terms.cancel_at)
    return next_due(replace(state, cancel_at_period_end=terms.cancel_at_period_end), now)


def trial_notice_at(trial_end: int) -> int:
    """When `trial_will_end` is announced; a trial that is shorter is announced when it starts."""
    return trial_end - TRIAL_NOTICE_DAYS * DAY


def renewal_notice_at(state: State) -> int | None:
    """When the next renewal is announced, in this very second or not at all; None where none follows."""
    if not state.notice or state.status not in ("trialing", "active", "past_due"):
        return None
    end = min(item.period.end for item in state.items)
    over = state.ends_at is not None and state.ends_at <= end
    return None if over else end - state.notice


def next_due(state: State, now: int) -> int | None:
    """When something falls due next, or None. A moment that has passed unhandled is still due."""
    return min(_due_moments(state, now), default=None)


def _due_moments(state: State, now: int) -> Iterator[int]:
    if state.status in ENDED:
        return
    yield from (alarm.at for alarm in state.alarms)
    if state.ends_at is not None:
        yield state.ends_at
    if state.status == "paused":
        return
    if state.status == "incomplete":
        yield state.started_at + PAYMENT_HOURS * HOUR
        return
    announced = renewal_notice_at(state)
    if announced is not None and announced > now:
        yield announced
    if state.status == "trialing" and state.trial_end is not None:
        # The announcement leaves no mark on the subscription, so only one that lies ahead is due.
        if trial_notice_at(state.trial_end) > now:
            yield trial_notice_at(state.trial_end)
        yield state.trial_end
    yield from (item.period.end for item in state.items)


def at_period_end(state: State, now: int) -> list[Step]:
    """What happens at `now`, in order; nothing when nothing is due.

    A renewal is the next period only: after a longer silence the next due moment lies in the past and comes next.
    """
    if state.status in ENDED:
        return []
    rung = [Step(alarm.name, state.status) for alarm in state.alarms if alarm.at <= now]
    if rung:
        return rung
    if state.ends_at is not None and state.ends_at <= now:
        return [Step("cancel", move(state.status, "cancel"))]
    if state.status == "paused":
        return []
    if state.status == "incomplete":
        over = now >= state.started_at + PAYMENT_HOURS * HOUR
        return [Step("expire", move(state.status, "payment_time_over"))] if over else []
    if renewal_notice_at(state) == now:
        both = state.trial_end is not None and trial_notice_at(state.trial_end) == now
        return [Step("upcoming", state.status), *([Step("trial_will_end", state.status)] if both else [])]
    if state.status == "trialing" and state.trial_end is not None:
        return _on_trial(state, state.trial_end, now)
    return _renewed(state, now)


def _on_trial(state: State, trial_end: int, now: int) -> list[Step]:
    if now < trial_end:
        announced = now >= trial_notice_at(trial_end)
        return [Step("trial_will_end", state.status)] if announced else []
    if not state.has_method and state.when_missing == "pause":
        return [Step("pause", move(state.status, "pause"))]
    if not state.has_method and state.when_missing == "cancel":
        return [Step("cancel", move(state.status, "cancel"))]
    active = move(state.status, "trial_ended")
    return [Step("trial_ended", active), *_renewed(replace(state, status=active), now)]


def _renewed(state: State, now: int) -> list[Step]:
    renewals = tuple(
        Renewal(item.key, next_span(item.period.end, state.billing_cycle_anchor, item.interval, state.day))
        for item in state.items
        if item.period.end <= now
    )
    return [Step("renew", state.status, renewals)] if renewals else []


@dataclass(frozen=True, slots=True)
class Ending:
    """The fields that say how a subscription ends; `status` is None where it stays as it is."""

    cancel_at: int | None = None
    cancel_at_period_end: bool = False
    canceled_at: int | None = None
    ended_at: int | None = None
    status: Status | None = None


def cancel_now(now: int) -> Ending:
    """It ends at once; nothing stays scheduled."""
    return Ending(canceled_at=now, ended_at=now, status="canceled")


def cancel_on(moment: int, now: int) -> Ending:
    """It ends at a date of its own (`cancel_at`), whatever its periods do."""
    return Ending(cancel_at=moment, canceled_at=now)


def cancel_with_period(period_end: int, now: int) -> Ending:
    """`cancel_at_period_end=true` as the API takes it, in both billing modes: `cancel_at` follows the period."""
    return Ending(cancel_at=period_end, cancel_at_period_end=True, canceled_at=now)


def schedule_cancel(
    mode: Literal["immediately", "at_period_end"],
    billing_mode: Literal["classic", "flexible"],
    period_end: int,
    now: int,
) -> Ending:
    """A cancellation as the portal makes it.

    period_end: the latest end of the items' periods. A flexible subscription gets a fixed date instead of the flag.
    """
    if mode == "immediately":
        return cancel_now(now)
    return cancel_on(period_end, now) if billing_mode == "flexible" else cancel_with_period(period_end, now)


def undo_cancel() -> Ending:
    """A scheduled end is taken back: every field is cleared and the status stays."""
    return Ending()
