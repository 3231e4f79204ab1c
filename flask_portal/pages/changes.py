"""What surrounds every change: a number for the form, so that a double click is one change, and the history."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from typing import Any

from blinker import NamedSignal
from flask import abort, current_app, request
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError

from flask_portal.models import AuditEntry
from flask_portal.pages import reading, receipts
from flask_portal.pages.change_words import Change
from flask_portal.pages.visit import Visit

REMOVED = "payment_method.remove"

_FORM_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")


def new_form_id() -> str:
    """A number for one rendered form."""
    return secrets.token_urlsafe(18)


def key(visit: Visit, action: str, *values: Any) -> str:
    """The idempotency key of the change that this request's form asks for.

    The same form sent twice gives the same key; with other values, or from another customer, it gives another one.
    400 for a form that was not rendered by a page of ours.
    """
    return form_key(visit.customer_id, action, *values)


def form_key(whose: str, action: str, *values: Any) -> str:
    """The same for somebody whom the portal does not know.  whose: a customer or an account."""
    form_id = request.form.get("form_id", "")
    if not _FORM_ID.fullmatch(form_id):
        abort(400)
    return _hashed(whose, form_id, action, values)


def shared_key(visit: Visit, action: str, *values: Any) -> str:
    """The idempotency key of a change that is made once for these values, from whichever form and window."""
    return _hashed(visit.customer_id, action, values)


def _hashed(*parts: Any) -> str:
    return f"portal-{hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()}"


def remember(
    visit: Visit,
    action: str,
    object_id: str,
    details: dict[str, Any] | None = None,
    *,
    key: str | None = None,
    subject: str | None = None,
) -> bool:
    """Write the history, after the change was made and in a transaction of its own; then mail the receipt.

    key: the change's own. subject: what the object is called; a subscription's title is known by itself.
    False when it stands in the history already: then nothing happened now.
    """
    entry = AuditEntry(
        account=visit.principal.account,
        livemode=visit.principal.livemode,
        customer=visit.customer_id,
        session=visit.entry.id if visit.entry else None,
        action=action,
        object_id=object_id,
        subject=subject or reading.called(object_id) or None,
        details=details,
        key=key,
        created=visit.now,
    )
    with visit.host.session_factory() as db:
        db.add(entry)
        try:
            db.commit()
        except IntegrityError:
            # The same form was sent before, or at the same moment from another window.
            return False
        made = Change.of(entry)
    receipts.mail_to_customer(visit, made)
    return True


def was_made(visit: Visit, *conditions: ColumnElement[bool]) -> bool:
    """Whether the customer's history has an entry that fulfils these conditions."""
    mine = (AuditEntry.account == visit.principal.account, AuditEntry.customer == visit.customer_id)
    with visit.host.session_factory() as db:
        return db.scalar(select(AuditEntry.id).where(*mine, *conditions).limit(1)) is not None


def count(visit: Visit, *conditions: ColumnElement[bool]) -> int:
    """How many entries of the customer's history fulfil these conditions."""
    mine = (AuditEntry.account == visit.principal.account, AuditEntry.customer == visit.customer_id)
    with visit.host.session_factory() as db:
        return db.scalar(select(func.count(AuditEntry.id)).where(*mine, *conditions)) or 0


def details(visit: Visit, *conditions: ColumnElement[bool]) -> dict[str, Any]:
    """What stands with the newest such entry; empty where there is none."""
    mine = (AuditEntry.account == visit.principal.account, AuditEntry.customer == visit.customer_id)
    newest = select(AuditEntry.details).where(*mine, *conditions).order_by(AuditEntry.id.desc()).limit(1)
    with visit.host.session_factory() as db:
        return db.scalar(newest) or {}


def was_removed(visit: Visit, id: str) -> bool:
    """Whether the customer has removed this payment method: it is nobody's then, and cannot be told from another's."""
    return was_made(visit, AuditEntry.action == REMOVED, AuditEntry.object_id == id)


def last(visit: Visit, action: str, object_id: str) -> tuple[str, dict[str, Any]] | None:
    """Key and details of the newest entry of the customer's history about this action on this object."""
    mine = (AuditEntry.account == visit.principal.account, AuditEntry.customer == visit.customer_id)
    wanted = select(AuditEntry.key, AuditEntry.details).where(
        *mine, AuditEntry.action == action, AuditEntry.object_id == object_id
    )
    with visit.host.session_factory() as db:
        row = db.execute(wanted.order_by(AuditEntry.id.desc()).limit(1)).first()
    return None if row is None or row.key is None else (row.key, row.details or {})


def tell(signal: NamedSignal, **values: Any) -> None:
    """Send a signal in the name of the application."""
    signal.send(current_app._get_current_object(), **values)  # type: ignore[attr-defined]
