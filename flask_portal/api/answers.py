"""Answers in Stripe's form: JSON with its headers, and errors from whatever was raised."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import stripe
from flask import Request, Response
from werkzeug.exceptions import HTTPException

from flask_portal.host import Body
from flask_portal.wire.errors import StripeError, error_body, invalid

_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(\.[a-z]+)?(; ?[a-z_0-9=; ]*)?")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered with, before it becomes bytes."""

    status: int
    body: Body
    headers: Mapping[str, str] = field(default_factory=dict)


def version(request: Request) -> str:
    """The API version that the request names, or that of the installed client. Raises StripeError 400 for nonsense."""
    sent = request.headers.get("Stripe-Version")
    if sent is None:
        return stripe.api_version
    if not _VERSION.fullmatch(sent):
        raise invalid("The Stripe-Version header must hold an API version, such as 2026-10-28.endive.")
    return sent


def of_error(error: StripeError, request_id: str) -> Answer:
    """The answer that tells of an error."""
    return Answer(error.status, error_body(error, request_id), error.headers)


def of_http_exception(error: HTTPException, request_id: str) -> Answer:
    """What Flask or Werkzeug refused, such as a body over MAX_CONTENT_LENGTH, in Stripe's form."""
    status = error.code or 500
    kind = "invalid_request_error" if status < 500 else "api_error"
    return of_error(StripeError(error.description or error.name, status=status, type=kind), request_id)


def rendered(answer: Answer, request_id: str, common: Mapping[str, str]) -> Response:
    """The response.  common: headers of every answer to this request."""
    text = json.dumps(answer.body, indent=2, ensure_ascii=False)
    response = Response(text + "\n", status=answer.status, content_type="application/json")
    response.headers["Cache-Control"] = "no-cache, no-store"
    response.headers["Request-Id"] = request_id
    response.headers.update(common)
    response.headers.update(answer.headers)
    return response
