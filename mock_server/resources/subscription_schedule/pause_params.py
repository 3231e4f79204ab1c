"""The parameters of a schedule's pauses.

Source: docs.stripe.com/api/subscription_schedules/create, docs.stripe.com/api/subscription_schedules/update
"""

from __future__ import annotations

from flask_portal.wire.params import Hash, OneOf, Params, Str, Timestamp

from ..price_params import Interval

PRORATIONS = ("always_invoice", "create_prorations", "none")


class PauseAt(Params):
    timestamp = Timestamp()
    type = OneOf("now", "timestamp", required=True)


class Usage(Params):
    type = OneOf("none", "pause_at")


class UnusedTime(Params):
    type = OneOf("item_current_period_start", "none", "pause_at")


class BillFor(Params):
    outstanding_usage_through = Hash(Usage)
    unused_time_from = Hash(UnusedTime)


class PauseSettings(Params):
    bill_for = Hash(BillFor)
    invoicing_behavior = OneOf("invoice", "pending_invoice_item")
    type = OneOf("subscription")


class Pause(Params):
    pause_at = Hash(PauseAt)
    settings = Hash(PauseSettings)


class ResumeAt(Params):
    duration = Hash(Interval)
    timestamp = Timestamp()
    type = OneOf("duration", "now", "timestamp", required=True)


class ResumeSettings(Params):
    billing_cycle_anchor = OneOf("resume_at", "unchanged")
    payment_behavior = OneOf("resume_on_payment_attempt", "resume_on_payment_success")
    proration_behavior = OneOf(*PRORATIONS)


class Resume(Params):
    resume_at = Hash(ResumeAt)
    settings = Hash(ResumeSettings)


class PauseSchedule(Params):
    key = Str()
    pause = Hash(Pause)
    resume = Hash(Resume)


class ChangedPauseSchedule(PauseSchedule):
    resume = Hash(Resume, nullable=True)
