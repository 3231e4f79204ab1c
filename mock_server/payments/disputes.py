"""What follows when a payment is contested: how a test instrument's dispute begins, and what evidence does to it.

Source: docs.stripe.com/testing, docs.stripe.com/disputes/how-disputes-work
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from mock_server.payments.cards import Card
from mock_server.payments.methods import Method

CaseType = Literal["block", "chargeback", "compliance", "inquiry", "resolution"]
Status = Literal[
    "warning_needs_response",
    "warning_under_review",
    "warning_closed",
    "needs_response",
    "under_review",
    "won",
    "lost",
    "prevented",
]

DAYS_TO_ANSWER = 9
"""How long evidence is taken, in days."""

CE3 = "visa_compelling_evidence_3"


@dataclass(frozen=True, slots=True)
class Kind:
    """How a dispute begins.

    case: of the card network, None for a bank debit.  reason_code: that of Visa's network, by `visa`, or Mastercard's.
    eligible: the enhanced evidence that it takes.  shares: into how many disputes the amount is divided.
    represented: Stripe answers with what it knows when the business has not answered in time.
    """

    reason: str
    case: CaseType | None = "chargeback"
    reason_codes: Mapping[str, str] = field(default_factory=dict)
    eligible: bool = False
    shares: int = 1
    represented: bool = False

    @property
    def status(self) -> Status:
        """The status that it begins with. A bank's debit is returned without asking."""
        if self.case is None:
            return "lost"
        if self.case in ("block", "resolution"):
            return "prevented"
        return "warning_needs_response" if self.case == "inquiry" else "needs_response"

    @property
    def takes_money(self) -> bool:
        """Whether the amount leaves the account's balance at once."""
        return self.case not in ("inquiry", "block")


FRAUD = MappingProxyType({"visa": "10.4", "mastercard": "4837"})
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "fraudulent": Kind("fraudulent", reason_codes=FRAUD),
        "product_not_received": Kind("product_not_received", reason_codes={"visa": "13.1", "mastercard": "4853"}),
        "inquiry": Kind("general", "inquiry"),
        "multiple": Kind("fraudulent", reason_codes=FRAUD, shares=2),
        "ce3_eligible": Kind("fraudulent", reason_codes=FRAUD, eligible=True),
        "compliance": Kind("noncompliant", "compliance", eligible=True),
        "auto_representment": Kind("fraudulent", reason_codes=FRAUD, represented=True),
        "resolution": Kind("fraudulent", "resolution", FRAUD),
        "block": Kind("fraudulent", "block", FRAUD),
    }
)
RETURNED_DEBIT = Kind("customer_initiated", None)


def follows(instrument: Card | Method) -> Kind | None:
    """The dispute that follows each successful charge of this instrument, if any."""
    if isinstance(instrument, Card):
        return KINDS[instrument.dispute] if instrument.dispute else None
    return RETURNED_DEBIT if instrument.behaviour.charge == "disputed" else None


def parts(amount: int, shares: int) -> list[int]:
    """`amount` minor units in `shares` parts that differ by one at most, larger ones first."""
    least, rest = divmod(amount, shares)
    return [least + (index < rest) for index in range(shares)]


def eligibility(kind: Kind, brand: str) -> str | None:
    """The enhanced evidence that a dispute of a card takes: the name of its hash."""
    if not kind.eligible:
        return None
    return CE3 if kind.case == "chargeback" else f"{brand}_compliance"


DECISIONS: Mapping[tuple[str, str], Status] = MappingProxyType(
    {
        ("under_review", "winning_evidence"): "won",
        ("under_review", "losing_evidence"): "lost",
        ("warning_under_review", "winning_evidence"): "warning_closed",
        ("warning_under_review", "losing_evidence"): "needs_response",
        ("warning_under_review", "escalate_inquiry_evidence"): "needs_response",
    }
)


def decided(status: str, text: str | None) -> Status | None:
    """What the bank decides about submitted evidence; None while it says nothing, as it does to any other text.

    An inquiry whose evidence convinces nobody goes on as a chargeback.
    """
    return DECISIONS.get((status, (text or "").strip()))
