"""The `Stripe-Signature` header of a webhook delivery.

The signed text is `{timestamp}.{raw body}`; the whole `whsec_...` string is the key.

Source: docs.stripe.com/webhooks/signatures
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

TOLERANCE_SECONDS = 300


class SignatureError(ValueError):
    """A delivery that was not shown to be ours.

    reason: `no_header`, `no_timestamp`, `no_signature`, `no_match` or `too_old`.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def sign(payload: bytes, secret: str, timestamp: int, *older_secrets: str) -> str:
    """The value of the header.

    timestamp: Unix seconds of the delivery.  older_secrets: those that still count while a secret is rolled.
    """
    signatures = (f",v1={_mac(payload, key, timestamp)}" for key in (secret, *older_secrets))
    return f"t={timestamp}{''.join(signatures)}"


def verify(
    payload: bytes, header: str | None, secret: str, *, now: int, tolerance: int | None = TOLERANCE_SECONDS
) -> int:
    """The timestamp of a genuine delivery.  SignatureError otherwise.

    now: Unix seconds.  tolerance: seconds of age that are accepted; 0 or None switches the check of the age off.
    """
    if not header:
        raise SignatureError("no_header", "The Stripe-Signature header is missing.")
    timestamp, signatures = _read(header)
    expected = _mac(payload, secret, timestamp).encode()
    if not any(hmac.compare_digest(expected, signature.encode()) for signature in signatures):
        raise SignatureError("no_match", "No signature in the header matches this body and this secret.")
    if tolerance and timestamp < now - tolerance:
        raise SignatureError("too_old", f"The delivery was signed more than {tolerance} seconds ago.")
    return timestamp


def _read(header: str) -> tuple[int, list[str]]:
    parts = [part.strip().partition("=") for part in header.split(",")]
    timestamp = _first(value for name, _, value in parts if name == "t")
    # Only digits of ASCII, and few of them, are a number of seconds; int() takes more than that.
    if timestamp is None or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 15):
        raise SignatureError("no_timestamp", "The Stripe-Signature header holds no timestamp.")
    signatures = [value for name, _, value in parts if name == "v1"]
    if not signatures:
        raise SignatureError("no_signature", "The Stripe-Signature header holds no v1 signature.")
    return int(timestamp), signatures


def _first(values: Iterable[str]) -> str | None:
    return next(iter(values), None)


def _mac(payload: bytes, secret: str, timestamp: int) -> str:
    return hmac.new(secret.encode(), b"%d." % timestamp + payload, hashlib.sha256).hexdigest()
