"""An account with objects in every state from which some move is impossible."""

from __future__ import annotations

from typing import Any

from mock_server.testing import Mock

from .sales import invoice_of, payer, price, subscribe

JANUARY = 1_767_225_600
"""2026-01-01, where the test clock stands."""

FAR_AWAY = 4_102_444_800
"""2100-01-01."""


def stage(mock: Mock) -> dict[str, str]:
    """The ids of the objects, by what is said of them."""
    client: Any = mock.client.v1
    found = {"jenny": payer(mock.client), "peter": payer(mock.client), "gold": price(mock.client)}
    for build in (_sold, _invoiced, _subscribed, _planned, _reduced, _paid, _attached, _around):
        found |= build(mock, client, found)
    return found


def _sold(mock: Mock, client: Any, _found: dict[str, str]) -> dict[str, str]:
    archived = price(mock.client, name="Old")
    client.prices.update(archived, {"active": False})
    deleted = client.products.create({"name": "Gone"}).id
    client.products.delete(deleted)
    inactive = price(mock.client, name="Withdrawn")
    withdrawn = client.prices.retrieve(inactive).product
    client.products.update(withdrawn, {"active": False})
    once = client.prices.create(
        {"product": client.products.create({"name": "Book"}).id, "currency": "usd"} | {"unit_amount": 900}
    )
    return {
        "archived_price": archived,
        "deleted_product": deleted,
        "withdrawn_price": inactive,
        "one_time_price": once.id,
        "sold_product": client.prices.retrieve(archived).product,
    }


def _invoiced(_mock: Mock, client: Any, found: dict[str, str]) -> dict[str, str]:
    def made(*steps: str, **sent: Any) -> str:
        id = client.invoices.create({"customer": found["jenny"], "currency": "usd", **sent}).id
        client.invoices.add_lines(id, {"lines": [{"amount": 1000}]})
        for step in steps:
            getattr(client.invoices, step)(id)
        return str(id)

    sent = {"collection_method": "send_invoice", "days_until_due": 30}
    empty = client.invoices.create({"customer": found["jenny"], "currency": "usd"}).id
    client.invoices.delete(empty)
    paid = made("finalize_invoice", "pay")
    opened = made("finalize_invoice", **sent)
    return {
        "draft": made(),
        "paid": paid,
        "open": opened,
        "void": made("finalize_invoice", "void_invoice"),
        "uncollectible": made("finalize_invoice", "mark_uncollectible"),
        "deleted_invoice": empty,
        "paid_line": client.invoices.retrieve(paid).lines.data[0].id,
        "billed_item": client.invoice_items.list({"invoice": paid}).data[0].id,
        "open_intent": client.invoice_payments.list({"invoice": opened}).data[0].payment.payment_intent,
    }


def _subscribed(mock: Mock, client: Any, found: dict[str, str]) -> dict[str, str]:
    running = subscribe(mock.client, found["jenny"], found["gold"])
    canceled = subscribe(mock.client, found["jenny"], found["gold"])
    client.subscriptions.cancel(canceled.id)
    scheduled = subscribe(mock.client, found["jenny"], found["gold"])
    schedule = client.subscription_schedules.create({"from_subscription": scheduled.id}).id
    sent = subscribe(mock.client, found["jenny"], found["gold"], collection_method="send_invoice", days_until_due=30)
    return {
        "running": running.id,
        "running_item": running["items"].data[0].id,
        "running_invoice": str(invoice_of(mock.client, running).id),
        "canceled": canceled.id,
        "canceled_item": canceled["items"].data[0].id,
        "scheduled": scheduled.id,
        "schedule": schedule,
        "sent": sent.id,
        "sent_draft": str(invoice_of(mock.client, sent).id),
    }


def _planned(mock: Mock, client: Any, found: dict[str, str]) -> dict[str, str]:
    planned: dict[str, str] = {}
    for end in ("release", "cancel"):
        under = subscribe(mock.client, found["jenny"], found["gold"]).id
        id = client.subscription_schedules.create({"from_subscription": under}).id
        getattr(client.subscription_schedules, end)(id)
        planned[f"{end}d_schedule" if end == "release" else "canceled_schedule"] = id
    return planned


def _reduced(mock: Mock, client: Any, found: dict[str, str]) -> dict[str, str]:
    def coupon(**sent: Any) -> str:
        return str(client.coupons.create({"percent_off": 10, "duration": "once", **sent}).id)

    def code(of: str, **sent: Any) -> str:
        return str(client.promotion_codes.create({"promotion": {"type": "coupon", "coupon": of}, **sent}).id)

    used_up, deleted, once = coupon(max_redemptions=1), coupon(), coupon()
    spent = code(once, code="SPENT", max_redemptions=1)
    for discount in ({"coupon": used_up}, {"promotion_code": spent}):
        subscribe(mock.client, found["jenny"], found["gold"], discounts=[discount])
    off, private = code(once, active=False), code(once, customer=found["peter"], code="PRIVATE")
    client.coupons.delete(deleted)
    soon = mock.clock.now + 60
    late, expiring = coupon(redeem_by=soon), code(once, expires_at=soon)
    mock.clock.advance(120)
    return {
        "coupon": once,
        "deleted_coupon": deleted,
        "late_coupon": late,
        "used_up_coupon": used_up,
        "expired_code": expiring,
        "inactive_code": off,
        "private_code": private,
        "spent_code": spent,
    }


def _paid(_mock: Mock, client: Any, found: dict[str, str]) -> dict[str, str]:
    def intent(**sent: Any) -> Any:
        return client.payment_intents.create({"amount": 1000, "currency": "usd", **sent})

    card = {"payment_method": "pm_card_visa", "confirm": True, "return_url": "https://shop.example/"}
    done, again, waiting = intent(**card), intent(**card), intent()
    refunded = client.refunds.create({"payment_intent": again.id})
    given_up = client.payment_intents.cancel(intent().id)
    saved = {"customer": found["jenny"], "payment_method": "pm_card_visa", "confirm": True}
    setup = client.setup_intents.create({**saved, "return_url": "https://shop.example/"})
    stopped = client.setup_intents.cancel(client.setup_intents.create({}).id)
    note = client.credit_notes.create({"invoice": found["paid"], "amount": 200, "credit_amount": 200})
    reducing = client.credit_notes.create({"invoice": found["open"], "amount": 100})
    client.credit_notes.void_credit_note(reducing.id)
    return {
        "charge": done.latest_charge,
        "succeeded": done.id,
        "refunded_charge": again.latest_charge,
        "refund": refunded.id,
        "waiting": waiting.id,
        "given_up": given_up.id,
        "set_up": setup.id,
        "stopped_setup": stopped.id,
        "note": note.id,
        "void_note": reducing.id,
    }


def _attached(_mock: Mock, client: Any, found: dict[str, str]) -> dict[str, str]:
    own = client.customers.payment_methods.list(found["jenny"]).data[0].id
    peters = client.customers.payment_methods.list(found["peter"]).data[0].id
    gone = client.payment_methods.attach("pm_card_mastercard", {"customer": found["jenny"]}).id
    client.payment_methods.detach(gone)
    left = client.customers.create({"email": "gone@example.com"}).id
    client.customers.delete(left)
    return {"card": own, "detached": gone, "deleted_customer": left, "peters_card": peters}


def _around(mock: Mock, client: Any, found: dict[str, str]) -> dict[str, str]:
    clock = client.test_helpers.test_clocks.create({"frozen_time": JANUARY}).id
    subscribe(mock.client, payer(mock.client, test_clock=clock), found["gold"])
    meter = client.billing.meters.create(
        {"display_name": "Calls", "event_name": "calls", "default_aggregation": {"formula": "sum"}}
    ).id
    client.billing.meters.deactivate(meter)
    running = client.billing.meters.create(
        {"display_name": "Mails", "event_name": "mails", "default_aggregation": {"formula": "sum"}}
    ).id
    rate = client.tax_rates.create({"display_name": "VAT", "percentage": 19, "inclusive": False}).id
    client.tax_rates.update(rate, {"active": False})
    return {"clock": clock, "inactive_meter": meter, "meter": running, "archived_rate": rate}
