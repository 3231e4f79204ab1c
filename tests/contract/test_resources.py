"""Every resource that exists, made and changed through the official client: each answer looks as the package says.

The walk is made once. A resource that it does not reach fails a test, so that a new one finds its way in here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import stripe
from werkzeug.datastructures import Headers

from mock_server.core.resource import Resource
from mock_server.http.transport import InProcessTransport, path_of
from mock_server.resources import registry
from mock_server.testing import Mock
from tests.contract.annotations import class_of, classes_of, item_of, keys_of, object_name
from tests.contract.checkout import check_out
from tests.contract.payments_walk import contest, debit
from tests.contract.platform_walk import connect, share, sign_in
from tests.contract.recorder import check_response

PORTAL = ("billing_portal.configuration", "billing_portal.session")
NOUNS = (*(resource.noun for resource in registry()), *PORTAL)

pytestmark = pytest.mark.xdist_group("contract walk")


@dataclass(frozen=True)
class Answer:
    """What came back to one call. expanded: the call asked for an expansion."""

    method: str
    path: str
    status: int
    body: dict[str, Any]
    expanded: bool

    def nouns(self) -> frozenset[str]:
        """The kinds of all objects in the answer, the expanded and embedded ones included."""
        return frozenset(_nouns(self.body))

    def problems(self) -> list[str]:
        return check_response(self.method, self.path, self.status, self.body, expanded=self.expanded)


def _nouns(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("object"), str):
            yield value["object"]
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _nouns(inner)


class Listening(InProcessTransport):
    """A transport that remembers every answer."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.heard: list[Answer] = []

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[bytes, int, Headers]:
        answer, status, answered = super().send(method, url, headers, body)
        expanded = "expand" in url or b"expand" in body
        self.heard.append(Answer(method.upper(), path_of(url), status, json.loads(answer), expanded))
        return answer, status, answered


@pytest.fixture(scope="module")
def walk() -> list[Answer]:
    """The answers to one call of every kind, and the events that tell of them."""
    mock = Mock()
    transport = Listening(mock.app.wsgi_app)
    client = stripe.StripeClient("sk_test_contract", http_client=transport, max_network_retries=0).v1
    everything(client)
    sign_in(mock, client)
    return transport.heard


def everything(client: Any) -> None:
    """One call of every kind, by the services of an official client."""
    client.webhook_endpoints.create({"url": "https://shop.example/hook", "enabled_events": ["*"]})
    price = sell(client)
    payer = introduce(client)
    subscribe(client, payer, price)
    pass_time(client, price)
    credit(client)
    tax(client, payer, price)
    refund(client)
    contest(client)
    debit(client)
    open_the_portal(client, payer)
    connect(client)
    share(client)
    measure(client)
    check_out(client, price)
    look_at_everything(client, payer)
    part(client, payer)
    list(client.events.list({"limit": 100}).auto_paging_iter())


def sell(client: Any) -> str:
    """Two products, a price of each kind, a coupon; the id of a monthly price."""
    book = client.products.create({"name": "Book", "default_price_data": {"currency": "eur", "unit_amount": 2000}})
    client.products.update(book.id, {"description": "A hundred pages", "metadata": {"shelf": "3"}})
    plan = client.products.create({"name": "Reader"})
    monthly = client.prices.create(
        {"product": plan.id, "currency": "eur", "unit_amount": 1500, "recurring": {"interval": "month"}}
    )
    client.prices.update(monthly.id, {"nickname": "Reader, monthly"})
    client.prices.retrieve(monthly.id, {"expand": ["product"]})
    coupon = client.coupons.create({"percent_off": 25, "duration": "once"})
    client.coupons.update(coupon.id, {"name": "Welcome"})
    client.coupons.delete(client.coupons.create({"amount_off": 500, "currency": "eur"}).id)
    code = client.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon.id}, "code": "WELCOME"})
    client.promotion_codes.update(code.id, {"metadata": {"from": "leaflet"}})
    client.promotion_codes.retrieve(code.id, {"expand": ["promotion.coupon", "restrictions.currency_options"]})
    return str(monthly.id)


def introduce(client: Any) -> str:
    """A customer with address, tax id and card; their id."""
    address = {"line1": "Hauptstr. 1", "postal_code": "10115", "city": "Berlin", "country": "DE"}
    payer = client.customers.create({"name": "Jenny Rosen", "email": "jenny@example.com", "address": address}).id
    client.customers.update(payer, {"phone": "+49 30 1234", "shipping": {"name": "Jenny Rosen", "address": address}})
    client.customers.tax_ids.create(payer, {"type": "eu_vat", "value": "DE123456789"})
    entry = client.customers.balance_transactions.create(payer, {"amount": -100, "currency": "eur"})
    client.customers.balance_transactions.update(payer, entry.id, {"metadata": {"for": "patience"}})
    client.customers.balance_transactions.retrieve(payer, entry.id, {"expand": ["customer"]})
    client.customers.balance_transactions.list(payer)
    card = client.payment_methods.attach("pm_card_visa", {"customer": payer})
    client.payment_methods.update(card.id, {"metadata": {"from": "checkout"}})
    client.customers.update(payer, {"invoice_settings": {"default_payment_method": card.id}})
    intent = client.setup_intents.create({"customer": payer})
    client.setup_intents.confirm(intent.id, {"payment_method": "pm_card_mastercard"})
    client.setup_intents.create({"customer": payer})
    client.customers.retrieve(payer, {"expand": ["invoice_settings.default_payment_method", "tax", "tax_ids"]})
    return str(payer)


def subscribe(client: Any, payer: str, price: str) -> None:
    """One subscription that is paid at once, and one with a trial that is canceled."""
    rate = client.tax_rates.create({"display_name": "USt.", "percentage": 19, "inclusive": False, "country": "DE"}).id
    client.tax_rates.update(rate, {"description": "VAT"})
    item = {"price": price, "tax_rates": [rate]}
    paid = client.subscriptions.create(
        {
            "customer": payer,
            "items": [item],
            "default_tax_rates": [rate],
            "expand": ["latest_invoice.payments"],
        }
    )
    client.subscriptions.update(paid.id, {"items": [{"id": paid.items.data[0].id, "quantity": 2}]})
    client.subscriptions.update(paid.id, {"cancel_at_period_end": True})
    client.subscriptions.retrieve(paid.id, {"expand": ["customer", "default_payment_method", "latest_invoice"]})
    coupon = client.coupons.create({"percent_off": 10, "duration": "forever"}).id
    coupon = client.coupons.create({"percent_off": 10, "duration": "forever"})
    client.subscriptions.update(paid.id, {"discounts": [{"coupon": coupon.id}], "expand": ["discounts"]})
    client.subscriptions.delete_discount(paid.id)
    tried = client.subscriptions.create(
        {
            "customer": payer,
            "items": [{"price": price}],
            "trial_period_days": 7,
            "discounts": [{"coupon": coupon}],
            "expand": ["discounts"],
        }
    )
    client.subscriptions.cancel(tried.id)
    plan_ahead(client, payer, price)


def plan_ahead(client: Any, payer: str, price: str) -> None:
    """A schedule that is changed and released, a preview, a pause, and an invoice by hand."""
    running = client.subscriptions.create({"customer": payer, "items": [{"price": price}]}).id
    client.invoices.create_preview({"subscription": running})
    schedule = client.subscription_schedules.create({"from_subscription": running})
    first = schedule.phases[0]
    wanted = [
        {"start_date": first.start_date, "end_date": first.end_date, "items": [{"price": price}]},
        {"items": [{"price": price, "quantity": 2}]},
    ]
    client.subscription_schedules.update(schedule.id, {"phases": wanted, "expand": ["subscription", "customer"]})
    client.subscription_schedules.list({"expand": ["data.phases.items.price"]})
    client.subscription_schedules.release(schedule.id)
    client.subscriptions.pause(running)
    client.subscriptions.resume(running)
    client.subscriptions.cancel(running)
    made = client.invoices.create({"customer": payer, "currency": "usd"}).id
    line = client.invoices.add_lines(made, {"lines": [{"amount": 500}]}).lines.data[0].id
    client.invoices.line_items.update(made, line, {"description": "Advice"})
    client.invoices.delete(made)


def refund(client: Any) -> None:
    """A part of the newest payment goes back."""
    paid = client.charges.list().data[0]
    made = client.refunds.create({"charge": paid.id, "amount": 100, "expand": ["balance_transaction", "charge"]})
    client.refunds.update(made.id, {"metadata": {"for": "a torn page"}})
    client.charges.retrieve(paid.id, {"expand": ["refunds", "balance_transaction"]})
    client.balance_transactions.list({"source": paid.id, "expand": ["data.source"]})


def tax(client: Any, payer: str, price: str) -> None:
    """Tax is worked out automatically for a subscription in Germany."""
    client.tax.settings.update(
        {"head_office": {"address": {"country": "DE"}}, "defaults": {"tax_behavior": "inclusive"}}
    )
    client.tax.settings.retrieve()
    options = {"de": {"type": "standard", "standard": {"place_of_supply_scheme": "standard"}}}
    sent = {"country": "DE", "country_options": options, "active_from": "now"}
    made = client.tax.registrations.create(sent)
    client.tax.registrations.retrieve(made.id)
    client.tax.registrations.list({"status": "active"})
    sent = {"customer": payer, "items": [{"price": price}], "automatic_tax": {"enabled": True}}
    client.subscriptions.create({**sent, "expand": ["latest_invoice"]})
    client.tax.registrations.update(made.id, {"expires_at": "now"})


def credit(client: Any) -> None:
    """A part of the newest paid invoice is taken back, as credit and as a refund."""
    paid = next(one for one in client.invoices.list({"status": "paid"}).data if one.amount_paid > 1000)
    line = next(line for line in paid.lines.data if line.amount > 500)
    lines = [{"type": "invoice_line_item", "invoice_line_item": line.id, "amount": 400}]
    params = {"invoice": paid.id, "lines": lines, "credit_amount": 100}
    tax = sum(400 * one.amount // line.amount for one in line.taxes if one.tax_behavior == "exclusive")
    params["refund_amount"] = 300 + tax
    client.credit_notes.preview(params)
    client.credit_notes.preview_lines.list(params)
    made = client.credit_notes.create({**params, "expand": ["customer_balance_transaction", "invoice"]})
    client.credit_notes.update(made.id, {"memo": "Sorry"})
    client.credit_notes.line_items.list(made.id)
    client.credit_notes.retrieve(made.id, {"expand": ["refunds.refund"]})


def open_the_portal(client: Any, payer: str) -> None:
    """A configuration and a session with it."""
    configuration = client.billing_portal.configurations.create(
        {"features": {"customer_update": {"enabled": True, "allowed_updates": ["email"]}}}
    )
    client.billing_portal.configurations.update(configuration.id, {"business_profile": {"headline": "Welcome"}})
    client.billing_portal.configurations.list()
    client.billing_portal.sessions.create({"customer": payer, "configuration": configuration.id})


def pass_time(client: Any, price: str) -> None:
    """A renewal on a test clock, announced and paid."""
    start = 1_767_225_600
    clock = client.test_helpers.test_clocks.create({"frozen_time": start, "name": "January"}).id
    method = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    payer = client.customers.create({"test_clock": clock, **method}).id
    client.subscriptions.create({"customer": payer, "items": [{"price": price}]})
    for days in (25, 32):
        client.test_helpers.test_clocks.advance(clock, {"frozen_time": start + days * 86_400})
        client.test_helpers.test_clocks.retrieve(clock, {})
    client.customers.list({"test_clock": clock})
    client.test_helpers.test_clocks.list({})
    client.test_helpers.test_clocks.delete(clock)


def measure(client: Any) -> None:
    """A plan by use whose product brings a feature, and its buyer, whose use is counted and taken back."""
    counted = client.billing.meters.create(
        {"display_name": "Calls", "event_name": "calls", "default_aggregation": {"formula": "sum"}}
    )
    client.billing.meters.retrieve(counted.id)
    terms = {"interval": "month", "usage_type": "metered", "meter": counted.id}
    made = client.plans.create({"currency": "usd", "amount": 5, "product": {"name": "Calls"}, **terms})
    client.plans.retrieve(made.id, {"expand": ["tiers", "product"]})
    feature = client.entitlements.features.create({"lookup_key": "calls", "name": "Calls"})
    client.products.features.create(made.product, {"entitlement_feature": feature.id})
    client.products.features.list(made.product)
    payer = client.customers.create({"payment_method": "pm_card_visa"}).id
    client.subscriptions.create({"customer": payer, "items": [{"price": made.id}]})
    client.entitlements.active_entitlements.list({"customer": payer, "expand": ["data.feature"]})
    payload = {"stripe_customer_id": payer, "value": "3"}
    client.billing.meter_events.create({"event_name": "calls", "payload": payload, "identifier": "first"})
    hour = int(client.customers.retrieve(payer).created) // 3_600 * 3_600
    client.billing.meters.event_summaries.list(
        counted.id, {"customer": payer, "start_time": hour, "end_time": hour + 86_400}
    )
    undo = {"event_name": "calls", "type": "cancel", "cancel": {"identifier": "first"}}
    client.billing.meter_event_adjustments.create(undo)
    reason = client.billing.feedback_options.create({"description": "Moved abroad"})
    client.billing.feedback_options.deactivate(reason.id)
    client.customer_sessions.create({"customer": payer, "components": {"payment_element": {"enabled": True}}})
    client.customers.payment_sources.list(payer)


def look_at_everything(client: Any, payer: str) -> None:
    """The first of each list once more by its id."""
    for service, params in (
        (client.customers, {}),
        (client.products, {}),
        (client.prices, {}),
        (client.coupons, {}),
        (client.subscriptions, {"status": "all"}),
        (client.invoices, {}),
        (client.payment_intents, {}),
        (client.charges, {}),
        (client.refunds, {}),
        (client.tax_codes, {}),
        (client.tax_rates, {}),
        (client.balance_transactions, {}),
        (client.setup_intents, {}),
        (client.webhook_endpoints, {}),
        (client.events, {}),
    ):
        service.retrieve(service.list(params).data[0].id)
    for invoice in client.invoices.list().data:
        client.invoices.line_items.list(invoice.id)
        client.invoice_payments.list({"invoice": invoice.id})
    client.customers.tax_ids.list(payer)
    for card in client.customers.payment_methods.list(payer).data:
        client.payment_methods.retrieve(card.id, {"expand": ["customer"]})
    for running in client.subscriptions.list().data:
        client.subscription_items.list({"subscription": running.id})


def part(client: Any, payer: str) -> None:
    """The customer goes: what can be detached and deleted is."""
    tax_id = client.customers.tax_ids.list(payer).data[0]
    client.customers.tax_ids.delete(payer, tax_id.id)
    client.payment_methods.detach(client.customers.payment_methods.list(payer).data[-1].id)
    client.customers.delete(payer)
    client.customers.retrieve(payer)
    client.webhook_endpoints.delete(client.webhook_endpoints.list().data[0].id)


@pytest.mark.parametrize("noun", NOUNS)
def test_every_object_of_this_kind_looks_as_the_package_says(noun: str, walk: list[Answer]) -> None:
    answers = [answer for answer in walk if noun in answer.nouns()]
    assert answers, f"the walk reaches no {noun}"
    wrong = sorted({problem for answer in answers for problem in answer.problems()})
    assert not wrong, "\n".join(wrong)


def test_the_walk_is_answered_without_an_error(walk: list[Answer]) -> None:
    assert not [answer for answer in walk if answer.status >= 400]


@pytest.mark.parametrize("resource", list(registry()), ids=lambda resource: resource.noun)
def test_what_a_resource_expands_is_expandable_in_the_package(resource: Resource) -> None:
    for path, noun in (resource.expands | resource.embeds).items():
        assert noun in nouns_at(resource.noun, path), f"{resource.noun}.{path} is no {noun} in the package"
    for key, included in resource.includes.items():
        assert included.noun in nouns_at(resource.noun, key), f"{resource.noun}.{key} is no list of {included.noun}"


def nouns_at(noun: str, path: str) -> set[str | None]:
    """The kinds of objects that the package knows at a dotted path of an object, those in lists and arrays included."""
    cls = class_of(noun)
    classes = (cls,) if cls else ()
    for key in path.split("."):
        hints = [keys_of(cls)[key] for cls in classes if key in keys_of(cls)]
        if not hints and key == "data":
            continue
        classes = tuple(cls for hint in hints for cls in classes_of((item_of(hint) or ("", hint))[1]))
    return {object_name(cls) for cls in classes}
