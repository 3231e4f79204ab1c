"""Feedback options: reasons of a business's own that a customer can give for leaving.

Source: docs.stripe.com/api/billing/feedback_option
"""

from __future__ import annotations

from flask_portal.wire import errors
from flask_portal.wire.params import ListParams, OneOf, Params, Str
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource

feedback_option = Resource(
    "billing.feedback_option",
    "/v1/billing/feedback_options",
    prefix="fbo",
    label="feedback option",
    search=("status",),
)


class Create(Params):
    description = Str(required=True)


class Update(Params):
    description = Str()


class List(ListParams):
    status = OneOf("active", "inactive")


def active(call: Call, id: str, param: str) -> Body:
    """An option that can still be chosen; StripeError for any other."""
    body = feedback_option.get(call, id, param)
    if body["status"] != "active":
        raise errors.invalid(f"The feedback option {id} is inactive, and can no longer be chosen.", param)
    return body


@feedback_option.create(Create)
def create(call: Call, sent: Body) -> Body:
    body = {
        "id": feedback_option.new_id(),
        "object": "billing.feedback_option",
        "description": sent["description"],
        "livemode": call.livemode,
        "status": "active",
        "status_transitions": {"deactivated_at": None},
    }
    return feedback_option.add(call, body)


@feedback_option.update(Update)
def update(call: Call, body: Body, sent: Body) -> Body:
    body["description"] = sent.get("description", body["description"])
    return feedback_option.save(call, body)


@feedback_option.action("/deactivate", Params)
def deactivate(call: Call, body: Body, _sent: Body) -> Body:
    """There is no way back."""
    if body["status"] == "inactive":
        raise errors.invalid(f"The feedback option {body['id']} is inactive already.", "id")
    body |= {"status": "inactive", "status_transitions": {"deactivated_at": call.now}}
    return feedback_option.save(call, body)


feedback_option.retrieves()
feedback_option.lists(List)
