"""How credit notes divide lines, and are given back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.billing.credits import settle, share


@pytest.mark.parametrize(
    ("amount", "part", "whole", "expected"),
    [
        pytest.param(190, 500, 1000, 95, id="half"),
        pytest.param(100, 1, 3, 33, id="a third"),
        pytest.param(5, 1, 2, 3, id="half a cent is rounded up"),
        pytest.param(190, -500, -1000, 95, id="of a credit"),
        pytest.param(0, 0, 0, 0, id="of nothing"),
    ],
)
def test_a_part_of_a_line_takes_its_share(amount: int, part: int, whole: int, expected: int) -> None:
    assert share(amount, part, whole) == expected


def test_nothing_has_no_parts() -> None:
    with pytest.raises(ValueError, match="no parts"):
        share(100, 1, 0)


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**9))
def test_all_of_a_line_takes_all(amount: int, whole: int) -> None:
    assert share(amount, whole, whole) == amount


@pytest.mark.parametrize(
    ("parts", "kind", "before", "after"),
    [
        pytest.param({}, "pre_payment", 1000, 0, id="nothing was paid"),
        pytest.param({"refund": 600, "credit": 400}, "post_payment", 0, 1000, id="all was paid"),
        pytest.param({"out_of_band": 400}, "mixed", 600, 400, id="some was paid"),
    ],
)
def test_what_is_not_given_back_was_not_paid(parts: dict[str, int], kind: str, before: int, after: int) -> None:
    found = settle(1000, **parts)
    assert (found.type, found.before_payment, found.after_payment) == (kind, before, after)


def test_no_more_is_given_back_than_there_is() -> None:
    with pytest.raises(ValueError, match="more is given back"):
        settle(1000, refund=1001)
