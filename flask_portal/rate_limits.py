"""How often somebody who has not shown who they are may ask for something.

Counted by the `limits` library, in memory or in the store that `PORTAL_RATELIMIT_STORAGE_URI` names.
"""

from __future__ import annotations

import hashlib
import ipaddress
import logging
from dataclasses import dataclass

from flask import Flask, current_app, request
from limits import RateLimitItem, parse_many
from limits.errors import ConfigurationError as StoreRefused
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter, RateLimiter

from flask_portal.config import ConfigurationError, Settings

_EXTENSION = "portal_rate_limiter"
_NETWORK = 64
"""The bits of an IPv6 address that belong to one household: it may change the others as it likes."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limit:
    """What is limited.  items: in the notation of `limits`. when_down: the answer when nobody can count."""

    name: str
    items: tuple[RateLimitItem, ...]
    when_down: bool

    @classmethod
    def of(cls, name: str, text: str, *, when_down: bool = False) -> Limit:
        return cls(name, tuple(parse_many(text)), when_down)


def init_app(app: Flask, settings: Settings) -> None:
    """ConfigurationError for a store that is none, or whose driver is not installed."""
    try:
        storage = storage_from_string(settings.ratelimit_storage_uri, wrap_exceptions=True)
    except (StoreRefused, ValueError) as error:
        # The address may hold a password, and the library repeats it in its messages.
        raise ConfigurationError(
            "PORTAL_RATELIMIT_STORAGE_URI names no store that can be used "
            f"({type(error).__name__}): set memory:// or redis://host:port, with flask-portal[redis] installed."
        ) from None
    app.extensions[_EXTENSION] = FixedWindowRateLimiter(storage)


def allowed(limit: Limit, *of: str) -> bool:
    """Count one use, and say whether it is within the limit.  of: whose use it is; only its hash is stored."""
    limiter: RateLimiter = current_app.extensions[_EXTENSION]
    whose = hashlib.sha256("\0".join(of).encode("utf-8", "surrogatepass")).hexdigest()
    try:
        # All of them count, also when the first one says no.
        counted = [limiter.hit(item, "flask_portal", limit.name, whose) for item in limit.items]
    except StorageError as error:
        _log.error("The store of rate limits does not answer: %s", type(error.storage_error).__name__)
        return limit.when_down
    return all(counted)


def client() -> str:
    """Who sends this request, as far as the connection says; behind a proxy the application needs ProxyFix."""
    try:
        address = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, _NETWORK), strict=False))
    return str(address)
