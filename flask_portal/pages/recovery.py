"""An expired session comes back: a code to the customer's own email opens a replacement.

The holder of the link asks. The address is the customer's, never one that somebody types. Looking consumes nothing.
"""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from flask import Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from flask_portal import security, signals
from flask_portal.host import State
from flask_portal.pages import changes, code_page, codes, entrances, later, reading
from flask_portal.pages import visit as visits
from flask_portal.pages.codes import Door
from flask_portal.pages.visit import Expired
from flask_portal.rules import codes as rules
from flask_portal.upstream import reads
from flask_portal.upstream.reads import Failed


def address_of(expired: Expired) -> str | None:
    """The customer's email, read at Stripe, or None where it is not known; speaks the customer's language."""
    client = _state().host.client(expired.account)
    found = reads.gather(False, customer=lambda: reads.customer(client, expired.customer))["customer"]
    known: dict[str, Any] = {} if isinstance(found, Failed) or found.get("deleted") else found
    reading.speak_to(expired.locale, known.get("preferred_locales"))
    return known.get("email") or None


def send(token: str) -> ResponseReturnValue:
    """Mail a code to the customer, and go where it is entered."""
    expired = _expired(token)
    if expired is None:
        return redirect(url_for(".follow", token=token), 303)
    email = address_of(expired)
    if email is None:
        abort(502)
    if not codes.may_ask(expired.account, email):
        abort(429)
    browser = codes.browser()
    _id, code = codes.issue(_door(expired), email, browser, expired.customer)
    branding = _state().host.branding(expired.account)
    later.run(partial(codes.send, expired.account, branding, email, code, expired.customer))
    answer = cast(Response, redirect(url_for(".code", token=token), 303))
    codes.remember_browser(answer, browser)
    return answer


def ask(token: str) -> ResponseReturnValue:
    """The page where the code is entered."""
    return _page(token)


def enter(token: str) -> ResponseReturnValue:
    """Open the replacement when the code is right."""
    expired = _expired(token)
    if expired is None:
        return redirect(url_for(".follow", token=token), 303)
    made: list[str] = []

    def replace(db: Session, _customer: str) -> str:
        made.append(entrances.replacement(db, expired.session, _state().host.now(expired.account)))
        return made[0]

    opened = codes.enter(_door(expired), request.form.get("code", ""), replace)
    if opened is None:
        return _page(token, is_wrong=True)
    if made:
        changes.tell(signals.session_recovered, session=opened, replaces=expired.session, customer=expired.customer)
    return redirect(url_for(".follow", token=security.session_token(visits.server_key(), opened)), 303)


def _page(token: str, *, is_wrong: bool = False) -> ResponseReturnValue:
    expired = _expired(token)
    if expired is None:
        return redirect(url_for(".follow", token=token), 303)
    email = codes.waiting_for(_door(expired))
    if email is None:
        # This browser has not asked for a code: the page of the expired link is where that is done.
        return redirect(url_for(".follow", token=token), 303)
    reading.speak_outside(expired.locale)
    branding = _state().host.branding(expired.account)
    again = url_for(".send_code", token=token)
    return code_page.show(branding, rules.masked(email), again_url=again, is_wrong=is_wrong)


def _expired(token: str) -> Expired | None:
    """The expired session of a link; None when it still lives. 404 for no link, Expired when there is no way back."""
    session_id = security.session_id_of(visits.server_key(), token)
    if session_id is None:
        abort(404, "no_link")
    expired = visits.expiry(session_id)
    if expired is not None and not expired.recovers:
        raise expired
    return expired


def _door(expired: Expired) -> Door:
    return Door(expired.account, expired.livemode, expired.configuration, expired.session)


def _state() -> State:
    return cast(State, current_app.extensions["portal"])
