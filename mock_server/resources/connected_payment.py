"""What a payment means for the accounts of a platform: its fee, and what it passes on.

Direct charges are made on a connected account, by `Stripe-Account`; destination charges on the platform, with
`transfer_data`. Both can have a fee for the platform.
Source: docs.stripe.com/connect/charges
"""

from __future__ import annotations

from flask_portal.wire import errors
from flask_portal.wire.params import Money, Params, Ref
from mock_server.core.call import Body, Call
from mock_server.core.params import NotBuilt

from . import account as accounts

NOBODY = "There is nobody to share this payment with: act for a connected account, or pass transfer_data[destination]."


DESCRIBED = "Describing what is passed on to another account"


class TransferData(Params):
    amount = Money(minimum=1)
    destination = Ref("account", required=True)


class TransferChange(Params):
    amount = Money(minimum=1)
    description = NotBuilt(DESCRIBED)
    metadata = NotBuilt(DESCRIBED)
    payment_data = NotBuilt(DESCRIBED)


class DescribedTransfer(TransferData, TransferChange):
    """What a payment intent takes, and a checkout session does not."""


def check(call: Call, sent: Body, amount: int) -> None:
    """The accounts in `sent` are connected ones, and nobody gets more than the payment."""
    if "on_behalf_of" in sent:
        check_account(call, sent["on_behalf_of"], "on_behalf_of")
    passed_on = sent.get("transfer_data") or {}
    if "destination" in passed_on:
        check_account(call, passed_on["destination"], "transfer_data[destination]")
    fee = sent.get("application_fee_amount")
    if fee and not passed_on and call.platform is None:
        raise errors.invalid(NOBODY, "application_fee_amount")
    if fee and "amount" in passed_on:
        message = "You may only specify one of these parameters: application_fee_amount, transfer_data[amount]."
        raise errors.invalid(message, "application_fee_amount", "parameters_exclusive")
    for share, param in ((fee, "application_fee_amount"), (passed_on.get("amount"), "transfer_data[amount]")):
        if share and share > amount:
            raise errors.invalid(f"{param} is at most the amount of the payment, {amount}.", param)


def change(call: Call, body: Body, sent: Body, amount: int) -> None:
    """Agree anew about the shares of an intent that is not over. amount: what there is to share."""
    if "transfer_data" in sent and not body["transfer_data"]:
        raise errors.invalid("Nothing of this payment is passed on to another account.", "transfer_data")
    fee = sent.get("application_fee_amount", body["application_fee_amount"])
    passed_on = (body["transfer_data"] or {}) | sent.get("transfer_data", {})
    check(call, {"application_fee_amount": fee, "transfer_data": passed_on}, amount)
    body |= {"application_fee_amount": fee, "transfer_data": passed_on or None}


def check_account(call: Call, id: str | None, param: str) -> None:
    """Only an account that is connected to the one that asks can be named."""
    if id is None:
        return
    body = accounts.account.find(call, id)
    if body is None or body.get("deleted"):
        raise errors.missing_object("destination", id, param)


def terms(sent: Body) -> Body:
    """What an intent keeps of it."""
    return {
        "application_fee_amount": sent.get("application_fee_amount"),
        "on_behalf_of": sent.get("on_behalf_of"),
        "transfer_data": sent.get("transfer_data"),
    }


def application(platform: str) -> str:
    """The id of the application by which a platform acts: the same for each of its calls."""
    return f"ca_{platform.removeprefix('acct_')}"
