"""What the review of a change says is what its invoices ask for, to the cent.

The changes are made up from a seed: plans, quantities, discounts, taxes, trials, anchors, balances, both billing modes,
and every way in which a configuration bills a change. Each goes through the portal's own pages.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import pytest

from flask_portal import security
from tests.journeys.plans import EVERY_KIND, QUOTE, PlanShop, review
from tests.journeys.shop import Reader

DAY = 86400
IN_A_GROUP = 25
GROUPS = 8

MODES = ("classic", "flexible")
PRORATIONS = ("none", "create_prorations", "always_invoice", "always_invoice")
CONDITIONS: tuple[list[dict[str, str]], ...] = (
    [],
    [],
    [{"type": "decreasing_item_amount"}],
    [{"type": "decreasing_item_amount"}, {"type": "shortening_interval"}],
)
COUPONS: tuple[dict[str, Any], ...] = (
    {"percent_off": 10, "duration": "forever"},
    {"percent_off": 33, "duration": "repeating", "duration_in_months": 4},
    {"amount_off": 500, "currency": "usd", "duration": "forever"},
    {"percent_off": 50, "duration": "once"},
)
RATES: tuple[dict[str, Any], ...] = (
    {"percentage": 19, "inclusive": False},
    {"percentage": 7.7, "inclusive": False},
    {"percentage": 20, "inclusive": True},
)


@dataclass
class Case:
    """One reader, and the change that was quoted.  asked: for messages. held: what the quote says."""

    reader: Reader
    asked: str
    known: set[str]
    held: dict[str, Any]


class Market(PlanShop):
    """Many plans, and what can be combined with them."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self.dice = dice
        self.odd = self.price_of(self.plus, 1999, interval="week")
        self.plans = [self.monthly, self.yearly, self.larger, self.odd]
        self.coupons = [self.client.v1.coupons.create(dict(coupon)).id for coupon in COUPONS]  # type: ignore[arg-type]
        self.rates = [self._rate(rate) for rate in RATES]
        code: Any = {"code": "MORE", "promotion": {"type": "coupon", "coupon": self.coupons[0]}}
        self.client.v1.promotion_codes.create(code)
        self.configurations = [self._configuration() for _ in range(6)]

    def _rate(self, rate: dict[str, Any]) -> str:
        given: Any = {"display_name": "VAT", **rate}
        return self.client.v1.tax_rates.create(given).id

    def _configuration(self) -> tuple[str, str]:
        """The id, and what it says."""
        dice = self.dice
        products = [
            {"product": self.magazine, "prices": [self.monthly, self.yearly]},
            {"product": self.plus, "prices": [self.larger, self.odd]},
        ]
        feature = {
            "billing_cycle_anchor": dice.choice(("unchanged", "unchanged", "now")),
            "default_allowed_updates": EVERY_KIND,
            "products": products,
            "proration_behavior": dice.choice(PRORATIONS),
            "schedule_at_period_end": {"conditions": dice.choice(CONDITIONS)},
            "trial_update_behavior": dice.choice(("end_trial", "continue_trial")),
        }
        said = {name: value for name, value in feature.items() if name not in ("products", "default_allowed_updates")}
        return self.offering(**feature), str(said)

    def terms(self) -> dict[str, Any]:
        """Of a new subscription."""
        dice = self.dice
        terms: dict[str, Any] = {"billing_mode": {"type": dice.choice(MODES)}}
        if dice.random() < 0.4:
            terms["discounts"] = [{"coupon": dice.choice(self.coupons[1:])}]
        if dice.random() < 0.4:
            terms["default_tax_rates"] = [dice.choice(self.rates)]
        kind = dice.random()
        if kind < 0.2:
            terms["trial_period_days"] = dice.randint(10, 30)
        elif kind < 0.4:
            terms["billing_cycle_anchor"] = self.mock.clock.now + dice.randint(3, 6) * DAY
        return terms

    def joined(self, name: str) -> tuple[Reader, dict[str, Any]]:
        price, terms = self.dice.choice(self.plans), self.terms()
        customer = self.customer(f"{name}@example.com")
        items: Any = [{"price": price, "quantity": self.dice.randint(1, 3)}]
        made: Any = {"customer": customer, "items": items, **terms}
        reader = Reader(customer, self.client.v1.subscriptions.create(made).id)
        if self.dice.random() < 0.2:
            self.client.v1.customers.update(customer, {"balance": self.dice.choice((-700, -9000, 450))})
        return reader, {"price": self.plans.index(price), **terms}

    def quoted(self, reader: Reader, joined: dict[str, Any]) -> Case:
        """Review a change in the portal, and make it."""
        dice = self.dice
        configuration, said = dice.choice(self.configurations)
        price, quantity = self.has(reader)
        wanted = dice.choice([each for each in self.plans if each != price])
        chosen: dict[str, str | int] = {"price": wanted, "quantity": dice.randint(1, 5)}
        if dice.random() < 0.2:
            chosen["code"] = "MORE"
        known = {str(invoice.id) for invoice in self.invoices(reader)}
        page = self.visit(reader, configuration=configuration)
        review(page, reader, **chosen)
        asked = f"{joined} x{quantity} -> {self.plans.index(wanted)} {chosen} under {said}"
        assert page.status == 200, asked + page.said
        held = security.unseal(self.mock.app.secret_key or "", page.form(QUOTE)[1]["quote"], "quote")
        page.submit(QUOTE)
        assert page.path.endswith("/update/result"), asked + page.said
        return Case(reader, asked, known, held)

    def charged(self, case: Case) -> list[int]:
        """What the invoices since then ask for, oldest first."""
        made = [invoice for invoice in self.invoices(case.reader) if invoice.id not in case.known]
        return [invoice.amount_due for invoice in reversed(made)]


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, GROUPS))])
def test_the_quote_of_a_change_equals_its_invoices_to_the_cent(seed: int) -> None:
    market = Market(random.Random(seed))
    readers = [market.joined(f"reader{number}") for number in range(IN_A_GROUP)]
    market.mock.clock.advance(market.dice.randint(1, 6 * DAY) + 3600)
    cases = [market.quoted(*each) for each in readers]
    today = {case.asked: market.charged(case) for case in cases}
    wrong = [
        f"{case.held['today']} quoted, {today[case.asked]} charged: {case.asked}"
        for case in cases
        if sum(today[case.asked]) != case.held["today"]
    ]
    market.mock.clock.advance(33 * DAY)
    compared = 0
    for case in cases:
        later = market.charged(case)[len(today[case.asked]) :]
        if later and case.held["next"] is not None:
            compared += 1
            if later[0] != case.held["next"]:
                wrong.append(f"next {case.held['next']} quoted, {later} charged: {case.asked}")
    assert not wrong, "\n".join(wrong)
    assert compared > IN_A_GROUP // 3
