"""What was changed, in the customer's words: on the history page, on a receipt and in its mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_portal import i18n
from flask_portal.i18n import _
from flask_portal.models import AuditEntry
from flask_portal.pages import words
from flask_portal.pages.words import Fact


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the history.  id: the number of its receipt. subject: what the object was called, or None."""

    id: int
    session: str | None
    action: str
    object_id: str | None
    subject: str | None
    details: dict[str, Any]
    created: int

    @classmethod
    def of(cls, entry: AuditEntry) -> Change:
        details = dict(entry.details or {})
        return cls(entry.id, entry.session, entry.action, entry.object_id, entry.subject, details, entry.created)


def sentence(change: Change) -> str:
    """What was done; a general sentence for what an application has written into the history by itself."""
    if change.action == "customer.update" and change.details.get("changed") == []:
        return _("Your billing details were looked through and left as they are")
    if change.action == "invoice.pay" and change.subject:
        return _("A payment for invoice %(number)s was started", number=change.subject)
    title = change.subject or _("Your subscription")
    return sentences(title).get(change.action, _("Your account was changed"))


def sentences(title: str) -> dict[str, str]:
    """What each action of the portal has done.  title: of the subscription, where it is one."""
    return {
        "cancellation.requested": _("A cancellation of %(title)s was received", title=title),
        "customer.update": _("Your billing details were changed"),
        "invoice.pay": _("A payment for an invoice was started"),
        "payment_method.add": _("A payment method was added"),
        "payment_method.default": _("Your usual payment method was changed"),
        "payment_method.remove": _("A payment method was removed"),
        "payment_method.update": _("A payment method was changed"),
        "subscription.cancel": _("%(title)s was canceled at once", title=title),
        "subscription.cancel_scheduled": _("%(title)s was canceled for the end of its period", title=title),
        "subscription.method_cleared": _("%(title)s is paid with your usual payment method again", title=title),
        "subscription.offer_taken": _("The discount for %(title)s was accepted", title=title),
        "subscription.pause": _("%(title)s was paused", title=title),
        "subscription.payment_method": _("%(title)s got another payment method", title=title),
        "subscription.reason": _("A reason for canceling %(title)s was given", title=title),
        "subscription.renew": _("The cancellation of %(title)s was taken back", title=title),
        "subscription.resume": _("%(title)s was resumed", title=title),
        "subscription.start_again": _("%(title)s was started again", title=title),
        "subscription.start_begun": _("A new start of %(title)s was begun, and waits for its payment", title=title),
        "subscription.start_declined": _("The payment for a new start of %(title)s was declined", title=title),
        "subscription.update": _("%(title)s was changed", title=title),
        "subscription.update_scheduled": _("A change of %(title)s was planned", title=title),
        "subscription.update_started": _("A change of %(title)s was begun, and waits for its payment", title=title),
        "subscription.update_undone": _("The planned change of %(title)s was taken back", title=title),
        "tax_id.add": _("A tax ID was added"),
        "tax_id.remove": _("A tax ID was removed"),
        "withdrawal.requested": _("A withdrawal from %(title)s was received", title=title),
    }


def facts(change: Change) -> tuple[Fact, ...]:
    """What belongs on a receipt: when, what exactly, and by which reference it is found again."""
    return (
        Fact(_("When"), (i18n.moment(change.created),)),
        *_details(change.details),
        Fact(_("Receipt number"), (str(change.id),)),
        *((Fact(_("Reference"), (change.object_id,)),) if change.object_id else ()),
    )


def _details(details: dict[str, Any]) -> Iterator[Fact]:
    if details.get("changed"):
        yield Fact(_("Changed"), tuple(_field(name) for name in details["changed"]))
    if details.get("feedback"):
        yield Fact(_("Reason"), (words.feedback(details["feedback"]),))
    if details.get("comment"):
        yield Fact(_("Comment"), tuple(details["comment"].splitlines()))


def _field(name: str) -> str:
    """A parameter of the customer, as the form calls it."""
    known = {
        "address": _("Billing address"),
        "email": _("Email"),
        "name": _("Name"),
        "phone": _("Phone"),
        "shipping": _("Shipping address"),
    }
    return known.get(name, name)
