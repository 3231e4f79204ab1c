"""Which fields the API can expand, also those that are null here because what they lead to is not built.

Source: the annotations of the installed `stripe` package
"""

from __future__ import annotations

from functools import cache
from typing import Any, ForwardRef, get_args

import stripe


@cache
def is_expandable(noun: str, key: str) -> bool:
    """Whether an object's field `key` holds an id, or ids, that the API would turn into objects."""
    described = getattr(stripe, "".join(word.capitalize() for word in noun.split("_")), None)
    return _is_id_or_object(getattr(described, "__annotations__", {}).get(key))


def _is_id_or_object(annotation: Any) -> bool:
    choices = get_args(annotation)
    objects = [one for one in choices if isinstance(one, ForwardRef) and one.__forward_arg__.isidentifier()]
    return (str in choices and bool(objects)) or any(_is_id_or_object(one) for one in choices)
