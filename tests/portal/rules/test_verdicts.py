"""What a customer may do, and why not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flask_portal.rules.methods import MethodView
from flask_portal.rules.subscriptions import SubscriptionView
from flask_portal.rules.verdicts import Verdict, may_cancel, may_edit, may_manage_methods, may_pay, may_remove, may_undo
from tests.portal.rules.bodies import card, view

ON = {"subscription_cancel": {"enabled": True}}
OFF = {"subscription_cancel": {"enabled": False}}


@pytest.mark.parametrize("status", ["active", "trialing", "past_due", "unpaid", "paused", "incomplete"])
def test_a_live_subscription_can_be_canceled(status: str) -> None:
    assert may_cancel(view(status=status), ON) == Verdict.yes()


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"collection_method": "send_invoice"}, id="by invoice"),
        pytest.param({"default_payment_method": None}, id="without a method"),
    ],
)
def test_what_cannot_be_switched_can_still_be_canceled(fields: dict[str, Any]) -> None:
    assert may_cancel(view(**fields), ON).ok


@pytest.mark.parametrize(
    ("fields", "features", "reason"),
    [
        pytest.param({}, OFF, "cancel_off", id="the business does not allow it"),
        pytest.param({"status": "canceled"}, ON, "ended", id="ended"),
        pytest.param({"status": "incomplete_expired"}, ON, "ended", id="never begun"),
        pytest.param({"cancel_at": 250}, ON, "already_ending", id="set to end at a date"),
        pytest.param({"cancel_at_period_end": True}, ON, "already_ending", id="set to end at period end"),
        pytest.param({"schedule": "sub_sched_1"}, ON, "scheduled_update", id="a change is planned"),
    ],
)
def test_what_stands_in_the_way_of_canceling_is_named(
    fields: dict[str, Any], features: dict[str, Any], reason: str
) -> None:
    assert may_cancel(view(**fields), features) == Verdict.no(reason)


@pytest.mark.parametrize("fields", [{"cancel_at": 250}, {"cancel_at_period_end": True}])
def test_a_scheduled_end_can_be_taken_back(fields: dict[str, Any]) -> None:
    assert may_undo(view(**fields), ON) == Verdict.yes()


@pytest.mark.parametrize(
    ("fields", "features", "reason"),
    [
        pytest.param({"cancel_at": 250}, OFF, "cancel_off", id="the business does not allow it"),
        pytest.param({"cancel_at": 250, "status": "canceled"}, ON, "ended", id="too late"),
        pytest.param({}, ON, "not_ending", id="nothing to take back"),
        pytest.param({"cancel_at": 250, "schedule": "sub_sched_1"}, ON, "scheduled_update", id="a schedule ends it"),
    ],
)
def test_what_stands_in_the_way_of_staying_is_named(
    fields: dict[str, Any], features: dict[str, Any], reason: str
) -> None:
    assert may_undo(view(**fields), features) == Verdict.no(reason)


@pytest.mark.parametrize(
    ("enabled", "field", "verdict"),
    [
        pytest.param(True, "email", Verdict.yes(), id="allowed"),
        pytest.param(True, "phone", Verdict.no("field_off"), id="not this one"),
        pytest.param(False, "email", Verdict.no("details_off"), id="none at all"),
    ],
)
def test_a_detail_can_be_changed_where_the_business_allows_it(enabled: bool, field: str, verdict: Verdict) -> None:
    features = {"customer_update": {"enabled": enabled, "allowed_updates": ["email", "address"]}}
    assert may_edit(features, field) == verdict


TODAY = date(2027, 3, 15)
DEFAULT, OTHER = MethodView.of(card("pm_default")), MethodView.of(card("pm_other"))
EXPIRED = MethodView.of(card("pm_old", year=2026))


@pytest.mark.parametrize(
    ("method", "methods", "subscriptions", "reason"),
    [
        pytest.param(DEFAULT, [DEFAULT], [], "", id="no subscription needs it"),
        pytest.param(DEFAULT, [DEFAULT], [view()], "last_method", id="the last one"),
        pytest.param(DEFAULT, [DEFAULT, EXPIRED], [view()], "last_method", id="the last that works"),
        pytest.param(EXPIRED, [DEFAULT, EXPIRED], [view()], "", id="one that has expired"),
        pytest.param(DEFAULT, [DEFAULT, OTHER], [view()], "method_needed", id="the default that is charged"),
        pytest.param(OTHER, [DEFAULT, OTHER], [view()], "", id="one that nothing is charged to"),
        pytest.param(
            OTHER, [DEFAULT, OTHER], [view(default_payment_method="pm_other")], "", id="the default takes over"
        ),
        pytest.param(
            DEFAULT, [DEFAULT, OTHER], [view(default_payment_method="pm_other")], "", id="everything has its own"
        ),
        pytest.param(DEFAULT, [DEFAULT], [view(status="canceled")], "", id="all has ended"),
        pytest.param(DEFAULT, [DEFAULT], [view(collection_method="send_invoice")], "", id="invoices are sent"),
    ],
)
def test_a_method_may_go_when_nothing_is_left_without_one(
    method: MethodView, methods: list[MethodView], subscriptions: list[SubscriptionView], reason: str
) -> None:
    assert may_remove(method, methods, subscriptions, "pm_default", TODAY).reason == reason


def test_without_another_default_a_subscriptions_own_method_stays() -> None:
    paid = view(default_payment_method="pm_other")
    assert may_remove(OTHER, [DEFAULT, OTHER], [paid], None, TODAY).reason == "method_needed"


@pytest.mark.parametrize(
    ("invoices", "methods", "ok"), [(True, False, True), (False, True, True), (False, False, False)]
)
def test_what_is_open_can_be_paid_where_invoices_or_methods_are_shown(invoices: bool, methods: bool, ok: bool) -> None:
    features = {"invoice_history": {"enabled": invoices}, "payment_method_update": {"enabled": methods}}
    assert may_pay(features).ok is ok
    assert may_manage_methods(features).ok is methods
