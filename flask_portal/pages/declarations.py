"""Canceling and withdrawing without a login. Whoever sends the form gets the same answer at once: a receipt."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, cast

from flask import Response, abort, current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from flask_portal import i18n, mail, rate_limits, security
from flask_portal.host import Branding, Principal, State
from flask_portal.models import PublicRequest
from flask_portal.pages import (
    changes,
    declaration_form,
    declaration_receipts,
    declaration_work,
    later,
    letters,
    reading,
    shell,
)
from flask_portal.pages import visit as visits
from flask_portal.rate_limits import Limit
from flask_portal.rules.declarations import CANCELLATION, RECEIVED

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without characters that look alike: a reference is read out on the telephone."""

# A law says that the declaration must be possible: a store that is away does not keep anybody from it.
BY_ONE = Limit.of("declarations", "20 per hour", when_down=True)
TO_ONE = Limit.of("receipts", "5 per day", when_down=True)


def show(kind: str) -> ResponseReturnValue:
    reading.speak_outside(None)
    return _page(kind, declaration_form.typed(kind, {}), {})


def submit(kind: str) -> ResponseReturnValue:
    """Keep the declaration, confirm it, and only then look whom it may be from."""
    reading.speak_outside(None)
    state = _state()
    principal = state.host.own_principal()
    values = declaration_form.typed(kind, request.form)
    now = state.host.now(principal.account)
    today = datetime.fromtimestamp(now, i18n.time_zone()).date()
    wrong = declaration_form.problems(kind, values, today)
    if wrong:
        return _page(kind, values, wrong, status=400)
    key = changes.form_key(principal.account, kind, values)
    row = _row(principal, kind, values, key, now)
    if not _store(row):
        return _to_receipt(_id_of(key))
    later.run(partial(declaration_work.process, row.id))
    return _to_receipt(row.id)


def receipt(token: str) -> ResponseReturnValue:
    """What was received, when: a page to print and to come back to."""
    row = _found(token)
    branding = _branding(row.account)
    page = declaration_receipts.page(row, is_mailed=mail.is_on(), text_url=url_for(".receipt_text", token=token))
    return shell.render_outside(
        "declaration_receipt.html", page, title=page.heading, branding=branding, return_url=None, status=200
    )


def receipt_text(token: str) -> ResponseReturnValue:
    """The same as a file."""
    row = _found(token)
    answer = make_response(letters.text(declaration_receipts.letter(row), _branding(row.account)))
    answer.content_type = "text/plain; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.id}.txt"'
    return answer


def _row(principal: Principal, kind: str, values: dict[str, str], key: str, now: int) -> PublicRequest:
    reference = f"{'C' if kind == CANCELLATION else 'W'}-{''.join(secrets.choice(_ALPHABET) for _each in range(12))}"
    return PublicRequest(
        id=reference,
        account=principal.account,
        livemode=principal.livemode,
        kind=kind,
        state=RECEIVED,
        manner=values.get("kind"),
        reason=values.get("reason") or None,
        name=values["name"],
        contract=values["contract"],
        email=values["email"],
        ends_at=declaration_form.ends_at(values),
        locale=i18n.current_locale(),
        facts=declaration_form.facts(kind, values, reference, now),
        key=key,
        created=now,
    )


def _store(row: PublicRequest) -> bool:
    """False when this form was stored before. 429 when the client or the address had too many."""
    if _id_of(row.key, missing_ok=True) is not None:
        return False
    by_one = rate_limits.allowed(BY_ONE, row.account, rate_limits.client())
    if not (rate_limits.allowed(TO_ONE, row.account, row.email.lower()) and by_one):
        abort(429)
    with _state().host.session_factory() as db:
        db.expire_on_commit = False
        db.add(row)
        try:
            db.commit()
        except IntegrityError:
            return False
    return True


def _id_of(key: str, *, missing_ok: bool = False) -> Any:
    with _state().host.session_factory() as db:
        found = db.scalar(select(PublicRequest.id).where(PublicRequest.key == key))
    if found is None and not missing_ok:
        raise LookupError("A declaration was refused as a twin of one that is not there.")
    return found


def _to_receipt(id: str) -> ResponseReturnValue:
    token = security.session_token(visits.server_key(), id)
    return cast(Response, redirect(url_for(".receipt", token=token), 303))


def _found(token: str) -> PublicRequest:
    """The declaration of a receipt's address. 404 for an address that we have not made."""
    id = security.session_id_of(visits.server_key(), token)
    with _state().host.session_factory() as db:
        row = db.get(PublicRequest, id) if id is not None else None
    if row is None:
        abort(404)
    i18n.use_locale(row.locale)
    return row


def _page(kind: str, values: dict[str, str], wrong: dict[str, str], status: int = 200) -> ResponseReturnValue:
    branding = _branding(_state().host.own_principal().account)
    page = declaration_form.page(kind, values, wrong, changes.new_form_id())
    return shell.render_outside(
        "declaration.html",
        page,
        title=page.heading,
        branding=branding,
        return_url=_state().settings.default_return_url,
        status=status,
    )


def _branding(account: str) -> Branding:
    return _state().host.branding(account)


def _state() -> State:
    return cast(State, current_app.extensions["portal"])


def views(kind: str) -> tuple[Callable[[], ResponseReturnValue], Callable[[], ResponseReturnValue]]:
    """The page of one kind of declaration, and what takes its form."""
    return partial(show, kind), partial(submit, kind)
