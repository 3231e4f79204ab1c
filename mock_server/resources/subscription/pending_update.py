"""Changes that wait until they are paid (`payment_behavior=pending_if_incomplete`).

The subscription stays as it is, with an open invoice for the change. When that is paid, the change takes effect; when
time is over, or another change comes, it is given up and its invoice is void.
Source: docs.stripe.com/billing/subscriptions/pending-updates
"""

from __future__ import annotations

from typing import Any

from flask_portal.wire import errors
from mock_server.billing.calendar import HOUR
from mock_server.billing.lifecycle import Happening
from mock_server.core.call import Body, Call

from .. import invoice as invoices
from ..subscription_item import index
from .head import subscription
from .represent import items_of, move, save, save_and_tell

PAYMENT_HOURS = 23
BEHAVIOR = "pending_if_incomplete"

ALLOWED = frozenset(
    {
        "add_invoice_items",
        "billing_cycle_anchor",
        "cancel_at_period_end",
        "discounts",
        "expand",
        "items",
        "metadata",
        "off_session",
        "payment_behavior",
        "proration_behavior",
        "proration_date",
        "trial_end",
        "trial_from_plan",
    }
)
"""What can be kept pending, and how."""

TARGET = "_target"
"""Stored with a subscription and never shown: what it will be, and the invoice that has to be paid for that."""

KEPT = (
    "billing_cycle_anchor",
    "billing_cycle_anchor_config",
    "discounts",
    "items",
    "metadata",
    "status",
    "trial_end",
    "trial_start",
)
"""What a change may change."""

REPLACING = frozenset({"billing_cycle_anchor", "items", "trial_end"})
"""What a later change must concern to take the place of a pending one."""


def check(body: Body, sent: Body) -> None:
    """Refuse what cannot be kept pending."""
    if sent.get("payment_behavior") != BEHAVIOR:
        return
    refused = sorted(sent.keys() - ALLOWED)
    if refused:
        message = f"{refused[0]} cannot be changed with a payment_behavior of {BEHAVIOR}."
        raise errors.invalid(message, refused[0])
    if body["collection_method"] != "charge_automatically":
        message = "Only a subscription that is charged automatically can keep a change pending."
        raise errors.invalid(message, "payment_behavior")


def park(call: Call, body: Body, former: Body, paper: Body, sent: Body) -> None:
    """Keep the change until its invoice is paid.

    body: as it would be.  former: as it was.  paper: the open invoice.
    """
    target = {name: body[name] for name in KEPT}
    known = {name: target[name] if target[name] != former[name] else None for name in KEPT}
    index(call, items_of(body), items_of(former))
    body.clear()
    body |= former | {
        "latest_invoice": paper["id"],
        "pending_update": {
            "billing_cycle_anchor": known["billing_cycle_anchor"],
            "discount": None,
            "discounts": known["discounts"],
            "expires_at": expires_at(call, former),
            "metadata": known["metadata"],
            "subscription_items": known["items"] and known["items"]["data"],
            "trial_end": known["trial_end"],
            "trial_from_plan": sent.get("trial_from_plan"),
        },
        TARGET: target | {"call": call.request_id, "ends": sent.get("cancel_at_period_end"), "invoice": paper["id"]},
    }
    if "cancel_at_period_end" in sent:
        body["pending_update"]["cancel_at_period_end"] = sent["cancel_at_period_end"]
    save(call, body)


def expires_at(call: Call, former: Body) -> int:
    """When a change is given up: after 23 hours, or with the first period or the trial that ends before."""
    ends = [item["current_period_end"] for item in items_of(former)]
    trial = [former["trial_end"]] if former["status"] == "trialing" else []
    return int(min(call.now + PAYMENT_HOURS * HOUR, *ends, *trial))


def follow(call: Call, body: Body, paper: Body, happening: Happening) -> bool:
    """What became of the invoice of a pending change; whether it was that one."""
    target = body.get(TARGET)
    if target is None or target["invoice"] != paper["id"]:
        return False
    if happening == "invoice_paid":
        take_effect(call, body, target)
    elif happening == "invoice_closed":
        forget(body)
        save(call, body)
        call.emit("customer.subscription.pending_update_expired", body)
    else:
        save(call, body)
    return True


def take_effect(call: Call, body: Body, target: dict[str, Any]) -> None:
    """The change is paid. What is paid in the call that asked for it was never pending for anybody."""
    was_pending = target["call"] != call.request_id
    former = items_of(body)
    body |= {name: target[name] for name in KEPT if name != "status"}
    if body["status"] == "trialing":
        body["status"] = target["status"]
    forget(body)
    index(call, former, items_of(body))
    move(body, "invoice_paid")
    if target["ends"] is not None:
        body["cancel_at_period_end"] = target["ends"]
        body |= {"canceled_at": call.now if target["ends"] else None} | ({} if target["ends"] else {"cancel_at": None})
    save(call, body)
    if was_pending:
        before = call.shown.get((body["object"], body["id"]))
        call.emit("customer.subscription.pending_update_applied", body)
        if before is not None:
            # The update that follows tells what changed, as if the event before it had not been.
            call.shown[(body["object"], body["id"])] = before
        save_and_tell(call, body)


def forget(body: Body) -> None:
    """Nothing is pending any more."""
    body.pop(TARGET, None)
    body["pending_update"] = None


def give_up(call: Call, body: Body) -> Body:
    """The subscription without its pending change, whose invoice is void."""
    paper = invoices.invoice.get(call, body[TARGET]["invoice"])
    if paper["status"] in ("open", "uncollectible"):
        invoices.settle.close(call, paper, "void")
    return subscription.get(call, body["id"])


def replace(call: Call, body: Body, sent: Body) -> Body:
    """The subscription as another change finds it: one that concerns the same gives a pending one up."""
    if body["pending_update"] is None or not REPLACING & sent.keys():
        return body
    return give_up(call, body)
