"""What a request says: who asks, for whose data, with which parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Request

from flask_portal.wire import errors, form, ids
from mock_server.core import accounts, idempotency
from mock_server.core.state import State
from mock_server.versions import is_version

from . import upload

IN_PROCESS_ACCOUNT = "mock_server.account"
"""WSGI environ key by which code of this process acts for an account without a key. No client can set it over HTTP."""

MAX_BODY = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """One request, authenticated and decoded.

    sent: the decoded parameters, not checked yet.
    spared: whether it is settled that no fault is meant for this request.
    acts_for: the connected account in `Stripe-Account` or `Stripe-Context`, when that is not the key's own.
    """

    method: str
    path: str
    account: str
    acts_for: str | None
    version: str
    idempotency_key: str | None
    request_id: str
    base_url: str
    sent: dict[str, Any]
    spared: bool = False

    def about(self) -> dict[str, Any]:
        """What a call is told of the request that made it."""
        return {
            "base_url": self.base_url,
            "api_version": self.version,
            "request_id": self.request_id,
            "idempotency_key": self.idempotency_key,
        }


def receive(state: State, request: Request, request_id: str, most: int = 0) -> Received:
    """The request as a value; StripeError for a bad key, version, header or body.

    most: bytes that an uploaded file may have; 0 where none is taken.
    """
    key = _key(request)
    if key.publishable:
        raise errors.forbidden(
            "This API call cannot be made with a publishable API key. Please use a secret API key.",
            "secret_key_required",
        )
    account, acts_for = key.account, _acts_for(request)
    if acts_for is not None and acts_for != account:
        with state.store.reading() as connection:
            account = accounts.acting_account(connection, key, acts_for)
    return Received(
        method=request.method,
        path=request.path,
        account=account,
        acts_for=acts_for,
        version=_version(state, request),
        idempotency_key=_idempotency_key(request),
        request_id=request_id,
        base_url=base_url(request),
        sent=_sent(request, most),
    )


def base_url(request: Request) -> str:
    """Scheme and host that the request was sent to, without a slash at the end."""
    return f"{request.scheme}://{request.environ.get('HTTP_HOST') or request.environ['SERVER_NAME']}"


def new_request_id() -> str:
    return ids.new("req")


def _key(request: Request) -> accounts.Key:
    inside = request.environ.get(IN_PROCESS_ACCOUNT)
    if inside is not None:
        return accounts.Key(inside, publishable=False)
    return accounts.authenticate(request.environ.get("HTTP_AUTHORIZATION"))


def _acts_for(request: Request) -> str | None:
    """The account that a header names; `Stripe-Context` says the same as `Stripe-Account`, which it replaces."""
    account: str | None = request.environ.get("HTTP_STRIPE_ACCOUNT")
    context: str | None = request.environ.get("HTTP_STRIPE_CONTEXT")
    if account is not None and context is not None and account != context:
        raise errors.invalid("Stripe-Account and Stripe-Context name different accounts: send one of them.")
    return account if context is None else context


def _sent(request: Request, most: int) -> dict[str, Any]:
    if most and upload.is_upload(request):
        return upload.decode(request, most)
    environ = request.environ
    query = environ.get("QUERY_STRING", "").encode("latin-1")
    return form.decode(_body(request), query, environ.get("CONTENT_TYPE"))


def _body(request: Request) -> bytes:
    if request.method == "GET" and not request.content_length:
        return b""
    request.max_content_length = MAX_BODY
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge as too_large:
        raise errors.StripeError(
            f"The request body is larger than {MAX_BODY} bytes, which is more than any call takes.", status=413
        ) from too_large


def _version(state: State, request: Request) -> str:
    version: str | None = request.environ.get("HTTP_STRIPE_VERSION")
    if version is None:
        return state.api_version
    if not is_version(version):
        raise errors.invalid(f"Invalid Stripe API version: {version}. It looks like {state.api_version}.")
    return version


def _idempotency_key(request: Request) -> str | None:
    key: str | None = request.environ.get("HTTP_IDEMPOTENCY_KEY")
    if not key or request.method != "POST":
        return None
    if len(key) > idempotency.MAX_KEY:
        raise errors.invalid(f"An idempotency key has at most {idempotency.MAX_KEY} characters.")
    if "\0" in key:
        raise errors.invalid("An idempotency key cannot contain NUL.", code="invalid_characters")
    return key
