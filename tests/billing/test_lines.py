"""The lines of an invoice for a period."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from mock_server.billing import lines
from mock_server.billing.calendar import Interval, Period, Span
from mock_server.billing.lines import Bought, Rate, Transform, amount_of
from mock_server.billing.tiers import Tier
from tests.billing.dates import at

JANUARY = Period(at("2026-01-01"), at("2026-02-01"))
WHOLE = Span(JANUARY, JANUARY)
PRO = Bought("si_pro", "Pro", "usd", Interval("month"), Rate(Fraction(2000)))
SEATS = Bought("si_seat", "Seat", "eur", Interval("month", 3), Rate(Fraction(1, 2)), 5)
TIERED = Bought(
    "si_tier", "Call", "usd", Interval("month"), Rate(tiers=(Tier(10, Fraction(5)), Tier(None, Fraction(3)))), 12
)


@pytest.mark.parametrize(
    ("unit_amount", "quantity", "transform", "amount"),
    [
        (Fraction(2000), 3, None, 6000),
        pytest.param(Fraction(1, 2), 5, None, 3, id="2.5 rounds to 3"),
        pytest.param(Fraction(100), 25, Transform(10, "up"), 300, id="three begun packages of ten"),
        pytest.param(Fraction(100), 25, Transform(10, "down"), 200, id="two full packages of ten"),
        pytest.param(Fraction(100), 20, Transform(10, "up"), 200, id="exactly two packages"),
        (Fraction(2000), 0, None, 0),
    ],
)
def test_a_quantity_costs_its_units_rounded_once(
    unit_amount: Fraction, quantity: int, transform: Transform | None, amount: int
) -> None:
    assert amount_of(unit_amount, quantity, transform) == amount


def test_each_item_gives_a_line_for_its_own_period() -> None:
    spring = Period(at("2026-01-01"), at("2026-04-01"))
    made = lines.of_period([PRO, SEATS], [WHOLE, Span(spring, spring)])
    assert [(line.key, line.amount, line.quantity, line.unit_amount, line.period) for line in made] == [
        ("si_pro", 2000, 1, Fraction(2000), JANUARY),
        ("si_seat", 3, 5, Fraction(1, 2), spring),
    ]


def test_a_line_says_quantity_product_price_and_interval() -> None:
    made = lines.of_period([PRO, SEATS], [WHOLE, WHOLE])
    assert [line.description for line in made] == [
        "1 × Pro (at $20.00 / month)",
        "5 × Seat (at €0.005 / every 3 months)",
    ]


def test_a_stub_costs_its_share_and_names_its_dates() -> None:
    """10 of 31 days: 2000 * 10/31 = 645.16."""
    stub = Span(Period(at("2026-01-22"), JANUARY.end), JANUARY)
    (line,) = lines.of_period([PRO], [stub])
    assert (line.amount, line.unit_amount, line.period) == (645, None, stub.period)
    assert line.description == "Time on Pro from 22 Jan 2026 until 01 Feb 2026"


def test_a_stub_of_several_names_their_quantity() -> None:
    stub = Span(Period(at("2026-01-22"), JANUARY.end), JANUARY)
    (line,) = lines.of_period([replace(PRO, quantity=2)], [stub])
    assert line.description == "Time on 2 × Pro from 22 Jan 2026 until 01 Feb 2026"


def test_a_graduated_price_gives_a_line_for_each_tier() -> None:
    made = lines.of_period([TIERED], [WHOLE])
    assert [(line.amount, line.quantity, line.unit_amount, line.description) for line in made] == [
        (50, 10, Fraction(5), "10 × Call (Tier 1 at $0.05 / month)"),
        (6, 2, Fraction(3), "2 × Call (Tier 2 at $0.03 / month)"),
    ]


def test_a_flat_amount_is_part_of_its_tier_and_said() -> None:
    rate = Rate(tiers=(Tier(None, Fraction(5), Fraction(1000)),), tiers_mode="volume")
    (line,) = lines.of_period([replace(TIERED, rate=rate)], [WHOLE])
    assert (line.amount, line.unit_amount) == (1060, None)
    assert line.description == "12 × Call (Tier 1 at $0.05 / month, $10.00 flat)"


def test_a_rate_costs_what_its_lines_add_up_to() -> None:
    assert PRO.rate.amount(3) == 6000
    assert TIERED.rate.amount(12) == 56


def test_a_trial_gives_lines_of_nothing() -> None:
    made = lines.of_trial([PRO, replace(SEATS, quantity=5)], JANUARY)
    assert [(line.key, line.amount, line.period) for line in made] == [("si_pro", 0, JANUARY), ("si_seat", 0, JANUARY)]
    assert [line.description for line in made] == ["Free trial for 1 × Pro", "Free trial for 5 × Seat"]


def test_a_classic_trial_names_the_product_alone() -> None:
    assert lines.of_trial([PRO], JANUARY, "classic")[0].description == "Trial period for Pro"


def test_items_and_periods_come_in_pairs() -> None:
    with pytest.raises(ValueError, match="zip"):
        lines.of_period([PRO, SEATS], [WHOLE])
