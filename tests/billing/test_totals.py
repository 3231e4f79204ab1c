"""What an invoice adds up to, and what it does to the customer's balance."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.billing import totals
from mock_server.billing.totals import BalanceEntry

APPLIED, SMALL = "applied_to_invoice", "invoice_too_small"


def test_a_total_is_lines_less_discounts_plus_tax_and_shipping() -> None:
    made = totals.of([2000, 1000], currency="usd", discounts=[300], exclusive_tax=513, shipping=400)
    assert (made.subtotal, made.discount, made.total, made.amount_due) == (3000, 300, 3613, 3613)
    assert made.total_excluding_tax == 3100


@pytest.mark.parametrize(
    ("total", "balance", "due", "ending", "entries"),
    [
        pytest.param(2000, 0, 2000, 0, [], id="nothing on the balance"),
        pytest.param(2000, -500, 1500, 0, [(APPLIED, 500)], id="credit is used up"),
        pytest.param(2000, -3000, 0, -1000, [(APPLIED, 2000)], id="credit pays for all"),
        pytest.param(2000, 500, 2500, 0, [(APPLIED, -500)], id="debt is collected"),
        pytest.param(-2500, 0, 0, -2500, [(APPLIED, -2500)], id="a negative total becomes credit"),
        pytest.param(-2500, 1000, 0, -1500, [(APPLIED, -2500)], id="a negative total pays debt first"),
        pytest.param(-100, 300, 200, 0, [(APPLIED, -300)], id="debt that a credit does not cover is collected"),
        pytest.param(49, 0, 0, 49, [(SMALL, 49)], id="below 0.50 it waits on the balance"),
        pytest.param(50, 0, 50, 0, [], id="0.50 is charged"),
        pytest.param(540, -500, 0, 40, [(APPLIED, 500), (SMALL, 40)], id="a small rest waits on the balance"),
        pytest.param(20, 20, 0, 40, [(APPLIED, -20), (SMALL, 40)], id="two small amounts wait together"),
        pytest.param(0, 0, 0, 0, [], id="nothing is nothing"),
        pytest.param(0, -500, 0, -500, [], id="an invoice of nothing leaves credit alone"),
        pytest.param(0, 20, 0, 20, [], id="an invoice of nothing leaves a small debt alone"),
        pytest.param(0, 500, 500, 0, [(APPLIED, -500)], id="an invoice of nothing collects debt"),
    ],
)
def test_the_balance_is_settled_with_the_invoice(
    total: int, balance: int, due: int, ending: int, entries: list[tuple[str, int]]
) -> None:
    made = totals.of([total], currency="usd", starting_balance=balance)
    assert (made.amount_due, made.ending_balance) == (due, ending)
    assert [(entry.type, entry.amount) for entry in made.entries] == entries


def test_a_small_amount_is_due_where_it_is_not_carried_over() -> None:
    made = totals.of([49], currency="usd", carry_small=False)
    assert (made.amount_due, made.entries) == (49, ())


def test_the_minimum_is_that_of_the_currency() -> None:
    assert totals.of([100], currency="czk").entries == (BalanceEntry("invoice_too_small", 100),)


@given(st.lists(st.integers(-(10**6), 10**6)), st.integers(-(10**6), 10**6), st.booleans())
def test_no_money_appears_or_vanishes(amounts: list[int], balance: int, carry: bool) -> None:
    made = totals.of(amounts, currency="usd", starting_balance=balance, carry_small=carry)
    assert made.amount_due + made.ending_balance == made.total + balance
    assert made.amount_due >= 0
    assert made.ending_balance == balance + sum(entry.amount for entry in made.entries)
