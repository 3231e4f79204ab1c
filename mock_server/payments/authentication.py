"""What 3-D Secure found out about the customer of a card.

Source: docs.stripe.com/api/charges/object, docs.stripe.com/payments/3d-secure
"""

from __future__ import annotations

from mock_server.payments.cards import Card
from mock_server.payments.outcomes import Instrument


def three_d_secure(instrument: Instrument, *, authenticated: bool, seed: str) -> dict[str, object] | None:
    """The `three_d_secure` of a charge or setup attempt, with what both have; None where nobody was asked.

    authenticated: the customer has passed a challenge; some banks know them without one.
    seed: what the attempt is recognised by, for its transaction.
    """
    if not isinstance(instrument, Card) or not (authenticated or instrument.frictionless):
        return None
    return {
        "authentication_flow": "frictionless" if instrument.frictionless else "challenge",
        "electronic_commerce_indicator": "02" if instrument.brand == "mastercard" else "05",
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": seed,
        "version": "2.2.0",
    }
