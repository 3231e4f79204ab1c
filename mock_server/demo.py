"""The shop of `mock-server --demo`: Northwind Press, a magazine with readers in every situation.

It is made over the API with the official client, so it holds nothing that a user could not have made. Every call
carries a fixed idempotency key, so two servers that start at once on one database make one shop; what an interrupted
start has left is found and completed; and a coupon that is made last says that nothing is left to do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import stripe

API_KEY = "sk_test_demo"
RETRIES = 5
VISITOR = "Jenny Rosen"
REFUSED_CARD = "pm_card_chargeCustomerFail"
RETURN_URL = "https://northwind.example/account"

MAGAZINE, ARCHIVE = "northwind_magazine", "northwind_archive"
MONTHLY, YEARLY, ARCHIVE_MONTHLY = "northwind_monthly", "northwind_yearly", "northwind_archive_monthly"
WELCOME, FINISHED = "northwind_welcome", "northwind_stay"

PRODUCTS = {
    MAGAZINE: ("Northwind Magazine", "Long reads about the sea, in print and online."),
    ARCHIVE: ("Northwind Archive", "Every issue since 1987."),
}
PRICES = {  # product, cents, interval
    MONTHLY: (MAGAZINE, 900, "month"),
    YEARLY: (MAGAZINE, 9000, "year"),
    ARCHIVE_MONTHLY: (ARCHIVE, 400, "month"),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """A customer of the shop, the test card that pays, and what they have subscribed to.

    leaves: at the end of the period.  falls_behind: a second copy is ordered, and the bank refuses to pay for it.
    """

    name: str
    email: str
    address: Mapping[str, str]
    card: str | None = None
    price: str | None = None
    terms: Mapping[str, Any] = field(default_factory=dict)
    quantity: int = 1
    leaves: bool = False
    falls_behind: bool = False
    locale: str | None = None


READERS = (
    Reader(
        VISITOR,
        "jenny.rosen@example.com",
        {"line1": "27 Fredrick Ave", "city": "Brothers", "state": "OR", "postal_code": "97712", "country": "US"},
        card="pm_card_visa",
        price=MONTHLY,
    ),
    Reader(
        "Omar Haddad",
        "omar.haddad@example.com",
        {"line1": "14 Rue du Port", "city": "Marseille", "postal_code": "13002", "country": "FR"},
        card="pm_card_mastercard",
        price=YEARLY,
        terms={"discounts": [{"coupon": WELCOME}]},
        locale="fr",
    ),
    Reader(
        "Mei Tanaka",
        "mei.tanaka@example.com",
        {"line1": "Yamate-cho 22", "city": "Yokohama", "postal_code": "231-0862", "country": "JP"},
        card="pm_card_jcb",
        price=MONTHLY,
        terms={"trial_period_days": 14},
        locale="ja",
    ),
    Reader(
        "Lukas Weber",
        "lukas.weber@example.com",
        {"line1": "Speicherstraße 8", "city": "Hamburg", "postal_code": "20457", "country": "DE"},
        card="pm_card_visa_debit",
        price=MONTHLY,
        leaves=True,
        locale="de",
    ),
    Reader(
        "Ana Souza",
        "ana.souza@example.com",
        {"line1": "Rua das Laranjeiras 90", "city": "Rio de Janeiro", "postal_code": "22240-003", "country": "BR"},
        card="pm_card_visa",
        price=MONTHLY,
        falls_behind=True,
        locale="pt-BR",
    ),
    Reader(
        "Bergen Sailing School",
        "office@sailing.example.com",
        {"line1": "Bryggen 3", "city": "Bergen", "postal_code": "5003", "country": "NO"},
        card="pm_card_amex",
        price=ARCHIVE_MONTHLY,
        quantity=12,
    ),
    Reader(
        "Priya Nair",
        "priya.nair@example.com",
        {"line1": "5 Harbour Road", "city": "Leith", "postal_code": "EH6 6NU", "country": "GB"},
    ),
)


def seed(client: stripe.StripeClient) -> None:
    """Make the shop, unless it is there. stripe.StripeError when a call fails."""
    if _exists(client.v1.coupons, FINISHED):
        return
    for id, (name, description) in PRODUCTS.items():
        if not _exists(client.v1.products, id):
            client.v1.products.create({"id": id, "name": name, "description": description}, _once(id))
    if not _exists(client.v1.coupons, WELCOME):
        client.v1.coupons.create(
            {"id": WELCOME, "name": "Welcome", "percent_off": 25, "duration": "once"}, _once(WELCOME)
        )
    prices = {lookup_key: _price(client, lookup_key) for lookup_key in PRICES}
    for reader in READERS:
        _welcome(client, reader, prices)
    coupon: Any = {"id": FINISHED, "name": "Stay a while", "percent_off": 30, "duration": "repeating"}
    client.v1.coupons.create(coupon | {"duration_in_months": 3}, _once(FINISHED))


def portal_link(client: stripe.StripeClient) -> str:
    """The address of a new portal session for the visitor, or for the newest customer when that one is gone."""
    found = client.v1.customers.list({"email": READERS[0].email, "limit": 1}).data
    found = found or client.v1.customers.list({"limit": 1}).data
    if not found:
        raise LookupError(f"the account of {API_KEY} has no customers left; start with another --database")
    session = client.v1.billing_portal.sessions.create({"customer": found[0].id, "return_url": RETURN_URL})
    return session.url


def _once(name: str) -> Any:
    return {"idempotency_key": f"northwind-{name}"}


def _exists(service: Any, id: str) -> bool:
    try:
        service.retrieve(id)
    except stripe.InvalidRequestError as error:
        if error.http_status != 404:
            raise
        return False
    return True


def _price(client: stripe.StripeClient, lookup_key: str) -> str:
    """The id of a price, made when it is not there."""
    found = client.v1.prices.list({"lookup_keys": [lookup_key]}).data
    if found:
        return found[0].id
    product, cents, interval = PRICES[lookup_key]
    wanted: Any = {"product": product, "unit_amount": cents, "currency": "usd", "recurring": {"interval": interval}}
    return client.v1.prices.create(wanted | {"lookup_key": lookup_key}, _once(lookup_key)).id


def _welcome(client: stripe.StripeClient, reader: Reader, prices: Mapping[str, str]) -> None:
    """Make a customer with a card and a subscription."""
    customer = _customer(client, reader)
    if reader.card is not None and not (customer.invoice_settings and customer.invoice_settings.default_payment_method):
        _give_card(client, customer.id, reader, reader.card)
    if reader.price is None or client.v1.subscriptions.list({"customer": customer.id, "status": "all"}).data:
        return
    items = [{"price": prices[reader.price], "quantity": reader.quantity}]
    wanted: Any = {"customer": customer.id, "items": items, **reader.terms}
    subscription = client.v1.subscriptions.create(wanted, _once(f"subscription-{reader.email}"))
    if reader.leaves:
        client.v1.subscriptions.update(
            subscription.id, {"cancel_at_period_end": True}, _once(f"leaving-{reader.email}")
        )
    if reader.falls_behind:
        _fall_behind(client, subscription, reader)


def _customer(client: stripe.StripeClient, reader: Reader) -> stripe.Customer:
    found = client.v1.customers.list({"email": reader.email, "limit": 1}).data
    if found:
        return found[0]
    wanted: Any = {"name": reader.name, "email": reader.email, "address": reader.address}
    if reader.locale is not None:
        wanted["preferred_locales"] = [reader.locale]
    return client.v1.customers.create(wanted, _once(f"customer-{reader.email}"))


def _fall_behind(client: stripe.StripeClient, subscription: stripe.Subscription, reader: Reader) -> None:
    """Order one more on a card that can be attached and does not pay: the subscription becomes past due."""
    _give_card(client, str(subscription.customer), reader, REFUSED_CARD)
    item = subscription["items"].data[0].id
    wanted: Any = {"items": [{"id": item, "quantity": 2}], "proration_behavior": "always_invoice"}
    client.v1.subscriptions.update(subscription.id, wanted, _once(f"falling-behind-{reader.email}"))


def _give_card(client: stripe.StripeClient, customer: str, reader: Reader, card: str) -> None:
    """Attach a card and make it the one that pays."""
    name = f"{card}-{reader.email}"
    attached = client.v1.payment_methods.attach(card, {"customer": customer}, _once(f"attach-{name}"))
    settings: Any = {"invoice_settings": {"default_payment_method": attached.id}}
    client.v1.customers.update(customer, settings, _once(f"default-{name}"))
