"""Around one call of the API in an ordinary Flask application: key, parameters, idempotency, transaction, errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from flask import Request, Response, current_app, request
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from flask_portal.api import answers, idempotency
from flask_portal.api.answers import Answer
from flask_portal.api.idempotency import Claim
from flask_portal.host import Body, Operation, Principal
from flask_portal.wire import ids as wire_ids
from flask_portal.wire.errors import StripeError, api_error
from flask_portal.wire.form import decode
from flask_portal.wire.params import load


class Surroundings(Protocol):
    """What an envelope needs of its host."""

    def principal(self, request: Request) -> Principal: ...
    def now(self, account: str) -> int: ...
    def session_factory(self) -> Session: ...
    def take_recorded(self) -> Callable[[], None]: ...


def view(host: Surroundings, operation: Operation) -> Callable[..., Response]:
    """A Flask view that carries out `operation`; it takes the ids of the path as keywords."""

    def answer(**ids: str) -> Response:
        request_id = wire_ids.new("req")
        found, common = _answered(host, operation, ids, request_id)
        return answers.rendered(found, request_id, {**common, **_echoed(request)})

    return answer


def _answered(
    host: Surroundings, operation: Operation, ids: dict[str, str], request_id: str
) -> tuple[Answer, dict[str, str]]:
    """The answer, whatever happens, and the headers of every answer."""
    common: dict[str, str] = {}
    try:
        common["Stripe-Version"] = answers.version(request)
        return _answer(host, operation, ids, request_id), common
    except StripeError as error:
        return answers.of_error(error, request_id), common
    except HTTPException as error:
        return answers.of_http_exception(error, request_id), common
    except Exception:
        # In development and tests the traceback says more than any answer.
        if current_app.debug or current_app.testing:
            raise
        current_app.logger.exception("%s failed, request %s", operation.name, request_id)
        return answers.of_error(api_error("Something went wrong on our side."), request_id), common


def _echoed(request: Request) -> dict[str, str]:
    names = ("Idempotency-Key", "Stripe-Account")
    return {name: request.headers[name] for name in names if name in request.headers}


def _answer(host: Surroundings, operation: Operation, ids: dict[str, str], request_id: str) -> Answer:
    principal = host.principal(request)
    form = decode(request.get_data(), request.query_string, request.content_type)
    params = load(operation.params, form) if operation.params is not None else {}
    if operation.write is None:
        return Answer(200, operation.reveal(operation.read(principal, params, ids)))
    claim = Claim.of(request, principal.account, form, request_id, host.now(principal.account))
    answer = Writing(host, operation, operation.write, principal, claim).once(params, ids)
    if answer.status != 200:
        return answer
    return Answer(answer.status, operation.reveal(answer.body), answer.headers)


@dataclass(frozen=True, slots=True)
class Writing:
    """A POST under way.  claim: of its idempotency key, if it carries one."""

    host: Surroundings
    operation: Operation
    write: Callable[[Session, Principal, Any], Body]
    principal: Principal
    claim: Claim | None

    def once(self, params: dict[str, Any], ids: dict[str, str]) -> Answer:
        """The answer saved for the key, else that of the call. Refusals are saved too, once parameters are in order."""
        if self.claim is None:
            return self._carry_out(params, ids, None)
        saved = self._saved(self.claim)
        if saved is not None:
            return saved
        try:
            return self._carry_out(params, ids, self.claim)
        except IntegrityError as error:
            return self._of_twin(self.claim, error)
        except StripeError as error:
            if error.status < 500 and error.status not in (409, 429):
                self._save_refusal(self.claim, answers.of_error(error, self.claim.request_id))
            raise

    def _saved(self, claim: Claim) -> Answer | None:
        with self.host.session_factory() as db:
            return idempotency.replay(db, claim)

    def _of_twin(self, claim: Claim, error: IntegrityError) -> Answer:
        """The answer of a concurrent call with the same key, which was faster."""
        saved = self._saved(claim)
        if saved is None:
            raise idempotency.in_use(claim) from error
        return saved

    def _save_refusal(self, claim: Claim, answer: Answer) -> None:
        with self.host.session_factory() as db:
            try:
                idempotency.save(idempotency.insert(db, claim), answer)
                db.commit()
            except IntegrityError:
                # A twin saved its answer first: that one stays.
                db.rollback()

    def _carry_out(self, params: dict[str, Any], ids: dict[str, str], claim: Claim | None) -> Answer:
        try:
            answer = self._written(self.operation.read(self.principal, params, ids), claim)
        except OperationalError as error:
            if "locked" not in str(error.orig):
                raise
            raise _locked(claim) from error
        finally:
            # Taken in any case: what a failed call recorded did not happen.
            send = self.host.take_recorded()
        send()
        return answer

    def _written(self, plan: Any, claim: Claim | None) -> Answer:
        with self.host.session_factory() as db, db.begin():
            record = idempotency.insert(db, claim) if claim is not None else None
            answer = Answer(200, self.write(db, self.principal, plan))
            if record is not None:
                idempotency.save(record, answer)
        return answer


def _locked(claim: Claim | None) -> StripeError:
    """SQLite waited for another writer for as long as it was allowed to."""
    if claim is not None:
        return idempotency.in_use(claim)
    message = "The database is busy with another request. Try again in a moment."
    return StripeError(message, status=429, code="lock_timeout")
