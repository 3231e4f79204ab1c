"""API versions: the mock works in the newest one, and accepts the name of any.

Older versions are to be reached by small change modules in this package, newest first; there are none yet, so every
accepted version is answered in the newest one's shapes. Only a webhook endpoint cannot be made for a version of other
shapes: nobody would see what is wrong with what it is told.
Source: docs.stripe.com/api/versioning
"""

from __future__ import annotations

import re

CURRENT = "2026-10-28.endive"

_VERSION = re.compile(r"20\d\d-\d\d-\d\d(\.[a-z]+)?(; ?[a-z0-9_=; ]+)?\Z")


def is_version(name: str) -> bool:
    """Whether `name` looks like a version of the API: a date, and since 2024-09-30 the name of a release."""
    return _VERSION.match(name) is not None


def has_current_shapes(name: str) -> bool:
    """Whether a version has the shapes of the newest one: all of one name only add to one another."""
    return name.partition(";")[0].partition(".")[2] == CURRENT.partition(".")[2]
