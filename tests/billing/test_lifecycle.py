"""Statuses, starts, what falls due, and ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.billing import lifecycle
from mock_server.billing.calendar import Interval, Period, Span
from mock_server.billing.lifecycle import MOVES, NEW, Ending, Happening, Item, Renewal, State, Status, Step, Terms
from tests.billing.dates import DAY, HOUR, at

MONTHLY, YEARLY = Interval("month"), Interval("year")
NOW = at("2026-01-31 12:00:00")
JANUARY = Period(at("2026-01-01"), at("2026-02-01"))
FEBRUARY = Period(at("2026-02-01"), at("2026-03-01"))
ACTIVE = State("active", (Item("si", MONTHLY, JANUARY),), JANUARY.start, JANUARY.start)
TRIAL = replace(ACTIVE, status="trialing", trial_end=JANUARY.end, billing_cycle_anchor=JANUARY.end)


def names(steps: Iterable[Step]) -> list[str]:
    return [step.name for step in steps]


class TestMoves:
    def test_every_status_is_reached_from_the_beginning(self) -> None:
        reached, before = {NEW}, 0
        while len(reached) > before:
            before = len(reached)
            reached |= {after for (status, _), after in MOVES.items() if status in reached}
        assert reached - {NEW} == set(get_args(Status))

    def test_every_happening_occurs_and_no_other(self) -> None:
        assert {happening for _, happening in MOVES} == set(get_args(Happening))

    def test_an_ended_subscription_moves_no_more(self) -> None:
        assert not [move for move in MOVES if move[0] in lifecycle.ENDED]

    @pytest.mark.parametrize("status", lifecycle.LIVE)
    def test_whatever_lives_can_be_canceled(self, status: Status) -> None:
        assert lifecycle.move(status, "cancel") == "canceled"

    @pytest.mark.parametrize(
        ("status", "happening", "after"),
        [
            ("incomplete", "invoice_paid", "active"),
            ("incomplete", "payment_time_over", "incomplete_expired"),
            ("trialing", "payment_failed", "past_due"),
            ("active", "payment_failed", "past_due"),
            ("past_due", "invoice_closed", "active"),
            ("past_due", "retries_over_unpaid", "unpaid"),
            ("unpaid", "invoice_paid", "active"),
            ("paused", "resume", "active"),
        ],
    )
    def test_a_status_follows_from_what_happens(self, status: str, happening: Happening, after: str) -> None:
        assert lifecycle.move(status, happening) == after

    def test_an_impossible_move_is_an_error(self) -> None:
        assert not lifecycle.can("canceled", "invoice_paid")
        with pytest.raises(ValueError, match="canceled has no invoice_paid"):
            lifecycle.move("canceled", "invoice_paid")


class TestStart:
    def test_a_start_is_billed_for_a_whole_interval_and_waits_for_its_payment(self) -> None:
        plan = lifecycle.start([MONTHLY], Terms(), NOW)
        assert plan.periods == (Period(NOW, at("2026-02-28 12:00:00")),)
        assert (plan.status, plan.billing_cycle_anchor, plan.bill_now) == ("incomplete", NOW, True)
        assert plan.next_at == NOW + 23 * HOUR

    def test_a_start_by_invoice_is_active_at_once(self) -> None:
        plan = lifecycle.start([MONTHLY], Terms(collection_method="send_invoice"), NOW)
        assert (plan.status, plan.next_at) == ("active", at("2026-02-28 12:00:00"))

    def test_items_of_different_intervals_have_periods_of_their_own(self) -> None:
        plan = lifecycle.start([YEARLY, MONTHLY], Terms(collection_method="send_invoice"), NOW)
        assert [period.end for period in plan.periods] == [at("2027-01-31 12:00:00"), at("2026-02-28 12:00:00")]
        assert plan.next_at == at("2026-02-28 12:00:00")

    def test_a_later_anchor_bills_a_stub_first(self) -> None:
        plan = lifecycle.start([MONTHLY], Terms(anchor=at("2026-02-15")), NOW)
        assert plan.billing_cycle_anchor == at("2026-02-15")
        assert plan.spans == (Span(Period(NOW, at("2026-02-15")), Period(at("2026-01-15"), at("2026-02-15"))),)
        assert plan.bill_now

    def test_a_free_stub_is_not_billed_and_needs_no_payment(self) -> None:
        plan = lifecycle.start([MONTHLY], Terms(anchor=at("2026-02-15"), bill_stub=False), NOW)
        assert (plan.status, plan.bill_now, plan.next_at) == ("active", False, at("2026-02-15"))

    def test_without_a_stub_there_is_nothing_to_leave_free(self) -> None:
        assert lifecycle.start([MONTHLY], Terms(bill_stub=False), NOW).bill_now

    def test_a_trial_covers_every_item_up_to_its_end_which_is_the_anchor(self) -> None:
        end = lifecycle.trial_end_after(14, NOW)
        plan = lifecycle.start([MONTHLY, YEARLY], Terms(trial_end=end), NOW)
        assert (plan.status, plan.trial_start, plan.trial_end) == ("trialing", NOW, NOW + 14 * DAY)
        assert plan.periods == (Period(NOW, end), Period(NOW, end))
        assert (plan.billing_cycle_anchor, plan.bill_now) == (end, True)

    def test_the_end_of_a_trial_is_announced_three_days_before(self) -> None:
        plan = lifecycle.start([MONTHLY], Terms(trial_end=NOW + 14 * DAY), NOW)
        assert (plan.next_at, plan.announces_trial_end) == (NOW + 11 * DAY, False)

    def test_a_short_trial_is_announced_as_it_starts(self) -> None:
        plan = lifecycle.start([MONTHLY], Terms(trial_end=NOW + 3 * DAY), NOW)
        assert (plan.next_at, plan.announces_trial_end) == (NOW + 3 * DAY, True)

    def test_without_a_trial_there_is_nothing_to_announce(self) -> None:
        assert not lifecycle.start([MONTHLY], Terms(), NOW).announces_trial_end

    def test_a_trial_may_end_before_a_fixed_anchor(self) -> None:
        plan = lifecycle.start([MONTHLY], Terms(trial_end=at("2026-02-10"), anchor=at("2026-03-01")), NOW)
        assert plan.billing_cycle_anchor == at("2026-03-01")

    def test_a_trial_beyond_the_anchor_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="not within one interval"):
            lifecycle.start([MONTHLY], Terms(trial_end=at("2026-03-02"), anchor=at("2026-03-01")), NOW)

    def test_a_trial_that_is_over_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="is over"):
            lifecycle.start([MONTHLY], Terms(trial_end=NOW), NOW)

    def test_an_early_end_falls_due_first(self) -> None:
        terms = Terms(collection_method="send_invoice", cancel_at=NOW + DAY)
        assert lifecycle.start([MONTHLY], terms, NOW).next_at == NOW + DAY

    def test_an_end_with_the_period_falls_due_with_the_period(self) -> None:
        plan = lifecycle.start([MONTHLY], Terms(collection_method="send_invoice", cancel_at_period_end=True), NOW)
        assert plan.next_at == plan.periods[0].end


class TestWhatFallsDue:
    @pytest.mark.parametrize("status", sorted(lifecycle.ENDED))
    def test_after_the_end_nothing_is_due(self, status: str) -> None:
        ended = replace(ACTIVE, status=status, cancel_at=JANUARY.end)
        assert lifecycle.next_due(ended, JANUARY.end) is None
        assert lifecycle.at_period_end(ended, JANUARY.end) == []

    def test_while_paused_only_a_scheduled_end_is_due(self) -> None:
        paused = replace(ACTIVE, status="paused")
        assert lifecycle.next_due(paused, JANUARY.end) is None
        assert lifecycle.at_period_end(paused, JANUARY.end) == []
        ending = replace(paused, cancel_at=JANUARY.end)
        assert lifecycle.next_due(ending, JANUARY.start) == JANUARY.end
        assert names(lifecycle.at_period_end(ending, JANUARY.end)) == ["cancel"]

    def test_an_incomplete_one_expires_after_23_hours(self) -> None:
        state = replace(ACTIVE, status="incomplete")
        due = JANUARY.start + 23 * HOUR
        assert lifecycle.next_due(state, JANUARY.start) == due
        assert lifecycle.at_period_end(state, due - 1) == []
        assert lifecycle.at_period_end(state, due) == [Step("expire", "incomplete_expired")]

    def test_nothing_happens_before_the_period_ends(self) -> None:
        assert lifecycle.next_due(ACTIVE, JANUARY.start) == JANUARY.end
        assert lifecycle.at_period_end(ACTIVE, JANUARY.end - 1) == []

    def test_at_the_end_of_the_period_the_next_one_begins(self) -> None:
        renewal = Renewal("si", Span(FEBRUARY, FEBRUARY))
        assert lifecycle.at_period_end(ACTIVE, JANUARY.end) == [Step("renew", "active", (renewal,))]

    @pytest.mark.parametrize("status", ["past_due", "unpaid"])
    def test_periods_go_on_while_an_invoice_is_open(self, status: str) -> None:
        steps = lifecycle.at_period_end(replace(ACTIVE, status=status), JANUARY.end)
        assert [(step.name, step.status) for step in steps] == [("renew", status)]

    def test_only_items_whose_period_is_over_are_renewed(self) -> None:
        year = Item("si_year", YEARLY, Period(JANUARY.start, at("2027-01-01")))
        (step,) = lifecycle.at_period_end(replace(ACTIVE, items=(*ACTIVE.items, year)), JANUARY.end)
        assert [renewal.key for renewal in step.renewals] == ["si"]

    def test_a_renewal_that_has_been_done_is_not_done_again(self) -> None:
        (step,) = lifecycle.at_period_end(ACTIVE, JANUARY.end)
        renewed = replace(ACTIVE, items=(replace(ACTIVE.items[0], period=step.renewals[0].span.period),))
        assert lifecycle.at_period_end(renewed, JANUARY.end) == []

    def test_the_end_with_the_period_comes_instead_of_the_next_period(self) -> None:
        ending = replace(ACTIVE, cancel_at=JANUARY.end, cancel_at_period_end=True)
        assert lifecycle.at_period_end(ending, JANUARY.end) == [Step("cancel", "canceled")]

    def test_a_date_of_its_own_does_not_follow_the_period(self) -> None:
        ending = replace(ACTIVE, cancel_at=FEBRUARY.end)
        assert names(lifecycle.at_period_end(ending, JANUARY.end)) == ["renew"]
        assert ending.ends_at == FEBRUARY.end

    def test_the_flag_follows_the_latest_period(self) -> None:
        year = Item("si_year", YEARLY, Period(JANUARY.start, at("2027-01-01")))
        ending = replace(ACTIVE, items=(*ACTIVE.items, year), cancel_at=JANUARY.end, cancel_at_period_end=True)
        assert ending.ends_at == at("2027-01-01")
        assert names(lifecycle.at_period_end(ending, JANUARY.end)) == ["renew"]

    @given(st.integers(1, 36), st.integers(0, 40))
    def test_renewals_follow_one_another_without_a_gap(self, count: int, months: int) -> None:
        interval = Interval("month", count)
        first = lifecycle.start([interval], Terms(), at("2024-01-31") + months * DAY)
        item = Item("si", interval, first.periods[0])
        for _ in range(4):
            state = replace(ACTIVE, items=(item,), billing_cycle_anchor=first.billing_cycle_anchor)
            (step,) = lifecycle.at_period_end(state, item.period.end)
            span = step.renewals[0].span
            assert not span.is_stub
            assert span.period.start == item.period.end
            item = replace(item, period=span.period)


class TestTrials:
    def test_the_announcement_comes_once_and_then_the_end(self) -> None:
        notice = JANUARY.end - 3 * DAY
        assert lifecycle.next_due(TRIAL, JANUARY.start) == notice
        assert lifecycle.at_period_end(TRIAL, notice - 1) == []
        assert lifecycle.at_period_end(TRIAL, notice) == [Step("trial_will_end", "trialing")]
        assert lifecycle.next_due(TRIAL, notice) == JANUARY.end

    def test_at_its_end_the_first_paid_period_begins(self) -> None:
        steps = lifecycle.at_period_end(TRIAL, JANUARY.end)
        assert [(step.name, step.status) for step in steps] == [("trial_ended", "active"), ("renew", "active")]
        assert steps[1].renewals[0].span == Span(FEBRUARY, FEBRUARY)

    def test_before_a_fixed_anchor_a_stub_follows(self) -> None:
        fixed = replace(TRIAL, billing_cycle_anchor=at("2026-02-15"))
        span = lifecycle.at_period_end(fixed, JANUARY.end)[1].renewals[0].span
        assert span.period == Period(JANUARY.end, at("2026-02-15"))
        assert span.is_stub

    @pytest.mark.parametrize(
        ("when_missing", "expected"),
        [("create_invoice", ["trial_ended", "renew"]), ("pause", ["pause"]), ("cancel", ["cancel"])],
    )
    def test_without_a_payment_method_the_settings_decide(self, when_missing: str, expected: list[str]) -> None:
        state = replace(TRIAL, has_method=False, when_missing=when_missing)
        assert names(lifecycle.at_period_end(state, JANUARY.end)) == expected

    @pytest.mark.parametrize("when_missing", ["create_invoice", "pause", "cancel"])
    def test_with_a_payment_method_a_trial_goes_on(self, when_missing: str) -> None:
        state = replace(TRIAL, when_missing=when_missing)
        assert names(lifecycle.at_period_end(state, JANUARY.end)) == ["trial_ended", "renew"]


class TestEndings:
    def test_an_immediate_end_schedules_nothing(self) -> None:
        ending = lifecycle.schedule_cancel("immediately", "flexible", JANUARY.end, NOW)
        assert ending == Ending(None, False, NOW, NOW, "canceled")

    def test_a_classic_end_with_the_period_sets_the_flag(self) -> None:
        ending = lifecycle.schedule_cancel("at_period_end", "classic", JANUARY.end, NOW)
        assert ending == Ending(JANUARY.end, True, NOW, None, None)

    def test_a_flexible_end_with_the_period_sets_a_date(self) -> None:
        ending = lifecycle.schedule_cancel("at_period_end", "flexible", JANUARY.end, NOW)
        assert ending == Ending(JANUARY.end, False, NOW, None, None)

    def test_undoing_clears_every_field(self) -> None:
        assert lifecycle.undo_cancel() == Ending(None, False, None, None, None)


class TestAnnouncements:
    SOON = replace(ACTIVE, notice=7 * DAY)

    def test_a_renewal_is_announced_some_days_ahead(self) -> None:
        assert lifecycle.next_due(self.SOON, JANUARY.start) == at("2026-01-25")
        assert names(lifecycle.at_period_end(self.SOON, at("2026-01-25"))) == ["upcoming"]

    def test_it_is_announced_once(self) -> None:
        assert lifecycle.next_due(self.SOON, at("2026-01-25")) == JANUARY.end

    def test_nothing_is_announced_in_another_second(self) -> None:
        assert lifecycle.at_period_end(self.SOON, at("2026-01-25") + 1) == []

    def test_a_period_shorter_than_the_notice_is_not_announced(self) -> None:
        week = replace(self.SOON, items=(Item("si", Interval("week"), Period(NOW, NOW + 7 * DAY)),))
        assert lifecycle.next_due(week, NOW) == NOW + 7 * DAY

    def test_an_end_is_no_renewal(self) -> None:
        assert lifecycle.next_due(replace(self.SOON, cancel_at_period_end=True), JANUARY.start) == JANUARY.end

    @pytest.mark.parametrize("status", ["unpaid", "paused", "incomplete"])
    def test_what_is_not_collected_is_not_announced(self, status: str) -> None:
        assert lifecycle.renewal_notice_at(replace(self.SOON, status=status)) is None

    def test_a_trial_and_its_first_charge_may_be_announced_together(self) -> None:
        both = replace(TRIAL, notice=3 * DAY)
        assert names(lifecycle.at_period_end(both, at("2026-01-29"))) == ["upcoming", "trial_will_end"]
        assert lifecycle.next_due(both, at("2026-01-29")) == JANUARY.end
