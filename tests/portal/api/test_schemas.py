"""The parameters of the API are those that the installed `stripe` package sends, no more and no less."""

from __future__ import annotations

import pytest

from flask_portal.api import schemas
from flask_portal.wire.params import ListOf, OneOf, Params
from mock_server.coverage import declared, parameters

ONE = "/v1/billing_portal/configurations/{configuration}"
CALLS = [
    ("POST", "/v1/billing_portal/sessions", schemas.CreateSession),
    ("POST", "/v1/billing_portal/configurations", schemas.CreateConfiguration),
    ("POST", ONE, schemas.UpdateConfiguration),
    ("GET", "/v1/billing_portal/configurations", schemas.ListConfigurations),
    ("GET", ONE, schemas.RetrieveConfiguration),
]


@pytest.mark.parametrize(("method", "path", "params"), CALLS, ids=lambda value: str(value))
def test_every_parameter_of_the_package_is_known(method: str, path: str, params: type[Params]) -> None:
    wanted, known = parameters(method, path), declared(params)
    assert known.keys() == wanted.keys()
    assert {name for name, field in known.items() if field.required} == {
        name for name, parameter in wanted.items() if parameter.required
    }
    assert {name for name, parameter in wanted.items() if parameter.unsets} <= {
        name for name, field in known.items() if getattr(field, "nullable", False)
    }


@pytest.mark.parametrize(("method", "path", "params"), CALLS, ids=lambda value: str(value))
def test_every_enum_of_the_package_has_all_its_values(method: str, path: str, params: type[Params]) -> None:
    known = declared(params)
    for name, parameter in parameters(method, path).items():
        field = known[name]
        inner = field.inner if isinstance(field, ListOf) else field
        values = set(inner.values) if isinstance(inner, OneOf) else None
        assert values == parameter.values, name
