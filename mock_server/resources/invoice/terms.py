"""When an invoice is due, when it is finalised by itself, and what reduces it: chosen when it is made, or in a draft.

Source: docs.stripe.com/api/invoices/update
"""

from __future__ import annotations

from flask_portal.wire import errors
from mock_server.billing.calendar import DAY
from mock_server.core.call import Body, Call

from .. import discount as discounts
from .. import tax_rate as rates
from . import automatic, chosen
from .settle import recount

OWN = (
    "automatic_tax",
    "automatically_finalizes_at",
    "collection_method",
    "days_until_due",
    "default_tax_rates",
    "discounts",
    "due_date",
    *chosen.NAMES,
)
"""The parameters that are taken here."""

LATEST_FINALIZATION_YEARS = 5


def check(call: Call, collection_method: str, sent: Body) -> None:
    """An invoice that is sent has a day on which it is due, and times lie in the future."""
    due = [name for name in ("days_until_due", "due_date") if sent.get(name) is not None]
    if collection_method == "send_invoice" and not due:
        raise errors.invalid("A collection_method of send_invoice needs days_until_due or due_date.", "days_until_due")
    if collection_method == "charge_automatically" and due:
        raise errors.invalid(f"{due[0]} needs a collection_method of send_invoice.", due[0])
    check_times(call, sent)


def check_times(call: Call, sent: Body) -> None:
    """An invoice is due, and finalised by itself, in the future."""
    for name in ("automatically_finalizes_at", "due_date"):
        if sent.get(name) is not None and sent[name] <= call.now:
            raise errors.invalid(f"{name} must lie in the future.", name)
    latest = call.now + LATEST_FINALIZATION_YEARS * 365 * DAY
    if sent.get("automatically_finalizes_at", 0) > latest:
        message = f"automatically_finalizes_at lies at most {LATEST_FINALIZATION_YEARS} years ahead."
        raise errors.invalid(message, "automatically_finalizes_at")


def change(call: Call, body: Body, sent: Body) -> None:
    """Take what was sent into a draft."""
    if {"collection_method", "days_until_due", "due_date"} & sent.keys():
        method = str(sent.get("collection_method", body["collection_method"]))
        kept = {"due_date": body["due_date"]} if method == "send_invoice" else {}
        check(call, method, kept | sent)
        body |= {"collection_method": method, "due_date": due_date(call, kept | sent)}
    else:
        check_times(call, sent)
    if "discounts" in sent:
        owners = {"customer": body["customer"], "invoice": body["id"]}
        body["discounts"] = discounts.apply(call, sent["discounts"], "discounts", body["discounts"], **owners)
        discounts.check_currency(call, body["discounts"], body["currency"], "discounts")
    if "default_tax_rates" in sent:
        body["default_tax_rates"] = rates.chosen(
            call, sent["default_tax_rates"], "default_tax_rates", body["default_tax_rates"]
        )
    body |= chosen.taken(call, sent, body)
    if "automatic_tax" in sent:
        body["automatic_tax"] = automatic.chosen(call, sent["automatic_tax"])
    if {"automatic_tax", "default_tax_rates", "discounts"} & sent.keys():
        recount(call, body)


def due_date(call: Call, sent: Body) -> int | None:
    """When it is due; `days_until_due` counts from now."""
    days = sent.get("days_until_due")
    found: int | None = sent.get("due_date") if days is None else call.now + days * DAY
    return found
