"""Whether something is still owed."""

from __future__ import annotations

from typing import Any

import pytest

from flask_portal.rules.debts import is_settled
from tests.portal.rules.bodies import invoice


@pytest.mark.parametrize(
    ("invoices", "waiting", "settled"),
    [
        pytest.param([], [], True, id="nothing at all"),
        pytest.param([invoice()], [], False, id="an open invoice"),
        pytest.param([invoice(status="paid", amount_remaining=0)], [], True, id="a paid one"),
        pytest.param([invoice(amount_remaining=0)], [], True, id="an open one of which nothing remains"),
        pytest.param([], [{"amount": 100}], False, id="a charge that waits"),
        pytest.param([], [{"amount": -100}], True, id="a credit that waits"),
    ],
)
def test_an_open_invoice_and_a_waiting_charge_are_owed(
    invoices: list[dict[str, Any]], waiting: list[dict[str, Any]], settled: bool
) -> None:
    assert is_settled(invoices, waiting) is settled
