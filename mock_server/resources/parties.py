"""Who an invoice is from, and who is liable for its tax: the account itself, or one that is connected to it.

Source: docs.stripe.com/tax/connect, docs.stripe.com/invoicing/connect
"""

from __future__ import annotations

from flask_portal.wire import errors
from flask_portal.wire.params import OneOf, Params, Ref
from mock_server.core.call import Body, Call

from .connected_payment import check_account


class Party(Params):
    account = Ref("account")
    type = OneOf("account", "self", required=True)


def named(call: Call, sent: Body | None, param: str) -> Body:
    """The party as it is stored; the account itself where none was sent."""
    if sent is None or sent["type"] == "self":
        if sent is not None and "account" in sent:
            raise errors.invalid("An account is named with a type of account only.", f"{param}[account]")
        return {"type": "self"}
    if "account" not in sent:
        raise errors.missing_parameter(f"{param}[account]")
    check_account(call, sent["account"], f"{param}[account]")
    return {"account": sent["account"], "type": "account"}
