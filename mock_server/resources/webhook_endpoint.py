"""Webhook endpoints: who is told of what.

Source: docs.stripe.com/api/webhook_endpoints
"""

from __future__ import annotations

from functools import cache
from typing import get_args

from stripe import Event

from flask_portal.wire import errors, ids
from flask_portal.wire.params import Bool, ListOf, Metadata, Params, Str, Url
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource, merge
from mock_server.versions import has_current_shapes, is_version
from mock_server.webhooks.outbox import CONNECT

MOST = 16

webhook_endpoint = Resource(
    "webhook_endpoint",
    "/v1/webhook_endpoints",
    prefix="we",
    label="webhook endpoint",
    search=("status",),
    private=True,
)


class Fields(Params):
    description = Str(nullable=True)
    metadata = Metadata(nullable=True)


class Create(Fields):
    api_version = Str()
    connect = Bool()
    enabled_events = ListOf(Str(), required=True, min=1)
    url = Url(web_only=True, required=True)


class Update(Fields):
    disabled = Bool()
    enabled_events = ListOf(Str(), min=1)
    url = Url(web_only=True)


@cache
def known_types() -> frozenset[str]:
    """The types of events that the API has."""
    return frozenset(get_args(Event.__annotations__["type"]))


def check_events(sent: Body) -> None:
    """Each must be a type that exists, or `*` alone: a misspelled one would never be delivered in silence."""
    wanted = sent.get("enabled_events", [])
    if "*" in wanted and len(wanted) > 1:
        raise errors.invalid("'*' stands for all events, and is given alone.", "enabled_events")
    for index, kind in enumerate(wanted):
        if kind != "*" and kind not in known_types():
            raise errors.invalid(f"There is no type of events called '{kind}'.", f"enabled_events[{index}]")


def check_version(name: str) -> None:
    """Events can be told in the shapes of the newest version alone."""
    if not is_version(name):
        raise errors.invalid(f"Invalid Stripe API version: {name}.", "api_version")
    if not has_current_shapes(name):
        raise errors.not_built(f"telling an endpoint of events in the shapes of {name}", "api_version")


@webhook_endpoint.create(Create)
def create(call: Call, sent: Body) -> Body:
    check_events(sent)
    if "api_version" in sent:
        check_version(sent["api_version"])
    call.alone("webhook_endpoint")
    if len(webhook_endpoint.where(call)) >= MOST:
        raise errors.invalid(f"You have reached the maximum of {MOST} webhook endpoints.")
    secret = ids.secret("whsec")
    body: Body = {
        "id": webhook_endpoint.new_id(),
        "object": "webhook_endpoint",
        "api_version": sent.get("api_version"),
        "application": None,
        "created": call.now,
        "description": sent.get("description"),
        "enabled_events": sent["enabled_events"],
        "livemode": call.livemode,
        "metadata": sent.get("metadata") or {},
        "status": "enabled",
        "url": sent["url"],
    }
    webhook_endpoint.add(call, body | {"_secret": secret, CONNECT: sent.get("connect", False)})
    return body | {"secret": secret}


@webhook_endpoint.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    check_events(sent)
    merge(body, sent, skip=("disabled",))
    if "disabled" in sent:
        body["status"] = "disabled" if sent["disabled"] else "enabled"
    return webhook_endpoint.save(call, body)


@webhook_endpoint.delete()
def delete(call: Call, body: Body, _sent: Body) -> Body:
    return webhook_endpoint.remove(call, body)


webhook_endpoint.retrieves()
webhook_endpoint.lists()
