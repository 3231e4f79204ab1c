"""Whether a subscription may be changed, to what, and in which way."""

from __future__ import annotations

from typing import Any

import pytest

from flask_portal.rules import phases, updates
from flask_portal.rules.policies import Bounds
from flask_portal.rules.updates import Change, may_undo_update, may_update
from flask_portal.rules.verdicts import Verdict
from tests.portal.rules.bodies import NAMES, PERIOD_END, every, item, price, subscription, view

AT = PERIOD_END - 86_400
TAXED = {"tax_behavior": "exclusive"}
SCHEDULE = {
    "id": "sub_sched_1",
    "current_phase": {"start_date": 1, "end_date": PERIOD_END},
    "phases": [{"start_date": 1}, {"start_date": PERIOD_END}],
    "metadata": {},
}


def feature(**more: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "billing_cycle_anchor": None,
        "default_allowed_updates": ["price", "quantity", "promotion_code"],
        "enabled": True,
        "products": [entry("prod_1", "price_prod_1", "price_year"), entry("prod_2", "price_prod_2")],
        "proration_behavior": "always_invoice",
        "schedule_at_period_end": {"conditions": []},
        "trial_update_behavior": "end_trial",
    }
    return usual | more


def entry(product: str, *prices: str, **quantity: Any) -> dict[str, Any]:
    adjustable = {"enabled": True, "minimum": 1, "maximum": None} | quantity
    return {"product": product, "prices": list(prices), "adjustable_quantity": adjustable}


def listed(product: str = "prod_2", **fields: Any) -> dict[str, Any]:
    """A price as Stripe lists it, with its product and `currency_options`."""
    whole = {"id": product, "name": NAMES[product]}
    return {"active": True, "currency_options": {}, **price(product, **(TAXED | fields)), "product": whole}


def on(**more: Any) -> dict[str, Any]:
    return {"subscription_update": feature(**more)}


def live(*items: dict[str, Any], **fields: Any) -> Any:
    return view(*(items or (item(**TAXED),)), **fields)


def offered(prices: list[dict[str, Any]], **more: Any) -> list[str]:
    body = subscription(item(**TAXED))
    return [plan.price for plan in updates.plans(body, live(), feature(**more), prices)]


def change(quantity: int = 1, discount: dict[str, str] | None = None, **fields: Any) -> Change:
    body = subscription(item(**TAXED))
    found = updates.plans(body, live(), feature(), [listed(**fields)])
    return Change(found[-1], quantity, discount)


@pytest.mark.parametrize("status", ["active", "trialing"])
def test_what_runs_can_be_changed(status: str) -> None:
    assert may_update(live(status=status), on()) == Verdict.yes()


@pytest.mark.parametrize(
    ("subscribed", "features", "reason"),
    [
        pytest.param(live(), on(enabled=False), "update_off", id="switched off"),
        pytest.param(live(), on(default_allowed_updates=[]), "update_off", id="nothing allowed"),
        pytest.param(live(status="canceled"), on(), "ended", id="ended"),
        pytest.param(live(status="incomplete"), on(), "update_unpaid", id="not begun"),
        pytest.param(live(status="past_due"), on(), "update_unpaid", id="past due"),
        pytest.param(live(status="unpaid"), on(), "update_unpaid", id="unpaid"),
        pytest.param(live(status="paused"), on(), "update_paused", id="paused"),
        pytest.param(live(cancel_at=250), on(), "update_ending", id="set to end"),
        pytest.param(live(cancel_at_period_end=True), on(), "update_ending", id="set to end at period end"),
        pytest.param(live(schedule="sub_sched_1"), on(), "update_planned", id="a change is planned"),
        pytest.param(live(schedule=SCHEDULE), on(), "update_planned", id="a later phase"),
        pytest.param(live(pending_update={}), on(), "update_pending", id="a change waits for its payment"),
        pytest.param(live(item(**TAXED), item("prod_2", **TAXED)), on(), "several_prices", id="several prices"),
        pytest.param(
            live(item(**TAXED, recurring=every("month", usage="metered"))), on(), "usage_based", id="charged by use"
        ),
        pytest.param(live(collection_method="send_invoice"), on(), "update_by_invoice", id="paid by invoice"),
        pytest.param(live(item()), on(), "tax_unspecified", id="tax unspecified"),
    ],
)
def test_everything_else_has_its_reason(subscribed: Any, features: dict[str, Any], reason: str) -> None:
    assert may_update(subscribed, features) == Verdict.no(reason)


def test_a_method_that_the_portal_does_not_support_cannot_pay_for_a_change() -> None:
    assert may_update(live(), on(), "ideal") == Verdict.no("method_unsupported")
    assert may_update(live(), on(), "sepa_debit").ok


def test_a_schedule_with_nothing_to_come_is_in_nobodys_way() -> None:
    over = {**SCHEDULE, "phases": SCHEDULE["phases"][:1]}  # type: ignore[index]
    assert may_update(live(schedule=over), on()).ok


def test_only_what_a_customer_has_planned_here_can_be_taken_back() -> None:
    own = {**SCHEDULE, "metadata": {"flask_portal_product": "prod_2"}}
    found = live(schedule=own)
    assert (found.planned.at, found.planned.name) == (PERIOD_END, "Archive")
    assert may_undo_update(found, on()).ok
    assert may_undo_update(live(schedule=SCHEDULE), on()) == Verdict.no("update_planned")
    assert may_undo_update(live(), on()) == Verdict.no("nothing_planned")
    assert may_undo_update(live(pending_update={}), on()).ok
    assert may_undo_update(found, on(enabled=False)) == Verdict.no("update_off")


def test_plans_stand_in_the_order_of_the_configuration() -> None:
    yearly = listed("prod_1", id="price_year", recurring=every("year"))
    assert offered([listed(), yearly, listed("prod_1")]) == ["price_prod_1", "price_year", "price_prod_2"]


def test_the_present_plan_is_there_also_when_it_is_not_offered() -> None:
    assert offered([listed()]) == ["price_prod_1", "price_prod_2"]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"tax_behavior": "inclusive"}, id="another tax behaviour"),
        pytest.param({"tax_behavior": "unspecified"}, id="no tax behaviour"),
        pytest.param({"currency": "eur"}, id="another currency"),
        pytest.param({"active": False}, id="not sold any more"),
        pytest.param({"recurring": None}, id="paid once"),
        pytest.param({"recurring": every("month", usage="metered")}, id="charged by use"),
    ],
)
def test_a_price_that_does_not_fit_is_not_offered(fields: dict[str, Any]) -> None:
    assert offered([listed(**fields)]) == ["price_prod_1"]


def test_without_leave_to_switch_only_the_present_plan_is_there() -> None:
    assert offered([listed()], default_allowed_updates=["quantity"]) == ["price_prod_1"]


def test_a_price_counts_in_the_currency_of_the_subscription() -> None:
    option = {"tax_behavior": "exclusive", "unit_amount": 4200, "unit_amount_decimal": "4200"}
    dollars = listed(currency="eur", currency_options={"usd": option})
    plan = updates.plans(subscription(item(**TAXED)), live(), feature(), [dollars])[-1]
    assert (plan.price, plan.currency, plan.amount(2)) == ("price_prod_2", "usd", 8400)


@pytest.mark.parametrize(
    ("products", "allowed", "bounds"),
    [
        pytest.param([entry("prod_2", "price_prod_2", maximum=5)], ["price", "quantity"], Bounds(1, 5), id="limited"),
        pytest.param([entry("prod_2", "price_prod_2")], ["price", "quantity"], Bounds(1, None), id="free"),
        pytest.param([entry("prod_2", "price_prod_2", enabled=False)], ["price", "quantity"], None, id="fixed"),
        pytest.param([entry("prod_2", "price_prod_2")], ["price"], None, id="quantities are not changed"),
    ],
)
def test_the_configuration_bounds_the_quantity(
    products: list[dict[str, Any]], allowed: list[str], bounds: Bounds | None
) -> None:
    terms = feature(products=products, default_allowed_updates=allowed)
    assert updates.plans(subscription(item(**TAXED)), live(), terms, [listed()])[-1].bounds == bounds


DECREASING, SHORTENING = {"type": "decreasing_item_amount"}, {"type": "shortening_interval"}


@pytest.mark.parametrize(
    ("asked", "conditions", "waits"),
    [
        pytest.param(change(unit_amount=1000, unit_amount_decimal="1000"), [DECREASING], True, id="cheaper"),
        pytest.param(change(unit_amount=1000, unit_amount_decimal="1000"), [], False, id="no condition"),
        pytest.param(change(3, unit_amount=1000, unit_amount_decimal="1000"), [DECREASING], False, id="3 * 10 > 29"),
        pytest.param(change(), [DECREASING], False, id="the same amount"),
        pytest.param(change(recurring=every("week")), [SHORTENING], True, id="month to week"),
        pytest.param(change(recurring=every("week", 5)), [SHORTENING], False, id="month to five weeks"),
        pytest.param(change(recurring=every("year")), [SHORTENING], False, id="month to year"),
        pytest.param(change(billing_scheme="tiered"), [DECREASING], False, id="not known beforehand"),
    ],
)
def test_a_condition_postpones_the_change(asked: Change, conditions: list[dict[str, str]], waits: bool) -> None:
    terms = feature(schedule_at_period_end={"conditions": conditions})
    assert updates.is_postponed(live().items[0], asked, terms) is waits


def test_a_change_names_the_item_and_the_moment() -> None:
    assert updates.parameters(live(), change(2), feature(), AT, []) == {
        "items": [{"id": "si_prod_1", "price": "price_prod_2", "quantity": 2}],
        "proration_behavior": "always_invoice",
        "proration_date": AT,
    }


def test_without_prorations_there_is_no_moment_to_name() -> None:
    assert "proration_date" not in updates.parameters(live(), change(), feature(proration_behavior="none"), AT, [])


def test_the_cycle_begins_anew_where_the_configuration_says_so() -> None:
    asked = updates.parameters(live(), change(), feature(billing_cycle_anchor="now"), AT, [])
    assert asked["billing_cycle_anchor"] == {"type": "now"}


def test_a_change_ends_the_trial_unless_it_is_continued() -> None:
    trial = live(status="trialing", trial_end=PERIOD_END)
    assert updates.parameters(trial, change(), feature(), AT, [])["trial_end"] == "now"
    continued = updates.parameters(trial, change(), feature(trial_update_behavior="continue_trial"), AT, [])
    assert continued.keys() == {"items", "proration_behavior"}


def test_a_code_is_added_to_the_discounts_that_are_there() -> None:
    same = Change(
        updates.plans(subscription(item(**TAXED)), live(), feature(), [])[0], 1, {"promotion_code": "promo_1"}
    )
    asked = updates.parameters(live(), same, feature(), AT, ["di_1"])
    assert asked == {"discounts": [{"discount": "di_1"}, {"promotion_code": "promo_1"}]}


ADOPTED = {
    "phases": [
        {
            "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
            "default_tax_rates": [{"id": "txr_1", "object": "tax_rate"}],
            "discounts": [{"coupon": None, "discount": "di_1", "promotion_code": None}],
            "end_date": PERIOD_END,
            "items": [{"plan": "price_prod_1", "price": "price_prod_1", "quantity": 1, "discounts": []}],
            "metadata": {},
            "start_date": 1,
            "trial_end": None,
        }
    ]
}


def test_the_later_phase_keeps_the_terms_of_the_present_one() -> None:
    here, later = phases.with_change(ADOPTED, live().items[0], change(3))
    assert here == {
        "default_tax_rates": ["txr_1"],
        "discounts": [{"discount": "di_1"}],
        "end_date": PERIOD_END,
        "items": [{"price": "price_prod_1", "quantity": 1}],
        "proration_behavior": "none",
        "start_date": 1,
    }
    assert later == {
        "default_tax_rates": ["txr_1"],
        "discounts": [{"discount": "di_1"}],
        "duration": {"interval": "month", "interval_count": 1},
        "items": [{"price": "price_prod_2", "quantity": 3}],
        "proration_behavior": "none",
    }


def test_another_rhythm_begins_with_its_phase_and_a_code_counts_from_there() -> None:
    asked = change(1, {"promotion_code": "promo_1"}, recurring=every("week"))
    later = phases.with_change(ADOPTED, live().items[0], asked)[1]
    assert later["billing_cycle_anchor"] == "phase_start"
    assert later["discounts"] == [{"discount": "di_1"}, {"promotion_code": "promo_1"}]
