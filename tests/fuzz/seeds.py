"""Valid calls about billing, to be made again and changed: each id stands for any object of its kind."""

from __future__ import annotations

from typing import Any

from .calls import Made

CUSTOMER, PRICE, SUBSCRIPTION = "cus_000000000000", "price_000000000000", "sub_000000000000"
INVOICE, LINE, ITEM, RATE = "in_000000000000", "il_000000000000", "si_000000000000", "txr_000000000000"
PRODUCT, CODE, CLOCK, SCHEDULE = (
    "prod_00000000000",
    "promo_000000000000",
    "clock_000000000000",
    "sub_sched_000000000000",
)
CHARGE, INTENT, WAITING, NOTE = "ch_000000000000", "pi_000000000000", "ii_000000000000", "cn_000000000000"
DAY = 86_400


def seeds(now: int) -> list[Made]:
    """The calls. now: Unix seconds, for what is to begin or end soon."""
    return [
        *_catalogue(),
        *_customers(),
        *_subscriptions(now),
        *_changes(now),
        *_schedules(now),
        *_invoices(),
        *_payments(),
        *_checkout(),
    ]


def _post(path: str, **sent: Any) -> Made:
    return Made("POST", f"/v1/{path}", _leaves(sent))


def _leaves(value: Any) -> Any:
    """Strings as leaves and numbered mappings as lists: what `form.decode` makes of a body."""
    if isinstance(value, dict):
        return {key: _leaves(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return {str(index): _leaves(inner) for index, inner in enumerate(value)}
    return str(value).lower() if isinstance(value, bool) else str(value)


def _catalogue() -> list[Made]:
    def sold(**terms: Any) -> Made:
        return _post("prices", **{"product": PRODUCT, "currency": "usd"} | terms)

    tiers = [{"up_to": 5, "unit_amount": 300}, {"up_to": 10, "unit_amount": 200, "flat_amount": 50}]
    tiered = {"billing_scheme": "tiered", "tiers": [*tiers, {"up_to": "inf", "unit_amount_decimal": "33.3"}]}
    month, by_use = {"interval": "month"}, {"interval": "month", "usage_type": "metered", "meter": "mtr_000000000000"}
    return [
        _post("products", name="Gold"),
        _post("products", name="Silver", default_price_data={"currency": "usd", "unit_amount": 700}),
        sold(unit_amount=2000, recurring=month),
        sold(unit_amount=0, recurring=month),
        sold(unit_amount=19_900, recurring={"interval": "year"}, tax_behavior="inclusive"),
        sold(unit_amount=500, recurring={"interval": "week", "interval_count": 2}, tax_behavior="exclusive"),
        sold(unit_amount=900, recurring=month, transform_quantity={"divide_by": 3, "round": "up"}),
        sold(recurring=month, tiers_mode="graduated", **tiered),
        sold(recurring=month, tiers_mode="volume", **tiered),
        sold(recurring=by_use, unit_amount_decimal="0.7"),
        sold(unit_amount=4500),
        _post("coupons", percent_off="33.3", duration="forever"),
        _post("coupons", amount_off=700, currency="usd", duration="once", max_redemptions=3),
        _post("coupons", percent_off=100, duration="repeating", duration_in_months=2),
        _post("promotion_codes", promotion={"type": "coupon", "coupon": "COUPON"}, max_redemptions=2),
        _post("tax_rates", display_name="VAT", percentage="19", inclusive=False),
        _post("tax_rates", display_name="GST", percentage="7.7", inclusive=True),
        _post("billing/meter_events", event_name="calls", payload={"stripe_customer_id": CUSTOMER, "value": "7"}),
        _post(f"prices/{PRICE}", active=True),
    ]


def _customers() -> list[Made]:
    def payer(card: str, **more: Any) -> Made:
        method = {"payment_method": card, "invoice_settings": {"default_payment_method": card}}
        return _post("customers", email="jenny@example.com", **method, **more)

    return [
        *(payer("pm_card_visa") for _ in range(4)),
        payer("pm_card_chargeCustomerFail"),
        payer("pm_card_authenticationRequired"),
        payer("pm_card_visa", test_clock=CLOCK),
        payer("pm_card_mastercard", address={"country": "DE", "postal_code": "10115"}, balance=-1500),
        _post("customers", name="Invoices only", email="tom@example.com"),
        _post(f"customers/{CUSTOMER}", invoice_settings={"default_payment_method": "pm_card_visa"}),
        _post(f"customers/{CUSTOMER}/balance_transactions", amount=-700, currency="usd"),
        _post(f"customers/{CUSTOMER}/balance_transactions", amount=350, currency="usd"),
        _post("payment_methods/pm_card_visa/attach", customer=CUSTOMER),
    ]


def _subscriptions(now: int) -> list[Made]:
    def begun(**terms: Any) -> Made:
        return _post("subscriptions", **{"customer": CUSTOMER, "items": [{"price": PRICE}]} | terms)

    return [
        begun(),
        begun(default_payment_method="pm_card_visa"),
        begun(items=[{"price": PRICE, "quantity": 3}, {"price": PRICE}], default_tax_rates=[RATE]),
        begun(trial_period_days=7),
        begun(trial_end=now + 9 * DAY, trial_settings={"end_behavior": {"missing_payment_method": "pause"}}),
        begun(payment_behavior="default_incomplete"),
        begun(default_payment_method="pm_card_chargeDeclined"),
        begun(default_payment_method="pm_card_chargeDeclined", payment_behavior="error_if_incomplete"),
        begun(default_payment_method="pm_card_authenticationRequired"),
        begun(collection_method="send_invoice", days_until_due=14),
        begun(billing_cycle_anchor=now + 12 * DAY),
        begun(billing_cycle_anchor=now + 12 * DAY, proration_behavior="none"),
        begun(backdate_start_date=now - 40 * DAY),
        begun(billing_mode={"type": "flexible"}, billing_cycle_anchor_config={"day_of_month": 31}),
        begun(discounts=[{"coupon": "COUPON"}], billing_mode={"type": "classic"}),
        begun(discounts=[{"promotion_code": CODE}], cancel_at_period_end=True),
        begun(add_invoice_items=[{"price": PRICE}], cancel_at=now + 75 * DAY),
        begun(automatic_tax={"enabled": True}),
    ]


def _changes(now: int) -> list[Made]:
    def change(**sent: Any) -> Made:
        return _post(f"subscriptions/{SUBSCRIPTION}", **sent)

    item = {"id": ITEM, "quantity": 4}
    return [
        change(items=[item]),
        change(items=[{"id": ITEM, "price": PRICE}], proration_behavior="always_invoice"),
        change(items=[{"id": ITEM, "price": PRICE}], proration_behavior="none", billing_cycle_anchor="now"),
        change(items=[item, {"price": PRICE}], payment_behavior="pending_if_incomplete"),
        change(items=[{"price": PRICE, "quantity": 2}]),
        change(cancel_at_period_end=True),
        change(cancel_at_period_end=False),
        change(trial_end=now + 20 * DAY),
        change(trial_end="now"),
        change(pause_collection={"behavior": "void"}),
        change(pause_collection={"behavior": "keep_as_draft", "resumes_at": now + 20 * DAY}),
        change(pause_collection=""),
        change(discounts=[{"coupon": "COUPON"}]),
        change(default_payment_method="pm_card_chargeCustomerFail"),
        change(default_payment_method="pm_card_authenticationRequired"),
        change(items=[item], payment_behavior="error_if_incomplete", proration_behavior="always_invoice"),
        change(default_payment_method="pm_card_visa"),
        change(default_tax_rates=[RATE]),
        change(collection_method="send_invoice", days_until_due=3),
        _post(f"subscriptions/{SUBSCRIPTION}/pause", type="subscription"),
        _post(f"subscriptions/{SUBSCRIPTION}/resume"),
        _post("subscription_items", subscription=SUBSCRIPTION, price=PRICE),
        _post(f"subscription_items/{ITEM}", quantity=2, proration_behavior="always_invoice"),
        _post("invoices/create_preview", subscription=SUBSCRIPTION),
        _post("invoices/create_preview", customer=CUSTOMER, subscription_details={"items": [{"price": PRICE}]}),
        Made("DELETE", f"/v1/subscriptions/{SUBSCRIPTION}", {"invoice_now": "true", "prorate": "true"}),
        Made("DELETE", f"/v1/subscription_items/{ITEM}", {}),
    ]


def _schedules(now: int) -> list[Made]:
    def phase(**terms: Any) -> dict[str, Any]:
        return {"items": [{"price": PRICE}]} | terms

    lasts = {"duration": {"interval": "month", "interval_count": 1}}
    return [
        _post("subscription_schedules", customer=CUSTOMER, start_date="now", phases=[phase(**lasts), phase(**lasts)]),
        _post("subscription_schedules", customer=CUSTOMER, start_date=now + 5 * DAY, phases=[phase(**lasts)]),
        _post(
            "subscription_schedules",
            customer=CUSTOMER,
            start_date="now",
            end_behavior="cancel",
            phases=[phase(**lasts)],
        ),
        _post("subscription_schedules", from_subscription=SUBSCRIPTION),
        _post(f"subscription_schedules/{SCHEDULE}", end_behavior="cancel"),
        _post(f"subscription_schedules/{SCHEDULE}/release"),
    ]


def _invoices() -> list[Made]:
    return [
        _post("invoiceitems", customer=CUSTOMER, amount=1234, currency="usd"),
        _post("invoiceitems", customer=CUSTOMER, amount=-300, currency="usd", description="Goodwill"),
        _post("invoiceitems", customer=CUSTOMER, pricing={"price": PRICE}, quantity=2, tax_rates=[RATE]),
        _post("invoiceitems", customer=CUSTOMER, amount=900, currency="usd", invoice=INVOICE),
        _post(f"invoiceitems/{WAITING}", amount=4321),
        *(_post("invoices", customer=CUSTOMER, pending_invoice_items_behavior="include") for _ in range(3)),
        _post("invoices", customer=CUSTOMER, currency="usd", discounts=[{"coupon": "COUPON"}]),
        _post("invoices", customer=CUSTOMER, collection_method="send_invoice", days_until_due=5),
        _post("invoices", customer=CUSTOMER, subscription=SUBSCRIPTION),
        _post(f"invoices/{INVOICE}/add_lines", lines=[{"amount": 700, "description": "Advice"}]),
        _post(f"invoices/{INVOICE}/update_lines", lines=[{"id": LINE, "amount": 900, "tax_rates": [RATE]}]),
        _post(f"invoices/{INVOICE}/remove_lines", lines=[{"id": LINE, "behavior": "unassign"}]),
        _post(f"invoices/{INVOICE}/lines/{LINE}", amount=1100, discountable=True),
        _post(f"invoices/{INVOICE}", default_tax_rates=[RATE], discounts=[{"coupon": "COUPON"}]),
        *(_post(f"invoices/{INVOICE}/finalize") for _ in range(3)),
        *(_post(f"invoices/{INVOICE}/pay") for _ in range(3)),
        _post(f"invoices/{INVOICE}/pay", payment_method="pm_card_visa"),
        _post(f"invoices/{INVOICE}/pay", payment_method="pm_card_chargeDeclinedInsufficientFunds"),
        _post(f"invoices/{INVOICE}/pay", paid_out_of_band=True),
        _post(f"invoices/{INVOICE}/send"),
        _post(f"invoices/{INVOICE}/void"),
        _post(f"invoices/{INVOICE}/mark_uncollectible"),
        _post("credit_notes", invoice=INVOICE, amount=100),
        _post("credit_notes", invoice=INVOICE, amount=100, credit_amount=100),
        _post("credit_notes", invoice=INVOICE, amount=100, refund_amount=60, out_of_band_amount=40),
        _post(
            "credit_notes",
            invoice=INVOICE,
            lines=[{"type": "invoice_line_item", "invoice_line_item": LINE, "quantity": 1}],
            credit_amount=2000,
        ),
        _post(f"credit_notes/{NOTE}/void"),
    ]


def _payments() -> list[Made]:
    paid = {"amount": 1500, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    bank = {"payment_method": "pm_usBankAccount_success", "payment_method_types": ["us_bank_account"]}
    agreed = {"mandate_data": {"customer_acceptance": {"type": "offline"}}}
    return [
        _post("payment_intents", **paid),
        _post("payment_intents", customer=CUSTOMER, **paid, capture_method="manual"),
        _post("payment_intents", **paid | {"payment_method": "pm_card_chargeDeclined"}),
        _post("payment_intents", **paid | {"payment_method": "pm_card_threeDSecure2Required"}, customer=CUSTOMER),
        _post("payment_intents", amount=900, currency="usd", customer=CUSTOMER, setup_future_usage="off_session"),
        _post("payment_intents", **paid | bank | agreed, customer=CUSTOMER),
        _post(f"payment_intents/{INTENT}/confirm", payment_method="pm_card_visa"),
        _post(f"payment_intents/{INTENT}/cancel"),
        _post("setup_intents", customer=CUSTOMER, payment_method="pm_card_visa", confirm=True),
        _post("refunds", charge=CHARGE, amount=100),
        _post("refunds", charge=CHARGE),
        _post("refunds", payment_intent=INTENT, amount=700),
    ]


def _checkout() -> list[Made]:
    bought = {"line_items": [{"price": PRICE, "quantity": 2}], "success_url": "https://shop.example/done"}
    terms = {"subscription_data": {"trial_period_days": 7}}
    return [
        _post("checkout/sessions", mode="payment", **bought),
        _post("checkout/sessions", mode="payment", customer=CUSTOMER, invoice_creation={"enabled": True}, **bought),
        _post("checkout/sessions", mode="subscription", customer=CUSTOMER, **bought, **terms),
        _post("checkout/sessions", mode="subscription", discounts=[{"coupon": "COUPON"}], **bought),
        _post("checkout/sessions", mode="setup", currency="usd", success_url="https://shop.example/done"),
        _post("checkout/sessions/cs_test_000000000000/expire"),
        _post("payment_links", line_items=bought["line_items"]),
        _post("payment_links", line_items=bought["line_items"], allow_promotion_codes=True),
        _post("payment_links/plink_000000000000", active=False),
    ]
