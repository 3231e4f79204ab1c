"""What becomes of a payment that did not go through by itself, and what is left to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_portal.i18n import _
from flask_portal.pages import declines, words
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.rules import payments
from flask_portal.upstream import actions, reads
from flask_portal.upstream.actions import Done
from flask_portal.upstream.reads import Failed


@dataclass(frozen=True, slots=True)
class Declined:
    """The bank said no, and what was asked for has been taken back.  code, decline_code: those of Stripe."""

    code: str | None
    decline_code: str | None


def follow(visit: Visit, invoice: str, back: str, key: str) -> Declined | None:
    """Go on with the payment of an open invoice: begin the confirmation by the bank, or void what it declined.

    back: the address to which the bank sends the customer. None where the payment waits, or cannot be read.
    """
    read = reads.gather(False, invoice=lambda: reads.invoice_with_payments(visit.client, invoice))["invoice"]
    if isinstance(read, Failed):
        # What became of it stands on the page that comes next, which asks again.
        return None
    intent = _confirming(visit, payments.intent_of(read), back, key)
    if intent is not None and intent["status"] != "requires_payment_method":
        return None
    undone = actions.void_invoice(visit.client, invoice, key=f"{key}-void")
    return Declined(*payments.failure_of(intent)) if isinstance(undone, Done) else None


def begin(visit: Visit, invoice: str, back: str, key: str) -> None:
    """Begin the confirmation by the bank, where it asks for that; the rest is told by `step`."""
    read = reads.gather(False, invoice=lambda: reads.invoice_with_payments(visit.client, invoice))["invoice"]
    if not isinstance(read, Failed):
        _confirming(visit, payments.intent_of(read), back, key)


def _confirming(visit: Visit, intent: Mapping[str, Any] | None, back: str, key: str) -> Mapping[str, Any] | None:
    """The PaymentIntent, with the next step by which the customer confirms it where the bank asks for them."""
    if intent is None or not payments.wants_customer(intent):
        return intent
    method = payments.method_asked_for(intent)
    asked = actions.confirm_payment(visit.client, intent["id"], back, key=f"{key}-confirm", method=method)
    return asked.body if isinstance(asked, Done) else intent


@dataclass(frozen=True, slots=True)
class Step:
    """heading, text: how the payment stands. link: what the customer can do about it, if anything."""

    heading: str
    text: str
    link: Link | None


def step(visit: Visit, invoice: str, retry_url: str) -> Step:
    """How the payment of an open invoice stands."""
    read = reads.gather(False, invoice=lambda: reads.invoice_with_payments(visit.client, invoice))["invoice"]
    if isinstance(read, Failed):
        text = _("How the payment stands could not be read.")
        return Step(_("The payment is not through yet"), text, words.retry(retry_url))
    intent = payments.intent_of(read)
    status = None if intent is None else intent["status"]
    money = words.strong_amount(read["amount_remaining"], read["currency"])
    if status == "processing":
        text = _("The payment of %(amount)s is under way, which can take some days.", amount=money)
        return Step(_("The payment is not through yet"), text, None)
    if status == "requires_action":
        text = _("Your bank asks you to confirm the payment of %(amount)s.", amount=money)
        url = payments.confirmation_url(intent)
        return Step(_("One step is left"), text, bank(url) if url else invoice_page(read))
    reason = declines.why(*payments.failure_of(intent))
    text = _("%(amount)s could not be charged. %(reason)s", amount=money, reason=reason)
    return Step(_("The payment did not go through"), text, invoice_page(read))


def bank(url: str) -> Link:
    return Link(_("Confirm with your bank"), url)


def invoice_page(invoice: Mapping[str, Any]) -> Link | None:
    """Where an invoice is paid; None where Stripe gives no address."""
    url = invoice.get("hosted_invoice_url")
    return Link(_("Pay this invoice"), url) if url else None
