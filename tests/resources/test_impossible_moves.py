"""What cannot be done is refused with Stripe's status, type, code and parameter, and changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.testing import Mock
from tests.contract.world import send, snapshot

from .moves import MOVES, Move
from .stage import stage


@pytest.fixture(scope="module")
def staged() -> tuple[Mock, dict[str, str]]:
    """One account for all rows: none of them changes it."""
    mock = Mock()
    return mock, stage(mock)


def filled(value: Any, ids: dict[str, str]) -> Any:
    """What is sent, with the ids of the stage."""
    if isinstance(value, dict):
        return {key: filled(inner, ids) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, ids) for inner in value]
    return value.format(**ids) if isinstance(value, str) else value


@pytest.mark.parametrize("move", MOVES, ids=lambda move: move.name)
def test_an_impossible_move_is_refused_and_changes_nothing(move: Move, staged: tuple[Mock, dict[str, str]]) -> None:
    mock, ids = staged
    method, path = move.call.format(**ids).split()
    before = snapshot(mock)
    status, body = send(mock, method, path, filled(move.sent, ids))
    told = body.get("error", {})
    found = (status, told.get("type"), told.get("code"), told.get("param"))
    assert found == (move.status, "invalid_request_error", move.code, move.param), told.get("message", body.get("id"))
    assert snapshot(mock) == before


def test_every_move_is_another_one() -> None:
    assert len({(move.call, repr(move.sent)) for move in MOVES}) == len({move.name for move in MOVES}) == len(MOVES)
    assert len(MOVES) >= 60
