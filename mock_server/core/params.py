"""Parameter fields that only the mock needs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from marshmallow import fields

from flask_portal.wire import errors
from flask_portal.wire.params import Parameter
from flask_portal.wire.problems import refusal, refused

from .blob import Uploaded


class NotBuilt(fields.Field[Any]):
    """A parameter that Stripe has and this mock has not: sent, it is refused with the reason.

    what: what is missing, as the subject of a sentence ("test clocks").
    """

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        raise refusal(partial(errors.not_built, self.what))


class Upload(Parameter):
    """A file, which comes in a body of parts."""

    def read(self, value: Any) -> Uploaded:
        if not isinstance(value, Uploaded):
            raise refused("Invalid file: send it as a part of a multipart/form-data body")
        return value
