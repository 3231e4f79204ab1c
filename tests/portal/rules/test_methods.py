"""Payment methods, and when a card is no good any more."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from flask_portal.rules.methods import MethodView, can_pay, charged, expiry, overriding, paid_with
from tests.portal.rules.bodies import card, view


def test_a_card_has_brand_digits_and_expiry() -> None:
    assert MethodView.of(card(year=2027, month=3)) == MethodView("pm_default", "card", "visa", "4242", 3, 2027, None)


@pytest.mark.parametrize(
    ("type", "details", "brand", "last4", "email"),
    [
        pytest.param("sepa_debit", {"last4": "3000"}, None, "3000", None, id="SEPA"),
        pytest.param("us_bank_account", {"bank_name": "A Bank", "last4": "6789"}, "A Bank", "6789", None, id="bank"),
        pytest.param("link", {"email": "j@example.com"}, None, None, "j@example.com", id="Link"),
        pytest.param("paypal", {"payer_email": "j@example.com"}, None, None, "j@example.com", id="PayPal"),
        pytest.param("twint", {}, None, None, None, id="nothing to say"),
    ],
)
def test_other_types_have_what_they_have(
    type: str, details: dict[str, Any], brand: str | None, last4: str | None, email: str | None
) -> None:
    found = MethodView.of({"id": "pm_1", "type": type, type: details})
    assert found == MethodView("pm_1", type, brand, last4, None, None, email)


@pytest.mark.parametrize(
    ("year", "month", "state"),
    [
        pytest.param(2027, 3, "expiring", id="this month, and it is good until its end"),
        pytest.param(2027, 2, "expired", id="last month"),
        pytest.param(2026, 12, "expired", id="last year"),
        pytest.param(2027, 4, "expiring", id="next month"),
        pytest.param(2027, 5, "ok", id="the month after"),
        pytest.param(2028, 1, "ok", id="next year"),
    ],
)
def test_a_card_is_warned_of_from_the_month_before_it_expires(year: int, month: int, state: str) -> None:
    assert expiry(MethodView.of(card(year=year, month=month)), 2027, 3) == state


def test_the_month_before_january_is_december() -> None:
    assert expiry(MethodView.of(card(year=2027, month=1)), 2026, 12) == "expiring"


def test_what_has_no_date_never_expires() -> None:
    assert expiry(MethodView.of(card(year=None, month=None)), 2027, 3) == "ok"


def test_a_subscription_that_is_charged_to_a_method_is_paid_with_it() -> None:
    own = view(id="sub_2", default_payment_method="pm_own")
    sent, ended = view(id="sub_3", collection_method="send_invoice"), view(id="sub_4", status="canceled")
    every = [view(), own, sent, ended]
    assert [each.id for each in paid_with("pm_default", every)] == ["sub_1"]
    assert [each.id for each in paid_with("pm_own", every)] == ["sub_2"]
    assert [each.id for each in charged(every)] == ["sub_1", "sub_2"]


def test_another_method_of_its_own_wins_over_the_default() -> None:
    same, other = view(default_payment_method="pm_new"), view(id="sub_2", default_payment_method="pm_old")
    assert [each.id for each in overriding("pm_new", [view(), same, other])] == ["sub_2"]


@pytest.mark.parametrize(
    ("fields", "able"),
    [
        pytest.param({}, True, id="a card"),
        pytest.param({"month": 2, "year": 2027}, False, id="one that has expired"),
        pytest.param({"type": "sepa_debit", "sepa_debit": {}}, True, id="a debit"),
        pytest.param({"type": "boleto", "boleto": {}}, False, id="a voucher, which the customer pays elsewhere"),
        pytest.param({"type": "twint", "twint": {}}, False, id="a kind that is not managed here"),
    ],
)
def test_a_method_that_can_be_charged_now_can_pay(fields: dict[str, Any], able: bool) -> None:
    assert can_pay(MethodView.of(card(**fields)), date(2027, 3, 15)) is able
