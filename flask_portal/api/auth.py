"""Who may call the API of an ordinary Flask application: the holders of PORTAL_API_KEYS, as HTTP Basic or Bearer.

Source: docs.stripe.com/api/authentication
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable

from flask import Request

from flask_portal.wire import ids
from flask_portal.wire.errors import StripeError, invalid, unauthorized

_ACCOUNT = re.compile(r"acct_[A-Za-z0-9]{1,250}")


def authenticate(request: Request, keys: Iterable[str]) -> None:
    """Raises StripeError 401 unless the request carries one of the keys."""
    key = _key(request)
    if not key:
        raise unauthorized(
            "You did not provide an API key. Send it as Bearer in the Authorization header, or as the user name of "
            "HTTP Basic with an empty password."
        )
    # Every key is compared, in full, so that the time it takes tells nothing about them.
    matches = [hmac.compare_digest(key.encode(), known.encode()) for known in keys]
    if not any(matches):
        raise _refused(key)


def _key(request: Request) -> str | None:
    sent = request.authorization
    if sent is None:
        return None
    if sent.type == "basic":
        return sent.username
    return sent.token if sent.type == "bearer" else None


def _refused(key: str) -> StripeError:
    if key.startswith("pk_"):
        return unauthorized(
            "This call needs a secret key, and a publishable one was sent: use a key from PORTAL_API_KEYS.",
            "secret_key_required",
        )
    return unauthorized(f"Invalid API Key provided: {ids.mask(key)}")


def connected_account(request: Request) -> str | None:
    """The connected account that the request is meant for. StripeError 400 for what cannot be an account's id."""
    account = request.headers.get("Stripe-Account")
    if account is not None and not _ACCOUNT.fullmatch(account):
        raise invalid("The Stripe-Account header must hold the id of an account, such as acct_123.")
    return account
