"""What a customer has to do before a payment or a setup goes on: on a page of the mock, which stands for their bank's.

Source: docs.stripe.com/payments/3d-secure/authentication-flow, docs.stripe.com/api/payment_intents/object
"""

from __future__ import annotations

from urllib.parse import urlencode

from mock_server.core.call import Body, Call


def address(call: Call, intent: Body) -> str:
    """The page on which the customer of this intent answers. Who knows its client secret may open it."""
    query = urlencode({"merchant": call.account, "client_secret": intent["client_secret"]})
    return f"{call.base_url}/3ds/{intent['id']}?{query}"


def next_action(call: Call, intent: Body, return_url: str | None, *, in_script: bool = False) -> Body:
    """The `next_action` of an intent that waits for its customer.

    return_url: where they come back to from the page; without one, Stripe.js has to open it.
    in_script: Stripe.js opens it in any case.
    """
    page = address(call, intent)
    if return_url is None or in_script:
        return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": page}}
    return {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": page}}
