"""Pages that say why something is not there: refused, missing, expired, or Stripe does not answer."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, abort, current_app, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from flask_portal.host import Branding
from flask_portal.i18n import _
from flask_portal.pages import reading, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.shell import Link

_REASON = frozenset("abcdefghijklmnopqrstuvwxyz_")


@dataclass(frozen=True, slots=True)
class Message:
    heading: str
    text: str
    way_on: Link | None


def register(blueprint: Blueprint) -> None:
    """Answer the errors of the blueprint's pages with pages of our own."""
    for status in (400, 401, 403, 404, 405, 413, 429, 500, 502):
        blueprint.register_error_handler(status, _show)


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def nowhere(_rest: str) -> ResponseReturnValue:
    """The answer to an address below the portal's that is no page."""
    abort(404)


def failed(problem: str, way_on: str, status: int) -> ResponseReturnValue:
    """A change that was not made, with the reason and the way back."""
    page = Message(_("Nothing was changed"), problem, Link(_("Back"), way_on))
    return shell.render("message.html", page, title=page.heading, status=status)


def refused(problem: str) -> ResponseReturnValue:
    """A task that cannot be done, with the reason."""
    page = Message(_("This is not possible here"), problem, None)
    return shell.render("message.html", page, title=page.heading, status=400)


def _show(error: HTTPException) -> ResponseReturnValue:
    visit = visits.known()
    reading.speak_if_silent(visit)
    status = error.code or 500
    heading, text = _words(status, error.description or "")
    if visit is None:
        page = Message(heading, text, None)
        branding = Branding(current_app.extensions["portal"].settings.company or _("Billing"))
        return shell.render_outside(
            "message.html", page, title=heading, branding=branding, return_url=None, status=status
        )
    page = Message(heading, text, Link(_("To the overview"), url_for(".overview")))
    return shell.render("message.html", page, title=heading, status=status)


def _words(status: int, reason: str) -> tuple[str, str]:
    if reason == "no_entry":
        text = _("Please open the link again from where you got it. It works in the browser that it was opened in.")
        return _("This page needs its link"), text
    if reason == "no_link":
        text = _("The address is not complete, or it was never valid. Please ask for a new link.")
        return _("This link does not work"), text
    if status == 403 and set(reason) <= _REASON and reason:
        return _("This is not possible here"), words.refusal(reason)
    return _general(status)


def _general(status: int) -> tuple[str, str]:
    match status:
        case 401:
            return _("Please sign in"), _("Your billing is here as soon as you are signed in.")
        case 403:
            text = _("The form was open for too long, or it was not sent from this page. Please open the page again.")
            return _("Nothing was changed"), text
        case 404 | 405:
            return _("There is nothing here"), _("The page does not exist, or it is not yours.")
        case 429:
            return _("This was too often"), _("Please wait a minute and try again.")
        case 500:
            return _("Something went wrong"), _("It is our fault, and has been noted. Please try again in a minute.")
        case 502:
            text = _("Our payment service does not answer at the moment. Please try again in a minute.")
            return _("This page could not be loaded"), text
        case _:
            return _("Nothing was changed"), _("What was sent could not be read. Please open the page again.")
