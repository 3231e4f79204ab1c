"""What an instrument answers when it is attached, set up or charged.

Source: docs.stripe.com/testing
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mock_server.payments.cards import Card
from mock_server.payments.failures import Failure, card_decline, failure
from mock_server.payments.methods import Method

Instrument: TypeAlias = Card | Method
Result = Literal["succeeded", "declined", "requires_action", "processing", "blocked"]
Action = Literal["three_d_secure", "redirect", "microdeposits"]

MICRODEPOSIT = "payment_method_microdeposit_verification"
MICRODEPOSIT_AMOUNTS: dict[tuple[int, ...], str] = {
    (32, 45): "",
    (10, 11): f"{MICRODEPOSIT}_attempts_exceeded",
    (40, 41): f"{MICRODEPOSIT}_timeout",
}
MICRODEPOSIT_CODES = {
    "SM11AA": "",
    "SM33CC": f"{MICRODEPOSIT}_attempts_exceeded",
    "SM44DD": f"{MICRODEPOSIT}_timeout",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer.

    failure: why, when `declined` or `blocked`.  action: what the customer has to do, when `requires_action`.
    later: what a `processing` charge becomes `after` seconds, or None when it never settles; for `microdeposits` that
    never arrive, the failure that follows.
    disputed: whether a successful debit is contested afterwards (a card says so by `Card.dispute`).
    """

    result: Result
    failure: Failure | None = None
    action: Action | None = None
    later: Outcome | None = None
    after: int = 0
    disputed: bool = False

    @property
    def is_ok(self) -> bool:
        return self.result == "succeeded"


@dataclass(frozen=True, slots=True)
class Refunding:
    """What becomes of a refund: its status now, and another one `after` seconds, or None where it stays."""

    status: Literal["pending", "succeeded"]
    later: Literal["succeeded", "failed"] | None = None
    after: int = 0


REFUND_SECONDS = 3_600
"""How long a bank takes to accept or return the refund of a test card that says so."""

SUCCEEDED = Outcome("succeeded")
DEPOSITS = Outcome("requires_action", action="microdeposits")
CHALLENGED = Outcome("requires_action", action="three_d_secure")
REDIRECTED = Outcome("requires_action", action="redirect")
EXPIRED = Outcome("declined", card_decline("expired_card"))
"""The answer to a card whose last month has ended."""
NOT_A_TEST_CARD = Outcome("declined", card_decline("test_mode_live_card"))
"""The answer to a number that may be a card's and is not in the table of test cards."""


def declined(why: Failure) -> Outcome:
    return Outcome("declined", why)


def on_attach(instrument: Instrument) -> Outcome:
    """Whether it can be attached to a customer: succeeded or declined.

    Bank debits succeed here; that they need a mandate is `Method.needs_mandate`, which the caller turns into an error.
    """
    if isinstance(instrument, Card) and instrument.decline and instrument.declines_at == "attach":
        return declined(card_decline(instrument.decline))
    return SUCCEEDED


def on_setup(
    instrument: Instrument, *, authenticated: bool = False, verified: bool = True, challenge_wanted: bool = False
) -> Outcome:
    """What confirming a SetupIntent with it gives.

    authenticated: the challenge has been passed.  verified: the bank account is known to be its owner's.
    challenge_wanted: the business asks for a challenge, which it gets where the card has one.
    """
    if isinstance(instrument, Method):
        return _method_set_up(instrument, authenticated, verified)
    if instrument.decline and instrument.declines_at in ("attach", "lookup"):
        return declined(card_decline(instrument.decline))
    challenged = instrument.challenge in ("once", "required", "always") or _may_challenge(instrument, challenge_wanted)
    return CHALLENGED if challenged and not authenticated else SUCCEEDED


def on_charge(
    instrument: Instrument,
    amount: int,
    off_session: bool = False,
    was_set_up: bool = False,
    *,
    authenticated: bool = False,
    verified: bool = True,
    challenge_wanted: bool = False,
) -> Outcome:
    """What charging it gives.

    amount: minor units, positive (ValueError otherwise).  off_session: the customer is not there to be challenged.
    was_set_up: a SetupIntent, or a payment with `setup_future_usage`, has succeeded with it before.
    authenticated: the challenge of this very payment has been passed.
    verified, challenge_wanted: as for `on_setup`; nobody is challenged off-session because the business wants it.
    """
    if amount <= 0:
        raise ValueError(f"a charge takes a positive amount, not {amount}")
    if isinstance(instrument, Method):
        if not verified and instrument.behaviour.set_up != "failed":
            return _deposits_to(instrument)
        return _paid_by(instrument, at_hand=off_session or was_set_up or authenticated)
    if instrument.decline and instrument.blocked:
        return Outcome("blocked", card_decline(instrument.decline))
    if instrument.decline and instrument.declines_at in ("attach", "charge", "lookup"):
        return declined(card_decline(instrument.decline))
    wanted = _may_challenge(instrument, challenge_wanted and not off_session)
    if not authenticated and (wanted or _is_challenged(instrument, off_session, was_set_up)):
        return declined(card_decline("authentication_required")) if off_session else CHALLENGED
    return declined(card_decline(instrument.decline)) if instrument.decline else SUCCEEDED


def on_refund(instrument: Instrument, amount: int) -> Refunding:
    """What refunding a charge with it gives: a bank account takes as long to be credited as to be debited."""
    if isinstance(instrument, Card):
        if instrument.refund == "pending":
            return Refunding("pending", "succeeded", REFUND_SECONDS)
        return Refunding("succeeded", "failed", REFUND_SECONDS) if instrument.refund else Refunding("succeeded")
    debit = on_charge(instrument, amount, off_session=True, was_set_up=True)
    return Refunding("pending", "succeeded", debit.after) if debit.after else Refunding("succeeded")


def _may_challenge(card: Card, wanted: bool) -> bool:
    """Whether a card that would not ask does so because it is wanted."""
    return wanted and card.supports_3ds and not card.frictionless


def _is_challenged(card: Card, off_session: bool, was_set_up: bool) -> bool:
    if card.challenge == "once":
        return not was_set_up
    if card.challenge == "required":
        return not (off_session and was_set_up)
    return card.challenge == "always" or (card.challenge == "on_session" and not off_session)


def on_failed_authentication(intent: Literal["payment_intent", "setup_intent"]) -> Outcome:
    """What follows when the customer fails or abandons the challenge."""
    return declined(failure(f"{intent}_authentication_failure"))


def _method_set_up(method: Method, authenticated: bool, verified: bool) -> Outcome:
    behaviour = method.behaviour
    if behaviour.set_up == "redirect":
        return SUCCEEDED if authenticated else REDIRECTED
    if behaviour.set_up == "failed" and behaviour.failure is not None:
        return declined(failure(behaviour.failure))
    return SUCCEEDED if verified and behaviour.set_up == "succeeded" else _deposits_to(method)


def _deposits_to(method: Method) -> Outcome:
    """Its owner has to show that it is theirs; to some accounts nothing can be sent."""
    behaviour = method.behaviour
    if behaviour.set_up == "microdeposits" and behaviour.failure is not None:
        return Outcome("requires_action", action="microdeposits", later=declined(failure(behaviour.failure)))
    return DEPOSITS


def _paid_by(method: Method, at_hand: bool) -> Outcome:
    """Bank debits settle later, even those that fail; wallets answer at once. at_hand: no redirect is needed."""
    behaviour = method.behaviour
    if behaviour.set_up == "redirect" and not at_hand:
        return REDIRECTED
    if behaviour.charge == "processing":
        return Outcome("processing")
    why = failure(behaviour.failure) if behaviour.failure else None
    if behaviour.charge == "blocked":
        return Outcome("blocked", why)
    result = declined(why) if why else Outcome("succeeded", disputed=behaviour.charge == "disputed")
    return Outcome("processing", later=result, after=behaviour.delay) if method.needs_mandate else result


def verify_microdeposits(amounts: Sequence[int] | None = None, descriptor_code: str | None = None) -> Outcome:
    """Whether the amounts, in any order, or the code from the statement verify a bank account."""
    if descriptor_code is not None:
        word = descriptor_code.upper()
        code = MICRODEPOSIT_CODES.get(word, f"{MICRODEPOSIT}_descriptor_code_mismatch")
    else:
        pair = tuple(sorted(amounts or ()))
        code = MICRODEPOSIT_AMOUNTS.get(pair, f"{MICRODEPOSIT}_amounts_mismatch")
    return declined(failure(code)) if code else SUCCEEDED


@dataclass(frozen=True, slots=True)
class Assessment:
    """`charge.outcome`: what network and risk control made of a charge."""

    network_status: str
    type: str
    risk_level: str
    risk_score: int | None
    seller_message: str
    reason: str | None = None
    advice_code: str | None = None


RISK_SCORES = {"normal": 20, "elevated": 70, "highest": 95}


def assessment(instrument: Instrument, outcome: Outcome) -> Assessment:
    """The `outcome` hash of the charge that got this answer."""
    level = instrument.risk if isinstance(instrument, Card) else "not_assessed"
    score = RISK_SCORES.get(level)
    why = outcome.failure
    if why is None:
        return Assessment("approved_by_network", "authorized", level, score, "Payment complete.")
    if outcome.result == "blocked":
        reason = "highest_risk_level" if level == "highest" else "rule"
        message = "Stripe blocked this payment as too risky."
        return Assessment("not_sent_to_network", "blocked", level, score, message, reason)
    reason = why.decline_code or why.code
    message = "The bank did not accept the payment."
    return Assessment("declined_by_network", "issuer_declined", level, score, message, reason, why.advice_code)
