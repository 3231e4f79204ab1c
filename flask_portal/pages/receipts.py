"""The mail that confirms a change, sent once the change and its history are stored."""

from __future__ import annotations

from typing import Any

from flask import render_template

from flask_portal import i18n, mail
from flask_portal.i18n import _
from flask_portal.mail import Message
from flask_portal.pages import change_words, reading
from flask_portal.pages.change_words import Change
from flask_portal.pages.visit import Visit
from flask_portal.upstream import reads
from flask_portal.upstream.reads import Failed

_SILENT = frozenset({"subscription.update_started"})
"""What is only the beginning of a change: the receipt comes with its end."""


def mail_to_customer(visit: Visit, change: Change) -> None:
    """Nothing is sent where mail is off, where no address is known, and where nothing has changed.

    A page does not fail with its mail: `mail.send` logs what went wrong.
    """
    if change.action in _SILENT or change.details.get("changed") == [] or not mail.is_on():
        return
    for address in _addresses(visit, change):
        mail.send(receipt(visit, change, address))


def receipt(visit: Visit, change: Change, to: str) -> Message:
    """It has no link: a link of the portal lives for an hour, and a mail for years."""
    heading, facts = change_words.sentence(change), change_words.facts(change)
    business = visit.branding.name
    warning = _("If this was not you, please contact us.")
    lines = [f"{fact.label}: {', '.join(fact.lines)}" for fact in facts]
    page = {"heading": heading, "facts": facts, "warning": warning, "business": business}
    return Message(
        to=to,
        subject=_("Receipt: %(what)s", what=heading),
        text="\n".join([f"{heading}.", "", *lines, "", warning, "", business, ""]),
        html=render_template("flask_portal/mail/receipt.html", page=page),
        locale=i18n.current_locale(),
        kind="receipt",
        account=visit.principal.account,
        customer=visit.customer_id,
    )


def _addresses(visit: Visit, change: Change) -> list[str]:
    """Where the customer was reached until now. Of a new address both are told, so that nobody loses theirs unseen."""
    found = [reading.known_customer() or _read(visit)]
    if "email" in change.details.get("changed", ()):
        found.append(_read(visit))
    return list(dict.fromkeys(each["email"] for each in found if each and each.get("email")))


def _read(visit: Visit) -> dict[str, Any] | None:
    client, id = visit.client, visit.customer_id
    found = reads.gather(False, customer=lambda: reads.customer(client, id))["customer"]
    return None if isinstance(found, Failed) else found
