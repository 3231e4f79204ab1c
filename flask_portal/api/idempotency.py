"""Idempotency keys: the answer of a POST is saved for a day, and a second call with the key gets it again.

The claim is a row of the call's own transaction. Two calls at once with one key: the database lets one of them through,
and the other finds the saved answer, or is told to try again.

Source: docs.stripe.com/api/idempotent_requests
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from flask import Request
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from flask_portal.api.answers import Answer
from flask_portal.models import IdempotencyRecord
from flask_portal.wire.errors import StripeError, conflict, invalid

KEPT_SECONDS = 24 * 60 * 60
MAX_KEY_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Claim:
    """One call that carries a key.  fingerprint: what the call asks for; a key stands for one such thing only."""

    account: str
    key: str
    fingerprint: str
    request_id: str
    now: int

    @classmethod
    def of(cls, request: Request, account: str, form: dict[str, Any], request_id: str, now: int) -> Claim | None:
        """None when the request carries no key. Raises StripeError 400 for a key that is too long."""
        key = request.headers.get("Idempotency-Key")
        if not key:
            return None
        if len(key) > MAX_KEY_LENGTH:
            raise invalid(f"An idempotency key can have at most {MAX_KEY_LENGTH} characters.")
        asked = json.dumps([request.method, request.path, form], sort_keys=True)
        return cls(account, key, hashlib.sha256(asked.encode()).hexdigest(), request_id, now)


def replay(db: Session, claim: Claim) -> Answer | None:
    """The answer that was saved for the key; None for a new one. StripeError 400 when it stood for another call."""
    record = db.scalar(
        select(IdempotencyRecord).where(
            IdempotencyRecord.account == claim.account,
            IdempotencyRecord.key == claim.key,
            IdempotencyRecord.created > claim.now - KEPT_SECONDS,
        )
    )
    if record is None:
        return None
    if record.fingerprint != claim.fingerprint:
        raise StripeError(
            "An idempotency key can only be used again with the same address and parameters as the first time. Use "
            f"another key than '{claim.key}' for another request.",
            type="idempotency_error",
        )
    headers = {"Idempotent-Replayed": "true", "Original-Request": record.request_id}
    return Answer(record.status, record.body, headers)


def insert(db: Session, claim: Claim) -> IdempotencyRecord:
    """Take the key, in the transaction of `db`; IntegrityError when somebody has it. `save` completes the row."""
    db.execute(
        delete(IdempotencyRecord).where(
            IdempotencyRecord.account == claim.account, IdempotencyRecord.created <= claim.now - KEPT_SECONDS
        )
    )
    record = IdempotencyRecord(
        account=claim.account,
        key=claim.key,
        fingerprint=claim.fingerprint,
        request_id=claim.request_id,
        status=0,
        body={},
        created=claim.now,
    )
    db.add(record)
    db.flush()
    return record


def save(record: IdempotencyRecord, answer: Answer) -> None:
    """Keep the answer, without anything that `reveal` adds."""
    record.status = answer.status
    record.body = answer.body


def in_use(claim: Claim) -> StripeError:
    """409: the key belongs to a call that has not ended."""
    return conflict(
        f"Another request with the idempotency key '{claim.key}' is being carried out. Try again in a moment.",
        "idempotency_key_in_use",
    )
