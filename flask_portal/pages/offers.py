"""The coupon that a business offers to somebody who is about to leave. It stands beside the exit, never before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from flask_portal import i18n, signals
from flask_portal.i18n import _, ngettext
from flask_portal.models import AuditEntry
from flask_portal.pages import cards, changes, completion, message, refusing, words
from flask_portal.pages import visit as visits
from flask_portal.pages.cards import Found
from flask_portal.pages.visit import Visit
from flask_portal.rules import verdicts
from flask_portal.upstream import actions
from flask_portal.upstream.actions import Done
from flask_portal.upstream.reads import Failed

TAKEN = "subscription.offer_taken"


@dataclass(frozen=True, slots=True)
class Offer:
    strong: str
    text: str
    form_id: str
    url: str


def coupon_of(visit: Visit, id: str) -> str | None:
    """The coupon that this session offers for this subscription."""
    if visit.flow is None or visit.flow["type"] != "subscription_cancel":
        return None
    task = visit.flow["subscription_cancel"]
    if task["subscription"] != id or not task["retention"]:
        return None
    return str(task["retention"]["coupon_offer"]["coupon"])


def offer(visit: Visit, found: Found) -> Offer | None:
    """The offer to show; None when there is none, or when it cannot be kept any more."""
    coupon = found.more.get("coupon")
    if coupon is None or isinstance(coupon, Failed) or not coupon["valid"] or was_taken(visit, found.view.id):
        return None
    return Offer(
        strong=_("Or stay and pay less:"),
        text=terms(coupon),
        form_id=changes.new_form_id(),
        url=url_for(".offer", id=found.view.id),
    )


def accept(id: str) -> ResponseReturnValue:
    """Put the coupon on the subscription, which then goes on."""
    visit = visits.current()
    # Whose subscription it is comes first: of somebody else's nothing is said, not even that it has no offer.
    found = cards.find(visit, id)
    coupon = coupon_of(visit, id)
    if coupon is None:
        abort(403, "no_offer")
    refusing.check(verdicts.may_cancel(found.view, visit.features))
    if was_taken(visit, id):
        # A second click finds the discount given.
        return completion.after(visit, url_for(".result", id=id))
    key = changes.key(visit, TAKEN, id, coupon)
    outcome = actions.apply_coupon(visit.client, id, coupon, key=key, keep=_discounts(found.body))
    if not isinstance(outcome, Done):
        return message.failed(words.problem(outcome), url_for(".cancel", id=id), words.status_of(outcome))
    if changes.remember(visit, TAKEN, id, {"coupon": coupon}, key=key):
        changes.tell(
            signals.subscription_offer_accepted, subscription=outcome.body, customer=visit.customer_id, coupon=coupon
        )
    return completion.after(visit, url_for(".result", id=id))


def was_taken(visit: Visit, id: str) -> bool:
    """Whether the customer has taken an offer for this subscription: it is made once."""
    return changes.was_made(visit, AuditEntry.action == TAKEN, AuditEntry.object_id == id)


def terms(coupon: dict[str, Any]) -> str:
    """The coupon in words, such as "25% off for 3 months"."""
    off = _off(coupon)
    if coupon["duration"] == "repeating":
        months = coupon["duration_in_months"]
        return ngettext("%(off)s off for one month.", "%(off)s off for %(num)d months.", months, off=off)
    if coupon["duration"] == "once":
        return _("%(off)s off your next invoice.", off=off)
    return _("%(off)s off for as long as you stay.", off=off)


def _off(coupon: dict[str, Any]) -> str:
    if coupon.get("amount_off") is not None:
        return i18n.money(coupon["amount_off"], coupon["currency"])
    return i18n.percent(coupon["percent_off"])


def _discounts(body: dict[str, Any]) -> list[str]:
    """The discounts that the subscription has already."""
    return [each if isinstance(each, str) else each["id"] for each in body.get("discounts") or ()]
