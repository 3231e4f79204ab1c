"""One API call from request to answer: checked, done once, in one transaction."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from werkzeug.wrappers import Request, Response

from flask_portal.wire import errors
from flask_portal.wire.params import Params, load
from mock_server.core import faults, idempotency, json_text, requests
from mock_server.core.blob import Blob
from mock_server.core.call import Body, Call, Kept
from mock_server.core.deadlock import tried_again
from mock_server.core.resource import Endpoint
from mock_server.core.state import State

from .request import Received, base_url, new_request_id, receive

log = logging.getLogger(__name__)

ECHOED = {"Idempotency-Key": "HTTP_IDEMPOTENCY_KEY", "Stripe-Account": "HTTP_STRIPE_ACCOUNT"}
JSON = (("Content-Type", "application/json"),)
NEVER_SAVED = frozenset({401, 409, 429})


@dataclass(frozen=True, slots=True)
class Work:
    """What a call does.

    read: loads and checks before anything is written, with no transaction open; its result goes to `run`.
    run: does the call, inside one transaction when `writes`; the result is an object or its stored JSON text.
    upload: bytes that an uploaded file may have; 0 where none is taken.
    reveal: fills in what is never stored, such as a session's address, whenever the answer is rendered.
    """

    params: type[Params]
    writes: bool
    run: Callable[[Call, Any], Body | Blob | str]
    read: Callable[[Received, Body], Any] | None = None
    reveal: Callable[[Body], Body] | None = None
    upload: int = 0


@dataclass(slots=True)
class Answer:
    """Status, JSON text and headers of an answer.  blob: what is answered in place of the text."""

    status: int
    text: str
    headers: dict[str, str] = field(default_factory=dict)
    blob: Blob | None = None

    def content(self) -> bytes:
        """The body as bytes."""
        return self.text.encode() if self.blob is None else self.blob.content


def work_of(state: State, endpoint: Endpoint, ids: dict[str, str]) -> Work:
    """The work of a resource's endpoint."""

    def run(call: Call, sent: Body) -> Body | Blob | str:
        expand = sent.pop("expand", ())
        result = endpoint.run(call, ids, sent)
        if isinstance(result, str) and expand:
            result = json_text.load(result)
        return state.registry.answer(call, result, expand) if isinstance(result, dict) else result

    return Work(endpoint.params, endpoint.writes, run, upload=endpoint.upload)


def respond(state: State, work: Work, request: Request) -> Response:
    """Answer a request by doing `work`."""
    answer, request_id = answer_to(state, work, request)
    return render(state, answer, request, request_id)


def answer_to(state: State, work: Work, request: Request) -> tuple[Answer, str]:
    """The answer to a request, and the id that the request was given."""
    request_id = new_request_id()
    account: str | None = None
    try:
        received = receive(state, request, request_id, work.upload)
        account = received.account
        answer = perform_or_fail(state, received, work)
    except errors.StripeError as error:
        answer = failure(error, request_id, base_url(request))
    except Exception:
        log.exception("request %s failed: %s %s", request_id, request.method, request.path)
        broken = errors.api_error(
            "Something went wrong inside the mock; its log has the traceback under this request id."
        )
        answer = failure(broken, request_id, base_url(request))
    if account is not None and answer.status >= 400:
        try:
            _note(state, request, request_id, account, answer)
        except Exception:
            # The caller is to learn what was wrong with the request, even when the log of requests cannot be written.
            log.exception("request %s was refused, and could not be noted", request_id)
    return answer, request_id


def _note(state: State, request: Request, request_id: str, account: str, answer: Answer) -> None:
    now = state.clock.now()
    requests.note(state.store, request_id, account, now, request.method, request.path, answer.status, answer.text)


def perform_or_fail(state: State, received: Received, work: Work) -> Answer:
    """Do the work, unless a fault was asked for: then the call is refused, or done after a while."""
    try:
        return perform(state, received, work)
    except faults.Faulty:
        fault = faults.take(state.store, received.account, received.method, received.path)
        if fault is not None:
            threading.Event().wait(fault.delay / faults.MILLISECONDS)
            if error := fault.error():
                raise error from None
        return perform(state, replace(received, spared=True), work)


@contextmanager
def beginning(state: State, received: Received, *, writes: bool) -> Iterator[Call]:
    """The call; `Faulty` before anything is done in it, when a fault may be meant for it."""
    begun = state.writing if writes else state.reading
    with begun(received.account, **received.about()) as call:
        if call.faulty and not received.spared:
            raise faults.Faulty
        yield call


def perform(state: State, received: Received, work: Work) -> Answer:
    """Do the work once, whatever happens: replayed for a known idempotency key, tried again after a deadlock."""
    claim = _claim(state, received)
    if work.read is not None and claim is not None:
        # What was read may differ by now, so a replay must not depend on it.
        with state.store.reading() as connection:
            saved = idempotency.find(state.store, connection, claim)
        if saved is not None:
            return _replayed(saved, work)
    plan: Any = load(work.params, received.sent)
    if work.read is not None:
        plan = work.read(received, plan)
    if not work.writes:
        with beginning(state, received, writes=False) as call:
            return _answered(_revealed(work, work.run(call, plan)))
    return _write(state, received, work, plan, claim)


def _write(state: State, received: Received, work: Work, plan: Any, claim: idempotency.Claim | None) -> Answer:
    def once() -> Answer:
        copy = dict(plan) if isinstance(plan, dict) else plan
        return _write_once(state, received, work, copy, claim)

    return tried_again(once)


def _write_once(state: State, received: Received, work: Work, plan: Any, claim: idempotency.Claim | None) -> Answer:
    try:
        with beginning(state, received, writes=True) as call:
            saved = idempotency.take(state.store, call.connection, claim) if claim else None
            if saved is not None:
                return _replayed(saved, work)
            answer, revealed = _done(call, received, work, plan)
            if claim:
                idempotency.settle(state.store, call.connection, claim, answer.status, answer.text)
            return revealed
    except errors.StripeError as error:
        if claim and error.status not in NEVER_SAVED:
            _save_failure(state, claim, error, received)
        raise


def _done(call: Call, received: Received, work: Work, plan: Any) -> tuple[Answer, Answer]:
    """The answer as it is saved, and as it is sent."""
    try:
        body = work.run(call, plan)
    except Kept as kept:
        if not isinstance(kept.error, errors.StripeError):
            raise kept.error from kept
        answer = failure(kept.error, received.request_id, received.base_url)
        return answer, answer
    return _answered(body), _answered(_revealed(work, body))


def _save_failure(state: State, claim: idempotency.Claim, error: errors.StripeError, received: Received) -> None:
    """A refused call is answered the same when it is repeated; its transaction is gone, so this is one of its own."""
    answer = failure(error, received.request_id, received.base_url)
    with state.store.writing() as connection:
        if idempotency.take(state.store, connection, claim) is None:
            idempotency.settle(state.store, connection, claim, answer.status, answer.text)


def _claim(state: State, received: Received) -> idempotency.Claim | None:
    if received.idempotency_key is None:
        return None
    fingerprint = idempotency.fingerprint(received.method, received.path, received.sent)
    key = received.idempotency_key
    return idempotency.Claim(received.account, key, fingerprint, received.request_id, state.clock.now())


def _replayed(saved: idempotency.Saved, work: Work) -> Answer:
    text = saved.body
    if work.reveal is not None and saved.status == 200:
        text = _text(work.reveal(json_text.load(text)))
    return Answer(saved.status, text, {"Idempotent-Replayed": "true", "Original-Request": saved.request_id})


def _answered(result: Body | Blob | str) -> Answer:
    return Answer(200, "", blob=result) if isinstance(result, Blob) else Answer(200, _text(result))


def _revealed(work: Work, body: Body | Blob | str) -> Body | Blob | str:
    return work.reveal(body) if work.reveal is not None and isinstance(body, dict) else body


def _text(body: Body | str) -> str:
    return body if isinstance(body, str) else json_text.dump(body)


def failure(error: errors.StripeError, request_id: str, host: str) -> Answer:
    """The answer that an error becomes."""
    log_url = f"{host}/_mock/requests/{request_id}"
    headers = {str(name): str(value) for name, value in error.headers.items()}
    if error.status == 409:
        headers.setdefault("Stripe-Should-Retry", "true")
    return Answer(error.status, _text(errors.error_body(error, request_id, log_url)), headers)


def render(state: State, answer: Answer, request: Request, request_id: str) -> Response:
    """The HTTP response of an answer."""
    return Response(answer.content(), answer.status, headers_of(state, answer, request, request_id))


def headers_of(state: State, answer: Answer, request: Request, request_id: str) -> list[tuple[str, str]]:
    """The headers of an answer."""
    environ = request.environ
    headers = [
        *(answer.blob.headers() if answer.blob else JSON),
        ("Request-Id", request_id),
        ("Stripe-Version", environ.get("HTTP_STRIPE_VERSION", state.api_version)),
        ("Cache-Control", "no-cache, no-store"),
    ]
    for name, key in ECHOED.items():
        if key in environ:
            headers.append((name, environ[key]))
    headers.extend(answer.headers.items())
    return headers
