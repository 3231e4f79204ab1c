"""Where a customer goes after a change: to its result, or where the flow of the session leads."""

from __future__ import annotations

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from flask_portal import security
from flask_portal.pages.visit import Visit


def after(visit: Visit, result_url: str) -> ResponseReturnValue:
    """The answer to a POST that succeeded: 303, so that a reload repeats nothing."""
    flow = visit.flow
    if flow is None:
        return redirect(result_url, 303)
    completion = flow["after_completion"]
    if completion["type"] == "redirect":
        return redirect(completion["redirect"]["return_url"], 303)
    if completion["type"] == "portal_homepage":
        return redirect(url_for(".overview"), 303)
    return redirect(result_url, 303)


def announce(visit: Visit) -> None:
    """Let the form of this page lead to the address that the flow ends at; the browser would refuse it otherwise."""
    if visit.flow is not None and visit.flow["after_completion"]["type"] == "redirect":
        security.allow_form_redirect(visit.flow["after_completion"]["redirect"]["return_url"])


def custom_message(visit: Visit) -> str | None:
    """The business's own words for the confirmation at the end of a flow."""
    confirmation = visit.flow and visit.flow["after_completion"]["hosted_confirmation"]
    return confirmation["custom_message"] if confirmation else None
