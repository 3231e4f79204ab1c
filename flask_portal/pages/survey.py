"""Why customers leave: the reasons of the configuration, in its order, and a comment. Answering is optional.

The business's own reasons (`feedback_options`) stand before Stripe's; one that was deactivated is no longer offered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request

from flask_portal.i18n import _
from flask_portal.pages import words
from flask_portal.pages.fields import Choice
from flask_portal.pages.visit import Visit
from flask_portal.upstream import reads
from flask_portal.upstream.reads import Failed

MOST_COMMENT = 5000
"""Characters of a comment that Stripe keeps."""
OWN = "feedback_options"


@dataclass(frozen=True, slots=True)
class Survey:
    """The questions, with what was answered so far.

    own: the ids of the business's own reasons. They are choices among the others, so the form has one field for both.
    """

    choices: tuple[Choice, ...]
    feedback: str
    comment: str
    error: str = ""
    max_length: int = MOST_COMMENT
    own: frozenset[str] = frozenset()


def sources(visit: Visit) -> dict[str, Callable[[], Any]]:
    """What has to be read beside the subscription to ask the questions."""
    reasons = _reasons(visit)
    if not reasons["enabled"] or not reasons["feedback_options"]:
        return {}
    client = visit.client
    return {OWN: lambda: reads.feedback_options(client)}


def _reasons(visit: Visit) -> dict[str, Any]:
    reasons: dict[str, Any] = visit.features["subscription_cancel"]["cancellation_reason"]
    return reasons


def blank(visit: Visit, read: Mapping[str, Any]) -> Survey | None:
    """The questions; None where the business does not ask.  read: what came of `sources`."""
    reasons = _reasons(visit)
    if not reasons["enabled"]:
        return None
    own = _own_choices(reasons["feedback_options"] or [], read.get(OWN))
    standard = (Choice(value, words.feedback(value)) for value in reasons["options"])
    return Survey((*own, *standard), "", "", own=frozenset(choice.value for choice in own))


def _own_choices(wanted: Sequence[str], found: Any) -> list[Choice]:
    """In the order of the configuration. None where they could not be read: nobody is kept from leaving by that."""
    if found is None or isinstance(found, Failed):
        return []
    named = {each["id"]: each["description"] for each in found}
    return [Choice(id, named[id]) for id in wanted if id in named]


def answered(visit: Visit, read: Mapping[str, Any]) -> Survey | None:
    """The questions with the answers of this request's form, and what is wrong with them."""
    asked = blank(visit, read)
    if asked is None:
        return None
    feedback = request.form.get("cancellation_details[feedback]", "")
    comment = request.form.get("cancellation_details[comment]", "").strip()[:MOST_COMMENT]
    if feedback and feedback not in {choice.value for choice in asked.choices}:
        return replace(asked, comment=comment, error=_("Choose one of these reasons, or none."))
    return replace(asked, feedback=feedback, comment=comment)


def details(survey: Survey | None) -> dict[str, str]:
    """`cancellation_details` as Stripe takes them: what was left out is not there."""
    if survey is None:
        return {}
    reason = "feedback_option" if survey.feedback in survey.own else "feedback"
    given = {reason: survey.feedback, "comment": survey.comment}
    return {name: value for name, value in given.items() if value}
