"""The coupon that a business offers to somebody who is about to leave. It stands beside the exit, never before it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from flask_portal import i18n, signals
from flask_portal.i18n import _, ngettext
from flask_portal.models import AuditEntry
from flask_portal.pages import cards, changes, completion, message, refusing, survey, words
from flask_portal.pages import visit as visits
from flask_portal.pages.cards import Found
from flask_portal.pages.visit import Visit
from flask_portal.rules import policies, verdicts
from flask_portal.upstream import actions, reads
from flask_portal.upstream.actions import Done
from flask_portal.upstream.reads import Failed

TAKEN = "subscription.offer_taken"


@dataclass(frozen=True, slots=True)
class Offer:
    strong: str
    text: str
    coupon: str
    form_id: str
    url: str


def coupons(visit: Visit, found: Found) -> dict[str, str | None]:
    """The coupons to offer for leaving this subscription, and the reason that each is for; None for any.

    A session's own coupon is the only one. Otherwise the application's policy says, for the reasons that are asked.
    """
    own = coupon_of(visit, found.view.id)
    if own is not None:
        return {own: None}
    customer = found.customer
    if customer is None or not policies.has_offers():
        return {}
    asked = survey.blank(visit, found.more)
    reasons = [None, *(choice.value for choice in asked.choices)] if asked else [None]
    offered: dict[str, str | None] = {}
    for reason in reasons:
        coupon = policies.offer_for(reason, customer)
        if coupon is not None:
            offered.setdefault(coupon, reason)
    return offered


def coupon_of(visit: Visit, id: str) -> str | None:
    """The coupon that this session offers for this subscription."""
    if visit.flow is None or visit.flow["type"] != "subscription_cancel":
        return None
    task = visit.flow["subscription_cancel"]
    if task["subscription"] != id or not task["retention"]:
        return None
    return str(task["retention"]["coupon_offer"]["coupon"])


def offers(visit: Visit, found: Found) -> tuple[Offer, ...]:
    """The offers to show: without those that cannot be kept any more, and none where one was taken."""
    id, client = found.view.id, visit.client
    wanted = coupons(visit, found)
    if not wanted or was_taken(visit, id):
        return ()
    thunks: dict[str, Any] = {coupon: partial(reads.coupon, client, coupon) for coupon in wanted}
    read = reads.gather(visit.host.parallel_reads, **thunks)
    kept = ((read[coupon], reason) for coupon, reason in wanted.items())
    return tuple(
        _offer(id, coupon, reason) for coupon, reason in kept if not isinstance(coupon, Failed) and coupon["valid"]
    )


def _offer(id: str, coupon: dict[str, Any], reason: str | None) -> Offer:
    strong = _("Or stay and pay less:")
    if reason is not None:
        strong = _("If your reason is “%(reason)s”:", reason=words.feedback(reason))
    return Offer(
        strong=strong,
        text=terms(coupon),
        coupon=coupon["id"],
        form_id=changes.new_form_id(),
        url=url_for(".offer", id=id),
    )


def accept(id: str) -> ResponseReturnValue:
    """Put the coupon on the subscription, which then goes on."""
    visit = visits.current()
    # Whose subscription it is comes first: of somebody else's nothing is said, not even that it has no offer.
    found = cards.find(visit, id, **survey.sources(visit))
    offered = coupons(visit, found)
    coupon = request.form.get("coupon", "")
    if coupon not in offered:
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


def taken(visit: Visit, id: str) -> str | None:
    """The coupon of the offer that the customer has taken for this subscription."""
    found = changes.details(visit, AuditEntry.action == TAKEN, AuditEntry.object_id == id)
    return found.get("coupon")


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
