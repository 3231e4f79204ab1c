"""Credit notes: which part of an invoice line they take back, and how what they come to is given back.

Source: docs.stripe.com/invoicing/integration/programmatic-credit-notes
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from mock_server.billing.money import round_half_up


def share(amount: int, part: int, whole: int) -> int:
    """What `part` of a line of `whole` takes of an amount that belongs to it, in minor units.

    Of nothing, every part is nothing. ValueError for a part of a line of nothing that something belongs to.
    """
    if amount == 0:
        return 0
    if whole == 0:
        raise ValueError("a line of nothing has no parts")
    return round_half_up(Fraction(amount * part, whole))


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a credit note is given back, in minor units.

    before_payment: what need not be paid any more.  refund, credit, out_of_band: what goes back of what was paid.
    """

    before_payment: int
    refund: int
    credit: int
    out_of_band: int

    @property
    def after_payment(self) -> int:
        return self.refund + self.credit + self.out_of_band

    @property
    def type(self) -> str:
        if self.before_payment and self.after_payment:
            return "mixed"
        return "post_payment" if self.after_payment else "pre_payment"


def settle(total: int, *, refund: int = 0, credit: int = 0, out_of_band: int = 0) -> Settlement:
    """What is not given back of `total` was not paid yet. ValueError where more is given back than it comes to."""
    rest = total - refund - credit - out_of_band
    if rest < 0:
        raise ValueError("more is given back than the credit note comes to")
    return Settlement(rest, refund, credit, out_of_band)
