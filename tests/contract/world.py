"""One object of each kind, for calls that name one, and an account that can be compared before and after a call."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from flask_portal.wire import form as wire_form
from flask_portal.wire.errors import StripeError, api_error
from flask_portal.wire.params import load
from mock_server.core.accounts import authenticate
from mock_server.core.call import Kept
from mock_server.core.resource import Endpoint
from mock_server.core.state import State
from mock_server.http.answer import work_of
from mock_server.http.transport import PAGE_HOST, InProcessTransport
from mock_server.testing import Mock
from mock_server.testing.patches import DEFAULT_KEY
from tests import parts

HOST = f"https://{PAGE_HOST}"
ABSENT = "none_1"
"""The id of what there is none of: a legacy source, an entitlement."""
FORM = {"Authorization": f"Bearer {DEFAULT_KEY}", "Content-Type": wire_form.FORM}


class Undone(Exception):
    """A call that was answered well is taken back."""


@dataclass(frozen=True, slots=True)
class World:
    """A mock with one object of each kind. ids: by the name of the folder that the object has in an address."""

    mock: Mock
    ids: Mapping[str, str]

    def address(self, path: str) -> dict[str, str]:
        """The ids for a path such as `/v1/customers/{id}/tax_ids/{tax_id}`, by their names there."""
        first = path.split("/")[2]
        named = re.findall(r"/(\w+)/\{(\w+)\}", path)
        # Features of products and balance transactions of customers share a folder's name with others.
        return {name: self.ids.get(f"{first} {folder}") or self.ids.get(folder, ABSENT) for folder, name in named}

    def answer(self, endpoint: Endpoint, sent: Mapping[str, Any]) -> StripeError | None:
        """How a call is refused, or None; whatever it does is undone."""
        return undone(self.mock.state, endpoint, self.address(endpoint.path), sent)

    def send(self, method: str, path: str, sent: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body of the answer to a call over the client's transport."""
        return send(self.mock, method, path.format(**self.address(path)), sent)


def undone(state: State, endpoint: Endpoint, ids: dict[str, str], sent: Mapping[str, Any]) -> StripeError | None:
    """How a call is refused, or None; nothing of it is kept."""
    account = authenticate(f"Bearer {DEFAULT_KEY}").account
    try:
        with state.writing(account, base_url=HOST) as call:
            work_of(state, endpoint, dict(ids)).run(call, load(endpoint.params, sent))
            raise Undone
    except Undone:
        return None
    except Kept as kept:
        return kept.error if isinstance(kept.error, StripeError) else api_error(str(kept.error))
    except StripeError as refused:
        return refused
    except Exception as broken:
        # Over the wire such a call is answered with a 500.
        return api_error(f"{type(broken).__name__}: {broken}")


def send(mock: Mock, method: str, address: str, sent: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    """Status and body of the answer to a call, past the client's own checks. Nothing falls due before it."""
    transport = InProcessTransport(mock.app.wsgi_app)
    if parts.has_file(sent):
        media_type, content = parts.encode(sent)
        body, status, _ = transport.send(method, HOST + address, FORM | {"Content-Type": media_type}, content)
        return status, json.loads(body)
    text = wire_form.encode(sent)
    if method == "POST":
        body, status, _ = transport.send(method, HOST + address, FORM, text.encode())
    else:
        body, status, _ = transport.send(method, f"{HOST}{address}?{text}", FORM, b"")
    answer: dict[str, Any] = json.loads(body)
    return status, answer


def snapshot(mock: Mock) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is stored of every account, the log of refused requests excepted."""
    with mock.state.store.reading() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(sa.select(table))), key=repr)
            for table in mock.state.registry.metadata.sorted_tables
        }


def settle(mock: Mock) -> World:
    """One object of each kind, made through the client."""
    client: Any = mock.client.v1
    ids: dict[str, str] = {}
    ids |= _sold(client)
    ids |= _paid(client, ids)
    ids |= _planned(client, ids)
    ids |= _around(client, ids)
    return World(mock, ids)


def _sold(client: Any) -> dict[str, str]:
    product = client.products.create({"name": "Gold"}).id
    price = client.prices.create(
        {"product": product, "currency": "usd", "unit_amount": 2000, "recurring": {"interval": "month"}}
    ).id
    coupon = client.coupons.create({"percent_off": 10, "duration": "once"}).id
    code = client.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon}}).id
    rate = client.tax_rates.create({"display_name": "VAT", "percentage": 19, "inclusive": False}).id
    feature = client.entitlements.features.create({"lookup_key": "gold", "name": "Gold"}).id
    given = client.products.features.create(product, {"entitlement_feature": feature}).id
    meter = client.billing.meters.create(
        {"display_name": "Calls", "event_name": "calls", "default_aggregation": {"formula": "sum"}}
    ).id
    return {
        "products": product,
        "prices": price,
        "plans": price,
        "coupons": coupon,
        "promotion_codes": code,
        "tax_rates": rate,
        "features": feature,
        "products features": given,
        "meters": meter,
    }


def _paid(client: Any, ids: Mapping[str, str]) -> dict[str, str]:
    card = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    customer = client.customers.create({"email": "jenny@example.com", **card}).id
    running = client.subscriptions.create({"customer": customer, "items": [{"price": ids["prices"]}]})
    paid = client.invoices.retrieve(running.latest_invoice)
    payment = client.invoice_payments.list({"invoice": paid.id}).data[0]
    charge = client.charges.list({}).data[0]
    note = client.credit_notes.create({"invoice": paid.id, "amount": 100, "credit_amount": 100}).id
    draft = client.invoices.create({"customer": customer, "currency": "usd"}).id
    line = client.invoices.add_lines(draft, {"lines": [{"amount": 500}]}).lines.data[0].id
    return {
        "customers": customer,
        "customer": customer,
        "payment_methods": client.customers.payment_methods.list(customer).data[0].id,
        "subscriptions": running.id,
        "subscription_items": running["items"].data[0].id,
        "paid": paid.id,
        "invoices": draft,
        "lines": line,
        "invoice_payments": payment.id,
        "paid intent": payment.payment.payment_intent,
        "payment_intents": client.payment_intents.create({"amount": 700, "currency": "usd"}).id,
        "charges": charge.id,
        "balance_transactions": charge.balance_transaction,
        "refunds": client.refunds.create({"charge": charge.id, "amount": 100}).id,
        "credit_notes": note,
        "invoiceitems": client.invoice_items.create({"customer": customer, "amount": 300, "currency": "usd"}).id,
        "customers balance_transactions": client.customers.balance_transactions.list(customer).data[0].id,
    }


def _planned(client: Any, ids: Mapping[str, str]) -> dict[str, str]:
    terms = {"customer": ids["customers"], "start_date": "now"}
    schedule = client.subscription_schedules.create({**terms, "phases": [{"items": [{"price": ids["prices"]}]}]})
    intent = client.setup_intents.create({"customer": ids["customers"]}).id
    return {"subscription_schedules": schedule.id, "setup_intents": intent}


def _around(client: Any, ids: Mapping[str, str]) -> dict[str, str]:
    wanted = {"card_payments": {"requested": True}, "transfers": {"requested": True}}
    account = client.accounts.create({"type": "custom", "country": "US", "capabilities": wanted}).id
    shared = {"transfer_data": {"destination": account}, "application_fee_amount": 100}
    paid = {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    client.payment_intents.create({**paid, **shared, "return_url": "https://shop.example/"})
    options = {"de": {"type": "standard", "standard": {"place_of_supply_scheme": "standard"}}}
    endpoint = {"url": "https://shop.example/hook", "enabled_events": ["*"]}
    return {
        "accounts": account,
        "account": account,
        "capabilities": "transfers",
        "application_fees": client.application_fees.list({}).data[0].id,
        "transfers": client.transfers.list({}).data[0].id,
        "tax_ids": client.customers.tax_ids.create(ids["customers"], {"type": "eu_vat", "value": "DE123456789"}).id,
        "registrations": client.tax.registrations.create(
            {"country": "DE", "country_options": options, "active_from": "now"}
        ).id,
        "test_clocks": client.test_helpers.test_clocks.create({"frozen_time": 1_767_225_600}).id,
        "webhook_endpoints": client.webhook_endpoints.create(endpoint).id,
        "events": client.events.list({}).data[0].id,
        "feedback_options": client.billing.feedback_options.create({"description": "Moved abroad"}).id,
        "configurations": client.billing_portal.configurations.create(
            {"features": {"customer_update": {"enabled": True, "allowed_updates": ["email"]}}}
        ).id,
    }
