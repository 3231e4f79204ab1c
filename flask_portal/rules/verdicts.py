"""What a customer may do, and a word for why not; the pages say the word in the customer's language.

`features` are those of the portal configuration, as the API serves them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_portal.rules import policies
from flask_portal.rules.subscriptions import SubscriptionView
from flask_portal.rules.verdict import Verdict

__all__ = ["Verdict", "may_cancel", "may_edit", "may_undo"]

ALREADY_ENDING = "already_ending"
CANCEL_OFF = "cancel_off"
DETAILS_OFF = "details_off"
ENDED = "ended"
FIELD_OFF = "field_off"
NOT_ENDING = "not_ending"
SCHEDULED_UPDATE = "scheduled_update"


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
    return policies.may_cancel(view)


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
