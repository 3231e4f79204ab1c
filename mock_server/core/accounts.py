"""Whose data a request touches: keys stand for accounts, and a platform may act for its connected ones.

Source: docs.stripe.com/keys and docs.stripe.com/connect/authentication
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flask_portal.wire import errors, ids

from .prepared import Prepared
from .store import connected_accounts

_PLATFORM = Prepared(
    sa.select(connected_accounts.c.platform).where(connected_accounts.c.id == sa.bindparam("connected"))
)
KEY = re.compile(r"(?P<kind>sk|rk|pk)_test_(?P<name>[A-Za-z0-9_.\-]{1,200})\Z")


@dataclass(frozen=True, slots=True)
class Key:
    """An API key that was accepted: the account that it stands for, and whether it may reach server endpoints."""

    account: str
    publishable: bool


@lru_cache(maxsize=4096)
def account_of(name: str) -> str:
    """The platform account behind `sk_test_<name>`, `rk_test_<name>` and `pk_test_<name>`."""
    digest = hashlib.sha256(f"flask-portal account {name}".encode()).digest()
    letters = base64.b64encode(digest, altchars=b"xy").decode().rstrip("=")
    return f"acct_1{letters[:15]}"


def authenticate(authorization: str | None) -> Key:
    """The key in an `Authorization` header, as Basic user name or Bearer token; StripeError 401 or 403 otherwise."""
    secret = _secret_in(authorization)
    if not secret:
        raise errors.unauthorized(
            "You did not provide an API key. Send it in the Authorization header, as a Bearer token "
            "('Authorization: Bearer sk_test_...') or as the user name of HTTP Basic authentication."
        )
    if secret.startswith(("sk_live_", "rk_live_", "pk_live_")):
        raise errors.unauthorized(
            f"This is a mock of Stripe, and it refuses live keys ({ids.mask(secret)}): "
            "use a test key such as sk_test_123 here, and keep the live key away from it."
        )
    match = KEY.match(secret)
    if match is None:
        raise errors.unauthorized(f"Invalid API Key provided: {ids.mask(secret)}")
    return Key(account_of(match["name"]), publishable=match["kind"] == "pk")


def acting_account(connection: Connection, key: Key, header: str | None) -> str:
    """The account that a request acts for: the key's own, or the connected one that a header names."""
    if header is None or header == key.account:
        return key.account
    # PostgreSQL has no NUL, and says so with an error instead of finding nothing.
    if "\0" in header or platform_of(connection, header) != key.account:
        raise errors.forbidden(
            f"The provided key does not have access to account '{header}' (or that account does not exist). "
            "Application access may have been revoked.",
            code="account_invalid",
        )
    return header


def platform_of(connection: Connection, account: str) -> str | None:
    """The platform of a connected account; None for every other one."""
    found: str | None = _PLATFORM.first(connection, {"connected": account})
    return found


def with_connected(connection: Connection, account: str) -> list[str]:
    """An account, and those that are connected to it."""
    theirs = sa.select(connected_accounts.c.id).where(connected_accounts.c.platform == account)
    return [account, *connection.execute(theirs.order_by(connected_accounts.c.id)).scalars()]


def connect(connection: Connection, account: str, platform: str) -> None:
    """Let the platform act for an account that was made for it."""
    connection.execute(sa.insert(connected_accounts).values(id=account, platform=platform))


def disconnect(connection: Connection, account: str) -> None:
    """Nobody acts for this account any more."""
    connection.execute(sa.delete(connected_accounts).where(connected_accounts.c.id == account))


def _secret_in(authorization: str | None) -> str | None:
    scheme, _, rest = (authorization or "").partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest.strip(), validate=True).decode().partition(":")[0]
        except ValueError:
            return None
    return None
