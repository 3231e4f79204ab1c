"""What happens elsewhere and changes subscriptions: invoices are paid or not, methods are detached, customers deleted.

All of it is in the same transaction as what happened.
"""

from __future__ import annotations

from typing import Any

from flask_portal.wire import errors
from mock_server.billing.lifecycle import ENDED, Happening
from mock_server.core.call import Body, Call

from .. import discount as discounts
from .. import invoice_payment as payments
from .. import payment_intent as intents
from ..customer import customer
from ..invoice import invoice
from ..invoiceitem import invoiceitem
from ..payment_method import payment_method
from ..plan import plan
from ..subscription_item import subscription_item
from . import pausing, pending_update
from .ending import with_customer
from .head import subscription
from .represent import all_discounts, move, save, save_and_tell


def of_invoice(call: Call, paper: Body) -> Body | None:
    """The subscription that an invoice is for, if it is not over."""
    if paper["parent"] is None:
        return None
    body = subscription.find(call, paper["parent"]["subscription_details"]["subscription"])
    return None if body is None or body["status"] in ("canceled", "incomplete_expired") else body


@invoice.on("method_sought")
def offer_method(call: Call, paper: Body, found: list[Any]) -> None:
    """A subscription's own default method comes before its customer's."""
    if paper["parent"] is not None:
        body = subscription.find(call, paper["parent"]["subscription_details"]["subscription"])
        found.append(body and body["default_payment_method"])


@invoice.on("discount_used")
def drop_discount(call: Call, paper: Body, id: str) -> None:
    """A discount that lasts for one invoice has reduced it. The next event of the subscription shows that."""
    body = of_invoice(call, paper)
    if body is not None:
        drop(call, body, id)


def drop(call: Call, body: Body, id: str) -> None:
    """Take a discount that is over from a subscription; it is stored, and that the discount is gone is told."""
    before = all_discounts(body)
    body["discounts"] = [one for one in body["discounts"] if one != id]
    for item in body["items"]["data"]:
        item["discounts"] = [one for one in item["discounts"] if one != id]
    save(call, body)
    discounts.tell(call, before, all_discounts(body))


@discounts.discount.on("ended")
def end_discount(call: Call, reduction: Body) -> None:
    """The time of a coupon that repeats is over."""
    body = subscription.find(call, reduction["subscription"])
    if body is None or body["status"] in ENDED or reduction["id"] not in all_discounts(body):
        return
    drop(call, body, reduction["id"])
    save_and_tell(call, body)


def follow(call: Call, paper: Body, happening: Happening) -> None:
    """What became of its latest invoice gives a subscription its status."""
    body = of_invoice(call, paper)
    if body is None or pausing.follow(call, body, paper, happening):
        return
    if pending_update.follow(call, body, paper, happening):
        return
    if body["latest_invoice"] == paper["id"] and move(body, happening) and happening == "invoice_paid":
        save_method(call, body, paper)
    save_and_tell(call, body)


def save_method(call: Call, body: Body, paper: Body) -> None:
    """Keep the method that has paid as the subscription's default, where that was wanted."""
    if body["payment_settings"]["save_default_payment_method"] != "on_subscription":
        return
    paid = payments.invoice_payment.where(call, invoice=paper["id"], status="paid", limit=1)
    if paid:
        intent = intents.payment_intent.get(call, paid[0]["payment"]["payment_intent"])
        body["default_payment_method"] = intent["payment_method"]


@invoice.on("paid")
def paid(call: Call, paper: Body) -> None:
    follow(call, paper, "invoice_paid")


@invoice.on("overdue")
@invoice.on("payment_failed")
def payment_failed(call: Call, paper: Body) -> None:
    follow(call, paper, "payment_failed")


@invoice.on("payment_processing")
def payment_processing(call: Call, paper: Body) -> None:
    follow(call, paper, "payment_processing")


@invoice.on("closed")
def closed(call: Call, paper: Body) -> None:
    follow(call, paper, "invoice_closed")


@payment_method.on("detached")
def forget_method(call: Call, method: Body, owner: str) -> None:
    """A method that is gone pays for no subscription."""
    for body in subscription.where(call, customer=owner, default_payment_method=method["id"])[::-1]:
        body["default_payment_method"] = None
        save_and_tell(call, body)


@plan.on("deleting")
def keep_subscribed(call: Call, costs: Body) -> None:
    """A plan that somebody is subscribed to stays."""
    if subscription_item.where(call, price=costs["id"], limit=1):
        raise errors.not_built(f"Deleting the plan {costs['id']}, to which there are subscriptions,")


@customer.on("deleting")
def end_all(call: Call, payer: Body) -> None:
    """The subscriptions of a customer end with it."""
    for body in subscription.where(call, customer_of_current=payer["id"])[::-1]:
        if body["status"] != "incomplete_expired":
            with_customer(call, body)


@invoice.on("subscription_sought")
def find_subscription(call: Call, id: str, found: list[Body]) -> None:
    """The subscription whose pending items are to be invoiced by hand."""
    found.append(subscription.get(call, id, "subscription"))


@invoiceitem.on("placing")
def tie_item(call: Call, item: Body, sent: Body) -> None:
    """An item may wait for the invoices of one subscription alone."""
    if "subscription" not in sent:
        return
    body = subscription.get(call, sent["subscription"], "subscription")
    if body["customer"] != item["customer"]:
        raise errors.invalid("This subscription belongs to another customer.", "subscription")
    if body["status"] in ("canceled", "incomplete_expired"):
        raise errors.invalid("This subscription is over, and has no next invoice.", "subscription")
    item["parent"] = {"subscription_details": {"subscription": body["id"]}, "type": "subscription_details"}
