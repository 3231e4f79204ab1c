"""What an instrument answers when it is attached, set up or charged."""

from __future__ import annotations

import pytest

from mock_server.payments import cards, methods, outcomes
from mock_server.payments.cards import CARDS, Card
from mock_server.payments.failures import card_decline, failure
from mock_server.payments.methods import METHODS, Method
from mock_server.payments.outcomes import SUCCEEDED, Assessment, Instrument, Outcome, on_attach, on_charge, on_setup

OK, DECLINED, ACTION, BLOCKED, PROCESSING = "succeeded", "declined", "requires_action", "blocked", "processing"


def instrument(name: str) -> Instrument:
    """By id, token or number."""
    made = (
        cards.by_payment_method_id(name)
        or cards.by_token(name)
        or cards.by_number(name)
        or methods.by_payment_method_id(name)
    )
    assert made is not None
    return made


class TestPlainCards:
    @pytest.mark.parametrize("card", [*cards.BRANDS, *cards.COUNTRIES, *cards.DISPUTES, *cards.REFUNDS])
    @pytest.mark.parametrize("off_session", [False, True])
    def test_they_attach_and_pay(self, card: Card, off_session: bool) -> None:
        assert on_attach(card) == on_setup(card) == on_charge(card, 2000, off_session) == SUCCEEDED

    @pytest.mark.parametrize("amount", [0, -1])
    def test_a_charge_of_nothing_is_an_error(self, amount: int) -> None:
        with pytest.raises(ValueError, match="positive amount"):
            on_charge(instrument("pm_card_visa"), amount)


class TestDeclines:
    @pytest.mark.parametrize(
        ("name", "code", "decline_code"),
        [
            ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
            ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
            ("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card"),
            ("pm_card_visa_chargeDeclinedStolenCard", "card_declined", "stolen_card"),
            ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
            ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
            ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
            ("4242424242424241", "incorrect_number", None),
            ("pm_card_visa_chargeDeclinedVelocityLimitExceeded", "card_declined", "card_velocity_exceeded"),
            ("tok_visa_chargeDeclinedFraudulent", "card_declined", "fraudulent"),
        ],
    )
    def test_a_declining_card_refuses_everything(self, name: str, code: str, decline_code: str | None) -> None:
        card = instrument(name)
        answers = {on_attach(card), on_setup(card), on_charge(card, 2000), on_charge(card, 2000, off_session=True)}
        (answer,) = answers
        assert answer.result == DECLINED
        assert answer.failure is not None
        assert (answer.failure.code, answer.failure.decline_code) == (code, decline_code)

    @pytest.mark.parametrize(
        ("name", "decline_code"),
        [
            ("pm_card_chargeCustomerFail", "generic_decline"),
            ("tok_visa_chargeCustomerFailLostCard", "lost_card"),
            ("tok_visa_chargeCustomerFailStolenCard", "stolen_card"),
        ],
    )
    def test_a_card_may_attach_and_then_fail(self, name: str, decline_code: str) -> None:
        card = instrument(name)
        assert on_attach(card) == on_setup(card) == SUCCEEDED
        answer = on_charge(card, 2000, off_session=True, was_set_up=True)
        assert answer == outcomes.declined(card_decline(decline_code))
        assert not answer.is_ok

    def test_a_number_that_is_no_test_card_is_declined(self) -> None:
        why = outcomes.NOT_A_TEST_CARD.failure
        assert why is not None
        assert (why.code, why.decline_code) == ("card_declined", "test_mode_live_card")


class TestRisk:
    @pytest.mark.parametrize(
        ("name", "decline_code"),
        [
            ("pm_card_radarBlock", "fraudulent"),
            ("pm_card_riskLevelHighest", "generic_decline"),
            ("pm_card_freeTrialAbuseBlock", "generic_decline"),
        ],
    )
    def test_a_blocked_card_attaches_and_never_pays(self, name: str, decline_code: str) -> None:
        card = instrument(name)
        assert on_attach(card) == SUCCEEDED
        answer = on_charge(card, 2000, off_session=True)
        assert answer.result == BLOCKED
        assert answer.failure is not None
        assert (answer.failure.code, answer.failure.decline_code) == ("card_declined", decline_code)

    @pytest.mark.parametrize(
        "card", [card for card in cards.RISKS if not card.blocked and card.challenge == "optional"]
    )
    def test_other_risks_and_failed_checks_do_not_stop_a_payment(self, card: Card) -> None:
        assert on_attach(card) == on_setup(card) == on_charge(card, 2000) == SUCCEEDED


class TestThreeDSecure:
    @pytest.mark.parametrize(
        ("name", "set_up", "on_session", "off_session", "on_session_known", "off_session_known"),
        [
            pytest.param("pm_card_authenticationRequiredOnSetup", ACTION, ACTION, DECLINED, OK, OK, id="until set up"),
            pytest.param("pm_card_authenticationRequired", ACTION, ACTION, DECLINED, ACTION, DECLINED, id="always"),
            pytest.param(
                "pm_card_authenticationRequiredSetupForOffSession", OK, ACTION, OK, ACTION, OK, id="only on session"
            ),
            pytest.param(
                "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
                ACTION,
                ACTION,
                DECLINED,
                ACTION,
                DECLINED,
                id="always, then no funds",
            ),
            pytest.param("pm_card_threeDSecure2Required", ACTION, ACTION, DECLINED, ACTION, OK, id="required"),
            pytest.param("pm_card_adaptive3dsChallenge", ACTION, ACTION, DECLINED, ACTION, OK, id="adaptive"),
            pytest.param("4000008400001280", DECLINED, DECLINED, DECLINED, DECLINED, DECLINED, id="lookup error"),
            pytest.param("pm_card_threeDSecureOptional", OK, OK, OK, OK, OK, id="optional"),
            pytest.param("4000000032200000", OK, OK, OK, OK, OK, id="frictionless"),
            pytest.param("pm_card_amex_threeDSecureNotSupported", OK, OK, OK, OK, OK, id="unsupported"),
            pytest.param("4000582600000045", ACTION, ACTION, DECLINED, ACTION, OK, id="one-time password"),
        ],
    )
    def test_a_challenge_depends_on_who_is_there_and_what_was_set_up(
        self, name: str, set_up: str, on_session: str, off_session: str, on_session_known: str, off_session_known: str
    ) -> None:
        card = instrument(name)
        assert on_attach(card).is_ok
        assert on_setup(card).result == set_up
        assert on_charge(card, 2000).result == on_session
        assert on_charge(card, 2000, off_session=True).result == off_session
        assert on_charge(card, 2000, was_set_up=True).result == on_session_known
        assert on_charge(card, 2000, off_session=True, was_set_up=True).result == off_session_known

    def test_what_needs_a_challenge_off_session_says_so(self) -> None:
        why = on_charge(instrument("pm_card_authenticationRequired"), 2000, off_session=True).failure
        assert why is not None
        assert (why.code, why.decline_code) == ("authentication_required", "authentication_required")

    @pytest.mark.parametrize("name", ["pm_card_authenticationRequired", "pm_card_threeDSecure2Required"])
    def test_a_passed_challenge_pays_and_sets_up(self, name: str) -> None:
        card = instrument(name)
        assert on_setup(card, authenticated=True) == on_charge(card, 2000, authenticated=True) == SUCCEEDED

    @pytest.mark.parametrize(
        ("name", "decline_code"),
        [
            ("pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", "insufficient_funds"),
            ("pm_card_threeDSecureRequiredChargeDeclined", "generic_decline"),
        ],
    )
    def test_a_passed_challenge_may_still_end_in_a_decline(self, name: str, decline_code: str) -> None:
        card = instrument(name)
        assert on_setup(card, authenticated=True) == SUCCEEDED
        assert on_charge(card, 2000, authenticated=True) == outcomes.declined(card_decline(decline_code))

    def test_a_failed_challenge_names_its_intent(self) -> None:
        answer = outcomes.on_failed_authentication("setup_intent")
        assert answer == outcomes.declined(failure("setup_intent_authentication_failure"))
        assert outcomes.on_failed_authentication("payment_intent").failure is not None


class TestBankDebits:
    @pytest.mark.parametrize(
        ("name", "result", "code", "after"),
        [
            ("pm_usBankAccount_success", OK, None, 0),
            ("pm_sepaDebit_success_de", OK, None, 0),
            ("pm_sepaDebit_successDelayed_de", OK, None, 180),
            ("pm_sepaDebit_failed_de", DECLINED, "payment_intent_payment_attempt_failed", 0),
            ("pm_sepaDebit_failedDelayed_de", DECLINED, "payment_intent_payment_attempt_failed", 180),
            ("pm_sepaDebit_insufficientFunds_de", DECLINED, "insufficient_funds", 0),
            ("pm_sepaDebit_exceedsWeeklyVolumeLimit_de", DECLINED, "charge_exceeds_source_limit", 0),
            ("pm_usBankAccount_debitNotAuthorized", DECLINED, "debit_not_authorized", 0),
        ],
    )
    def test_a_debit_is_processing_first(self, name: str, result: str, code: str | None, after: int) -> None:
        method = instrument(name)
        assert on_attach(method) == on_setup(method) == SUCCEEDED
        answer = on_charge(method, 2000, off_session=True)
        assert (answer.result, answer.after) == (PROCESSING, after)
        assert answer.later is not None
        assert answer.later.result == result
        assert (answer.later.failure.code if answer.later.failure else None) == code

    def test_a_disputed_debit_succeeds_before_it_is_contested(self) -> None:
        later = on_charge(instrument("pm_sepaDebit_disputed_de"), 2000).later
        assert later == Outcome(OK, disputed=True)

    def test_a_stuck_debit_never_settles(self) -> None:
        assert on_charge(instrument("pm_usBankAccount_processing"), 2000) == Outcome(PROCESSING)

    def test_an_account_of_the_highest_risk_is_blocked(self) -> None:
        answer = on_charge(instrument("pm_usBankAccount_riskLevelHighest"), 2000)
        assert answer == Outcome(BLOCKED, failure("payment_method_bank_account_blocked"))

    @pytest.mark.parametrize(
        ("kind", "account", "code"),
        [
            ("us_bank_account", "000888888885", "bank_account_unusable"),
            ("bacs_debit", "00033333", "setup_intent_mandate_invalid"),
            ("bacs_debit", "00044444", "setup_attempt_failed"),
        ],
    )
    def test_some_accounts_cannot_be_set_up(self, kind: str, account: str, code: str) -> None:
        method = methods.by_account(kind, account)
        assert method is not None
        assert on_setup(method) == outcomes.declined(failure(code))

    def test_deposits_that_never_arrive_end_the_set_up(self) -> None:
        answer = on_setup(instrument("pm_usBankAccount_failMicrodeposits"))
        assert (answer.result, answer.action) == (ACTION, "microdeposits")
        assert answer.later == outcomes.declined(failure("payment_method_microdeposit_failed"))

    @pytest.mark.parametrize(
        ("amounts", "descriptor_code", "code"),
        [
            ((32, 45), None, None),
            ((45, 32), None, None),
            ((10, 11), None, "attempts_exceeded"),
            ((40, 41), None, "timeout"),
            ((1, 2), None, "amounts_mismatch"),
            (None, None, "amounts_mismatch"),
            (None, "SM11AA", None),
            (None, "sm11aa", None),
            (None, "SM33CC", "attempts_exceeded"),
            (None, "SM44DD", "timeout"),
            (None, "SM00XX", "descriptor_code_mismatch"),
        ],
    )
    def test_deposits_are_verified_by_their_amounts_or_code(
        self, amounts: tuple[int, int] | None, descriptor_code: str | None, code: str | None
    ) -> None:
        answer = outcomes.verify_microdeposits(amounts, descriptor_code)
        expected = failure(f"payment_method_microdeposit_verification_{code}") if code else None
        assert answer.failure == expected


class TestWallets:
    def test_a_wallet_is_authorised_on_its_own_page_once(self) -> None:
        wallet = instrument("pm_cashapp_success")
        assert on_setup(wallet) == on_charge(wallet, 2000) == outcomes.REDIRECTED
        assert on_setup(wallet, authenticated=True) == on_charge(wallet, 2000, authenticated=True) == SUCCEEDED
        assert on_charge(wallet, 2000, off_session=True) == on_charge(wallet, 2000, was_set_up=True) == SUCCEEDED

    def test_link_pays_at_once(self) -> None:
        assert on_setup(instrument("pm_link_success")) == on_charge(instrument("pm_link_success"), 2000) == SUCCEEDED


class TestAssessment:
    @pytest.mark.parametrize(
        ("name", "kind", "level", "score", "reason"),
        [
            ("pm_card_visa", "authorized", "normal", 20, None),
            ("pm_card_riskLevelElevated", "authorized", "elevated", 70, None),
            ("pm_card_radarBlock", "blocked", "highest", 95, "highest_risk_level"),
            ("pm_card_chargeCustomerFail", "issuer_declined", "normal", 20, "generic_decline"),
            ("pm_usBankAccount_success", "authorized", "not_assessed", None, None),
            ("pm_usBankAccount_riskLevelHighest", "blocked", "not_assessed", None, "rule"),
        ],
    )
    def test_a_charge_says_what_became_of_it(
        self, name: str, kind: str, level: str, score: int | None, reason: str | None
    ) -> None:
        made = outcomes.assessment(instrument(name), on_charge(instrument(name), 2000))
        assert (made.type, made.risk_level, made.risk_score, made.reason) == (kind, level, score, reason)

    def test_a_decline_carries_the_advice_of_the_bank(self) -> None:
        card = instrument("tok_visa_chargeCustomerFailLostCard")
        made = outcomes.assessment(card, on_charge(card, 2000))
        assert isinstance(made, Assessment)
        assert made.advice_code == "do_not_try_again"


class TestFailures:
    @pytest.mark.parametrize(
        ("decline_code", "message"),
        [
            ("generic_decline", "Your card was declined."),
            ("insufficient_funds", "Your card has insufficient funds."),
            ("expired_card", "Your card has expired."),
            ("incorrect_cvc", "Your card's security code is incorrect."),
            ("incorrect_number", "Your card number is incorrect."),
            ("do_not_honor", "Your card was declined."),
        ],
    )
    def test_a_decline_has_a_sentence_for_the_customer(self, decline_code: str, message: str) -> None:
        assert card_decline(decline_code).message == message

    def test_a_hard_decline_is_not_worth_another_try(self) -> None:
        assert card_decline("stolen_card").is_hard
        assert failure("account_closed").is_hard
        assert not card_decline("insufficient_funds").is_hard

    @pytest.mark.parametrize("made", [*CARDS, *METHODS], ids=lambda made: made.id or made.last4)
    def test_no_instrument_fails_without_a_sentence(self, made: Card | Method) -> None:
        for answer in (on_attach(made), on_setup(made), on_charge(made, 2000), on_charge(made, 2000, True)):
            for step in (answer, answer.later or answer):
                assert (step.failure is not None) is (step.result in (DECLINED, BLOCKED))
                assert step.failure is None or step.failure.message.endswith(".")
