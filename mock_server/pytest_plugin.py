"""pytest fixtures: `stripe_mock` in process, `stripe_mock_server` behind a real port.

pytest loads this module before it starts to measure coverage, and in every run on a machine that has flask-portal. So
only pytest is imported at the top; the rest comes with the first use of a fixture, by `importlib`, because import
statements do not stand inside functions here.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mock_server.testing import Mock, ServedMock


@pytest.fixture
def stripe_mock() -> Iterator[Mock]:
    """An empty Stripe in this process; the `stripe` package talks to it for the length of the test."""
    testing = importlib.import_module("mock_server.testing")
    with testing.mock_stripe() as mock:
        yield mock


@pytest.fixture
def stripe_mock_server(stripe_mock: Mock) -> Iterator[ServedMock]:
    """The store of `stripe_mock` behind a real port, `.url`, for browsers and for other languages."""
    testing = importlib.import_module("mock_server.testing")
    with testing.serve(stripe_mock) as served:
        yield served
