"""A fresh mock."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import stripe

from mock_server.core.accounts import authenticate
from mock_server.core.call import Call
from mock_server.testing import Mock
from mock_server.testing.patches import DEFAULT_KEY


@pytest.fixture(scope="session")
def used_mock() -> Mock:
    """One mock for all tests of this process: emptying it is quicker than making another."""
    return Mock()


@pytest.fixture
def mock(used_mock: Mock) -> Mock:
    """An empty mock."""
    used_mock.reset()
    return used_mock


@pytest.fixture
def shop(mock: Mock) -> stripe.StripeClient:
    """An official client on an empty mock."""
    return mock.client


@pytest.fixture
def inside(mock: Mock) -> Callable[[], AbstractContextManager[Call]]:
    """Opens a call of the client's account, for what resources offer to one another."""
    account = authenticate(f"Bearer {DEFAULT_KEY}").account
    return lambda: mock.state.writing(account)
