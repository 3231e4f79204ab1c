"""What a shop does with Stripe, by the official client for Python. `long_script.mjs` does the same by that for Node.

Each step says in plain values what came back; the test compares the two protocols.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import stripe

CUSTOMERS = 7
OLDER = "2025-03-31.basil"
ASKED, PAUSE_SECONDS = 200, 0.05
"""How often a clock that moves is asked whether it has arrived."""


def at(text: str) -> int:
    """Unix seconds of a moment in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


class Shop:
    """A shop, and the protocol of what it has done."""

    def __init__(self, url: str, key: str) -> None:
        self.client: Any = stripe.StripeClient(key, base_addresses={"api": url}).v1
        self.steps: list[list[Any]] = []
        self.clock = self.client.test_helpers.test_clocks.create({"frozen_time": at("2031-01-01")}).id

    def say(self, step: str, *values: Any) -> None:
        self.steps.append([step, *values])

    def refused(self, step: str, what: Any) -> None:
        """What the error says that `what` runs into."""
        try:
            what()
        except stripe.StripeError as error:
            body = error.error
            self.say(step, error.http_status, body.type, body.code, body.param, body.decline_code)
        else:
            self.say(step, "was not refused")

    def go_to(self, when: str) -> None:
        self.client.test_helpers.test_clocks.advance(self.clock, {"frozen_time": at(when)})
        for _ in range(ASKED):
            found = self.client.test_helpers.test_clocks.retrieve(self.clock)
            if found.status == "ready":
                break
            time.sleep(PAUSE_SECONDS)
        self.say("clock", found.status, found.frozen_time)

    def status(self, subscription: str) -> list[Any]:
        found = self.client.subscriptions.retrieve(subscription, {"expand": ["latest_invoice", "customer"]})
        invoice = found.latest_invoice
        return [found.status, found.customer.delinquent, invoice.status, invoice.amount_due, invoice.amount_remaining]


def sell(shop: Shop) -> tuple[str, str]:
    """A product with its price, and a dearer one."""
    terms = {"currency": "usd", "unit_amount": 3000, "recurring": {"interval": "month"}}
    gold = shop.client.products.create(
        {
            "name": "Grüße & <Gold>",
            "default_price_data": terms,
            "marketing_features": [{"name": "a=b&c[0]"}, {"name": "50 %"}],
            "metadata": {"größe": "ü/+ ?", "7": "seven"},
        }
    )
    shop.say("product", gold.name, [one.name for one in gold.marketing_features], gold.metadata.to_dict())
    gold = shop.client.products.update(gold.id, {"metadata": {"7": ""}, "description": "x", "marketing_features": ""})
    shop.say("unset", gold.metadata.to_dict(), gold.description, [one.name for one in gold.marketing_features])
    dear = shop.client.prices.create({**terms, "unit_amount": 6000, "product": gold.id, "expand": ["product"]})
    shop.say("price", dear.unit_amount, str(dear.unit_amount_decimal), dear.product.name, dear.recurring.interval)
    return gold.default_price, dear.id


def sign_up(shop: Shop, price: str) -> tuple[str, str]:
    """A customer with a card, and a subscription that is paid at once."""
    jenny = shop.client.customers.create(
        {
            "email": "jenny@example.com",
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
            "test_clock": shop.clock,
        }
    )
    made = shop.client.subscriptions.create(
        {
            "customer": jenny.id,
            "items": [{"price": price, "quantity": 1}],
            "expand": ["latest_invoice.payments", "default_payment_method"],
        }
    )
    [payment] = made.latest_invoice.payments.data
    shop.say("signed up", made.status, made.latest_invoice.amount_paid, payment.status)
    return jenny.id, made.id


def change(shop: Shop, subscription: str, price: str) -> None:
    """In the middle of the month, to the dearer price."""
    shop.go_to("2031-01-16T12:00")
    [item] = shop.client.subscription_items.list({"subscription": subscription}).data
    items = [{"id": item.id, "price": price}]
    preview = shop.client.invoices.create_preview(
        {
            "subscription": subscription,
            "subscription_details": {"items": items, "proration_behavior": "always_invoice"},
        }
    )
    changed = shop.client.subscriptions.update(
        subscription, {"items": items, "proration_behavior": "always_invoice", "expand": ["latest_invoice"]}
    )
    shop.say("changed", preview.total, changed.latest_invoice.total, changed.latest_invoice.status)
    shop.say("lines", [[line.amount, line.description] for line in changed.latest_invoice.lines.data])


def fail(shop: Shop, customer: str, subscription: str) -> None:
    """The card does not pay the renewal, nor when it is asked once more."""
    card = shop.client.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer})
    shop.client.customers.update(customer, {"invoice_settings": {"default_payment_method": card.id}})
    shop.go_to("2031-02-01T01:00")
    shop.say("failed", *shop.status(subscription))
    invoice = shop.client.subscriptions.retrieve(subscription).latest_invoice
    shop.refused("declined", lambda: shop.client.invoices.pay(invoice))


def recover(shop: Shop, customer: str, subscription: str) -> None:
    """Another card pays."""
    card = shop.client.payment_methods.attach("pm_card_mastercard", {"customer": customer})
    shop.client.customers.update(customer, {"invoice_settings": {"default_payment_method": card.id}})
    invoice = shop.client.subscriptions.retrieve(subscription).latest_invoice
    paid = shop.client.invoices.pay(invoice, {"expand": ["customer"]})
    shop.say("recovered", paid.status, paid.customer.email, *shop.status(subscription))


def cancel(shop: Shop, subscription: str) -> None:
    """At the end of the month; canceling once more is refused."""
    details = {"comment": "Moving.", "feedback": "unused"}
    left = shop.client.subscriptions.update(
        subscription, {"cancel_at_period_end": True, "cancellation_details": details}
    )
    shop.say("leaving", left.status, left.cancel_at_period_end, left.cancellation_details.feedback)
    shop.go_to("2031-03-01T01:00")
    gone = shop.client.subscriptions.retrieve(subscription)
    shop.say("gone", gone.status, gone.ended_at, gone.cancellation_details.reason)
    shop.refused("canceled twice", lambda: shop.client.subscriptions.cancel(subscription))


def list_everything(shop: Shop) -> None:
    """Pages of three, followed by themselves, with what they expand."""
    for number in range(CUSTOMERS):
        shop.client.customers.create({"name": f"Customer {number}", "metadata": {"number": str(number)}})
    listed = shop.client.customers.list({"limit": 3}).auto_paging_iter()
    shop.say("customers", [one.name for one in listed])
    invoices = shop.client.invoices.list(
        {"limit": 2, "expand": ["data.customer", "data.parent.subscription_details.subscription"]}
    )
    shop.say("page", invoices.has_more, invoices.url, len(invoices.data))
    shop.say("invoices", [[one.billing_reason, one.total, one.customer.email] for one in invoices.auto_paging_iter()])
    charges = shop.client.charges.list({"limit": 2, "expand": ["data.balance_transaction"]}).auto_paging_iter()
    shop.say("charges", [[one.amount, one.status, net_of(one)] for one in charges])
    events = shop.client.events.list({"limit": 3, "types": ["invoice.paid", "customer.subscription.deleted"]})
    shop.say("events", [event.type for event in events.auto_paging_iter()])
    ended = shop.client.subscriptions.list({"status": "all", "created": {"gte": at("2030-12-31")}})
    shop.say("subscriptions", [one.status for one in ended.data])


def net_of(charge: Any) -> int | None:
    """What a charge has brought."""
    return None if charge.balance_transaction is None else charge.balance_transaction.net


def go_wrong(shop: Shop) -> None:
    """What is refused, and what is sent twice."""
    shop.refused("missing", lambda: shop.client.customers.retrieve("cus_nobody"))
    shop.refused("unknown", lambda: shop.client.customers.create({"nmae": "Jenny"}))
    shop.refused("required", lambda: shop.client.subscriptions.create({"items": [{"price": "price_1"}]}))
    shop.refused("nested", lambda: shop.client.customers.update("cus_nobody", {"address": {"country": "XX"}}))
    once = {"idempotency_key": "script-1"}
    first, again = (shop.client.customers.create({"name": "Once"}, once) for _ in range(2))
    shop.say("the same", first.id == again.id)
    shop.refused("another", lambda: shop.client.customers.create({"name": "Twice"}, once))
    shop.say("deleted", shop.client.customers.delete(first.id).deleted)
    shop.say("stays deleted", shop.client.customers.retrieve(first.id).deleted)


def speak_older(shop: Shop) -> None:
    """A shop that was written for an older version of the API is answered under its name."""
    listed = shop.client.customers.list({"limit": 1}, {"stripe_version": OLDER})
    shop.say("version", len(listed.data), listed.last_response.headers["Stripe-Version"])


def open_the_portal(shop: Shop, customer: str) -> None:
    """A link for the customer."""
    session = shop.client.billing_portal.sessions.create(
        {"customer": customer, "return_url": "https://shop.example/account?a=b&c=d", "locale": "de"}
    )
    shop.say("portal", session.object, session.locale, session.return_url, "/p/session/" in session.url)


def run(url: str, key: str) -> list[list[Any]]:
    """The protocol of the whole script, on a mock that nobody has used with this key."""
    shop = Shop(url, key)
    cheap, dear = sell(shop)
    customer, subscription = sign_up(shop, cheap)
    change(shop, subscription, dear)
    fail(shop, customer, subscription)
    recover(shop, customer, subscription)
    cancel(shop, subscription)
    list_everything(shop)
    go_wrong(shop)
    speak_older(shop)
    open_the_portal(shop, customer)
    return shop.steps
