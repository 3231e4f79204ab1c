"""What is chosen for one invoice alone: who it is from, how it is paid and looks, and who shares in the payment.

The share is kept with the invoice, in `_shared`, because an invoice does not show it; the intent that pays it does.
Source: docs.stripe.com/api/invoices/create, docs.stripe.com/invoicing/connect
"""

from __future__ import annotations

from flask_portal.wire.params import Hash, ListOf, Money, OneOf, Params, Ref
from flask_portal.wire.scalars import MAX_AMOUNT
from mock_server.core.call import Body, Call
from mock_server.core.params import NotBuilt
from mock_server.core.resource import merge

from .. import connected_payment as connected
from .. import parties, tax_id
from ..common import Shipping
from ..customer import shipping
from ..payable_types import METHOD_TYPES

SHARED = "_shared"
"""On an invoice: `application_fee_amount` and `transfer_data`, as far as they were sent."""


class PaymentSettings(Params):
    default_mandate = NotBuilt("Giving an invoice a mandate")
    payment_method_options = NotBuilt("Giving a payment method of an invoice its own options")
    payment_method_types = ListOf(OneOf(*METHOD_TYPES), nullable=True)


class Pdf(Params):
    page_size = OneOf("a4", "auto", "letter")


class Rendering(Params):
    amount_tax_display = OneOf("exclude_tax", "include_inclusive_tax", nullable=True)
    pdf = Hash(Pdf)
    template = NotBuilt("An invoice rendering template")
    template_version = NotBuilt("An invoice rendering template")


class Chosen(Params):
    account_tax_ids = ListOf(Ref("tax_id"), nullable=True)
    application_fee_amount = Money(minimum=0)
    issuer = Hash(parties.Party)
    on_behalf_of = Ref("account", nullable=True)
    payment_settings = Hash(PaymentSettings)
    rendering = Hash(Rendering)
    shipping_details = Hash(Shipping, nullable=True)
    transfer_data = Hash(connected.TransferData, nullable=True)


NAMES = tuple(name for name in Chosen._declared_fields if name != "expand")


def taken(call: Call, sent: Body, before: Body) -> Body:
    """The keys of the invoice that were sent. before: the invoice so far, or nothing of a new one.

    StripeError 400 for an account or a tax id that is not there, and for a fee that nobody could pay.
    """
    found: Body = {}
    if "account_tax_ids" in sent:
        found["account_tax_ids"] = tax_id.own(call, sent["account_tax_ids"], "account_tax_ids")
    if "issuer" in sent:
        found["issuer"] = parties.named(call, sent["issuer"], "issuer")
    if "payment_settings" in sent:
        found["payment_settings"] = payment_settings(sent["payment_settings"], before.get("payment_settings"))
    if "rendering" in sent:
        found["rendering"] = rendering(sent["rendering"], before.get("rendering"))
    if "shipping_details" in sent:
        found["shipping_details"] = shipping_details(sent["shipping_details"])
    if {"application_fee_amount", "on_behalf_of", "transfer_data"} & sent.keys():
        found |= shares(call, sent, before)
    return found


def payment_settings(sent: Body, before: Body | None) -> Body:
    """The `payment_settings`, with all their keys; no types stand for all of them."""
    known = before or {"default_mandate": None, "payment_method_options": None, "payment_method_types": None}
    types = sent.get("payment_method_types", known["payment_method_types"])
    return known | {"payment_method_types": list(dict.fromkeys(types)) if types else None}


def shipping_details(sent: Body | None) -> Body | None:
    """The `shipping_details`, with all their keys; who carries it is not known."""
    found = shipping(sent)
    return found and {"carrier": None, "tracking_number": None} | found


def rendering(sent: Body, before: Body | None) -> Body:
    """The `rendering`, with all its keys."""
    known = before or {"amount_tax_display": None, "pdf": None, "template": None, "template_version": None}
    return known | sent


def shares(call: Call, sent: Body, before: Body) -> Body:
    """On whose behalf it is, and what others get of its payment."""
    kept = merge(dict(before.get(SHARED, {})), {name: sent[name] for name in SHARES if name in sent})
    party = sent.get("on_behalf_of", before.get("on_behalf_of"))
    named = {"on_behalf_of": party} if party else {}
    connected.check(call, {name: value for name, value in kept.items() if value is not None} | named, MAX_AMOUNT)
    return {"on_behalf_of": party, SHARED: kept}


SHARES = ("application_fee_amount", "transfer_data")


def of_payment(body: Body) -> Body:
    """What the intent that pays an invoice is told. Nobody gets more than is paid."""
    due = body["amount_due"]
    found: Body = {"on_behalf_of": body["on_behalf_of"]}
    kept = body.get(SHARED, {})
    if kept.get("application_fee_amount"):
        found["application_fee_amount"] = min(kept["application_fee_amount"], due)
    passed_on = kept.get("transfer_data")
    if passed_on:
        amount = {"amount": min(passed_on["amount"], due)} if "amount" in passed_on else {}
        found["transfer_data"] = {"destination": passed_on["destination"], **amount}
    return found
