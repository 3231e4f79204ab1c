"""The page behind a link whose time is over. It may offer a code by mail that opens a replacement."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from flask_portal import mail, security
from flask_portal.i18n import _
from flask_portal.pages import login, reading, recovery, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Expired
from flask_portal.rules import codes


@dataclass(frozen=True, slots=True)
class ExpiredPage:
    """way_back: what is said about it, and send_url: where a POST mails a code; None where there is no way back.

    sign_in: to the no-code link, where the session's configuration has one.
    """

    heading: str
    text: str
    way_back: str | Markup | None
    send_url: str | None
    sign_in: Link | None
    way_on: Link | None


def show(error: Expired) -> ResponseReturnValue:
    """Say so, in the session's language, and lead back to the business where its address is known."""
    email = recovery.address_of(error) if error.recovers and mail.is_on() else None
    if email is None:
        reading.speak_outside(error.locale)
    branding = current_app.extensions["portal"].host.branding(error.account)
    page = ExpiredPage(
        heading=_("This link has expired"),
        text=_("For your safety, links to your billing work for a short time only. Nothing has changed."),
        way_back=None if email is None else _way_back(email),
        send_url=None if email is None else _send_url(error.session),
        sign_in=_sign_in(error),
        way_on=shell.back_link(error.return_url, branding),
    )
    return shell.render_outside(
        "expired.html", page, title=page.heading, branding=branding, return_url=None, status=410
    )


def _sign_in(error: Expired) -> Link | None:
    url = login.address_for(error.account, error.configuration)
    return None if url is None else Link(_("Sign in by email"), url)


def _way_back(email: str) -> str | Markup:
    shown = words.strong(codes.masked(email))
    return _("To go on, show that it is you: we send a code to %(email)s.", email=shown)


def _send_url(session: str) -> str:
    return url_for("portal_entrance.send_code", token=security.session_token(visits.server_key(), session))
