"""What a subscription names of other things, checked: how it is paid, and who stands on its invoices.

Source: docs.stripe.com/api/subscriptions/create
"""

from __future__ import annotations

from flask_portal.wire import errors
from mock_server.core.call import Body, Call

from .. import parties
from .. import tax_id as tax_ids


def check_source(sent: Body) -> None:
    """Legacy sources are older than any customer of the mock, so there is none that could be named."""
    if sent.get("default_source") is not None:
        raise errors.missing_object("source", sent["default_source"], "default_source")


def check_mode(sent: Body) -> None:
    """The `billing_mode` that was asked for."""
    mode = sent.get("billing_mode", {})
    if "flexible" not in mode:
        return
    if mode["type"] != "flexible":
        raise errors.invalid("billing_mode[flexible] needs a type of flexible.", "billing_mode[flexible]")
    if mode["flexible"].get("proration_discounts") == "itemized":
        message = "Showing the discounts of prorations one by one"
        raise errors.not_built(message, "billing_mode[flexible][proration_discounts]")


def invoice_settings(call: Call, sent: Body) -> Body:
    """The `invoice_settings` that were sent, as they are stored."""
    known = dict(sent)
    if "account_tax_ids" in sent:
        known["account_tax_ids"] = tax_ids.own(call, sent["account_tax_ids"], "invoice_settings[account_tax_ids]")
    if "issuer" in sent:
        known["issuer"] = parties.named(call, sent["issuer"], "invoice_settings[issuer]")
    return known
