"""API versions: the mock works in the newest one, and accepts the name of any.

Older versions are to be reached by small change modules in this package, newest first; there are none yet, so every
accepted version is answered in the newest one's shapes.
Source: docs.stripe.com/api/versioning
"""

from __future__ import annotations

import re

CURRENT = "2026-10-28.endive"

_VERSION = re.compile(r"20\d\d-\d\d-\d\d(\.[a-z]+)?(; ?[a-z0-9_=; ]+)?\Z")


def is_version(name: str) -> bool:
    """Whether `name` looks like a version of the API: a date, and since 2024-09-30 the name of a release."""
    return _VERSION.match(name) is not None
