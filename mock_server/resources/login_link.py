"""Login links: the way of an Express account to its dashboard. A link is used up by the first look at the page.

Source: docs.stripe.com/api/accounts/login_link
"""

from __future__ import annotations

from flask_portal.wire import errors, ids
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource

from . import account as accounts

login_link = Resource("login_link", prefix="lael", label="login link", private=True)


@login_link.endpoint("POST", "/v1/accounts/{account}/login_links")
def create(call: Call, found: dict[str, str], _sent: Body) -> Body:
    holder = accounts.connected(call, found["account"])
    if holder["controller"]["stripe_dashboard"]["type"] != "express":
        raise errors.invalid(f"{holder['id']} has no Express Dashboard: only such accounts have login links.", "id")
    if not holder["details_submitted"]:
        message = f"{holder['id']} has not completed onboarding: send it through an account link first."
        raise errors.invalid(message, "id")
    token = ids.secret("lael")
    url = f"{call.base_url}/express/{call.account}/{token}"
    shown = {"object": "login_link", "created": call.now, "url": url}
    login_link.add(call, shown | {"id": token, "_account": holder["id"]})
    return shown


def use(call: Call, token: str) -> Body | None:
    """The connected account that a link is for; None when it is no link, or was used before."""
    body = login_link.find(call, token, lock=True)
    if body is None:
        return None
    login_link.discard(call, token)
    return accounts.own(call, body["_account"])
