"""The impossible moves: which call, and how it is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .sales import DAY
from .stage import FAR_AWAY, JANUARY

NO_INVOICE = "invoice_not_editable"
MISSING = "resource_missing"
INTENT = "payment_intent_unexpected_state"
METHOD = "payment_method_unexpected_state"
OVER = "invalid_canceled_subscription_fields"
SETUP = "setup_intent_unexpected_state"


@dataclass(frozen=True)
class Move:
    """A call and how it is refused. Words in braces stand for ids of the stage."""

    name: str
    call: str
    sent: dict[str, Any] = field(default_factory=dict)
    status: int = 400
    code: str | None = None
    param: str | None = None


MOVES = [
    Move("paying a paid invoice", "POST /v1/invoices/{paid}/pay"),
    Move("paying a void invoice", "POST /v1/invoices/{void}/pay"),
    Move("paying a deleted draft", "POST /v1/invoices/{deleted_invoice}/pay", status=404, code=MISSING, param="id"),
    Move("paying out of band what is paid", "POST /v1/invoices/{paid}/pay", {"paid_out_of_band": True}),
    Move(
        "paying with a card of somebody else",
        "POST /v1/invoices/{open}/pay",
        {"payment_method": "{peters_card}"},
        code=MISSING,
        param="payment_method",
    ),
    Move("finalizing an open invoice", "POST /v1/invoices/{open}/finalize", code=NO_INVOICE),
    Move("finalizing a paid invoice", "POST /v1/invoices/{paid}/finalize", code=NO_INVOICE),
    Move("finalizing a void invoice", "POST /v1/invoices/{void}/finalize", code=NO_INVOICE),
    Move("voiding a paid invoice", "POST /v1/invoices/{paid}/void"),
    Move("voiding a draft", "POST /v1/invoices/{draft}/void"),
    Move("voiding a void invoice", "POST /v1/invoices/{void}/void"),
    Move("giving up a paid invoice", "POST /v1/invoices/{paid}/mark_uncollectible"),
    Move("giving up a draft", "POST /v1/invoices/{draft}/mark_uncollectible"),
    Move("giving up twice", "POST /v1/invoices/{uncollectible}/mark_uncollectible"),
    Move("deleting an open invoice", "DELETE /v1/invoices/{open}", code=NO_INVOICE, param="id"),
    Move("deleting a paid invoice", "DELETE /v1/invoices/{paid}", code=NO_INVOICE, param="id"),
    Move("deleting a draft twice", "DELETE /v1/invoices/{deleted_invoice}", status=404, code=MISSING, param="id"),
    Move("sending a paid invoice", "POST /v1/invoices/{paid}/send", code=NO_INVOICE),
    Move("sending what is charged", "POST /v1/invoices/{draft}/send"),
    Move(
        "editing an open invoice",
        "POST /v1/invoices/{open}",
        {"description": "Late"},
        code=NO_INVOICE,
        param="description",
    ),
    Move("editing a paid invoice", "POST /v1/invoices/{paid}", {"footer": "Late"}, code=NO_INVOICE, param="footer"),
    Move(
        "adding to an open invoice",
        "POST /v1/invoices/{open}/add_lines",
        {"lines": {"0": {"amount": 5}}},
        code=NO_INVOICE,
    ),
    Move(
        "removing from a paid invoice",
        "POST /v1/invoices/{paid}/remove_lines",
        {"lines": {"0": {"id": "{paid_line}", "behavior": "delete"}}},
        code=NO_INVOICE,
    ),
    Move(
        "changing a line of a paid invoice",
        "POST /v1/invoices/{paid}/lines/{paid_line}",
        {"amount": 5},
        code=NO_INVOICE,
    ),
    Move("changing a billed item", "POST /v1/invoiceitems/{billed_item}", {"amount": 5}, code=NO_INVOICE),
    Move("deleting a billed item", "DELETE /v1/invoiceitems/{billed_item}", code=NO_INVOICE),
    Move(
        "putting an item on a paid invoice",
        "POST /v1/invoiceitems",
        {"customer": "{jenny}", "amount": 5, "currency": "usd", "invoice": "{paid}"},
        code=NO_INVOICE,
    ),
    Move(
        "putting an item on another's draft",
        "POST /v1/invoiceitems",
        {"customer": "{peter}", "amount": 5, "currency": "usd", "invoice": "{draft}"},
        param="invoice",
    ),
    Move(
        "confirming an invoice's intent in another amount",
        "POST /v1/payment_intents/{open_intent}",
        {"amount": 1},
        code=INTENT,
    ),
    Move("canceling an invoice's intent", "POST /v1/payment_intents/{open_intent}/cancel", code=INTENT),
    Move("canceling the canceled", "DELETE /v1/subscriptions/{canceled}", status=404, code=MISSING, param="id"),
    Move(
        "updating the canceled",
        "POST /v1/subscriptions/{canceled}",
        {"description": "Back"},
        code=OVER,
        param="description",
    ),
    Move(
        "reviving the canceled",
        "POST /v1/subscriptions/{canceled}",
        {"cancel_at_period_end": False},
        code=OVER,
        param="cancel_at_period_end",
    ),
    Move(
        "changing an item of the canceled",
        "POST /v1/subscription_items/{canceled_item}",
        {"quantity": 2},
        code=OVER,
        param="items",
    ),
    Move("resuming what is not paused", "POST /v1/subscriptions/{running}/resume"),
    Move("resuming the canceled", "POST /v1/subscriptions/{canceled}/resume"),
    Move(
        "updating the scheduled",
        "POST /v1/subscriptions/{scheduled}",
        {"cancel_at_period_end": True},
        param="cancel_at_period_end",
    ),
    Move(
        "migrating what is flexible",
        "POST /v1/subscriptions/{running}/migrate",
        {"billing_mode": {"type": "flexible"}},
        param="billing_mode",
    ),
    Move("deleting the last item", "DELETE /v1/subscription_items/{running_item}", param="items"),
    Move(
        "subscribing to a one-time price",
        "POST /v1/subscriptions",
        {"customer": "{jenny}", "items": {"0": {"price": "{one_time_price}"}}},
        param="items[0][price]",
    ),
    Move(
        "subscribing to an archived price",
        "POST /v1/subscriptions",
        {"customer": "{jenny}", "items": {"0": {"price": "{archived_price}"}}},
        param="items[0][price]",
    ),
    Move(
        "subscribing to a withdrawn product",
        "POST /v1/subscriptions",
        {"customer": "{jenny}", "items": {"0": {"price": "{withdrawn_price}"}}},
        code="product_inactive",
        param="items[0][price]",
    ),
    Move(
        "subscribing a deleted customer",
        "POST /v1/subscriptions",
        {"customer": "{deleted_customer}", "items": {"0": {"price": "{gold}"}}},
        code=MISSING,
        param="customer",
    ),
    Move("releasing the released", "POST /v1/subscription_schedules/{released_schedule}/release", param="id"),
    Move("canceling a released schedule", "POST /v1/subscription_schedules/{released_schedule}/cancel", param="id"),
    Move("canceling a canceled schedule", "POST /v1/subscription_schedules/{canceled_schedule}/cancel", param="id"),
    Move(
        "updating a canceled schedule",
        "POST /v1/subscription_schedules/{canceled_schedule}",
        {"metadata": {"a": "b"}},
        param="id",
    ),
    Move(
        "scheduling the scheduled",
        "POST /v1/subscription_schedules",
        {"from_subscription": "{scheduled}"},
        param="from_subscription",
    ),
    Move(
        "scheduling the canceled",
        "POST /v1/subscription_schedules",
        {"from_subscription": "{canceled}"},
        param="from_subscription",
    ),
    Move("deleting a coupon twice", "DELETE /v1/coupons/{deleted_coupon}", status=404, code=MISSING, param="id"),
    Move(
        "giving a coupon's id again",
        "POST /v1/coupons",
        {"id": "{coupon}", "percent_off": 5, "duration": "once"},
        code="resource_already_exists",
        param="id",
    ),
    Move(
        "redeeming a deleted coupon",
        "POST /v1/subscriptions/{running}",
        {"discounts": {"0": {"coupon": "{deleted_coupon}"}}},
        code=MISSING,
        param="discounts[0][coupon]",
    ),
    Move(
        "redeeming an expired coupon",
        "POST /v1/subscriptions/{running}",
        {"discounts": {"0": {"coupon": "{late_coupon}"}}},
        code="coupon_expired",
        param="discounts[0][coupon]",
    ),
    Move(
        "redeeming a used-up coupon",
        "POST /v1/subscriptions/{running}",
        {"discounts": {"0": {"coupon": "{used_up_coupon}"}}},
        code="coupon_expired",
        param="discounts[0][coupon]",
    ),
    Move(
        "redeeming an expired code",
        "POST /v1/subscriptions/{running}",
        {"discounts": {"0": {"promotion_code": "{expired_code}"}}},
        param="discounts[0][promotion_code]",
    ),
    Move(
        "redeeming a spent code",
        "POST /v1/subscriptions/{running}",
        {"discounts": {"0": {"promotion_code": "{spent_code}"}}},
        param="discounts[0][promotion_code]",
    ),
    Move(
        "redeeming an inactive code",
        "POST /v1/subscriptions/{running}",
        {"discounts": {"0": {"promotion_code": "{inactive_code}"}}},
        param="discounts[0][promotion_code]",
    ),
    Move(
        "redeeming another's code",
        "POST /v1/subscriptions/{running}",
        {"discounts": {"0": {"promotion_code": "{private_code}"}}},
        param="discounts[0][promotion_code]",
    ),
    Move("activating a spent code", "POST /v1/promotion_codes/{expired_code}", {"active": True}, param="active"),
    Move(
        "a second code of the same word",
        "POST /v1/promotion_codes",
        {"promotion": {"type": "coupon", "coupon": "{coupon}"}, "code": "private", "customer": "{peter}"},
        param="code",
    ),
    Move(
        "refunding the refunded",
        "POST /v1/refunds",
        {"charge": "{refunded_charge}"},
        code="charge_already_refunded",
        param="charge",
    ),
    Move("refunding more than was charged", "POST /v1/refunds", {"charge": "{charge}", "amount": 1001}, param="amount"),
    Move("refunding what was not paid", "POST /v1/refunds", {"payment_intent": "{waiting}"}, param="payment_intent"),
    Move("canceling a refund that has arrived", "POST /v1/refunds/{refund}/cancel"),
    Move(
        "crediting more than was invoiced",
        "POST /v1/credit_notes",
        {"invoice": "{paid}", "amount": 1001, "credit_amount": 1001},
        param="amount",
    ),
    Move(
        "crediting what is left and more",
        "POST /v1/credit_notes",
        {"invoice": "{paid}", "amount": 900, "credit_amount": 900},
        param="amount",
    ),
    Move("crediting a draft", "POST /v1/credit_notes", {"invoice": "{draft}", "amount": 100}, param="invoice"),
    Move("crediting a void invoice", "POST /v1/credit_notes", {"invoice": "{void}", "amount": 100}, param="invoice"),
    Move("voiding a credit note twice", "POST /v1/credit_notes/{void_note}/void"),
    Move("confirming the succeeded", "POST /v1/payment_intents/{succeeded}/confirm", code=INTENT),
    Move("confirming the canceled", "POST /v1/payment_intents/{given_up}/confirm", code=INTENT),
    Move("canceling the succeeded", "POST /v1/payment_intents/{succeeded}/cancel", code=INTENT),
    Move("canceling a payment twice", "POST /v1/payment_intents/{given_up}/cancel", code=INTENT),
    Move("changing the succeeded", "POST /v1/payment_intents/{succeeded}", {"amount": 5000}, code=INTENT),
    Move(
        "confirming without a method", "POST /v1/payment_intents/{waiting}/confirm", code=INTENT, param="payment_method"
    ),
    Move("confirming a set-up again", "POST /v1/setup_intents/{set_up}/confirm", code=SETUP),
    Move("canceling a finished set-up", "POST /v1/setup_intents/{set_up}/cancel", code=SETUP),
    Move("canceling a set-up twice", "POST /v1/setup_intents/{stopped_setup}/cancel", code=SETUP),
    Move("detaching the detached", "POST /v1/payment_methods/{detached}/detach", code=METHOD, param="payment_method"),
    Move(
        "attaching the detached",
        "POST /v1/payment_methods/{detached}/attach",
        {"customer": "{jenny}"},
        code=METHOD,
        param="payment_method",
    ),
    Move(
        "attaching one of another",
        "POST /v1/payment_methods/{peters_card}/attach",
        {"customer": "{jenny}"},
        code=METHOD,
        param="payment_method",
    ),
    Move(
        "making another's card the default",
        "POST /v1/customers/{jenny}",
        {"invoice_settings": {"default_payment_method": "{peters_card}"}},
        code=MISSING,
        param="invoice_settings[default_payment_method]",
    ),
    Move(
        "changing a deleted customer",
        "POST /v1/customers/{deleted_customer}",
        {"name": "Jenny"},
        status=404,
        code=MISSING,
        param="id",
    ),
    Move("deleting a customer twice", "DELETE /v1/customers/{deleted_customer}", status=404, code=MISSING, param="id"),
    Move("deleting a price's product", "DELETE /v1/products/{sold_product}", param="id"),
    Move(
        "changing a deleted product",
        "POST /v1/products/{deleted_product}",
        {"name": "Back"},
        status=404,
        code=MISSING,
        param="id",
    ),
    Move(
        "pricing a deleted product",
        "POST /v1/prices",
        {"product": "{deleted_product}", "currency": "usd", "unit_amount": 5},
        code=MISSING,
        param="product",
    ),
    Move(
        "changing a price's amount",
        "POST /v1/prices/{gold}",
        {"unit_amount": 5},
        code="parameter_unknown",
        param="unit_amount",
    ),
    Move(
        "a default price of another product",
        "POST /v1/products/{sold_product}",
        {"default_price": "{gold}"},
        param="default_price",
    ),
    Move(
        "turning a clock back",
        "POST /v1/test_helpers/test_clocks/{clock}/advance",
        {"frozen_time": JANUARY - DAY},
        param="frozen_time",
    ),
    Move(
        "leaving a clock where it is",
        "POST /v1/test_helpers/test_clocks/{clock}/advance",
        {"frozen_time": JANUARY},
        param="frozen_time",
    ),
    Move(
        "turning a clock too far",
        "POST /v1/test_helpers/test_clocks/{clock}/advance",
        {"frozen_time": FAR_AWAY},
        param="frozen_time",
    ),
    Move("deactivating a meter twice", "POST /v1/billing/meters/{inactive_meter}/deactivate", param="id"),
    Move("reactivating an active meter", "POST /v1/billing/meters/{meter}/reactivate", param="id"),
    Move(
        "a second meter of the same event",
        "POST /v1/billing/meters",
        {"display_name": "Mails", "event_name": "mails", "default_aggregation": {"formula": "sum"}},
        code="resource_already_exists",
        param="event_name",
    ),
    Move(
        "taxing by an archived rate",
        "POST /v1/subscriptions/{running}",
        {"default_tax_rates": ["{archived_rate}"]},
        param="default_tax_rates[0]",
    ),
]
