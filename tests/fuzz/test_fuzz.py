"""Calls that nobody thought of give no 5xx, keep the contract, and leave every account in order."""

from __future__ import annotations

import pytest

from mock_server.testing import Mock

from .session import CALLS_OF_A_RUN, Made, Session, valid_calls

MANY = 100_000
PARTS = 10
"""The long run is made in parts, so that several processes can share it."""


@pytest.fixture(scope="session")
def mock() -> Mock:
    """One for all runs; each empties it first."""
    return Mock()


@pytest.fixture(scope="session")
def known(mock: Mock) -> list[Made]:
    """Calls that are accepted."""
    return valid_calls(mock)


def run(mock: Mock, known: list[Made], seed: int) -> Session:
    """A whole run, in which nothing went wrong."""
    session = Session(mock, seed, known)
    session.run(CALLS_OF_A_RUN)
    assert not session.problems, "\n\n".join(session.problems)
    return session


def test_two_thousand_calls_break_nothing(mock: Mock, known: list[Made]) -> None:
    session = run(mock, known, 2_000)
    assert session.calls == CALLS_OF_A_RUN
    assert session.statuses[200] > CALLS_OF_A_RUN // 3, "most calls are refused, so this run proves little"
    assert session.statuses[400] > CALLS_OF_A_RUN // 10, "hardly a call is refused"


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_a_hundred_thousand_calls_break_nothing(mock: Mock, known: list[Made], part: int) -> None:
    runs = MANY // CALLS_OF_A_RUN // PARTS
    for seed in range(part * runs, (part + 1) * runs):
        run(mock, known, seed)
