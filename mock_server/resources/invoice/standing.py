"""Whether a customer is behind with their payments (`delinquent`): their latest invoice says so.

A first payment that fails does not count, because nothing is owed for what has not begun.
Source: docs.stripe.com/api/customers/object
"""

from __future__ import annotations

from mock_server.core.call import Body, Call

from .. import customer as customers
from .head import invoice


@invoice.on("overdue")
def overdue(call: Call, paper: Body) -> None:
    judge(call, paper, delinquent=True)


@invoice.on("payment_failed")
def not_paid(call: Call, paper: Body) -> None:
    if paper["billing_reason"] != "subscription_create":
        judge(call, paper, delinquent=True)


@invoice.on("closed")
@invoice.on("paid")
def up_to_date(call: Call, paper: Body) -> None:
    judge(call, paper, delinquent=False)


def judge(call: Call, paper: Body, *, delinquent: bool) -> None:
    """Note what became of an invoice, if it is the customer's latest of its kind."""
    payer = customers.customer.find(call, paper["customer"])
    if payer is None or payer.get("deleted") or payer["delinquent"] == delinquent:
        return
    kind = {"customer": payer["id"], "collection_method": paper["collection_method"]}
    latest = invoice.where(call, invoice.table.c.status != "draft", limit=1, **kind)
    if latest and latest[0]["id"] == paper["id"]:
        payer["delinquent"] = delinquent
        customers.save(call, payer)
