"""Meter events: what a customer has used at a moment. They add up to usage, which summaries show and prices bill.

An event counts from the call that sends it; at Stripe that takes a while. An event whose customer is unknown is
taken and never counted, as there.
Source: docs.stripe.com/api/billing/meter-event
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from flask_portal.wire import errors, ids, lists
from flask_portal.wire.params import Hash, ListParams, MapOf, OneOf, Params, Ref, Str, Timestamp
from mock_server.billing.calendar import DAY, HOUR
from mock_server.core.call import Body, Call
from mock_server.core.resource import Key, Resource

from .common import json_number
from .customer import customer
from .meter import listening, meter

MINUTE = 60
OLDEST_DAYS = 35
FUTURE_MINUTES = 5
CANCEL_HOURS = 24
NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,12})?")
WINDOWS = {"day": DAY, "hour": HOUR}

meter_event = Resource(
    "billing.meter_event",
    "/v1/billing/meter_events",
    prefix="mtrev",
    label="meter event",
    search=(
        "event_name",
        "identifier",
        Key("meter", of="_meter"),
        Key("customer", of="_customer"),
        Key("timestamp", int),
        Key("counts", bool, of="_counts"),
    ),
    hidden=("id",),
    private=True,
)

meter_event_adjustment = Resource(
    "billing.meter_event_adjustment",
    "/v1/billing/meter_event_adjustments",
    prefix="mtrea",
    hidden=("id",),
)


class Create(Params):
    event_name = Str(max_length=100, required=True)
    identifier = Str(max_length=100)
    payload = MapOf(Str(max_length=100), keys=Str(max_length=100), required=True)
    timestamp = Timestamp()


class Cancel(Params):
    identifier = Str(max_length=100)


class Adjust(Params):
    cancel = Hash(Cancel)
    event_name = Str(max_length=100, required=True)
    type = OneOf("cancel", required=True)


class Summaries(ListParams):
    customer = Ref("customer", required=True)
    end_time = Timestamp(required=True)
    start_time = Timestamp(required=True)
    value_grouping_window = OneOf("day", "hour")


@meter_event.create(Create)
def create(call: Call, sent: Body) -> Body:
    counted = listening(call, sent["event_name"])
    if counted is None:
        raise errors.invalid(f"No active meter found for the event name {sent['event_name']}.", "event_name")
    payload = sent["payload"]
    payer = payer_of(call, counted, payload)
    value = value_of(counted, payload)
    at = checked_time(call, sent.get("timestamp", call.now))
    identifier = sent.get("identifier") or ids.new("mtrid")
    call.alone("meter_event", identifier)
    if meter_event.where(call, identifier=identifier, limit=1):
        message = f"An event already exists with the identifier {identifier}."
        raise errors.invalid(message, "identifier", "resource_already_exists")
    body = {
        "id": meter_event.new_id(),
        "object": "billing.meter_event",
        "created": call.now,
        "event_name": sent["event_name"],
        "identifier": identifier,
        "livemode": call.livemode,
        "payload": payload,
        "timestamp": at,
        "_counts": payer is not None,
        "_customer": payer,
        "_meter": counted["id"],
        "_value": value,
    }
    return meter_event.add(call, body)


def payer_of(call: Call, counted: Body, payload: Body) -> str | None:
    """The id of the customer whose usage it is; None where there is no such customer. `call.now` becomes theirs."""
    key = counted["customer_mapping"]["event_payload_key"]
    if not payload.get(key):
        raise errors.missing_parameter(f"payload[{key}]")
    found = customer.find(call, payload[key])
    return None if found is None or found.get("deleted") else str(found["id"])


def value_of(counted: Body, payload: Body) -> str:
    """The number that an event carries; counting needs none."""
    key = counted["value_settings"]["event_payload_key"]
    text = payload.get(key)
    if text is None and counted["default_aggregation"]["formula"] == "count":
        return "1"
    if text is None:
        raise errors.missing_parameter(f"payload[{key}]")
    if not NUMBER.fullmatch(text):
        raise errors.invalid(f"The value of a meter event is a number from 0 up: {text}", f"payload[{key}]")
    return str(text)


def checked_time(call: Call, at: int) -> int:
    """An event is neither too old nor of the future."""
    if not call.now - OLDEST_DAYS * DAY <= at <= call.now + FUTURE_MINUTES * MINUTE:
        message = f"An event's timestamp lies within the past {OLDEST_DAYS} days, or {FUTURE_MINUTES} minutes ahead."
        raise errors.invalid(message, "timestamp", "timestamp_out_of_range")
    return at


@meter_event_adjustment.create(Adjust)
def adjust(call: Call, sent: Body) -> Body:
    """Take an event back, within a day of its arrival."""
    identifier = sent.get("cancel", {}).get("identifier")
    if identifier is None:
        raise errors.missing_parameter("cancel[identifier]")
    found = meter_event.where(call, identifier=identifier, event_name=sent["event_name"], limit=1)
    if not found:
        raise errors.missing_object("meter event", identifier, "cancel[identifier]")
    event = meter_event.get(call, found[0]["id"], lock=True)
    if not event["_counts"]:
        raise errors.invalid(
            f"The event {identifier} does not count, so it cannot be taken back.", "cancel[identifier]"
        )
    if call.now > event["created"] + CANCEL_HOURS * HOUR:
        message = f"An event can be taken back for {CANCEL_HOURS} hours."
        raise errors.invalid(message, "cancel[identifier]")
    meter_event.save(call, event | {"_counts": False})
    body = {
        "id": meter_event_adjustment.new_id(),
        "object": "billing.meter_event_adjustment",
        "cancel": {"identifier": identifier},
        "event_name": sent["event_name"],
        "livemode": call.livemode,
        "status": "complete",
        "type": "cancel",
    }
    return meter_event_adjustment.add(call, body)


def counted_events(call: Call, meter_id: str, payer: str, start: int, end: int) -> list[Body]:
    """The events that count, of a time up to and without `end`, newest first by their own time."""
    columns = meter_event.table.c
    within = (columns.timestamp >= start, columns.timestamp < end)
    found = meter_event.where(call, *within, meter=meter_id, customer=payer, counts=True)
    # `where` gives the newest first, and sorting keeps that order among events of the same second.
    return sorted(found, key=lambda event: -int(event["timestamp"]))


def aggregate(formula: str, events: Sequence[Body]) -> Fraction:
    """What a meter makes of events, newest first."""
    if formula == "count":
        return Fraction(len(events))
    values = [Fraction(event["_value"]) for event in events]
    return sum(values, Fraction(0)) if formula == "sum" else next(iter(values), Fraction(0))


def usage(call: Call, meter_id: str, payer: str, start: int, end: int) -> Fraction:
    """What a customer has used between two moments, the second one excluded."""
    formula = meter.get(call, meter_id)["default_aggregation"]["formula"]
    return aggregate(formula, counted_events(call, meter_id, payer, start, end))


@meter.endpoint("GET", "/v1/billing/meters/{id}/event_summaries", Summaries)
def summaries(call: Call, found: dict[str, str], sent: Body) -> Body:
    """Usage in windows of time, the latest first. Windows in which nothing was used are left out."""
    body = meter.get(call, found["id"])
    customer.get(call, sent["customer"], "customer")
    window = WINDOWS.get(sent.get("value_grouping_window", ""))
    check_range(sent, window or MINUTE)
    start, end = sent["start_time"], sent["end_time"]
    spans: dict[int, list[Body]] = {}
    for event in counted_events(call, body["id"], sent["customer"], start, end):
        begins = start if window is None else event["timestamp"] - event["timestamp"] % window
        spans.setdefault(begins, []).append(event)
    listed = [summary(call, body, begins, begins + window if window else end, own) for begins, own in spans.items()]
    return page_of(listed, sent, f"/v1/billing/meters/{body['id']}/event_summaries")


def check_range(sent: Body, step: int) -> None:
    """Both ends lie on a boundary of minutes, or of the windows that were asked for."""
    for name in ("start_time", "end_time"):
        if sent[name] % step:
            raise errors.invalid(f"{name} must lie on a boundary of {step} seconds in UTC.", name)
    if sent["start_time"] >= sent["end_time"]:
        raise errors.invalid("start_time must lie before end_time.", "start_time")


def summary(call: Call, counted: Body, start: int, end: int, events: Sequence[Body]) -> Body:
    """The summary of a window, whose id says where it lies."""
    value = aggregate(counted["default_aggregation"]["formula"], events)
    return {
        "id": f"mtrusg_{counted['id'].removeprefix('mtr_')}{start}",
        "object": "billing.meter_event_summary",
        "aggregated_value": json_number(str(Decimal(value.numerator) / Decimal(value.denominator))),
        "end_time": end,
        "livemode": call.livemode,
        "meter": counted["id"],
        "start_time": start,
    }


def page_of(listed: list[Body], sent: Body, url: str) -> Body:
    """The page of a list that is stored nowhere."""
    places = {body["id"]: place for place, body in enumerate(listed)}
    for name in ("starting_after", "ending_before"):
        if name in sent and sent[name] not in places:
            raise errors.missing_object("meter event summary", sent[name], name)
    limit = sent.get("limit", 10)
    if "ending_before" in sent:
        before = listed[: places[sent["ending_before"]]]
        return lists.envelope(url, before[-limit:], len(before) > limit)
    after = listed[places[sent["starting_after"]] + 1 :] if "starting_after" in sent else listed
    return lists.envelope(url, *lists.cut(after, limit))
