"""What is kept of a payment."""

from __future__ import annotations

import pytest

from mock_server.payments.fees import fee


@pytest.mark.parametrize(
    ("amount", "decimals", "expected"),
    [
        pytest.param(2000, 2, 88, id="58 + 30"),
        pytest.param(50, 2, 31, id="1.45 + 30"),
        pytest.param(500, 2, 45, id="14.5 is rounded up"),
        pytest.param(10, 2, 10, id="never more than all"),
        pytest.param(1000, 0, 59, id="29 + 30 without decimals"),
        pytest.param(10_000, 3, 590, id="290 + 300 with three decimals"),
    ],
)
def test_a_share_and_a_fixed_part_are_kept(amount: int, decimals: int, expected: int) -> None:
    assert fee(amount, decimals) == expected
