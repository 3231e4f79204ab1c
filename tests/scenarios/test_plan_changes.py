"""Changes of a plan in the middle of a month: what is billed at once, and what with the next renewal.

April has 30 days, so on the 16th half of the month is left; a year from 16 April 2031 has 366 days.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mock_server.http.transport import InProcessTransport
from mock_server.testing import Mock
from tests.contract.recorder import watched
from tests.resources.sales import change, invoice_of, item_of, payer, price, subscribe


@pytest.fixture
def mock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mock]:
    """An empty mock on the first of April 2031; each answer is held against the contract."""
    monkeypatch.setattr(InProcessTransport, "send", watched(InProcessTransport.send))
    made = Mock()
    made.clock.to("2031-04-01")
    yield made
    made.reset()


UNCHANGED, NOW = "unchanged", "now"

UPGRADES = [
    pytest.param(UNCHANGED, "create_prorations", None, 7500, id="waits: 6000 - 1500 + 3000"),
    pytest.param(UNCHANGED, "always_invoice", 1500, 6000, id="at once: 3000 - 1500"),
    pytest.param(UNCHANGED, "none", None, 6000, id="free until the next month"),
    pytest.param(NOW, "create_prorations", 4500, 6000, id="a new month: 6000 - 1500"),
    pytest.param(NOW, "always_invoice", 4500, 6000, id="a new month, invoiced: 6000 - 1500"),
    pytest.param(NOW, "none", 6000, 6000, id="a new month in full"),
]

DOWNGRADES = [
    pytest.param(UNCHANGED, "create_prorations", None, 0, id="waits: 1000 - 1500 + 500"),
    pytest.param(UNCHANGED, "always_invoice", -1000, 0, id="on the balance: 500 - 1500, which pays for May"),
    pytest.param(UNCHANGED, "none", None, 1000, id="the cheaper month comes next"),
    pytest.param(NOW, "create_prorations", -500, 500, id="a new month: 1000 - 1500, then 1000 - 500"),
    pytest.param(NOW, "always_invoice", -500, 500, id="a new month, invoiced: 1000 - 1500, then 1000 - 500"),
    pytest.param(NOW, "none", 1000, 1000, id="a new month in full"),
]


def switch(mock: Mock, mode: str, cost: int, anchor: str, behavior: str) -> tuple[int | None, int]:
    """From 30 dollars a month to `cost` on the 16th: the total at once, if any, and what the next renewal charges."""
    shop = mock.client
    made = subscribe(shop, payer(shop), price(shop, 3000), billing_mode={"type": mode})
    mock.clock.to("2031-04-16")
    items = [{"id": item_of(made).id, "price": price(shop, cost, "Other")}]
    change(shop, made, items=items, proration_behavior=behavior, billing_cycle_anchor={"type": anchor})
    invoice = invoice_of(shop, made)
    at_once = None if invoice.id == made.latest_invoice else invoice.total
    mock.clock.to("2031-05-01T02:00" if anchor == UNCHANGED else "2031-05-16T02:00")
    renewal = invoice_of(shop, made)
    assert (renewal.billing_reason, renewal.status) == ("subscription_cycle", "paid")
    return at_once, renewal.amount_due


@pytest.mark.parametrize("mode", ["classic", "flexible"])
@pytest.mark.parametrize(("anchor", "behavior", "at_once", "renewal"), UPGRADES)
def test_an_upgrade_in_mid_month(
    mock: Mock, mode: str, anchor: str, behavior: str, at_once: int | None, renewal: int
) -> None:
    assert switch(mock, mode, 6000, anchor, behavior) == (at_once, renewal)


@pytest.mark.parametrize("mode", ["classic", "flexible"])
@pytest.mark.parametrize(("anchor", "behavior", "at_once", "renewal"), DOWNGRADES)
def test_a_downgrade_in_mid_month(
    mock: Mock, mode: str, anchor: str, behavior: str, at_once: int | None, renewal: int
) -> None:
    assert switch(mock, mode, 1000, anchor, behavior) == (at_once, renewal)


@pytest.mark.parametrize("mode", ["classic", "flexible"])
def test_monthly_becomes_yearly_and_monthly_again(mock: Mock, mode: str) -> None:
    shop = mock.client
    monthly, yearly = price(shop, 3000), price(shop, 30000, recurring={"interval": "year"})
    jenny = payer(shop)
    made = subscribe(shop, jenny, monthly, billing_mode={"type": mode})
    anew: Any = {"billing_cycle_anchor": {"type": "now"}}

    # 16 April: half of the month comes back, and a year begins
    mock.clock.to("2031-04-16")
    change(shop, made, items=[{"id": item_of(made).id, "price": yearly}], **anew)
    assert invoice_of(shop, made).amount_paid == 28500, "30000 - 1500"

    # 16 May: 336 of 366 days come back, and a month begins
    mock.clock.to("2031-05-16")
    change(shop, made, items=[{"id": item_of(made).id, "price": monthly}], **anew)
    assert invoice_of(shop, made).total == -24541, "3000 - 30000 * 336/366"
    assert shop.v1.customers.retrieve(jenny).balance == -24541

    # 16 June: the balance pays
    mock.clock.to("2031-06-16T02:00")
    assert invoice_of(shop, made).amount_due == 0
    assert shop.v1.customers.retrieve(jenny).balance == -21541


@pytest.mark.parametrize("mode", ["classic", "flexible"])
def test_a_change_and_its_reversal_in_the_same_second_cost_nothing(mock: Mock, mode: str) -> None:
    shop = mock.client
    made = subscribe(shop, payer(shop), price(shop, 3000), billing_mode={"type": mode})
    mock.clock.to("2031-04-11")
    at = mock.clock.now
    for quantity in (3, 1):
        change(shop, made, items=[{"id": item_of(made).id, "quantity": quantity}], proration_date=at)
    mock.clock.to("2031-05-01T02:00")
    assert invoice_of(shop, made).total == 3000
