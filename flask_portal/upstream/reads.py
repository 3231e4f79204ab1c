"""What the portal reads. Every function returns plain dicts, as Stripe serves them, and makes one call of the API.

They raise the errors of the `stripe` package; `gather` makes `Failed` of them, so that a page shows what did arrive.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from typing import Any
from weakref import WeakKeyDictionary

import stripe

from flask_portal.upstream.faults import MISSING, reason_of
from flask_portal.upstream.names import Names

__all__ = [
    "MISSING",
    "Failed",
    "account",
    "checkout_session",
    "coupon",
    "customer",
    "customers_by_email",
    "feedback_options",
    "frozen_time",
    "gather",
    "intents",
    "invoice_with_payments",
    "invoices",
    "invoices_of",
    "open_debts",
    "open_invoices",
    "payment_methods",
    "pending_items",
    "preview",
    "price",
    "prices",
    "product_names",
    "promotion_code",
    "subscription",
    "subscriptions",
]

Body = dict[str, Any]

MOST_SUBSCRIPTIONS = 300
"""More are not shown: three calls of a hundred each."""

MOST_FEEDBACK_OPTIONS = 300

_PAGE = 100
_WITH_SUBSCRIPTION = ["discounts.source.coupon", "schedule"]
_WITH_SUBSCRIPTIONS = [f"data.{each}" for each in _WITH_SUBSCRIPTION]
_THREADS = 16
_log = logging.getLogger(__name__)
_WITH_PRICES = ["data.currency_options", "data.product"]
_names: WeakKeyDictionary[stripe.StripeClient, Names] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Failed:
    """Stands for what could not be read.  reason: a word of `upstream.faults`, such as `missing`."""

    reason: str


def gather(parallel: bool, /, **thunks: Callable[[], Any]) -> dict[str, Any]:
    """The value of each thunk under its name, or Failed. Errors that are not Stripe's are raised.

    parallel: ask at the same time, in threads. Not for a transport that needs the caller's own thread.
    """
    if not parallel or len(thunks) < 2:
        return {name: _attempt(name, thunk) for name, thunk in thunks.items()}
    futures = {name: _pool().submit(_attempt, name, thunk) for name, thunk in thunks.items()}
    return {name: future.result() for name, future in futures.items()}


def _attempt(name: str, thunk: Callable[[], Any]) -> Any:
    try:
        return thunk()
    except stripe.StripeError as error:
        reason = reason_of(error)
        _log.warning("The portal could not read the %s (%s): %s", name, reason, error)
        return Failed(reason)


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    """The threads are kept, because the client keeps an open connection in each."""
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="portal-reads")


# Threads do not outlive a fork, so a child process makes its own.
os.register_at_fork(after_in_child=_pool.cache_clear)


def customer(client: stripe.StripeClient, id: str) -> Body:
    """The customer with the first page of `tax_ids`; a deleted one has `deleted: true` and little else."""
    return client.v1.customers.retrieve(id, {"expand": ["tax_ids"]}).to_dict()


def customers_by_email(client: stripe.StripeClient, email: str) -> list[Body]:
    """The customers with this email, newest first. Stripe compares letter by letter."""
    return _bodies(client.v1.customers.list({"email": email, "limit": _PAGE}))


def subscriptions(client: stripe.StripeClient, customer: str) -> list[Body]:
    """All subscriptions of a customer, ended ones too, newest first."""
    page = client.v1.subscriptions.list(
        {"customer": customer, "status": "all", "limit": _PAGE, "expand": _WITH_SUBSCRIPTIONS}
    )
    return [each.to_dict() for each in islice(page.auto_paging_iter(), MOST_SUBSCRIPTIONS)]


def subscription(client: stripe.StripeClient, id: str) -> Body:
    """One subscription, of whichever customer: the caller compares."""
    return client.v1.subscriptions.retrieve(id, {"expand": _WITH_SUBSCRIPTION}).to_dict()


def payment_methods(client: stripe.StripeClient, customer: str) -> list[Body]:
    """The methods that are attached to a customer, of every type, newest first."""
    return _bodies(client.v1.customers.payment_methods.list(customer, {"limit": _PAGE}))


def invoices(client: stripe.StripeClient, customer: str, limit: int = 10) -> list[Body]:
    """A customer's newest invoices, drafts too, with their `payments`.  limit: 1 to 100."""
    return _bodies(client.v1.invoices.list({"customer": customer, "limit": limit, "expand": ["data.payments"]}))


def invoices_of(client: stripe.StripeClient, customer: str, subscription: str, limit: int) -> list[Body]:
    """The newest invoices of one of a customer's subscriptions."""
    wanted: Any = {"customer": customer, "subscription": subscription, "limit": limit}
    return _bodies(client.v1.invoices.list(wanted))


def open_invoices(client: stripe.StripeClient, customer: str) -> list[Body]:
    """A customer's invoices that are finalized and not paid, newest first."""
    return _bodies(client.v1.invoices.list({"customer": customer, "status": "open", "limit": _PAGE}))


def open_debts(client: stripe.StripeClient, customer: str) -> list[Body]:
    """The same with their `payments`, each of which names its intent."""
    wanted: Any = {"customer": customer, "status": "open", "limit": _PAGE, "expand": ["data.payments"]}
    return _bodies(client.v1.invoices.list(wanted))


def intents(client: stripe.StripeClient, customer: str) -> dict[str, Body]:
    """The newest payment intents of a customer, by id."""
    found = _bodies(client.v1.payment_intents.list({"customer": customer, "limit": _PAGE}))
    return {body["id"]: body for body in found}


def account(client: stripe.StripeClient) -> Body:
    """The account that the key belongs to."""
    return client.v1.accounts.retrieve_current().to_dict()


def checkout_session(client: stripe.StripeClient, id: str) -> Body:
    """A Checkout session with the method that it saved, of whichever customer: the caller compares."""
    return client.v1.checkout.sessions.retrieve(id, {"expand": ["setup_intent.payment_method"]}).to_dict()


def pending_items(client: stripe.StripeClient, customer: str) -> list[Body]:
    """What waits for a customer's next invoice, charges and credits."""
    return _bodies(client.v1.invoice_items.list({"customer": customer, "pending": True, "limit": _PAGE}))


def coupon(client: stripe.StripeClient, id: str) -> Body:
    return client.v1.coupons.retrieve(id).to_dict()


def feedback_options(client: stripe.StripeClient) -> list[Body]:
    """The business's own reasons for leaving that can still be chosen, newest first."""
    page = client.v1.billing.feedback_options.list({"status": "active", "limit": _PAGE})
    return [each.to_dict() for each in islice(page.auto_paging_iter(), MOST_FEEDBACK_OPTIONS)]


def prices(client: stripe.StripeClient, account: str, product: str) -> list[Body]:
    """The hundred newest active prices of a product, each with its `product` and `currency_options`.

    The product's name is remembered, as `product_names` does.
    """
    wanted: Any = {"product": product, "active": True, "limit": _PAGE, "expand": _WITH_PRICES}
    found = _bodies(client.v1.prices.list(wanted))
    names = {price["product"]["id"]: price["product"]["name"] for price in found}
    _names.setdefault(client, Names()).learn(account, names)
    return found


def price(client: stripe.StripeClient, id: str) -> Body:
    """A price with its `product`."""
    return client.v1.prices.retrieve(id, {"expand": ["product"]}).to_dict()


def promotion_code(client: stripe.StripeClient, code: str) -> Body | None:
    """The active promotion code that customers type like this, with its coupon; None when there is none."""
    wanted: Any = {"code": code, "active": True, "limit": _PAGE, "expand": ["data.promotion.coupon.applies_to"]}
    return next(iter(_bodies(client.v1.promotion_codes.list(wanted))), None)


def preview(client: stripe.StripeClient, asked: Body) -> Body:
    """The invoice that a change would lead to.  asked: parameters of `invoices.create_preview`. Nothing is stored."""
    wanted: Any = dict(asked)
    return client.v1.invoices.create_preview(wanted).to_dict()


def frozen_time(client: stripe.StripeClient, test_clock: str) -> int:
    """The time on a test clock, by which its subscriptions live."""
    return int(client.v1.test_helpers.test_clocks.retrieve(test_clock).frozen_time)


def invoice_with_payments(client: stripe.StripeClient, id: str) -> Body:
    """An invoice, with the PaymentIntents that pay for it under `payments`."""
    return client.v1.invoices.retrieve(id, {"expand": ["payments.data.payment.payment_intent"]}).to_dict()


def product_names(client: stripe.StripeClient, account: str, ids: Iterable[str]) -> dict[str, str]:
    """Name of each product by its id, remembered for five minutes per client and account.

    A product that is gone, or a call that fails, leaves its ids out: a page without a name is better than no page.
    """
    memory = _names.setdefault(client, Names())
    wanted = list(dict.fromkeys(ids))
    found = memory.known(account, wanted)
    unknown = [id for id in wanted if id not in found]
    for start in range(0, len(unknown), _PAGE):
        part = unknown[start : start + _PAGE]
        listed = _attempt("products", partial(_list_products, client, part))
        if not isinstance(listed, Failed):
            learned = {id: listed.get(id) for id in part}
            memory.learn(account, learned)
            found.update(learned)
    return {id: name for id, name in found.items() if name}


def _list_products(client: stripe.StripeClient, ids: list[str]) -> dict[str, str]:
    return {each.id: each.name for each in client.v1.products.list({"ids": ids, "limit": _PAGE}).data}


def _bodies(page: stripe.ListObject[Any]) -> list[Body]:
    return [each.to_dict() for each in page.data]
