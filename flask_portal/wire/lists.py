"""The list object, and how a page is cut out of rows.

Source: docs.stripe.com/api/pagination
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

Row = TypeVar("Row")


def envelope(url: str, data: list[Any], has_more: bool) -> dict[str, Any]:
    """A list object.  url: the path it can be fetched from, without host and query."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}


def cut(rows: Sequence[Row], limit: int) -> tuple[list[Row], bool]:
    """The first `limit` rows, and whether there were more: fetch `limit + 1` rows and cut them."""
    return list(rows[:limit]), len(rows) > limit
