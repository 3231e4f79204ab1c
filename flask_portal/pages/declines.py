"""Why a bank said no, in the customer's words, and what can be done about it.

One table for every page on which something is charged. Codes that would tell a thief something (`lost_card`,
`stolen_card`, `fraudulent`) read like a plain refusal, as Stripe advises.
Source: docs.stripe.com/declines/codes, docs.stripe.com/error-codes
"""

from __future__ import annotations

from flask_portal.i18n import _


def why(code: str | None, decline_code: str | None) -> str:
    """One or two sentences.  code, decline_code: those of a card error, or of an intent's last error."""
    sentences = _sentences()
    for each in (decline_code, code):
        word = _SAME_AS.get(each or "", each or "")
        if word in sentences:
            return sentences[word]
    return _plain()


def _plain() -> str:
    return _("Your bank declined the payment and gave no reason. Please use another payment method, or ask your bank.")


def _sentences() -> dict[str, str]:
    return {
        "account_closed": _("This bank account has been closed. Please use another payment method."),
        "approve_with_id": _("Your bank could not approve the payment. Please try again, or ask your bank."),
        "authentication_required": _("Your bank wants you to confirm this payment. Please try again and confirm it."),
        "call_issuer": _("Your bank declined the payment. Please call your bank, or use another payment method."),
        "card_not_supported": _("This card cannot be used for this kind of payment. Please use another one."),
        "charge_exceeds_limit": _("The payment is more than your bank allows for this account. Please ask your bank."),
        "currency_not_supported": _("This card cannot pay in this currency. Please use another one."),
        "debit_not_authorized": _("Your bank says that this debit was not allowed. Please use another payment method."),
        "expired_card": _("The card has expired. Please use another one, or correct its expiry date."),
        "generic_decline": _plain(),
        "incorrect_address": _("The address does not match the card. Please check the card's billing address."),
        "incorrect_cvc": _("The security code of the card was wrong. Please add the card again."),
        "incorrect_number": _("The card number was wrong. Please add the card again."),
        "insufficient_funds": _("There was not enough money in the account. Please use another payment method."),
        "invalid_amount": _("The amount is more than your bank allows. Please ask your bank."),
        "invalid_expiry": _("The expiry date of the card was wrong. Please correct it, or use another card."),
        "no_account": _("This bank account could not be found. Please use another payment method."),
        "not_confirmed": _("Your bank could not confirm that it was you. Please try again, or use another method."),
        "pin": _("Your bank wants a PIN, which cannot be given here. Please use another payment method."),
        "processing_error": _("Something went wrong between us and your bank. Please try again in a few minutes."),
        "test_mode_live_card": _("This is a test, and the card is a real one. Please use a test card."),
        "too_often": _("The card was used too often in a short time. Please try again tomorrow, or use another one."),
        "unusable_account": _("This bank account can no longer be debited. Please use another payment method."),
    }


_SAME_AS = {
    "authentication_not_handled": "not_confirmed",
    "bank_account_unusable": "unusable_account",
    "card_velocity_exceeded": "too_often",
    "charge_exceeds_source_limit": "charge_exceeds_limit",
    "charge_exceeds_transaction_limit": "charge_exceeds_limit",
    "charge_exceeds_weekly_limit": "charge_exceeds_limit",
    "duplicate_transaction": "processing_error",
    "incorrect_pin": "pin",
    "incorrect_zip": "incorrect_address",
    "invalid_account": "call_issuer",
    "invalid_currency": "currency_not_supported",
    "invalid_cvc": "incorrect_cvc",
    "invalid_expiry_month": "invalid_expiry",
    "invalid_expiry_year": "invalid_expiry",
    "invalid_number": "incorrect_number",
    "invalid_pin": "pin",
    "issuer_not_available": "processing_error",
    "mobile_device_authentication_required": "authentication_required",
    "new_account_information_available": "call_issuer",
    "not_permitted": "call_issuer",
    "offline_pin_required": "pin",
    "online_or_offline_pin_required": "pin",
    "payment_intent_authentication_failure": "not_confirmed",
    "payment_intent_mandate_invalid": "unusable_account",
    "payment_intent_payment_attempt_failed": "generic_decline",
    "payment_method_bank_account_blocked": "unusable_account",
    "pin_try_exceeded": "pin",
    "reenter_transaction": "processing_error",
    "refer_to_customer": "call_issuer",
    "restricted_card": "call_issuer",
    "service_not_allowed": "card_not_supported",
    "setup_intent_authentication_failure": "not_confirmed",
    "testmode_decline": "test_mode_live_card",
    "transaction_not_allowed": "card_not_supported",
    "try_again_later": "processing_error",
    "withdrawal_count_limit_exceeded": "invalid_amount",
}
