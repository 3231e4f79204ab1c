"""What a customer may do, and a word for why not; the pages say the word in the customer's language.

`features` are those of the portal configuration, as the API serves them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_portal.rules.subscriptions import SubscriptionView

ALREADY_ENDING = "already_ending"
CANCEL_OFF = "cancel_off"
DETAILS_OFF = "details_off"
ENDED = "ended"
FIELD_OFF = "field_off"
NOT_ENDING = "not_ending"
SCHEDULED_UPDATE = "scheduled_update"


@dataclass(frozen=True, slots=True)
class Verdict:
    """reason: one of the words of this module; empty when it may be done."""

    ok: bool
    reason: str

    @classmethod
    def yes(cls) -> Verdict:
        return cls(True, "")

    @classmethod
    def no(cls, reason: str) -> Verdict:
        return cls(False, reason)


def may_cancel(view: SubscriptionView, features: Mapping[str, Any]) -> Verdict:
    """Whether the customer may end a subscription, now or later as the configuration says."""
    if not features["subscription_cancel"]["enabled"]:
        return Verdict.no(CANCEL_OFF)
    if not view.is_live:
        return Verdict.no(ENDED)
    if view.ends_at is not None:
        return Verdict.no(ALREADY_ENDING)
    if view.has_schedule:
        return Verdict.no(SCHEDULED_UPDATE)
    return Verdict.yes()


def may_undo(view: SubscriptionView, features: Mapping[str, Any]) -> Verdict:
    """Whether the customer may take back a scheduled end."""
    if not features["subscription_cancel"]["enabled"]:
        return Verdict.no(CANCEL_OFF)
    if not view.is_live:
        return Verdict.no(ENDED)
    if view.ends_at is None:
        return Verdict.no(NOT_ENDING)
    if view.has_schedule:
        return Verdict.no(SCHEDULED_UPDATE)
    return Verdict.yes()


def may_edit(features: Mapping[str, Any], field: str) -> Verdict:
    """Whether the customer may change a detail.  field: a value of `allowed_updates`, such as `email` or `tax_id`."""
    feature = features["customer_update"]
    if not feature["enabled"]:
        return Verdict.no(DETAILS_OFF)
    return Verdict.yes() if field in feature["allowed_updates"] else Verdict.no(FIELD_OFF)
