"""Meters: what customers use is counted by events, and billed by the prices that name the meter.

Source: docs.stripe.com/api/billing/meter
"""

from __future__ import annotations

from flask_portal.wire import errors
from flask_portal.wire.params import Hash, ListParams, OneOf, Params, Str
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource

PAYER = "stripe_customer_id"
"""The key of an event's payload that names the customer, unless the meter chooses another."""

VALUE = "value"

meter = Resource(
    "billing.meter",
    "/v1/billing/meters",
    prefix="mtr",
    label="meter",
    search=("event_name", "status"),
)


class CustomerMapping(Params):
    event_payload_key = Str(max_length=100, required=True)
    type = OneOf("by_id", required=True)


class Aggregation(Params):
    formula = OneOf("count", "last", "sum", required=True)


class ValueSettings(Params):
    event_payload_key = Str(max_length=100, required=True)


class Create(Params):
    customer_mapping = Hash(CustomerMapping)
    default_aggregation = Hash(Aggregation, required=True)
    display_name = Str(max_length=250, required=True)
    event_name = Str(max_length=100, required=True)
    event_time_window = OneOf("day", "hour")
    value_settings = Hash(ValueSettings)


class Update(Params):
    display_name = Str(max_length=250)


class List(ListParams):
    status = OneOf("active", "inactive")


def represent(call: Call, sent: Body) -> Body:
    """The object of a new meter."""
    return {
        "id": meter.new_id(),
        "object": "billing.meter",
        "created": call.now,
        "customer_mapping": sent.get("customer_mapping", {"event_payload_key": PAYER, "type": "by_id"}),
        "default_aggregation": sent["default_aggregation"],
        "display_name": sent["display_name"],
        "event_name": sent["event_name"],
        "event_time_window": sent.get("event_time_window"),
        "livemode": call.livemode,
        "status": "active",
        "status_transitions": {"deactivated_at": None},
        "updated": call.now,
        "value_settings": sent.get("value_settings", {"event_payload_key": VALUE}),
    }


@meter.create(Create)
def create(call: Call, sent: Body) -> Body:
    claim_name(call, sent["event_name"])
    body = meter.add(call, represent(call, sent))
    call.emit("billing.meter.created", body)
    return body


@meter.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    if sent.get("display_name", body["display_name"]) == body["display_name"]:
        return body
    body |= {"display_name": sent["display_name"], "updated": call.now}
    meter.save(call, body)
    call.emit("billing.meter.updated", body)
    return body


@meter.action("/deactivate", Params)
def deactivate(call: Call, body: Body, _sent: Body) -> Body:
    if body["status"] == "inactive":
        raise errors.invalid(f"The meter {body['id']} is inactive already.", "id")
    return switch(call, body, "inactive", call.now, "billing.meter.deactivated")


@meter.action("/reactivate", Params)
def reactivate(call: Call, body: Body, _sent: Body) -> Body:
    if body["status"] == "active":
        raise errors.invalid(f"The meter {body['id']} is active already.", "id")
    claim_name(call, body["event_name"])
    return switch(call, body, "active", None, "billing.meter.reactivated")


def switch(call: Call, body: Body, status: str, deactivated_at: int | None, happening: str) -> Body:
    """Turn a meter on or off, and tell."""
    body |= {"status": status, "status_transitions": {"deactivated_at": deactivated_at}, "updated": call.now}
    meter.save(call, body)
    call.emit(happening, body)
    return body


def claim_name(call: Call, name: str) -> None:
    """Events of a name are counted by one active meter."""
    call.alone("meter", name)
    if listening(call, name) is not None:
        message = f"There is already an active meter for events of the name {name}."
        raise errors.invalid(message, "event_name", "resource_already_exists")


def listening(call: Call, name: str) -> Body | None:
    """The active meter that counts events of this name."""
    found = meter.where(call, event_name=name, status="active", limit=1)
    return found[0] if found else None


meter.retrieves()
meter.lists(List)
