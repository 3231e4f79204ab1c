"""What a platform gets and passes on of a subscription's payments.

Source: docs.stripe.com/connect/subscriptions
"""

from __future__ import annotations

from fractions import Fraction

from flask_portal.wire import errors
from mock_server.billing.money import round_half_up
from mock_server.core.call import Body, Call

from .. import connected_payment as connected
from ..common import fraction, json_number
from ..invoice import invoice
from .head import subscription


def take(call: Call, body: Body, sent: Body) -> None:
    """Put what was sent into a subscription."""
    if "application_fee_percent" in sent:
        percent = sent["application_fee_percent"]
        body["application_fee_percent"] = None if percent is None else json_number(percent)
    if "on_behalf_of" in sent:
        connected.check_account(call, sent["on_behalf_of"], "on_behalf_of")
        body["on_behalf_of"] = sent["on_behalf_of"]
    if "transfer_data" in sent:
        body["transfer_data"] = passing_on(call, sent["transfer_data"])
    check(call, body)


def passing_on(call: Call, sent: Body | None) -> Body | None:
    """The `transfer_data`, with all its keys."""
    if sent is None:
        return None
    connected.check_account(call, sent["destination"], "transfer_data[destination]")
    percent = sent.get("amount_percent")
    share = None if percent is None else json_number(percent)
    return {"amount_percent": share, "destination": sent["destination"]}


def check(call: Call, body: Body) -> None:
    """A fee needs somebody to take it from, and is not taken besides a share."""
    passed_on = body["transfer_data"]
    if body["application_fee_percent"] is None:
        return
    if passed_on is None and call.platform is None:
        raise errors.invalid(connected.NOBODY, "application_fee_percent")
    if passed_on is not None and passed_on["amount_percent"] is not None:
        message = "You may only specify one of these: application_fee_percent, transfer_data[amount_percent]."
        raise errors.invalid(message, "application_fee_percent", "parameters_exclusive")


@invoice.on("payment_sought")
def share(call: Call, paper: Body, wanted: Body) -> None:
    """The intent that is to pay an invoice of a subscription is shared as the subscription says."""
    if paper["parent"] is None:
        return
    body = subscription.find(call, paper["parent"]["subscription_details"]["subscription"])
    if body is None:
        return
    wanted["on_behalf_of"] = body["on_behalf_of"]
    fee = part(wanted["amount"], body["application_fee_percent"])
    if fee:
        wanted["application_fee_amount"] = fee
    passed_on = body["transfer_data"]
    if passed_on is not None:
        amount = part(wanted["amount"], passed_on["amount_percent"])
        shared = {} if amount is None else {"amount": amount}
        wanted["transfer_data"] = {"destination": passed_on["destination"], **shared}


def part(amount: int, percent: float | None) -> int | None:
    """A percentage of an amount, in its minor units; None without a percentage."""
    share = fraction(percent)
    return None if share is None else round_half_up(Fraction(amount) * share / 100)
