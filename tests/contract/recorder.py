"""The contract, held over every answer that a test receives: what the in-process transport hands to `check_response`.

An answer to a call of the API is an object, a list, a search result, the stub of a deleted object, or an error.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.datastructures import Headers

from mock_server.http.transport import InProcessTransport, path_of
from tests.contract import shapes


def violations(body: dict[str, Any]) -> list[str]:
    """What is wrong with an object, a list or an event, in sentences that start with the dotted path."""
    return shapes.violations(body)


def check_response(
    method: str, path: str, status: int, body_dict: dict[str, Any] | None, *, expanded: bool = True
) -> list[str]:
    """What is wrong with an answer; empty for a right one and for addresses outside of the API.

    path: with or without a query.  body_dict: the decoded JSON, None when the body was none.
    expanded: False when the request carried no `expand`; then expandable keys must be ids and includable keys absent.
    """
    address = path.partition("?")[0]
    if not address.startswith("/v1/"):
        return []
    found = _answer_problems(address, status, body_dict, plain=not expanded and "expand" not in path)
    return [f"{method} {address} {status}: {problem}" for problem in found]


def _answer_problems(address: str, status: int, body: dict[str, Any] | None, *, plain: bool) -> list[str]:
    if body is None:
        return ["the body is not JSON"]
    if status >= 400:
        return shapes.error_violations(body)
    found = shapes.violations(body, plain=plain)
    if body.get("object") in ("list", "search_result") and body.get("url") != address:
        found.append(f"{body['object']}.url: {body.get('url')} is not the address that was asked")
    return found


BINARY = "/contents"
"""How the addresses end that give what is in a file; nothing else is answered by anything but JSON."""

Send = Callable[[InProcessTransport, str, str, Mapping[str, str], bytes], tuple[bytes, int, Headers]]


def watched(send: Send) -> Send:
    """The transport's `send`, which raises AssertionError with all that is wrong with an answer.

    `monkeypatch.setattr(InProcessTransport, "send", watched(InProcessTransport.send))` holds the contract over a test.
    """

    @functools.wraps(send)
    def checked(
        transport: InProcessTransport, method: str, url: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[bytes, int, Headers]:
        answer, status, answered = send(transport, method, url, headers, body)
        if status == 200 and path_of(url).partition("?")[0].endswith(BINARY):
            return answer, status, answered
        expanded = "expand" in url or b"expand" in body
        wrong = check_response(method.upper(), path_of(url), status, _decoded(answer, answered), expanded=expanded)
        if wrong:
            raise AssertionError("\n".join(wrong))
        return answer, status, answered

    return checked


def _decoded(answer: bytes, answered: Headers) -> dict[str, Any] | None:
    return json.loads(answer) if answered.get("Content-Type", "").startswith("application/json") else None
