"""Documents as JSON text: compact, in UTF-8, keys in the order of the object."""

from __future__ import annotations

from typing import Any

try:
    import orjson
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError("the mock needs orjson: pip install 'flask-portal[mock]'", name="orjson") from missing


def dump(value: Any) -> str:
    """The JSON text. TypeError for what JSON has no form for, and for integers of more than 64 bits."""
    return orjson.dumps(value).decode()


def load(text: str | bytes) -> Any:
    """The value that the text stands for; ValueError when it is no JSON."""
    return orjson.loads(text)


def copied(value: Any) -> Any:
    """The value as it would come back from its text; no later change to either reaches the other."""
    return orjson.loads(orjson.dumps(value))
