"""Diaries begin on an empty mock."""

from __future__ import annotations

import pytest

from mock_server.testing import Mock

from .diary import Begin, Diary


@pytest.fixture
def begin() -> Begin:
    """Begins a diary. Each answer is held against the contract, as everywhere."""
    return lambda start: Diary(Mock(), start)
