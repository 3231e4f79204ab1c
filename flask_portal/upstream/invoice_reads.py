"""What the portal reads of invoices: each function is one call of Stripe's API, except the one that reads all.

They raise the errors of the `stripe` package, as `upstream.reads` says.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

import stripe

Body = dict[str, Any]

MOST_LINES = 100


@dataclass(frozen=True, slots=True)
class Part:
    """Some of a list.  has_more: there are others behind them."""

    bodies: tuple[Body, ...]
    has_more: bool


def listed(
    client: stripe.StripeClient,
    customer: str,
    *,
    limit: int,
    between: tuple[int, int] | None = None,
    after: str | None = None,
) -> Part:
    """A customer's invoices, drafts too, newest first.

    limit: 1 to 100. between: created from the first moment until before the second, in Unix seconds.
    after: the id of the invoice that they follow.
    """
    return _part(client.v1.invoices.list(_asked(customer, limit, between, after)))


def all_of(client: stripe.StripeClient, customer: str, *, most: int, between: tuple[int, int] | None) -> Part:
    """The same, in as many calls of a hundred as it takes, up to `most`."""
    page = client.v1.invoices.list(_asked(customer, 100, between, None))
    found = [each.to_dict() for each in islice(page.auto_paging_iter(), most + 1)]
    return Part(tuple(found[:most]), len(found) > most)


def _asked(customer: str, limit: int, between: tuple[int, int] | None, after: str | None) -> Any:
    asked: Body = {"customer": customer, "limit": limit}
    if between is not None:
        asked["created"] = {"gte": between[0], "lt": between[1]}
    return asked if after is None else {**asked, "starting_after": after}


def invoice(client: stripe.StripeClient, id: str) -> Body:
    """One invoice with the coupons of its discounts, of whichever customer: the caller compares."""
    expand = ["total_discount_amounts.discount.source.coupon"]
    return client.v1.invoices.retrieve(id, {"expand": expand}).to_dict()


def lines(client: stripe.StripeClient, id: str) -> Part:
    """An invoice's lines, the first hundred: with the invoice itself come only ten."""
    return _part(client.v1.invoices.line_items.list(id, {"limit": MOST_LINES}))


def payments(client: stripe.StripeClient, id: str) -> list[Body]:
    """What was paid towards an invoice, newest first, each with its charge."""
    expand = ["data.payment.payment_intent.latest_charge", "data.payment.charge"]
    asked: Any = {"invoice": id, "status": "paid", "limit": 100, "expand": expand}
    return [each.to_dict() for each in client.v1.invoice_payments.list(asked).data]


def tax_rate(client: stripe.StripeClient, id: str) -> Body:
    return client.v1.tax_rates.retrieve(id).to_dict()


def _part(page: stripe.ListObject[Any]) -> Part:
    return Part(tuple(each.to_dict() for each in page.data), bool(page.has_more))
