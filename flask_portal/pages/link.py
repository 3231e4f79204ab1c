"""A portal link: `GET <prefix>/session/<token>` lets its holder in."""

from __future__ import annotations

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from flask_portal import security
from flask_portal.pages import visit as visits


def follow(token: str) -> ResponseReturnValue:
    """Set the cookie and go to the portal. A link may be followed again as long as its session lives."""
    session_id = security.session_id_of(visits.server_key(), token)
    if session_id is None:
        abort(404, "no_link")
    visits.open_session(session_id)
    home = url_for("portal_link.overview", session_id=session_id)
    response = redirect(home, 303)
    response.set_cookie(visits.COOKIE, token, path=home, httponly=True, samesite="Lax", secure=visits.is_secure())
    return response
