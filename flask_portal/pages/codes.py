"""One-time codes by mail: made, tried, and used once. Only a hash is stored, and only the browser that asked counts."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from flask import Response, current_app, request
from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from flask_portal import rate_limits
from flask_portal.host import Branding, State
from flask_portal.i18n import _
from flask_portal.models import LoginCode
from flask_portal.pages import letters
from flask_portal.pages import visit as visits
from flask_portal.pages.letters import Letter
from flask_portal.rate_limits import Limit
from flask_portal.rules import codes as rules

BROWSER = "portal_browser"
"""The cookie that a code is bound to."""

_BROWSER_SECONDS = 24 * 3600
_KEPT_SECONDS = 24 * 3600
_BROWSER = re.compile(r"[A-Za-z0-9_-]{43}")
_UNSYNCHRONISED = {"synchronize_session": False}

MAILS_TO_ONE = Limit.of("code_mails", "5 per 15 minutes; 20 per day")
MAILS_BY_ONE = Limit.of("code_requests", "10 per 15 minutes; 60 per day")
TRIES_BY_ONE = Limit.of("code_tries", "30 per 15 minutes")


@dataclass(frozen=True, slots=True)
class Door:
    """What a code opens.  session: the expired one that it replaces; None for the no-code link."""

    account: str
    livemode: bool
    configuration: str
    session: str | None

    @property
    def rows(self) -> tuple[ColumnElement[bool], ...]:
        return (
            LoginCode.account == self.account,
            LoginCode.livemode == self.livemode,
            LoginCode.configuration == self.configuration,
            LoginCode.session == self.session,
        )


Opening = Callable[[Session, str], str]
"""Adds the portal session of a customer (`cus_...`) to the transaction, and returns its id."""


def may_ask(account: str, email: str) -> bool:
    """Count a request for a code, by address and by client. The address counts whether or not anybody has it."""
    asked = rate_limits.allowed(MAILS_BY_ONE, account, rate_limits.client())
    return rate_limits.allowed(MAILS_TO_ONE, account, email.lower()) and asked


def issue(door: Door, email: str, browser: str, customer: str | None) -> tuple[int, str]:
    """A new code, which voids the older ones of this address: its id, and the six digits.

    customer: None as long as it is not known whose address it is; `belongs_to` says so later.
    """
    now = _state().host.now(door.account)
    code = f"{secrets.randbelow(10**rules.DIGITS):0{rules.DIGITS}}"
    row = LoginCode(
        account=door.account,
        livemode=door.livemode,
        configuration=door.configuration,
        session=door.session,
        customer=customer,
        email=email,
        browser=_digest(browser),
        code_hash=_code_hash(browser, code),
        attempts=0,
        created=now,
        expires_at=now + rules.CODE_SECONDS,
    )
    with _state().host.session_factory() as db:
        same = func.lower(LoginCode.email) == email.lower()
        older = update(LoginCode).where(*door.rows, same, LoginCode.used_at.is_(None))
        db.execute(older.values(used_at=now), execution_options=_UNSYNCHRONISED)
        # Addresses of people who asked are not kept longer than a question about them may come.
        mine = LoginCode.account == door.account
        forgotten = delete(LoginCode).where(mine, LoginCode.expires_at < now - _KEPT_SECONDS)
        db.execute(forgotten, execution_options=_UNSYNCHRONISED)
        db.add(row)
        db.commit()
        return row.id, code


def belongs_to(id: int, customer: str) -> None:
    """Note whose code it is: from now on it fits."""
    with _state().host.session_factory() as db:
        mine = update(LoginCode).where(LoginCode.id == id)
        db.execute(mine.values(customer=customer), execution_options=_UNSYNCHRONISED)
        db.commit()


def send(account: str, branding: Branding, email: str, code: str, customer: str) -> None:
    """Mail the code."""
    letter = Letter(
        subject=_("%(code)s is your code for %(business)s", code=code, business=branding.name),
        paragraphs=(_("This code opens your billing. Enter it on the page where you asked for it."),),
        code=code,
        closing=(
            _("It works for 10 minutes, once, and only in the browser that asked for it."),
            _("If you did not ask for a code, you need not do anything. Please do not pass it on to anybody."),
        ),
    )
    letters.send(letter, to=email, kind="login_code", account=account, branding=branding, customer=customer)


def waiting_for(door: Door) -> str | None:
    """The address that this browser's newest code was asked for; None when it did not ask."""
    with _state().host.session_factory() as db:
        row = _newest(db, door)
        return row.email if row else None


def enter(door: Door, typed: str, open_session: Opening) -> str | None:
    """Try the code that was typed: the id of the session that it opens, the same one for a form that is sent twice.

    None when it is wrong, too old, void, tried too often, or another browser's. Every try counts, the right one too.
    """
    if not rate_limits.allowed(TRIES_BY_ONE, door.account, rate_limits.client()):
        return None
    host = _state().host
    with host.session_factory() as db:
        newest = _newest(db, door)
        id = newest.id if newest else None
    if id is None:
        return None
    now, digits = host.now(door.account), re.sub(r"[\s-]", "", typed)
    with host.session_factory() as db:
        # The write comes first, so that two tries at the same moment follow each other, and read what the first did.
        is_left = _count_try(db, id, now)
        opened = _opened(db, db.get_one(LoginCode, id), digits, now, is_left, open_session)
        db.commit()
    return opened


def _opened(db: Session, row: LoginCode, digits: str, now: int, is_left: bool, open_session: Opening) -> str | None:
    # Compared for everybody, so that a try for an address that nobody has costs the same.
    matches = _matches(row, digits)
    if row.customer is None or not matches or now > row.expires_at:
        return None
    if is_left:
        row.used_at, row.opened = now, open_session(db, row.customer)
    return row.opened


def browser() -> str:
    """The secret of this browser, or a new one for it."""
    found = request.cookies.get(BROWSER, "")
    return found if _BROWSER.fullmatch(found) else secrets.token_urlsafe(32)


def remember_browser(response: Response, browser: str) -> None:
    """Give the browser its secret."""
    response.set_cookie(
        BROWSER,
        browser,
        max_age=_BROWSER_SECONDS,
        path=_state().settings.url_prefix,
        httponly=True,
        samesite="Lax",
        secure=visits.is_secure(),
    )


def _newest(db: Session, door: Door) -> LoginCode | None:
    mine = LoginCode.browser == _digest(request.cookies.get(BROWSER, ""))
    return db.scalar(select(LoginCode).where(*door.rows, mine).order_by(LoginCode.id.desc()).limit(1))


def _count_try(db: Session, id: int, now: int) -> bool:
    """False when no try is left, or the code was used."""
    left = (LoginCode.attempts < rules.MOST_TRIES, LoginCode.used_at.is_(None), LoginCode.expires_at >= now)
    counted = update(LoginCode).where(LoginCode.id == id, *left).values(attempts=LoginCode.attempts + 1)
    return bool(cast(Any, db.execute(counted, execution_options=_UNSYNCHRONISED)).rowcount)


def _matches(row: LoginCode, digits: str) -> bool:
    return hmac.compare_digest(row.code_hash, _code_hash(request.cookies.get(BROWSER, ""), digits))


def _digest(browser: str) -> str:
    return hashlib.sha256(browser.encode("utf-8", "surrogatepass")).hexdigest()


def _code_hash(browser: str, code: str) -> str:
    """Bound to the browser's secret, which is not stored: a copy of the table alone does not give a code away."""
    key = visits.server_key()
    text = f"login-code\0{browser}\0{code}".encode("utf-8", "surrogatepass")
    return hmac.new(key if isinstance(key, bytes) else key.encode(), text, "sha256").hexdigest()


def _state() -> State:
    return cast(State, current_app.extensions["portal"])
