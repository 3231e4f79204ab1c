"""What the pages have in common that Stripe hosts, and the mock in its place: headers, form tokens, words, errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from flask_portal import i18n, security
from flask_portal.i18n import _
from flask_portal.wire.errors import StripeError


@dataclass(frozen=True, slots=True)
class Message:
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Opening:
    """A page with one button, which opens what its address stands for."""

    heading: str
    text: str
    button: str


def blueprint(name: str, import_name: str) -> flask.Blueprint:
    """A blueprint whose pages are guarded like the portal's, and speak the browser's language."""
    pages = flask.Blueprint(name, import_name)
    i18n.attach(pages)
    pages.before_request(speak)
    security.protect(pages)
    pages.register_error_handler(HTTPException, problem)
    pages.register_error_handler(StripeError, refusal)
    return pages


def speak() -> None:
    """Choose the language by what the browser asks for."""
    i18n.use_locale(i18n.choose_locale(None, None, flask.request.accept_languages))


def render(template: str, page: Any, status: int = 200) -> flask.Response:
    """A page: its template gets `page` alone."""
    return flask.make_response(flask.render_template(f"mock_server/{template}", page=page), status)


def account(named: str) -> str:
    """An account in an address. PostgreSQL has no NUL, and would say so with an error instead of finding nothing."""
    if not named or "\0" in named:
        flask.abort(404)
    return named


def merchant() -> str:
    """The account in the query of an address."""
    return account(flask.request.args.get("merchant", ""))


def own_address() -> str:
    """Scheme and host that the page was asked for under."""
    return flask.request.host_url.rstrip("/")


def problem(error: HTTPException) -> ResponseReturnValue:
    """Something is not there, or was not allowed."""
    if error.code == 404:
        page = Message(_("There is nothing here"), _("The address is not complete, or it was never valid."))
    else:
        page = Message(_("Nothing was changed"), _("What was sent could not be read. Please open the page again."))
    return render("message.html", page, error.code or 500)


def refusal(error: StripeError) -> ResponseReturnValue:
    """The mock could not do it at the moment, and says why."""
    return render("message.html", Message(_("Nothing was changed"), error.message), error.status)
