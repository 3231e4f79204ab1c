"""The addresses of the session and configuration API, and the blueprint that serves them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn

from flask import Blueprint, request
from sqlalchemy.orm import Session

from flask_portal.api import schemas
from flask_portal.api.configurations import Configurations
from flask_portal.api.sessions import Sessions
from flask_portal.config import Settings
from flask_portal.host import Body, Host, Operation, Principal
from flask_portal.wire.errors import unknown_url

BLUEPRINT = "portal_api"

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Route:
    """One method and path, below the API's prefix, and what it does."""

    method: str
    rule: str
    operation: Operation


def routes(host: Host, settings: Settings) -> list[Route]:
    """Every call of the API."""
    sessions = Sessions(host, settings)
    configurations = Configurations(host, settings)
    every, one = "/configurations", "/configurations/<id>"
    opening = schemas.CreateSession
    create, update = schemas.CreateConfiguration, schemas.UpdateConfiguration
    find, search = schemas.RetrieveConfiguration, schemas.ListConfigurations
    return [
        _post("/sessions", "session.create", opening, sessions.plan_create, sessions.create, sessions.reveal),
        _post(every, "configuration.create", create, configurations.plan_create, configurations.create),
        _post(one, "configuration.update", update, configurations.plan_update, configurations.update),
        _get(every, "configuration.list", search, configurations.page),
        _get(one, "configuration.retrieve", find, configurations.retrieve),
    ]


def _nothing_hidden(body: Body) -> Body:
    return body


def _get(rule: str, name: str, params: Any, read: Callable[[Principal, dict[str, Any], dict[str, str]], Body]) -> Route:
    return Route("GET", rule, Operation(f"billing_portal.{name}", False, params, read, None, _nothing_hidden))


def _post(
    rule: str,
    name: str,
    params: Any,
    read: Callable[[Principal, dict[str, Any], dict[str, str]], Any],
    write: Callable[[Session, Principal, Any], Body],
    reveal: Callable[[Body], Body] = _nothing_hidden,
) -> Route:
    return Route("POST", rule, Operation(f"billing_portal.{name}", True, params, read, write, reveal))


def blueprint(host: Host, settings: Settings) -> Blueprint:
    """The API as a blueprint; every other address below its prefix is answered as Stripe answers an unknown one."""
    api = Blueprint(BLUEPRINT, __name__, url_prefix=settings.api_prefix)
    for route in routes(host, settings):
        view = host.envelope(route.operation)
        name = route.operation.name.removeprefix("billing_portal.").replace(".", "_")
        api.add_url_rule(route.rule, name, view, methods=[route.method], provide_automatic_options=False)
    nowhere = host.envelope(Operation("unknown_url", False, None, _refuse, None, _nothing_hidden))
    for rule in ("/", "/<path:rest>"):
        # Werkzeug's redirect to an address with a slash would be HTML; Stripe answers each address as it stands.
        api.add_url_rule(
            rule, "unknown_url", nowhere, methods=_METHODS, provide_automatic_options=False, strict_slashes=False
        )
    return api


def _refuse(_principal: Principal, _params: dict[str, Any], _ids: dict[str, str]) -> NoReturn:
    raise unknown_url(request.method, request.path)
