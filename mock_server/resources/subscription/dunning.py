"""What becomes of a subscription when no attempt to collect its invoice has worked: as the account has set it.

Source: docs.stripe.com/billing/revenue-recovery/smart-retries
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mock_server.billing import lifecycle
from mock_server.core.call import Body, Call

from .. import invoice as invoices
from . import ending, pausing
from .head import subscription
from .represent import move, save_and_tell, schedule


@invoices.invoice.on("retries_over")
def give_up(call: Call, paper: Body) -> None:
    """The last attempt has failed."""
    body = owing(call, paper)
    if body is not None:
        FINAL[call.settings["subscription_after_retries"]](call, body)
    if call.settings["invoice_after_retries"] == "uncollectible":
        invoices.settle.close(call, invoices.invoice.get(call, paper["id"]), "uncollectible")


def owing(call: Call, paper: Body) -> Body | None:
    """The subscription that is past due because of an invoice."""
    if paper["parent"] is None:
        return None
    body = subscription.find(call, paper["parent"]["subscription_details"]["subscription"])
    return body if body is not None and body["status"] == "past_due" else None


def cancel(call: Call, body: Body) -> None:
    """It ends at once."""
    ending.drop_prorations(call, body)
    schedule(body, lifecycle.cancel_now(call.now), "payment_failed")
    ending.finish(call, body)


def leave_unpaid(call: Call, body: Body) -> None:
    """It goes on, and its new invoices stay drafts."""
    move(body, "retries_over_unpaid")
    save_and_tell(call, body)


def keep(call: Call, body: Body) -> None:
    """It stays past due."""
    move(body, "retries_over_keep")
    save_and_tell(call, body)


def pause(call: Call, body: Body) -> None:
    """It stands still until it is resumed."""
    pausing.mark(call, body, lifecycle.move(body["status"], "pause"), "final_payment_failure")


FINAL: Mapping[str, Callable[[Call, Body], None]] = {
    "cancel": cancel,
    "past_due": keep,
    "pause": pause,
    "unpaid": leave_unpaid,
}
