"""The calls on Checkout sessions, and what falls due.

Source: docs.stripe.com/api/checkout/sessions
"""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from flask_portal.wire import errors
from flask_portal.wire.params import ListParams, Params
from mock_server.core.call import Body, Call
from mock_server.core.resource import merged_metadata

from .. import payment_intent as intents
from .. import setup_intent as setups
from ..customer import customer
from ..invoice.calls import part_of
from ..promotion_code import promotion_code
from . import bill, checks, lines
from .head import LINES, PAYER, SENT, SETUP, checkout_session, item
from .params import Create, List, Update
from .represent import address, represent

RECOVERY_SECONDS = 30 * checks.DAY
"""How long a session that has expired can be taken up again."""


@checkout_session.create(Create)
def create(call: Call, sent: Body) -> Body:
    if "mode" not in sent:
        raise errors.missing_parameter("mode")
    if "success_url" not in sent:
        raise errors.missing_parameter("success_url")
    return begin(call, sent)


def begin(call: Call, sent: Body, known: list[Body] | None = None, **more: str) -> Body:
    """A new session. known: the lines, where they are those of something that was made before.

    more: keys of its own, such as the payment link that it was opened by.
    """
    if "customer" in sent:
        customer.get(call, sent["customer"], "customer")
    checks.check(call, sent)
    sent.setdefault("expires_at", call.now + checks.LONGEST)
    bought = lines.made(call, sent.get("line_items", ())) if known is None else [copied(line) for line in known]
    lines.check(call, bought, sent["mode"])
    currency = lines.currency_of(call, bought, sent.get("currency")) if bought else sent.get("currency")
    body = represent(call, sent, bought, currency) | more
    if body["automatic_tax"]["enabled"]:
        lines.check_taxable(call, bought)
    bill.put_amounts(call, body, body["customer"])
    if body["mode"] == "setup":
        prepare(call, body)
    return checkout_session.add(call, body, due=body["expires_at"])


def copied(line: Body) -> Body:
    """The same line, of another session."""
    return line | {"id": item.new_id()}


def prepare(call: Call, body: Body) -> None:
    """Make the SetupIntent of a session that saves a payment method."""
    data = body[SENT].get("setup_intent_data", {})
    wanted = {name: data[name] for name in ("description", "metadata") if name in data}
    intent = setups.begin(call, wanted | ({"customer": body["customer"]} if body["customer"] else {}))
    body |= {SETUP: intent["id"], "setup_intent": intent["id"]}


@checkout_session.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    if "metadata" in sent:
        body["metadata"] = merged_metadata(body["metadata"], sent["metadata"])
    return checkout_session.save(call, body)


@checkout_session.action("/expire", Params)
def expire(call: Call, body: Body, _sent: Body) -> Body:
    if body["status"] != "open":
        message = f'Only Checkout Sessions with a status in ["open"] can be expired. This one is {body["status"]}.'
        raise errors.invalid(message, "id")
    return end(call, body)


def end(call: Call, body: Body) -> Body:
    """It cannot be paid any more; an intent that waits for its customer is given up with it."""
    body |= {"status": "expired", "url": None}
    recovery = (body["after_expiration"] or {}).get("recovery")
    if recovery and recovery["enabled"]:
        recovery |= {"expires_at": call.now + RECOVERY_SECONDS, "url": address(call, "c/recover", body["id"])}
    checkout_session.save(call, body, due=None)
    give_up(call, body)
    call.emit("checkout.session.expired", body)
    return body


def give_up(call: Call, body: Body) -> None:
    """Cancel what has not been paid, or not been saved."""
    if body["payment_intent"] is not None:
        intent = intents.payment_intent.get(call, body["payment_intent"])
        if intent["status"] in intents.OPEN:
            intents.cancel_for(call, intent, "abandoned")
    if body[SETUP] is not None:
        setup = setups.setup_intent.get(call, body[SETUP])
        if setup["status"] in setups.OPEN:
            setups.cancel(call, setup, {"cancellation_reason": "abandoned"})


def recover(call: Call, body: Body) -> Body:
    """A new session like one that has expired. StripeError 400 where that is not wanted, or too late."""
    recovery = (body["after_expiration"] or {}).get("recovery") or {}
    if recovery.get("url") is None or recovery["expires_at"] <= call.now:
        raise errors.invalid("This Checkout Session cannot be recovered any more.", "id")
    sent = {name: value for name, value in body[SENT].items() if name not in ("expires_at", "after_expiration")}
    if recovery["allow_promotion_codes"] and not body["discounts"]:
        sent["allow_promotion_codes"] = True
    if body["customer"] is None and body[PAYER] is not None and "customer_email" not in sent:
        known = customer.get(call, body[PAYER])
        sent |= {"customer_email": known["email"]} if known["email"] else {}
    return begin(call, sent, body[LINES], recovered_from=body["id"])


@checkout_session.endpoint("GET", "/v1/checkout/sessions/{id}/line_items", ListParams)
def line_items(call: Call, found: dict[str, str], sent: Body) -> Body:
    body = checkout_session.get(call, found["id"])
    return part_of(body[LINES], sent, f"/v1/checkout/sessions/{body['id']}/line_items", "line item")


@checkout_session.due
def fall_due(call: Call, body: Body) -> None:
    """Its time is over."""
    checkout_session.save(call, body, due=None)
    if body["status"] == "open":
        end(call, body)


@promotion_code.on("history_sought")
def find_payments(call: Call, owner: str, found: list[str]) -> None:
    """Somebody who has paid in Checkout before is no new customer."""
    bought = checkout_session.where(call, customer=owner, status="complete")
    found += [body["id"] for body in bought if body["mode"] != "setup"]


def narrow(table: sa.Table, sent: Body) -> Iterator[sa.ColumnElement[bool]]:
    """`customer_details[email]`, for which case matters."""
    if "customer_details" in sent:
        yield table.c.email == sent["customer_details"]["email"]


checkout_session.retrieves()
checkout_session.lists(List, narrow, narrows=("customer_details",))
