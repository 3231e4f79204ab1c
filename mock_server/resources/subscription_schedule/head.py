"""What a schedule is: where it is kept, and how it is found."""

from __future__ import annotations

from mock_server.core.call import Body, Call
from mock_server.core.resource import Key, Resource

from .. import tax_rate as rates

subscription_schedule = Resource(
    "subscription_schedule",
    "/v1/subscription_schedules",
    prefix="sub_sched",
    label="subscription schedule",
    search=(
        "customer",
        "subscription",
        "status",
        Key("canceled_at", int),
        Key("completed_at", int),
        Key("released_at", int),
    ),
    expands={
        "customer": "customer",
        "default_settings.automatic_tax.liability.account": "account",
        "default_settings.default_payment_method": "payment_method",
        "default_settings.invoice_settings.account_tax_ids": "tax_id",
        "default_settings.invoice_settings.issuer.account": "account",
        "default_settings.on_behalf_of": "account",
        "default_settings.transfer_data.destination": "account",
        "phases.add_invoice_items.price": "price",
        "phases.automatic_tax.liability.account": "account",
        "phases.default_payment_method": "payment_method",
        "phases.discounts.coupon": "coupon",
        "phases.discounts.discount": "discount",
        "phases.discounts.promotion_code": "promotion_code",
        "phases.invoice_settings.account_tax_ids": "tax_id",
        "phases.invoice_settings.issuer.account": "account",
        "phases.items.price": "price",
        "phases.on_behalf_of": "account",
        "phases.transfer_data.destination": "account",
        "subscription": "subscription",
    },
)


@subscription_schedule.shown
def show(call: Call, body: Body) -> Body:
    """A schedule whose phases have their tax rates as objects."""
    return body | {"phases": [_phase(call, phase) for phase in body["phases"]]}


def _phase(call: Call, phase: Body) -> Body:
    found = phase | {"default_tax_rates": rates.shown(call, phase["default_tax_rates"])}
    for name in ("add_invoice_items", "items"):
        found[name] = [one | {"tax_rates": rates.shown(call, one["tax_rates"])} for one in phase[name]]
    return found
