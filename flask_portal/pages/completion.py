"""Where a customer goes after a change: to its result, or where the flow of the session leads."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from flask_portal import security
from flask_portal.i18n import _
from flask_portal.pages import shell
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit


def after(visit: Visit, result_url: str) -> ResponseReturnValue:
    """The answer to a POST that succeeded: 303, so that a reload repeats nothing.

    Where a browser would not let a form lead to the end of the flow, the result's page has a link to it.
    """
    flow = visit.flow
    if flow is None:
        return redirect(result_url, 303)
    completion = flow["after_completion"]
    if completion["type"] == "redirect" and security.may_be_form_target(completion["redirect"]["return_url"]):
        return redirect(completion["redirect"]["return_url"], 303)
    if completion["type"] == "portal_homepage":
        return redirect(url_for(".overview"), 303)
    return redirect(result_url, 303)


def announce(visit: Visit) -> None:
    """Let the form of this page lead to the address that the flow ends at; the browser would refuse it otherwise."""
    if visit.flow is not None and visit.flow["after_completion"]["type"] == "redirect":
        security.allow_form_redirect(visit.flow["after_completion"]["redirect"]["return_url"])


def way_on(visit: Visit) -> Link | None:
    """Where a result leads: to the overview, or out of the flow. None in a flow that knows no way back."""
    if visit.flow is None:
        return Link(_("To the overview"), url_for(".overview"))
    end = visit.flow["after_completion"]
    url = end["redirect"]["return_url"] if end["type"] == "redirect" else visit.return_url
    return shell.back_link(url, visit.branding)


def up(visit: Visit) -> Link | None:
    """From a page back to the overview; None in a flow, where that is not open."""
    return None if visit.flow is not None else Link(_("Overview"), url_for(".overview"))


def custom_message(visit: Visit) -> str | None:
    """The business's own words for the confirmation at the end of a flow."""
    confirmation = visit.flow and visit.flow["after_completion"]["hosted_confirmation"]
    return confirmation["custom_message"] if confirmation else None
