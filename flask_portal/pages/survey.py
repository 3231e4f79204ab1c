"""Why customers leave: the reasons of the configuration, in its order, and a comment. Answering is optional."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from flask_portal.i18n import _
from flask_portal.pages import words
from flask_portal.pages.fields import Choice
from flask_portal.pages.visit import Visit

MOST_COMMENT = 5000
"""Characters of a comment that Stripe keeps."""


@dataclass(frozen=True, slots=True)
class Survey:
    """The questions, with what was answered so far."""

    choices: tuple[Choice, ...]
    feedback: str
    comment: str
    error: str = ""
    max_length: int = MOST_COMMENT


def blank(visit: Visit) -> Survey | None:
    """The questions; None where the business does not ask."""
    reasons = visit.features["subscription_cancel"]["cancellation_reason"]
    if not reasons["enabled"]:
        return None
    return Survey(tuple(Choice(value, words.feedback(value)) for value in reasons["options"]), "", "")


def answered(visit: Visit) -> Survey | None:
    """The questions with the answers of this request's form, and what is wrong with them."""
    asked = blank(visit)
    if asked is None:
        return None
    feedback = request.form.get("cancellation_details[feedback]", "")
    comment = request.form.get("cancellation_details[comment]", "").strip()[:MOST_COMMENT]
    if feedback and feedback not in {choice.value for choice in asked.choices}:
        return Survey(asked.choices, "", comment, _("Choose one of these reasons, or none."))
    return Survey(asked.choices, feedback, comment)


def details(survey: Survey | None) -> dict[str, str]:
    """`cancellation_details` as Stripe takes them: what was left out is not there."""
    if survey is None:
        return {}
    given = {"feedback": survey.feedback, "comment": survey.comment}
    return {name: value for name, value in given.items() if value}
