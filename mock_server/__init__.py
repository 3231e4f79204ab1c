"""A stateful mock of Stripe: `mock_stripe` inside a test, `mock-server` as a process of its own."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["mock_stripe"]


def __getattr__(name: str) -> Any:
    # On demand: a server starts without `responses`, and this module is imported before any other of the package.
    # Type checkers read the stub beside this file.
    if name == "mock_stripe":
        return importlib.import_module("mock_server.testing").mock_stripe
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
