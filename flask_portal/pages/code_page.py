"""The page on which a mailed code is entered, for the no-code link and for an expired session."""

from __future__ import annotations

from dataclasses import dataclass

from flask.typing import ResponseReturnValue
from markupsafe import Markup

from flask_portal.host import Branding
from flask_portal.i18n import _
from flask_portal.pages import fields, shell, words
from flask_portal.pages.fields import Field, Summary

_TOO_LONG = 20
"""Room for the spaces and dashes that people put between digits."""


@dataclass(frozen=True, slots=True)
class CodePage:
    """again_url: where a POST mails another code. email: sent along with it, empty when it is known there."""

    heading: str
    lead: str | Markup
    errors: Summary | None
    field: Field
    again_url: str
    email: str


def show(
    branding: Branding, email: str, *, again_url: str, typed_email: str = "", is_wrong: bool = False
) -> ResponseReturnValue:
    """email: as it may be shown. typed_email: what the visitor typed, None of it when we know it ourselves."""
    sentence = _("This code does not work here. Check the digits, or ask for a new code.")
    error = sentence if is_wrong else ""
    page = CodePage(
        heading=_("Enter your code"),
        lead=_lead(email, typed_email),
        errors=fields.summary({"code": error} if error else {}),
        field=Field(
            "code",
            _("Code from the email"),
            "",
            autocomplete="one-time-code",
            required=True,
            hint=_("6 digits"),
            error=error,
            max_length=_TOO_LONG,
            inputmode="numeric",
        ),
        again_url=again_url,
        email=typed_email,
    )
    return shell.render_outside(
        "code.html",
        page,
        title=page.heading,
        branding=branding,
        return_url=None,
        status=400 if is_wrong else 200,
    )


def _lead(email: str, typed_email: str) -> str | Markup:
    shown = words.strong(email)
    if typed_email:
        return _(
            "If %(email)s belongs to a customer, a code is on its way there. It works for 10 minutes.", email=shown
        )
    return _("We have sent a code to %(email)s. It works for 10 minutes.", email=shown)
