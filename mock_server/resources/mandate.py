"""Mandates: a customer has agreed that an account may be debited, once or again and again.

Source: docs.stripe.com/api/mandates, docs.stripe.com/payments/payment-methods/bacs-debit
"""

from __future__ import annotations

from flask_portal.wire import errors
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource
from mock_server.payments.methods import ENDS_MANDATE

from . import payment_method as methods

SECONDS_UNTIL_ACCEPTED = 180
"""How long the bank of a Bacs debit takes to accept a mandate."""

REVOKED_FOR = frozenset({"account_closed", "debit_not_authorized"})

AGREED = "_agreed"
"""Stored with an intent while it waits for its customer: the mandate that they have agreed to."""

mandate = Resource(
    "mandate",
    "/v1/mandates",
    prefix="mandate",
    search=("payment_method",),
    expands={"payment_method": "payment_method"},
    on_clocks=True,
)


def represent(call: Call, method: Body, accepted: Body, options: Body, once: Body | None) -> Body:
    """The object of a new mandate. options: `mandate_options` of the method's type.  once: amount and currency."""
    id = mandate.new_id()
    return {
        "id": id,
        "object": "mandate",
        "customer_acceptance": acceptance(call, accepted),
        "livemode": call.livemode,
        "multi_use": {"amount": None, "currency": None} if once is None else None,
        "on_behalf_of": None,
        "payment_method": method["id"],
        "payment_method_details": {"type": method["type"], method["type"]: details(call, id, method, options)},
        "single_use": once,
        "status": "pending" if method["type"] == "bacs_debit" else "active",
        "type": "multi_use" if once is None else "single_use",
    }


def acceptance(call: Call, accepted: Body) -> Body:
    """`customer_acceptance`: how the customer has agreed, and where online."""
    online = accepted.get("online", {}) if accepted["type"] == "online" else None
    return {
        "accepted_at": accepted.get("accepted_at", call.now),
        "offline": {} if accepted["type"] == "offline" else None,
        "online": online and {"ip_address": online.get("ip_address"), "user_agent": online.get("user_agent")},
        "type": accepted["type"],
    }


def details(call: Call, id: str, method: Body, options: Body) -> Body:
    """What a mandate of this type of method says."""
    page = f"{call.base_url}/mandates/{id}?merchant={call.account}"
    reference = (options.get("reference_prefix") or "") + id.removeprefix("mandate_")[:16].upper()
    bacs = {"display_name": None, "network_status": "pending", "reference": reference, "revocation_reason": None}
    known: dict[str, Body] = {
        "acss_debit": {
            "default_for": options.get("default_for"),
            "interval_description": options.get("interval_description"),
            "payment_schedule": options.get("payment_schedule", "sporadic"),
            "transaction_type": options.get("transaction_type", "personal"),
        },
        "au_becs_debit": {"url": page},
        "bacs_debit": bacs | {"service_user_number": None, "url": page},
        "card": {"india": None},
        "paypal": {"billing_agreement_id": None, "payer_id": None},
        "sepa_debit": {"reference": reference, "url": page},
        "us_bank_account": {"collection_method": options.get("collection_method")},
    }
    return known.get(method["type"], {})


def give(call: Call, method: Body, sent: Body, options: Body, once: Body | None = None) -> Body:
    """Store the mandate that the customer gives with a confirmation. sent: `mandate_data`."""
    body = represent(call, method, sent["customer_acceptance"], options, once)
    waits = body["status"] == "pending"
    return mandate.add(call, body, due=call.now + SECONDS_UNTIL_ACCEPTED if waits else None)


def agree(body: Body, sent: Body, options: Body) -> None:
    """Note in an intent what its customer has agreed to; it counts once the intent goes through."""
    body[AGREED] = {"mandate_data": sent["mandate_data"], "mandate_options": options}


def given(call: Call, body: Body, method: Body, once: Body | None) -> Body | None:
    """The mandate that was agreed to with the confirmation of an intent, stored; None where there is none."""
    agreed = body.pop(AGREED, None)
    if agreed is None:
        return None
    return give(call, method, agreed["mandate_data"], agreed["mandate_options"], once)


def check(call: Call, id: str, method: Body) -> None:
    """Only a mandate of this method that is not over can be named for a payment."""
    body = mandate.get(call, id, "mandate")
    if body["payment_method"] != method["id"] or body["status"] == "inactive":
        message = f"The mandate {id} does not allow a payment by {method['id']}."
        raise errors.invalid(message, "mandate", "payment_intent_mandate_invalid")


def is_over(call: Call, method: str) -> bool:
    """Whether a method had a mandate, and has none any more."""
    found = mandate.where(call, payment_method=method)
    return bool(found) and all(body["status"] == "inactive" for body in found)


def of_method(call: Call, id: str) -> Body | None:
    """The newest mandate of a payment method that later payments may stand on."""
    found = mandate.where(call, payment_method=id)
    return next((body for body in found if body["status"] != "inactive" and body["type"] == "multi_use"), None)


def end(call: Call, method: str, why: str) -> None:
    """Nothing may be debited any more. why: the failure that says so, or `detached`."""
    for body in mandate.where(call, payment_method=method):
        if body["status"] == "inactive":
            continue
        body["status"] = "inactive"
        bacs = body["payment_method_details"].get("bacs_debit")
        if bacs:
            reason = why if why in REVOKED_FOR else "could_not_process"
            bacs |= {"network_status": "revoked", "revocation_reason": reason}
        mandate.save(call, body, due=None)
        call.emit("mandate.updated", body)


def end_after(call: Call, method: Body, code: str) -> None:
    """A debit has failed: an account that says that it may not be debited is not asked again."""
    if code in ENDS_MANDATE and methods.instrument(method).type != "card":
        end(call, method["id"], code)


@methods.payment_method.on("detached")
def end_with_method(call: Call, body: Body, _owner: str) -> None:
    """A mandate ends with its method."""
    end(call, body["id"], "detached")


@mandate.due
def be_accepted(call: Call, body: Body) -> None:
    """The customer's bank has accepted it."""
    mandate.save(call, body, due=None)
    if body["status"] == "pending":
        body["status"] = "active"
        body["payment_method_details"]["bacs_debit"]["network_status"] = "accepted"
        mandate.save(call, body)
        call.emit("mandate.updated", body)


mandate.retrieves()
