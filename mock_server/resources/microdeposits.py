"""Small deposits to a bank account, whose amounts or code its owner tells in order to show that it is theirs.

Source: docs.stripe.com/payments/ach-direct-debit/migrating-from-another-processor, docs.stripe.com/testing
"""

from __future__ import annotations

from urllib.parse import urlencode

from flask_portal.wire import errors
from flask_portal.wire.params import Int, ListOf, Params, Str
from mock_server.core.call import Body, Call, Kept
from mock_server.core.resource import Resource
from mock_server.payments import outcomes
from mock_server.payments.failures import Failure, failure
from mock_server.payments.outcomes import MICRODEPOSIT, Instrument, verify_microdeposits

DAY = 86_400
DAYS_UNTIL_THERE = 2
DAYS_TO_VERIFY = 10
MOST_TRIES = {"acss_debit": 3, "us_bank_account": 10}
TRIES = "_tries"
"""Stored with an intent: how often wrong amounts or codes were told."""

AGAIN = frozenset({f"{MICRODEPOSIT}_amounts_mismatch", f"{MICRODEPOSIT}_descriptor_code_mismatch"})
"""The failures after which another try may follow."""


class Verify(Params):
    exclusive = (("amounts", "descriptor_code"),)

    amounts = ListOf(Int(minimum=0), min=2, max=2)
    descriptor_code = Str(max_length=6)


def next_action(call: Call, intent: Body) -> Body:
    """What the customer of an intent has to do: to look at their account, and tell what has arrived."""
    query = urlencode({"merchant": call.account, "client_secret": intent["client_secret"]})
    deposits = {
        "arrival_date": call.now + DAYS_UNTIL_THERE * DAY,
        "hosted_verification_url": f"{call.base_url}/microdeposits/{intent['id']}?{query}",
        "microdeposit_type": "amounts",
    }
    return {"type": "verify_with_microdeposits", "verify_with_microdeposits": deposits}


def wait_for(intent: Body) -> bool:
    """Whether an intent waits for what the customer tells of the deposits."""
    action = intent["next_action"]
    return bool(intent["status"] == "requires_action" and action["type"] == "verify_with_microdeposits")


def due_at(call: Call, arrives: bool) -> int:
    """When waiting is over. arrives: whether the deposits can be sent at all."""
    return call.now + (DAYS_TO_VERIFY * DAY if arrives else 0)


def on_late_deposits(instrument: Instrument) -> Failure:
    """Why waiting has ended: nothing could be sent, or nobody has told anything in time."""
    never_sent = outcomes.on_setup(instrument, verified=False).later
    return (never_sent and never_sent.failure) or failure(f"{MICRODEPOSIT}_timeout")


def refusal(why: Failure) -> errors.StripeError:
    """The error that answers a verification that failed."""
    return errors.invalid(why.message, code=why.code)


def judge(call: Call, resource: Resource, body: Body, kind: str, sent: Body) -> Failure | None:
    """None for what is right, else the failure that ends the wait. kind: the type of the payment method.

    StripeError 400 for what is wrong while there may be another try, which is counted.
    """
    if not wait_for(body):
        noun = resource.noun
        message = f"The {noun} {body['id']} does not wait for micro-deposits to be verified."
        raise errors.invalid(message, code=f"{noun}_unexpected_state")
    if "amounts" not in sent and "descriptor_code" not in sent:
        raise errors.missing_parameter("amounts")
    answer = verify_microdeposits(sent.get("amounts"), sent.get("descriptor_code")).failure
    if answer is None or answer.code not in AGAIN:
        return answer
    body[TRIES] = body.get(TRIES, 0) + 1
    if body[TRIES] >= MOST_TRIES[kind]:
        return failure(f"{MICRODEPOSIT}_attempts_exceeded")
    resource.save(call, body)
    raise Kept(refusal(answer))
