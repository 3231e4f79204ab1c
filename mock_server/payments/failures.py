"""Why an instrument did not pay, in codes and in words that a customer may read.

Source: docs.stripe.com/declines/codes, docs.stripe.com/error-codes
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Advice = Literal["confirm_card_data", "do_not_try_again", "try_again_later"]


@dataclass(frozen=True, slots=True)
class Failure:
    """The `code`, `decline_code`, `message` and `advice_code` of an error of type `card_error`."""

    code: str
    message: str
    decline_code: str | None = None
    advice_code: Advice | None = None

    @property
    def error_code(self) -> str:
        """The `code` of an error with this failure. Some codes are known to charges alone."""
        return _NO_ERROR_CODES.get(self.code, self.code)

    @property
    def is_hard(self) -> bool:
        """Whether trying again is pointless until the customer gives another method."""
        return self.advice_code == "do_not_try_again"


DECLINED = "Your card was declined."

_NO_ERROR_CODES: Mapping[str, str] = MappingProxyType(
    {
        "charge_exceeds_weekly_limit": "charge_exceeds_transaction_limit",
        "invalid_currency": "payment_method_currency_mismatch",
    }
)

_OWN_CODES = frozenset({"expired_card", "incorrect_cvc", "processing_error", "authentication_required"})
"""Decline codes that are error codes of the same name; the others come under `card_declined`."""

_DECLINES: Mapping[str, tuple[str, Advice | None]] = MappingProxyType(
    {
        "generic_decline": (DECLINED, "try_again_later"),
        "insufficient_funds": ("Your card has insufficient funds.", "try_again_later"),
        "lost_card": (DECLINED, "do_not_try_again"),
        "stolen_card": (DECLINED, "do_not_try_again"),
        "fraudulent": (DECLINED, "do_not_try_again"),
        "expired_card": ("Your card has expired.", "do_not_try_again"),
        "incorrect_cvc": ("Your card's security code is incorrect.", "confirm_card_data"),
        "processing_error": (
            "An error occurred while processing your card. Try again in a little bit.",
            "try_again_later",
        ),
        "card_velocity_exceeded": (
            "Your card was declined because it was used too often in a short time.",
            "try_again_later",
        ),
        "authentication_required": ("Your card was declined. This payment needs your bank's confirmation.", None),
        "test_mode_live_card": ("Your card was declined. This is test mode, and the card is not a test card.", None),
    }
)

_OTHERS: Mapping[str, str] = MappingProxyType(
    {
        "incorrect_number": "Your card number is incorrect.",
        "invalid_number": "Your card number is not a valid card number.",
        "invalid_cvc": "Your card's security code is invalid.",
        "invalid_expiry_month": "Your card's expiration month is invalid.",
        "invalid_expiry_year": "Your card's expiration year is invalid.",
        "payment_intent_authentication_failure": "Your bank could not confirm that it is you. Try again, or pay with "
        "another payment method.",
        "setup_intent_authentication_failure": "Your bank could not confirm that it is you. Try again, or add another "
        "payment method.",
        "account_closed": "The bank account has been closed.",
        "no_account": "The bank account could not be found.",
        "insufficient_funds": "The bank account has insufficient funds.",
        "debit_not_authorized": "The account holder did not authorize this debit.",
        "refer_to_customer": "The bank returned the debit and asks you to contact it.",
        "invalid_currency": "The bank account does not take payments in this currency.",
        "charge_exceeds_source_limit": "This payment exceeds what may be debited from the account in a week.",
        "charge_exceeds_weekly_limit": "This payment exceeds the number of debits that the account allows in a week.",
        "charge_exceeds_transaction_limit": "This payment exceeds what may be debited from the account at once.",
        "payment_method_bank_account_blocked": "This bank account is blocked and cannot be debited.",
        "bank_account_unusable": "This bank account can no longer be used.",
        "payment_intent_payment_attempt_failed": "The bank did not carry out the debit.",
        "payment_intent_mandate_invalid": "The account may not be debited any more: a new mandate is needed.",
        "setup_intent_mandate_invalid": "The bank refused the mandate.",
        "setup_attempt_failed": "The bank account could not be set up.",
        "payment_method_microdeposit_failed": "The small deposits could not be sent to the account.",
        "payment_method_microdeposit_verification_amounts_mismatch": "These are not the amounts that were sent to the "
        "account.",
        "payment_method_microdeposit_verification_descriptor_code_mismatch": "This is not the code that was sent to "
        "the account.",
        "payment_method_microdeposit_verification_attempts_exceeded": "The account was not verified within the "
        "attempts allowed.",
        "payment_method_microdeposit_verification_timeout": "The account was not verified in time.",
    }
)

_HARD_CODES = frozenset(
    {
        *("account_closed", "no_account", "debit_not_authorized", "bank_account_unusable"),
        "payment_intent_mandate_invalid",
    }
)


def card_decline(decline_code: str) -> Failure:
    """The failure of a card whose bank answers with `decline_code`; an unlisted code reads as a plain decline."""
    if decline_code in _OTHERS and decline_code not in _DECLINES:
        return failure(decline_code)
    message, advice = _DECLINES.get(decline_code, (DECLINED, None))
    code = decline_code if decline_code in _OWN_CODES else "card_declined"
    return Failure(code, message, decline_code, advice)


def failure(code: str) -> Failure:
    """The failure of a bank account, or of card data, by its code. KeyError for a code without a sentence."""
    advice: Advice | None = "do_not_try_again" if code in _HARD_CODES else None
    return Failure(code, _OTHERS[code], advice_code=advice)
