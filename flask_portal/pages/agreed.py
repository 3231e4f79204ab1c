"""A sum that a customer has agreed to: a form carries it, and it is compared before anything is charged."""

from __future__ import annotations

from typing import Any

from flask import request

from flask_portal import security
from flask_portal.i18n import _
from flask_portal.pages import words
from flask_portal.pages.visit import Visit, server_key

FIELD = "quote"
_PURPOSE = "sum"


def sealed(visit: Visit, action: str, id: str, due: int) -> str:
    """The value of the form's FIELD.  action: what the sum is for. due: minor units."""
    return security.seal(server_key(), [visit.customer_id, action, id, due], _PURPOSE)


def moved(visit: Visit, action: str, id: str, due: int, currency: str) -> str:
    """What has changed since the page of this request's form was shown; empty when nothing has."""
    held: Any = security.unseal(server_key(), request.form.get(FIELD, ""), _PURPOSE)
    if held is None or held[:3] != [visit.customer_id, action, id]:
        return _("Nothing was charged. Please look at the amount once more.")
    if held[3] == due:
        return ""
    return _(
        "The amount has changed from %(was)s to %(now)s. Nothing was charged. Please look at it once more.",
        was=words.amount(held[3], currency),
        now=words.amount(due, currency),
    )
