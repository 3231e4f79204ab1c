"""Parameter fields that only the mock needs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from marshmallow import fields

from flask_portal.wire import errors
from flask_portal.wire.params import Parameter, Params
from flask_portal.wire.problems import refusal, refused

from .blob import Uploaded


class NotBuilt(fields.Field[Any]):
    """A parameter that Stripe has and this mock has not: sent, it is refused with the reason.

    what: what is missing, as the subject of a sentence ("test clocks").
    data_key: the name on the wire, where marshmallow keeps that name for itself.
    """

    def __init__(self, what: str, data_key: str | None = None) -> None:
        super().__init__(data_key=data_key)
        self.what = what

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        raise refusal(partial(errors.not_built, self.what))


def params_of(name: str, declared: Mapping[str, fields.Field[Any]]) -> type[Params]:
    """A class of parameters whose names come from a table. name: of the class."""
    return cast(type[Params], Params.from_dict(dict(declared), name=name))


class Upload(Parameter):
    """A file, which comes in a body of parts."""

    def read(self, value: Any) -> Uploaded:
        if not isinstance(value, Uploaded):
            raise refused("Invalid file: send it as a part of a multipart/form-data body")
        return value
