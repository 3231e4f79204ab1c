"""The way to the resources' endpoints: a WSGI app in front of the Flask app.

Calls of the API have no session, no template and no blueprint. Flask's contexts and hooks around each of them would
cost as much as answering it, so they pass by; pages, and the API that the portal brings along, go through Flask.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.wrappers import Request

from flask_portal.wire import errors
from mock_server.core.resource import Endpoint
from mock_server.core.state import State

from .answer import Answer, answer_to, failure, headers_of, work_of
from .request import base_url, new_request_id

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

API = "/v1/"
PORTAL_API = "/v1/billing_portal/"

_ID = re.compile(r"\{(\w+)\}")


class Api:
    """Answers what lies below `/v1`, and hands everything else to `pages`.

    started: called before each call; whatever a worker does beside answering begins there.
    """

    def __init__(self, state: State, pages: WSGIApp, started: Callable[[], None] = lambda: None) -> None:
        self._state = state
        self._pages = pages
        self._started = started
        self._adapter: MapAdapter = _map(tuple(state.registry.endpoints())).bind("")

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not path.startswith(API) or path.startswith(PORTAL_API):
            return self._pages(environ, start_response)
        self._started()
        request = Request(environ)
        answer, request_id = self._answer(request)
        body = answer.content()
        headers = headers_of(self._state, answer, request, request_id)
        headers.append(("Content-Length", str(len(body))))
        start_response(f"{answer.status} {HTTP_STATUS_CODES[answer.status]}", headers)
        return [] if request.method == "HEAD" else [body]

    def _answer(self, request: Request) -> tuple[Answer, str]:
        try:
            endpoint, ids = self._adapter.match(request.path, request.method)
        except HTTPException:
            request_id = new_request_id()
            refusal = errors.unknown_url(request.method, request.path)
            return failure(refusal, request_id, base_url(request)), request_id
        return answer_to(self._state, work_of(self._state, endpoint, dict(ids)), request)


@cache
def _map(endpoints: tuple[Endpoint, ...]) -> Map:
    """Which endpoint an address belongs to. A test process makes many mocks, all with the same endpoints."""
    # A client that builds an address from an empty id gets an error, not a redirect to another call.
    found = Map(strict_slashes=False, merge_slashes=False)
    for endpoint in endpoints:
        found.add(Rule(_ID.sub(r"<\1>", endpoint.path), methods=[endpoint.method], endpoint=endpoint))
    return found
