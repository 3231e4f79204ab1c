"""What a customer may do, and a word for why not; the pages say the word in the customer's language.

`features` are those of the portal configuration, as the API serves them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_portal.rules.methods import MethodView, can_pay, charged, paid_with
from flask_portal.rules.subscriptions import SubscriptionView

ALREADY_ENDING = "already_ending"
CANCEL_OFF = "cancel_off"
DETAILS_OFF = "details_off"
ENDED = "ended"
FIELD_OFF = "field_off"
LAST_METHOD = "last_method"
METHODS_OFF = "methods_off"
METHOD_NEEDED = "method_needed"
NOT_ENDING = "not_ending"
PAYING_OFF = "paying_off"
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


def may_manage_methods(features: Mapping[str, Any]) -> Verdict:
    """Whether the customer may add, choose, change and remove payment methods."""
    return Verdict.yes() if features["payment_method_update"]["enabled"] else Verdict.no(METHODS_OFF)


def may_pay(features: Mapping[str, Any]) -> Verdict:
    """Whether the customer may pay what is open: where invoices are shown, and where a method can be chosen for it."""
    shown = features["invoice_history"]["enabled"] or features["payment_method_update"]["enabled"]
    return Verdict.yes() if shown else Verdict.no(PAYING_OFF)


def may_remove(
    method: MethodView,
    methods: Iterable[MethodView],
    subscriptions: Sequence[SubscriptionView],
    default: str | None,
    today: date,
) -> Verdict:
    """Whether a payment method may go.  methods: all of the customer's. default: the id of the customer's default.

    A customer with a subscription keeps a usable method, and no subscription is left with nothing to be charged to.
    """
    needing = charged(subscriptions)
    others = [each for each in methods if each.id != method.id and can_pay(each, today)]
    if needing and not others:
        return Verdict.no(LAST_METHOD)
    has_other_default = default is not None and default != method.id
    if not all(view.has_own_method and has_other_default for view in paid_with(method.id, needing)):
        return Verdict.no(METHOD_NEEDED)
    return Verdict.yes()


def may_edit(features: Mapping[str, Any], field: str) -> Verdict:
    """Whether the customer may change a detail.  field: a value of `allowed_updates`, such as `email` or `tax_id`."""
    feature = features["customer_update"]
    if not feature["enabled"]:
        return Verdict.no(DETAILS_OFF)
    return Verdict.yes() if field in feature["allowed_updates"] else Verdict.no(FIELD_OFF)
