"""Every kind of thing that happens by itself, killed in the middle: it goes on where it stopped, and happens once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import stripe

from mock_server.core import due
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource
from mock_server.resources import registry
from mock_server.testing import Mock
from tests.resources.sales import DAY, HOUR, change, payer, price, subscribe
from tests.resources.schedules import create, phase
from tests.resources.test_microdeposits import waiting

Begin = Callable[[stripe.StripeClient], object]
START = "2028-01-10T00:00:00"
DAYS = 68
"""Two renewals, the retries of each with their final action, and the first day of a card's last month."""
AGREED: Any = {"customer_acceptance": {"type": "offline"}}


def renewal(shop: stripe.StripeClient) -> None:
    subscribe(shop, payer(shop), price(shop))


def trial(shop: stripe.StripeClient) -> None:
    subscribe(shop, payer(shop), price(shop), trial_period_days=10)


def retries(shop: stripe.StripeClient) -> None:
    """A card that is attached, and declined from then on."""
    jenny = payer(shop, None)
    method = shop.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": jenny}).id
    subscribe(shop, jenny, price(shop), trial_period_days=1, default_payment_method=method)


def incomplete(shop: stripe.StripeClient) -> None:
    subscribe(shop, payer(shop), price(shop), payment_behavior="default_incomplete")


def phases(shop: stripe.StripeClient) -> None:
    several = [phase(price(shop)), phase(price(shop, 500))]
    create(shop, customer=payer(shop), start_date="now", end_behavior="cancel", phases=several)


def coupon(shop: stripe.StripeClient) -> None:
    made = shop.v1.coupons.create({"percent_off": 50, "duration": "repeating", "duration_in_months": 1}).id
    subscribe(shop, payer(shop), price(shop), discounts=[{"coupon": made}])


def end(shop: stripe.StripeClient) -> None:
    made = subscribe(shop, payer(shop), price(shop))
    change(shop, made, cancel_at=made.created + 40 * DAY)


def by_mail(shop: stripe.StripeClient) -> None:
    subscribe(shop, payer(shop, None), price(shop), collection_method="send_invoice", days_until_due=5)


def expiring_card(shop: stripe.StripeClient) -> None:
    card: Any = {"type": "card", "card": {"number": "4242424242424242", "exp_month": 3, "exp_year": 2028}}
    shop.v1.payment_methods.attach(shop.v1.payment_methods.create(card).id, {"customer": payer(shop, None)})


def debit(shop: stripe.StripeClient) -> None:
    """A bank that takes its time, and accepts a mandate before."""
    params: Any = {"allowed_payment_method_types": ["bacs_debit"], "payment_method": "pm_bacsDebit_success"}
    paid: Any = {"amount": 900, "currency": "gbp", "confirm": True, "mandate_data": AGREED, "customer": payer(shop)}
    shop.v1.payment_intents.create(params | paid | {"setup_future_usage": "off_session"})


def slow_refund(shop: stripe.StripeClient) -> None:
    paid: Any = {"amount": 900, "currency": "usd", "confirm": True, "payment_method": "pm_card_pendingRefund"}
    made = shop.v1.payment_intents.create(paid | {"allowed_payment_method_types": ["card"]})
    shop.v1.refunds.create({"payment_intent": made.id})


def dispute(shop: stripe.StripeClient) -> None:
    paid: Any = {"amount": 900, "currency": "usd", "confirm": True, "payment_method": "pm_card_createDispute"}
    shop.v1.payment_intents.create(paid | {"allowed_payment_method_types": ["card"]})


def deposits(shop: stripe.StripeClient) -> None:
    """Nobody tells what has arrived at the bank account."""
    waiting(shop)


def checkout(shop: stripe.StripeClient) -> None:
    once: Any = {"price_data": {"currency": "usd", "unit_amount": 900, "product_data": {"name": "Book"}}}
    params: Any = {"mode": "payment", "success_url": "https://shop.example/done"}
    shop.v1.checkout.sessions.create(params | {"line_items": [once | {"quantity": 1}]})


def code(shop: stripe.StripeClient) -> None:
    made = shop.v1.coupons.create({"percent_off": 50, "duration": "once"}).id
    soon = shop.v1.customers.create({}).created + DAY
    shop.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": made}, "expires_at": soon})


def tax_id(shop: stripe.StripeClient) -> None:
    shop.v1.customers.tax_ids.create(payer(shop), {"type": "eu_vat", "value": "DE123456789"})


def old_clock(shop: stripe.StripeClient) -> None:
    shop.v1.test_helpers.test_clocks.create({"frozen_time": 1_767_225_600})


@pytest.fixture(scope="module")
def used_mock() -> Mock:
    """One for all tests: emptying it is quicker than making another."""
    return Mock()


@pytest.fixture
def mock(used_mock: Mock) -> Mock:
    used_mock.reset()
    return used_mock


class Killed(BaseException):
    """The process ends here, so nothing of the transaction is left: nobody can catch this and go on."""


@dataclass
class Reaper:
    """Lets each step be done once, and be lost before it is committed. nouns: what it has met."""

    seen: set[tuple[str, int, int]] = field(default_factory=set)
    times: Counter[tuple[str, int]] = field(default_factory=Counter)
    nouns: set[str] = field(default_factory=set)

    def stand_beside(self, resource: Resource, monkeypatch: pytest.MonkeyPatch) -> None:
        """From here on, every second attempt of what this resource has to do at a moment is the one that lasts."""
        real = resource.when_due
        assert real is not None

        def dies(call: Call, body: Body) -> None:
            id: str = body["id"]
            real(call, body)
            self.times[id, call.now] += 1
            if self.times[id, call.now] % 2:
                self.nouns.add(resource.noun)
                raise Killed

        monkeypatch.setattr(resource, "when_due", dies)


def story(mock: Mock) -> list[tuple[Any, ...]]:
    """What was told from the first event on: type, day since the start, and money or state of its object."""
    told = mock.events
    facts = ("status", "amount", "amount_due", "amount_paid", "balance", "active")
    return [
        (one.type, (one.created - told[0].created) // DAY, *(one.data.object.to_dict().get(name) for name in facts))
        for one in told
    ]


def live(mock: Mock, days: int) -> int:
    """Let days pass as a worker does, and another one after it as often as one is killed; how often that was."""
    mock.state.clock.shift(days * DAY + 2 * HOUR)
    killed = 0
    while True:
        try:
            due.advance_live(mock.state)
        except Killed:
            killed += 1
        else:
            return killed


KINDS: list[Any] = [
    pytest.param(renewal, {"invoice.upcoming": 2, "invoice.paid": 3}, {"subscription", "invoice"}, id="renewals"),
    pytest.param(trial, {"customer.subscription.trial_will_end": 1}, {"subscription", "invoice"}, id="a trial"),
    pytest.param(
        retries,
        {"invoice.payment_failed": 9, "customer.subscription.deleted": 1},
        {"subscription", "invoice"},
        id="retries and the final action",
    ),
    pytest.param(incomplete, {"invoice.voided": 1, "payment_intent.canceled": 1}, {"subscription"}, id="23 hours"),
    pytest.param(phases, {"subscription_schedule.completed": 1}, {"subscription_schedule", "invoice"}, id="phases"),
    pytest.param(coupon, {"customer.discount.deleted": 1}, {"discount"}, id="a coupon's end"),
    pytest.param(end, {"customer.subscription.deleted": 1}, {"subscription"}, id="an end"),
    pytest.param(by_mail, {"invoice.sent": 3, "invoice.overdue": 3}, {"invoice"}, id="invoices by mail"),
    pytest.param(expiring_card, {"customer.source.expiring": 1}, {"payment_method"}, id="an expiring card"),
    pytest.param(debit, {"mandate.updated": 1, "charge.succeeded": 1}, {"mandate", "payment_intent"}, id="a debit"),
    pytest.param(slow_refund, {"refund.updated": 1}, {"refund"}, id="a refund that arrives later"),
    pytest.param(dispute, {"charge.dispute.closed": 1}, {"charge", "dispute"}, id="a dispute that nobody answers"),
    pytest.param(deposits, {"setup_intent.setup_failed": 1}, {"setup_intent"}, id="deposits that nobody verifies"),
    pytest.param(checkout, {"checkout.session.expired": 1}, {"checkout.session"}, id="a session that nobody pays"),
    pytest.param(code, {"promotion_code.updated": 1}, {"promotion_code"}, id="a code that ends"),
    pytest.param(tax_id, {"customer.tax_id.updated": 1}, {"tax_id"}, id="a tax id that is verified"),
    pytest.param(old_clock, {"test_helpers.test_clock.deleted": 1}, {"test_helpers.test_clock"}, id="an old clock"),
]


@pytest.mark.parametrize(("begin", "told", "nouns"), KINDS)
def test_what_falls_due_goes_on_after_a_kill_and_happens_once(
    mock: Mock, monkeypatch: pytest.MonkeyPatch, begin: Begin, told: dict[str, int], nouns: set[str]
) -> None:
    mock.clock.to(START)
    begin(mock.client)
    assert live(mock, DAYS) == 0
    undisturbed = story(mock)
    counted = Counter(fact[0] for fact in undisturbed)
    assert {kind: counted[kind] for kind in told} == told

    mock.reset()
    mock.clock.to(START)
    begin(mock.client)
    reaper = Reaper()
    for resource in mock.state.registry:
        if resource.when_due is not None:
            reaper.stand_beside(resource, monkeypatch)
    assert live(mock, DAYS) >= len(nouns)
    assert nouns <= reaper.nouns
    assert story(mock) == undisturbed


def test_every_resource_to_which_something_happens_by_itself_is_killed_above() -> None:
    killed = set().union(*(kind.values[2] for kind in KINDS))
    assert killed == {resource.noun for resource in registry() if resource.when_due is not None}
