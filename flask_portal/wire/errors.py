"""Stripe's errors: one exception that carries status, type, code and param, and the body it is answered with.

StripeError
    invalid_request_error  400, 401, 403, 404, 409   invalid(), missing_object(), unknown_url(), ...
    idempotency_error      409                       conflict("...", "idempotency_key_in_use")
    card_error             402                       card_error()
    api_error              500                       api_error()

Raise them where the fact is known; the surrounding application renders them in one place with `error_body`.

Source: docs.stripe.com/api/errors, docs.stripe.com/error-codes
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

DOC_URL = "https://docs.stripe.com/error-codes#"


class StripeError(Exception):
    """An answer other than 200, as Stripe would give it.

    status: HTTP status.  type: `invalid_request_error`, `idempotency_error`, `card_error` or `api_error`.
    param: the parameter at fault in bracket form, `items[0][price]`.
    headers: further response headers, such as `Stripe-Should-Retry`.
    extra: further keys of the body, such as `decline_code`, `charge` or `payment_intent`.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.type = type
        self.code = code
        self.param = param
        self.headers = dict(headers or {})
        self.extra = extra


def error_body(error: StripeError, request_id: str | None = None, log_url: str | None = None) -> dict[str, Any]:
    """The JSON body of an error, `{"error": {...}}`; keys without a value are left out."""
    fields = {
        "code": error.code,
        "doc_url": DOC_URL + error.code.replace("_", "-") if error.code else None,
        "message": error.message,
        "param": error.param,
        "request_id": request_id,
        "request_log_url": log_url,
        "type": error.type,
        **error.extra,
    }
    return {"error": {name: value for name, value in fields.items() if value is not None}}


def invalid(message: str, param: str | None = None, code: str | None = None) -> StripeError:
    """400: the request cannot be carried out as it was sent."""
    return StripeError(message, param=param, code=code)


def missing_object(noun: str, id: str, param: str | None = None, status: int | None = None) -> StripeError:
    """No object of that id in this account and mode: 404 for an id in the path, 400 for one in a parameter.

    param: name of the parameter that held the id; None or "id" stands for the id in the path.
    status: for a path whose parameter has another name, such as `invoice`.
    """
    param = param or "id"
    return StripeError(
        f"No such {noun}: '{shortened(id)}'",
        status=status or (404 if param == "id" else 400),
        code="resource_missing",
        param=param,
    )


def missing_parameter(path: str) -> StripeError:
    """400 `parameter_missing`."""
    return invalid(f"Missing required param: {path}.", path, "parameter_missing")


def empty_parameter(path: str) -> StripeError:
    """400 `parameter_invalid_empty`: an empty string unsets, and this parameter cannot be unset."""
    message = (
        f"You passed an empty string for '{path}'. An empty value asks to unset a parameter, and '{path}' cannot be "
        "unset: leave it out of the request, or give it a value."
    )
    return invalid(message, path, "parameter_invalid_empty")


def unknown_parameters(paths: Sequence[str], known: Iterable[str] = ()) -> StripeError:
    """400 `parameter_unknown`, with a suggestion when there is one unknown parameter and a known name is like it.

    paths: bracket paths, at least one.  known: the names allowed beside the last part of that path.
    """
    if len(paths) > 1:
        message = f"Received unknown parameters: {shortened(', '.join(paths), 1000)}"
    else:
        message = f"Received unknown parameter: {shortened(paths[0])}{_suggestion(paths[0], known)}"
    return invalid(message, paths[0], "parameter_unknown")


def _suggestion(path: str, known: Iterable[str]) -> str:
    head, bracket, leaf = path.rpartition("[")
    close = difflib.get_close_matches(leaf.removesuffix("]")[:100], list(known), n=1)
    if not close:
        return ""
    return f". Did you mean {head}[{close[0]}]?" if bracket else f". Did you mean {close[0]}?"


def not_one_of(path: str, allowed: Sequence[str]) -> StripeError:
    """400: the value of `path` is none of the allowed words."""
    return invalid(f"Invalid {path}: must be one of {listed(allowed)}", path)


def exclusive_parameters(names: Sequence[str], path: str | None = None) -> StripeError:
    """400 `parameters_exclusive`: more than one of these was sent."""
    message = f"You may only specify one of these parameters: {', '.join(names)}."
    return invalid(message, path, "parameters_exclusive")


def unauthorized(message: str, code: str | None = None) -> StripeError:
    """401: no key, or not a valid one."""
    return StripeError(message, status=401, code=code, headers={"WWW-Authenticate": 'Basic realm="Stripe"'})


def forbidden(message: str, code: str | None = None) -> StripeError:
    """403: a valid key that may not do this."""
    return StripeError(message, status=403, code=code)


def conflict(message: str, code: str) -> StripeError:
    """409: another request is in the way; an `idempotency_...` code makes it an `idempotency_error`."""
    kind = "idempotency_error" if code.startswith("idempotency") else "invalid_request_error"
    return StripeError(message, status=409, type=kind, code=code)


def card_error(message: str, code: str, decline_code: str | None = None, **extra: Any) -> StripeError:
    """402: the request was fine and the payment was not; the message may be shown to the customer."""
    return StripeError(message, status=402, type="card_error", code=code, decline_code=decline_code, **extra)


def api_error(message: str) -> StripeError:
    """500: the fault is ours."""
    return StripeError(message, status=500, type="api_error")


def unknown_url(method: str, path: str) -> StripeError:
    """404: no such address, or not with this method."""
    return StripeError(f"Unrecognized request URL ({method}: {shortened(path)}).", status=404)


def not_built(what: str, param: str | None = None) -> StripeError:
    """400 for a part of Stripe's API that this version does not have; `what` begins the sentence."""
    return invalid(f"{what[:1].upper()}{what[1:]} is not built yet in this version of flask-portal.", param)


def listed(words: Sequence[str]) -> str:
    """The words as they stand in a sentence: `a`, `a or b`, `a, b, or c`."""
    if len(words) > 2:
        return f"{', '.join(words[:-1])}, or {words[-1]}"
    return " or ".join(words)


def shortened(value: str, longest: int = 255) -> str:
    """The value for use in a sentence: a caller's megabyte does not come back as a megabyte."""
    return value if len(value) <= longest else f"{value[:longest]}..."
