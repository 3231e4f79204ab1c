"""A subscription that stands still and goes on, and invoices that are not collected for a while.

April has 30 days, May 31.
"""

from __future__ import annotations

import pytest

from tests.resources.sales import change, invoice_of, item_of, price, subscribe

from .diary import COLLECTED, NEXT_PERIOD, PAID, Begin, at

ASKED = ("invoice.finalized", "payment_intent.created")


def test_a_pause_from_spring_to_summer(begin: Begin) -> None:
    diary = begin("2026-04-01")
    shop, mock = diary.shop, diary.mock
    jenny, gold = diary.customer(), price(shop, 3000)
    made = subscribe(shop, jenny, gold)

    # 11 April: she pauses; 20 of 30 days are left: 30.00 * 20/30 = 20.00 wait for her
    diary.to("2026-04-11")
    with mock.expect_events("invoiceitem.created", "customer.subscription.updated", "customer.subscription.paused"):
        shop.v1.subscriptions.pause(made.id)
    assert diary.again(made).status == "paused"

    # 1 May and 1 June: nothing is announced, and nothing is billed
    diary.to("2026-06-08")

    # 8 June: she comes back; a month begins, and costs 30.00 - 20.00
    with mock.expect_events(
        "invoice.created",
        "invoice.finalized",
        *PAID,
        "customer.subscription.updated",
        "customer.subscription.resumed",
    ):
        shop.v1.subscriptions.resume(made.id)
    again = diary.again(made)
    assert (again.status, invoice_of(shop, made).amount_paid) == ("active", 1000)
    assert (item_of(again).current_period_start, item_of(again).current_period_end) == (
        at("2026-06-08"),
        at("2026-07-08"),
    )

    # 8 July: the next month is paid in full
    diary.to("2026-07-08T01:00", "invoice.upcoming", *NEXT_PERIOD, *COLLECTED)
    assert invoice_of(shop, made).amount_paid == 3000


@pytest.mark.parametrize(
    ("behavior", "in_may", "status"),
    [
        pytest.param("void", (*ASKED, "invoice.voided", "payment_intent.canceled"), "void", id="May is a present"),
        pytest.param("keep_as_draft", (), "draft", id="May can be collected later"),
        pytest.param(
            "mark_uncollectible",
            (*ASKED, "invoice.marked_uncollectible"),
            "uncollectible",
            id="May is given up",
        ),
    ],
)
def test_a_month_that_is_not_collected(begin: Begin, behavior: str, in_may: tuple[str, ...], status: str) -> None:
    diary = begin("2026-04-01")
    shop = diary.shop
    made = subscribe(shop, diary.customer(), price(shop, 3000))

    # 20 April: nothing is to be collected until 20 May
    diary.to("2026-04-20")
    change(shop, made, pause_collection={"behavior": behavior, "resumes_at": at("2026-05-20")})

    # 1 May: its invoice is not announced, but made all the same, and set aside
    diary.to("2026-05-02", *NEXT_PERIOD, *in_may)
    may = invoice_of(shop, made)
    assert (may.status, may.amount_due, may.amount_paid) == (status, 3000, 0)
    assert diary.again(made).status == "active"

    # 20 May: it is collected again
    diary.to("2026-05-20", "customer.subscription.updated")
    assert diary.again(made).pause_collection is None

    # 1 June: June is paid, and May stays as it was
    diary.to("2026-06-01T01:00", "invoice.upcoming", *NEXT_PERIOD, *COLLECTED)
    assert [(one.status, one.amount_paid) for one in diary.invoices(made)] == [
        ("paid", 3000),
        (status, 0),
        ("paid", 3000),
    ]
