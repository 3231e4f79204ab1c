"""The resources of the API, one file each. Each imports only those above it in this list."""

from __future__ import annotations

from mock_server.core.registry import Outbox, Registry

from .coupon import coupon
from .customer import customer
from .event import event
from .price import price
from .product import product
from .webhook_endpoint import webhook_endpoint


def registry(outbox: Outbox | None = None) -> Registry:
    """All resources, lower ones first."""
    return Registry((event, webhook_endpoint, product, price, coupon, customer), outbox)
