"""Ids, client secrets and keys as Stripe shapes them.

Source: docs.stripe.com/api, the ids of its sample objects
"""

from __future__ import annotations

import itertools
import os

ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

# One byte stands for one character. 256 is no multiple of 62, so the first eight characters come up 5 times in 256
# instead of 4: 24 such characters still hold more than 136 bits.
_BASE62 = bytes(ALPHABET[byte % 62] for byte in range(256))

# Ids that are made one after another lie side by side: an index takes them like a list, where random ones would touch
# another of its pages each time. Every process begins somewhere else.
_PLACES = 5
_TURNS = itertools.count(int.from_bytes(os.urandom(4)))

# Prefixes whose suffix is not the usual one of 24 characters ("1" and 23 random ones).
SUFFIX_LENGTHS = {
    "acct": 16,
    "cs_live": 58,
    "cs_test": 58,
    "cus": 14,
    "prod": 14,
    "req": 14,
    "si": 14,
}


def new(prefix: str) -> str:
    """A fresh id such as `sub_1...`, unguessable, with the length that Stripe gives to this prefix."""
    length = SUFFIX_LENGTHS.get(prefix)
    if length is None:
        return f"{prefix}_1{_turn()}{characters(23 - _PLACES)}"
    return f"{prefix}_{_turn()}{characters(length - _PLACES)}"


def _turn() -> str:
    rest = next(_TURNS)
    digits = bytearray(_PLACES)
    for place in range(_PLACES - 1, -1, -1):
        rest, digit = divmod(rest, 62)
        digits[place] = ALPHABET[digit]
    return digits.decode("ascii")


def coupon() -> str:
    """A fresh id for a coupon whose creator named none: 8 characters without a prefix."""
    return characters(8)


def client_secret(id: str) -> str:
    """A fresh client secret of an intent, `{id}_secret_{25 characters}`."""
    return f"{id}_secret_{characters(25)}"


def secret(prefix: str, length: int = 32) -> str:
    """A fresh secret such as `whsec_...` with that many random characters."""
    return f"{prefix}_{characters(length)}"


def characters(length: int) -> str:
    """That many random letters and digits."""
    return os.urandom(length).translate(_BASE62).decode("ascii")


def mask(key: str) -> str:
    """A key as it may stand in a message: its prefix, stars, and the last 4 characters of a key that is long enough."""
    kind, mode, rest = _parts(key)
    shown = rest[-4:] if len(rest) >= 12 else ""
    return f"{kind}{mode}{'*' * min(len(rest) - len(shown), 24)}{shown}"


def _parts(key: str) -> tuple[str, str, str]:
    kind, first, rest = key.partition("_")
    mode, second, tail = rest.partition("_")
    if first and second and kind in {"sk", "rk", "pk", "ek"} and mode in {"test", "live", "org"}:
        return f"{kind}_", f"{mode}_", tail
    return "", "", key
