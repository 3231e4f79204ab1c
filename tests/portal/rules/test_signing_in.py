"""Who is meant by an address that several customers share."""

from __future__ import annotations

from typing import Any

import pytest

from flask_portal.rules import signing_in

OLD, NEW = {"id": "cus_old", "created": 1}, {"id": "cus_new", "created": 2}


@pytest.mark.parametrize(
    ("customers", "statuses", "found"),
    [
        pytest.param([], {}, None, id="nobody"),
        pytest.param([OLD], {}, "cus_old", id="one, without a subscription"),
        pytest.param([OLD, NEW], {}, "cus_new", id="the newest, when none has one"),
        pytest.param([OLD, NEW], {"cus_old": ["active"]}, "cus_old", id="the one with a live subscription"),
        pytest.param([OLD, NEW], {"cus_old": ["active"], "cus_new": ["past_due"]}, "cus_new", id="the newest of those"),
        pytest.param([OLD, NEW], {"cus_old": ["trialing"], "cus_new": ["canceled"]}, "cus_old", id="not an ended one"),
        pytest.param([OLD, NEW], {"cus_old": ["paused"], "cus_new": ["incomplete"]}, "cus_old", id="nor one not begun"),
    ],
)
def test_the_newest_customer_with_a_live_subscription_is_meant(
    customers: list[dict[str, Any]], statuses: dict[str, list[str]], found: str | None
) -> None:
    def subscriptions_of(customer: str) -> list[dict[str, Any]]:
        return [{"status": status} for status in statuses.get(customer, [])]

    assert signing_in.chosen(customers, subscriptions_of) == found
