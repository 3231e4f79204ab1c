"""A fresh mock."""

from __future__ import annotations

from tests.resources.conftest import mock, shop, used_mock

__all__ = ["mock", "shop", "used_mock"]
