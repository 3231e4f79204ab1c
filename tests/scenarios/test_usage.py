"""What is billed by use and by tiers: calls that a meter counts, and seats that get cheaper.

Graduated: each unit costs what its own tier says. Volume: all units cost what the tier of the last one says.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.resources.sales import change, invoice_of, item_of, lines_of, price, subscribe

from .diary import COLLECTED, NEXT_PERIOD, Begin, Diary, at

TIERS: Any = [
    {"up_to": 10, "unit_amount": 100},
    {"up_to": 50, "unit_amount": 60, "flat_amount": 500},
    {"up_to": "inf", "unit_amount_decimal": "12.5"},
]


def metered(diary: Diary, **terms: Any) -> str:
    """The id of a monthly price for calls that a new meter adds up."""
    counted = diary.shop.v1.billing.meters.create(
        {"display_name": "Calls", "event_name": "calls", "default_aggregation": {"formula": "sum"}}
    )
    recurring = {"interval": "month", "usage_type": "metered", "meter": counted.id}
    return price(diary.shop, 3, "Calls", recurring=recurring, **terms)


def use(diary: Diary, customer: str, calls: int, when: str) -> None:
    """Go on to a moment, at which so many calls are made."""
    diary.to(when)
    payload = {"stripe_customer_id": customer, "value": str(calls)}
    diary.shop.v1.billing.meter_events.create({"event_name": "calls", "payload": payload, "timestamp": at(when)})


def test_calls_are_billed_when_their_month_is_over(begin: Begin) -> None:
    diary = begin("2026-01-01")
    shop, jenny = diary.shop, diary.customer()
    base, calls = price(shop, 2000), metered(diary)

    # 1 January: the base is paid ahead, calls afterwards
    made = subscribe(shop, jenny, base, calls)
    assert invoice_of(shop, made).amount_paid == 2000

    # 10 and 20 January: 400 calls and 250
    use(diary, jenny, 400, "2026-01-10")
    use(diary, jenny, 250, "2026-01-20")

    # 1 February: the base for February, and 650 calls of January at 3 cents
    diary.to("2026-02-01T01:00", "invoice.upcoming", *NEXT_PERIOD, *COLLECTED)
    assert sorted(amount for amount, _ in lines_of(invoice_of(shop, made))) == [1950, 2000]
    assert invoice_of(shop, made).amount_paid == 3950

    # 1 March: nobody called in February
    diary.to("2026-03-01T01:00", "invoice.upcoming", *NEXT_PERIOD, *COLLECTED)
    assert invoice_of(shop, made).amount_paid == 2000

    # 5 March: 100 calls; 6 March: she leaves with the month, and 1 April bills them
    use(diary, jenny, 100, "2026-03-05")
    change(shop, made, cancel_at_period_end=True)
    diary.quietly("2026-04-01T01:00")
    assert diary.again(made).status == "canceled"
    assert invoice_of(shop, made).amount_paid == 300


@pytest.mark.parametrize(
    ("mode", "calls", "amount"),
    [
        pytest.param("graduated", 10, 1000, id="graduated, the first tier: 10 * 1.00"),
        pytest.param("graduated", 11, 1560, id="graduated, into the second: 10.00 + 5.00 + 0.60"),
        pytest.param("graduated", 60, 4025, id="graduated, all three: 10.00 + 5.00 + 24.00 + 1.25"),
        pytest.param("volume", 10, 1000, id="volume, the first tier: 10 * 1.00"),
        pytest.param("volume", 11, 1160, id="volume, the second: 5.00 + 11 * 0.60"),
        pytest.param("volume", 61, 763, id="volume, the third: 61 * 12.5 cents, rounded up once"),
    ],
)
def test_calls_get_cheaper_by_tiers(begin: Begin, mode: str, calls: int, amount: int) -> None:
    diary = begin("2026-01-01")
    jenny = diary.customer()
    made = subscribe(diary.shop, jenny, metered(diary, billing_scheme="tiered", tiers_mode=mode, tiers=TIERS))
    use(diary, jenny, calls, "2026-01-15")
    diary.quietly("2026-02-01T01:00")
    assert invoice_of(diary.shop, made).amount_paid == amount


def test_seats_move_between_tiers_in_mid_month(begin: Begin) -> None:
    diary = begin("2026-04-01")
    shop = diary.shop
    seats = price(shop, billing_scheme="tiered", tiers_mode="volume", tiers=TIERS)

    # 1 April: 10 seats at 1.00
    params: Any = {"customer": diary.customer(), "items": [{"price": seats, "quantity": 10}]}
    made = shop.v1.subscriptions.create(params)
    assert invoice_of(shop, made).amount_paid == 1000

    # 16 April: 20 seats cost 5.00 + 20 * 0.60 = 17.00; half of the month: 8.50 - 5.00
    diary.to("2026-04-16")
    items = [{"id": item_of(made).id, "quantity": 20}]
    change(shop, made, items=items, proration_behavior="always_invoice")
    assert sorted(amount for amount, _ in lines_of(invoice_of(shop, made))) == [-500, 850]
    assert invoice_of(shop, made).amount_paid == 350

    # 1 May: the whole month
    diary.to("2026-05-01T01:00", "invoice.upcoming", *NEXT_PERIOD, *COLLECTED)
    assert invoice_of(shop, made).amount_paid == 1700
