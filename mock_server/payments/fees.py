"""What Stripe keeps of a payment, and when the rest is there.

The mock's accounts have Stripe's standard price for cards in the United States, whatever they are paid with.
Source: stripe.com/pricing, docs.stripe.com/payouts
"""

from __future__ import annotations

from fractions import Fraction

SHARE = Fraction(29, 1000)
FIXED = {0: 30, 2: 30, 3: 300}
"""Minor units by the number of decimals that a currency has."""
DISPUTE_FEE = {0: 1500, 2: 1500, 3: 15_000}
"""What a bank that asks for its money back costs, in the same way."""
DAYS_UNTIL_AVAILABLE = 2


def fee(amount: int, decimals: int) -> int:
    """What is kept of `amount` minor units: 2.9 % and 30, never more than all of it.

    decimals: how many the currency has, 0, 2 or 3.
    """
    share = amount * SHARE
    rounded = share.numerator // share.denominator + (2 * (share.numerator % share.denominator) >= share.denominator)
    return min(amount, rounded + FIXED[decimals])
