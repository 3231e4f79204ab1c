"""What became of a change of plan: true also when the page is opened again later, or after a visit to the bank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from flask_portal import signals
from flask_portal.i18n import _
from flask_portal.models import AuditEntry
from flask_portal.pages import cards, changes, completion, declines, history, shell, switching, words
from flask_portal.pages import visit as visits
from flask_portal.pages.cards import Card, Found
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.rules import payments, updates
from flask_portal.upstream import reads
from flask_portal.upstream.reads import Failed


@dataclass(frozen=True, slots=True)
class UpdatedPage:
    """custom: the business's own words, once the change is made. undo: to take it back, where it is not final.

    finish_id: of the form that ends a change which the customer's bank had to be asked for; None when there is none.
    """

    heading: str
    lead: str
    custom: str | None
    card: Card
    next_step: Link | None
    undo: Link | None
    receipt: Link | None
    way_on: Link | None
    finish_id: str | None
    finish_url: str


def show(id: str) -> ResponseReturnValue:
    visit = visits.current()
    found = cards.find(visit, id)
    completion.announce(visit)
    waits = found.view.has_pending_update
    heading, lead, step = _pending(visit, found) if waits else (*_words(visit, found), None)
    view = found.view
    page = UpdatedPage(
        heading=heading,
        lead=lead,
        custom=None if waits else completion.custom_message(visit),
        card=cards.plain(view, found.is_settled),
        next_step=step,
        undo=Link(_("Take the change back"), url_for(".undo_update", id=id)) if updates.is_under_way(view) else None,
        receipt=history.receipt_of(visit, id),
        way_on=completion.way_on(visit),
        finish_id=changes.new_form_id() if _unfinished(visit, found) else None,
        finish_url=url_for(".finish_update", id=id),
    )
    return shell.render("updated.html", page, title=page.heading, customer=found.customer)


def finish(id: str) -> ResponseReturnValue:
    """Note and tell a change that was paid on the bank's page, and go where the flow of the session leads."""
    visit = visits.current()
    found = cards.find(visit, id)
    started = _unfinished(visit, found)
    if started is None:
        return redirect(url_for(".updated", id=id), 303)
    key, details = started
    if changes.remember(visit, switching.UPDATED, id, details, key=f"{key}{_DONE}"):
        changes.tell(signals.subscription_updated, subscription=found.body, customer=visit.customer_id)
    return completion.after(visit, url_for(".updated", id=id))


_DONE = "-done"
"""What the key of a change ends with that was begun before, and is made now."""


def _unfinished(visit: Visit, found: Found) -> tuple[str, dict[str, Any]] | None:
    """The change that waited for its payment, when it is made and nobody has noted that yet."""
    started = changes.last(visit, switching.STARTED, found.view.id)
    if started is None or found.view.has_pending_update or len(found.view.items) != 1:
        return None
    key, details = started
    item = found.view.items[0]
    is_made = (item.price, item.quantity) == (details["price"], details["quantity"])
    return started if is_made and not changes.was_made(visit, AuditEntry.key == f"{key}{_DONE}") else None


def _words(visit: Visit, found: Found) -> tuple[str, str]:
    view = found.view
    title = view.title or _("Subscription")
    if not view.is_live:
        return _("%(title)s has ended", title=title), words.charges(found.is_settled)
    if view.planned is not None:
        return _("Your change is planned"), _(
            "%(change)s You keep %(title)s until then.", change=cards.planned(view), title=title
        )
    if view.status == "trialing" and view.trial_end is not None:
        day = words.strong(words.date(view.trial_end))
        return _("You have %(title)s now", title=title), _("It is free until %(date)s.", date=day)
    if view.period_end is None or not view.will_renew:
        return _("You have %(title)s now", title=title), _("Nothing more has to be done.")
    day = words.strong(words.date(view.period_end))
    return _("You have %(title)s now", title=title), _("The next payment is on %(date)s.", date=day)


def _pending(visit: Visit, found: Found) -> tuple[str, str, Link | None]:
    """Heading, lead and the next step where the change waits for its payment."""
    client, invoice = visit.client, _id(found.body["latest_invoice"])
    read = reads.gather(False, invoice=lambda: reads.invoice_with_payments(client, invoice))["invoice"]
    title = found.view.title or _("Subscription")
    if isinstance(read, Failed):
        lead = _("Until it is paid you keep %(title)s. How the payment stands could not be read.", title=title)
        return _("Your change waits for its payment"), lead, words.retry(url_for(".updated", id=found.view.id))
    intent = payments.intent_of(read)
    money = words.strong_amount(read["amount_remaining"], read["currency"])
    if intent is not None and intent["status"] == "processing":
        lead = _(
            "The payment of %(amount)s is under way, which can take some days. Until then you keep %(title)s.",
            amount=money,
            title=title,
        )
        return _("Your change waits for its payment"), lead, None
    if intent is not None and intent["status"] == "requires_action":
        lead = _(
            "Your bank asks you to confirm the payment of %(amount)s. Until then you keep %(title)s.",
            amount=money,
            title=title,
        )
        return _("One step is left"), lead, _bank(intent, read)
    reason = declines.why(*payments.failure_of(intent))
    lead = _(
        "%(amount)s could not be charged, so you keep %(title)s. %(reason)s", amount=money, title=title, reason=reason
    )
    return _("The payment did not go through"), lead, _invoice_page(read)


def _bank(intent: Mapping[str, Any], invoice: Mapping[str, Any]) -> Link | None:
    """Where the customer confirms the payment."""
    url = payments.confirmation_url(intent)
    return Link(_("Confirm with your bank"), url) if url else _invoice_page(invoice)


def _invoice_page(invoice: Mapping[str, Any]) -> Link | None:
    url = invoice.get("hosted_invoice_url")
    return Link(_("Pay this invoice"), url) if url else None


def _id(reference: Any) -> str:
    return str(reference["id"]) if isinstance(reference, Mapping) else str(reference)
