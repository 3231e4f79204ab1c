"""The resources of the API, one file or folder each. Each imports only those before it in the registry's list."""

from __future__ import annotations

from mock_server.core.registry import Outbox, Registry

# Modules, not the resources in them: `from . import coupon` has to mean the same wherever it is written.
from . import (
    charge,
    coupon,
    customer,
    discount,
    event,
    invoice,
    invoice_payment,
    invoiceitem,
    payment_intent,
    payment_method,
    price,
    product,
    setup_intent,
    subscription,
    subscription_item,
    tax_id,
    webhook_endpoint,
)


def registry(outbox: Outbox | None = None) -> Registry:
    """All resources, lower ones first."""
    return Registry(
        (
            event.event,
            webhook_endpoint.webhook_endpoint,
            product.product,
            price.price,
            coupon.coupon,
            customer.customer,
            discount.discount,
            tax_id.tax_id,
            payment_method.payment_method,
            setup_intent.setup_intent,
            charge.charge,
            payment_intent.payment_intent,
            invoice_payment.invoice_payment,
            invoiceitem.invoiceitem,
            invoice.line_item,
            invoice.invoice,
            subscription_item.subscription_item,
            subscription.subscription,
        ),
        outbox,
    )
