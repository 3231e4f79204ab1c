"""The page behind a link whose time is over."""

from __future__ import annotations

from flask import current_app
from flask.typing import ResponseReturnValue

from flask_portal.i18n import _
from flask_portal.pages import reading, shell
from flask_portal.pages.message import Message
from flask_portal.pages.visit import Expired


def show(error: Expired) -> ResponseReturnValue:
    """Say so, in the session's language, and lead back to the business where its address is known."""
    reading.speak_outside(error.locale)
    branding = current_app.extensions["portal"].host.branding(error.account)
    back = shell.back_link(error.return_url, branding)
    page = Message(
        heading=_("This link has expired"),
        text=_("For your safety, links to your billing work for a short time only. Nothing has changed."),
        way_on=back,
    )
    return shell.render_outside(
        "message.html", page, title=page.heading, branding=branding, return_url=None, status=410
    )
