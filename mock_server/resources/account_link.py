"""Account links: the way to the page on which a connected account tells Stripe who it is.

A link lives for five minutes and is used up by the answer, not by a look at the page: programs that check links in
mails only look.
Source: docs.stripe.com/api/account_links
"""

from __future__ import annotations

from flask_portal.wire import errors, ids
from flask_portal.wire.params import Hash, OneOf, Params, Ref, Url
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource

from . import account as accounts

LINK_SECONDS = 300

account_link = Resource("account_link", "/v1/account_links", prefix="alink", private=True)


class CollectionOptions(Params):
    # Marshmallow has something else under the name of this parameter.
    asked = OneOf("currently_due", "eventually_due", data_key="fields")
    future_requirements = OneOf("include", "omit")


class Create(Params):
    exclusive = (("collect", "collection_options"),)
    account = Ref("account", required=True)
    collect = OneOf("currently_due", "eventually_due")
    collection_options = Hash(CollectionOptions)
    refresh_url = Url(web_only=True, required=True)
    return_url = Url(web_only=True, required=True)
    type = OneOf("account_onboarding", "account_update", required=True)


@account_link.create(Create)
def create(call: Call, sent: Body) -> Body:
    body = accounts.connected(call, sent["account"])
    collects = body["controller"]["requirement_collection"]
    if sent["type"] == "account_update" and collects != "application":
        message = "account_update is for accounts whose platform collects what is required: use account_onboarding."
        raise errors.invalid(message, "type")
    token = ids.secret("alink")
    shown = {
        "object": "account_link",
        "created": call.now,
        "expires_at": call.now + LINK_SECONDS,
        "url": f"{call.base_url}/setup/{call.account}/{token}",
    }
    private = {"_account": body["id"], "_return": sent["return_url"], "_refresh": sent["refresh_url"], "_used": False}
    account_link.add(call, shown | private | {"id": token})
    return shown


def is_open(call: Call, body: Body) -> bool:
    """Whether the page may still be answered."""
    return not body["_used"] and call.now < body["expires_at"]


def use(call: Call, body: Body) -> None:
    """The account has answered on the page."""
    account_link.save(call, body | {"_used": True})
    accounts.onboard(call, body["_account"])
