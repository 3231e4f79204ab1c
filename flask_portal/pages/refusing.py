"""A verdict's no, as the answer to a request and in words."""

from __future__ import annotations

from werkzeug.exceptions import Forbidden

from flask_portal.pages import words
from flask_portal.rules.verdict import Verdict


class NotAllowed(Forbidden):
    """403 with the application's own sentence for the customer.  sentence: not empty."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


def check(verdict: Verdict) -> None:
    """403 with the reason, unless it may be done."""
    if verdict.ok:
        return
    if verdict.sentence:
        raise NotAllowed(verdict.sentence)
    raise Forbidden(verdict.reason)


def sentence(verdict: Verdict) -> str:
    """Why something is not possible, for a page that offers other things."""
    return verdict.sentence or words.refusal(verdict.reason)
