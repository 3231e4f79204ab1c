"""How long a mailed code works, and how often it may be tried."""

from __future__ import annotations

DIGITS = 6
CODE_SECONDS = 10 * 60
MOST_TRIES = 5


def masked(email: str) -> str:
    """An address for somebody who need not know it: `j•••@e•••.com` of `jenny@example.com`."""
    name, _, domain = email.rpartition("@")
    host, dot, ending = domain.rpartition(".")
    return f"{name[:1]}•••@{host[:1]}•••{dot}{ending}"
