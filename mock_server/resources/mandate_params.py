"""How a customer has agreed to later debits, as the calls on intents are told.

Source: docs.stripe.com/api/payment_intents/confirm
"""

from __future__ import annotations

from flask_portal.wire import errors
from flask_portal.wire.params import Hash, OneOf, Params, Str, Timestamp
from mock_server.core.call import Body


class Online(Params):
    """Both have to be sent; `check` asks for them, after what was sent has been read."""

    ip_address = Str(max_length=45)
    user_agent = Str()


class Offline(Params):
    """Nothing is asked about a mandate that was given on paper."""


class Acceptance(Params):
    accepted_at = Timestamp()
    offline = Hash(Offline)
    online = Hash(Online)
    type = OneOf("offline", "online", required=True)


class MandateData(Params):
    customer_acceptance = Hash(Acceptance, required=True)


def check(sent: Body) -> None:
    """Whoever agreed online, agreed from somewhere. StripeError 400 `parameter_missing`."""
    accepted = (sent.get("mandate_data") or {}).get("customer_acceptance")
    if not accepted:
        return
    if accepted["type"] == "online" and "online" not in accepted:
        raise errors.missing_parameter("mandate_data[customer_acceptance][online]")
    for name in ("ip_address", "user_agent"):
        if name not in accepted.get("online", {name: None}):
            raise errors.missing_parameter(f"mandate_data[customer_acceptance][online][{name}]")
