"""Parameters of a call: declared as marshmallow schemas, read from a decoded form, refused with Stripe's errors.

    class Item(Params):
        price = Ref("price", required=True)
        quantity = Int(minimum=0, load_default=1)

    class Create(Params):
        exclusive = (("trial_end", "trial_period_days"),)
        customer = Ref("customer", required=True)
        items = ListOf(Hash(Item), required=True, min=1, max=20)
        trial_end = NowOrTimestamp()
        trial_period_days = Int(minimum=1, maximum=730)

    load(Create, form.decode(body))

Every field takes `required`, `nullable`, `load_default`, and marshmallow's `data_key`, `attribute` and `validate`. What
was not sent is absent from the result unless it has a `load_default`; what was sent as an empty string is None where
the field is `nullable`, else `parameter_invalid_empty`. One error is raised for a request, the first in this order:
unknown, missing, invalid; its `param` is the path in brackets.

Source: docs.stripe.com/api, docs.stripe.com/error-codes
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache, partial
from typing import Any, ClassVar, Unpack

from marshmallow import Schema, ValidationError, missing

from flask_portal.wire.errors import exclusive_parameters
from flask_portal.wire.nested import ListOf, MapOf, Metadata, checked_mapping
from flask_portal.wire.problems import first_error, refusal, unknown
from flask_portal.wire.scalars import (
    Bool,
    Country,
    Currency,
    DecimalString,
    Email,
    Int,
    Money,
    NowOrTimestamp,
    OneOf,
    Options,
    Parameter,
    Ref,
    Str,
    Timestamp,
    Url,
    WordOr,
)

__all__ = [
    "Bool",
    "Country",
    "Currency",
    "DecimalString",
    "Email",
    "Hash",
    "Int",
    "ListOf",
    "ListParams",
    "MapOf",
    "Metadata",
    "Money",
    "NowOrTimestamp",
    "OneOf",
    "Parameter",
    "Params",
    "Range",
    "Ref",
    "Str",
    "Timestamp",
    "Url",
    "WordOr",
    "load",
]


class Params(Schema):
    """The parameters of a call, or of a nested object of one.

    exclusive: groups of names of which at most one may be sent.
    """

    exclusive: ClassVar[tuple[tuple[str, ...], ...]] = ()

    expand = ListOf(Str())


class ListParams(Params):
    """What every list takes."""

    exclusive = (("starting_after", "ending_before"),)

    limit = Int(minimum=1, maximum=100, load_default=10)
    starting_after = Ref("cursor")
    ending_before = Ref("cursor")


def load(params: type[Params], form: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a decoded form under the names of `params`.

    form: what `flask_portal.wire.form.decode` returns.
    StripeError 400 for the first problem, unknown parameters before missing before invalid ones.
    """
    try:
        return _read(_shape(params), form)
    except ValidationError as found:
        raise first_error(found.messages) from None


def _read(shape: _Shape, form: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = _schema(shape, shape.sent(form)).load(form)
    for group in shape.params.exclusive:
        sent = [name for name in group if values.get(name) is not None]
        if len(sent) > 1:
            raise ValidationError({sent[-1]: refusal(partial(exclusive_parameters, group)).messages})
    return values


class _Shape:
    """What is known of a Params class before anything is loaded."""

    def __init__(self, params: type[Params], *, nested: bool) -> None:
        declared = params().load_fields
        if nested:
            # It belongs to the call as a whole, never to an object within it.
            del declared["expand"]
        self.params = params
        self.names = {field.data_key or name: name for name, field in declared.items()}
        self.always = frozenset(
            name for name, field in declared.items() if field.required or field.load_default is not missing
        )

    def sent(self, form: Mapping[str, Any]) -> frozenset[str]:
        """The fields that have something to do: those that were sent, are required, or have a default."""
        return self.always.union([self.names[key] for key in form if key in self.names])


@cache
def _shape(params: type[Params], *, nested: bool = False) -> _Shape:
    return _Shape(params, nested=nested)


@lru_cache(maxsize=1024)
def _schema(shape: _Shape, names: frozenset[str]) -> Params:
    """The schema with these fields alone.

    Marshmallow visits every field of a schema, also of the forty that were not sent, which was half of the time.
    """
    schema = shape.params(only=[name for name in shape.names.values() if name in names])
    schema.error_messages["unknown"] = unknown(tuple(shape.names))  # type: ignore[assignment]
    return schema


class Hash(Parameter):
    """A nested object with the given parameters."""

    def __init__(self, params: type[Params], **options: Unpack[Options]) -> None:
        super().__init__(**options)
        self.params = params

    def read(self, value: Any) -> dict[str, Any]:
        return _read(_shape(self.params, nested=True), checked_mapping(value))


class _Bounds(Params):
    gt = Int()
    gte = Int()
    lt = Int()
    lte = Int()


class Range(Hash):
    """A filter by number or time: always a mapping of `gt`, `gte`, `lt` and `lte`.

    An exact integer n becomes `{"gte": n, "lte": n}`.
    """

    def __init__(self, **options: Unpack[Options]) -> None:
        super().__init__(_Bounds, **options)

    def read(self, value: Any) -> dict[str, Any]:
        if isinstance(value, dict):
            return super().read(value)
        exact = Int().deserialize(value)
        return {"gte": exact, "lte": exact}
