"""The resources of the API, one file or folder each. Each imports only those before it in the registry's list."""

from __future__ import annotations

from mock_server.core.registry import Outbox, Registry

# Modules, not the resources in them: `from . import coupon` has to mean the same wherever it is written.
from . import (
    account,
    account_link,
    account_session,
    balance_transaction,
    charge,
    coupon,
    credit_note,
    credit_note_lines,
    customer,
    customer_balance_transaction,
    discount,
    event,
    invoice,
    invoice_payment,
    invoice_preview,
    invoice_upcoming,
    invoiceitem,
    payment_intent,
    payment_method,
    price,
    product,
    promotion_code,
    refund,
    setup_intent,
    subscription,
    subscription_item,
    subscription_schedule,
    tax_id,
    tax_rate,
    tax_registration,
    tax_settings,
    test_clock,
    webhook_endpoint,
)

__all__ = ["invoice_preview", "invoice_upcoming", "registry"]
"""`invoice_preview` and `invoice_upcoming` only add to the resources above which they stand."""


def registry(outbox: Outbox | None = None) -> Registry:
    """All resources, lower ones first."""
    return Registry(
        (
            event.event,
            webhook_endpoint.webhook_endpoint,
            account.account,
            account_link.account_link,
            account_session.account_session,
            test_clock.test_clock,
            product.product,
            price.price,
            tax_rate.tax_rate,
            tax_settings.tax_settings,
            tax_registration.tax_registration,
            coupon.coupon,
            customer.customer,
            customer_balance_transaction.customer_balance_transaction,
            promotion_code.promotion_code,
            discount.discount,
            tax_id.tax_id,
            payment_method.payment_method,
            setup_intent.setup_intent,
            balance_transaction.balance_transaction,
            charge.charge,
            payment_intent.payment_intent,
            refund.refund,
            invoice_payment.invoice_payment,
            invoiceitem.invoiceitem,
            invoice.line_item,
            invoice.invoice,
            credit_note_lines.credit_note_line_item,
            credit_note.credit_note,
            subscription_item.subscription_item,
            subscription.subscription,
            subscription_schedule.subscription_schedule,
        ),
        outbox,
    )
