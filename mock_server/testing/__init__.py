"""Stripe inside a test: the official client, untouched, answered in the same process.

@mock_stripe
def test_upgrade():
    customer = stripe.Customer.create(email="jenny@example.com")
"""

from __future__ import annotations

from mock_server.http.transport import InProcessTransport

from .decorator import MockStripe, mock_stripe
from .mock import Clock, Delivery, Mock
from .served import ServedMock, serve

__all__ = ["Clock", "Delivery", "InProcessTransport", "Mock", "MockStripe", "ServedMock", "mock_stripe", "serve"]
