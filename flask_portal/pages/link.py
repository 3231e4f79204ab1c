"""A portal link: `GET <prefix>/session/<token>` lets its holder in."""

from __future__ import annotations

from flask import abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from flask_portal import security
from flask_portal.pages import visit


def follow(token: str) -> ResponseReturnValue:
    """Set the cookie and go to the portal. A link may be followed again as long as its session lives."""
    session_id = security.session_id_of(visit.server_key(), token)
    if session_id is None:
        abort(404, "no_link")
    visit.open_session(session_id)
    home = url_for("portal_link.overview", session_id=session_id)
    response = redirect(home, 303)
    response.set_cookie(visit.COOKIE, token, path=home, httponly=True, samesite="Lax", secure=_is_secure())
    return response


def _is_secure() -> bool:
    """Whether customers come by HTTPS; behind a proxy only the configured address says so."""
    base: str | None = current_app.extensions["portal"].settings.base_url
    return request.is_secure or (base or "").startswith("https://")
