"""Disputes: from the bank's first word to the end, and what they do to the account's balance."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY
from .test_refund import movements, paid, refund

OPENED = ("charge.dispute.created", "charge.dispute.funds_withdrawn")
PAID = ("customer.created", "payment_intent.created", "charge.succeeded", "payment_intent.succeeded")
DEBITED = (*PAID[:2], "charge.pending", "payment_intent.processing")
LOST = (*OPENED, "charge.dispute.closed")


def contested(mock: Mock, card: str = "pm_card_createDispute", **sent: Any) -> stripe.Dispute:
    """The dispute of a new payment of 20 dollars."""
    charge = paid(mock.client, card=card, **sent)
    mock.clock.advance(1)
    return mock.client.v1.disputes.list({"charge": charge.id}).data[0]


def answer(mock: Mock, dispute: stripe.Dispute, text: str, **sent: Any) -> stripe.Dispute:
    params: Any = {"evidence": {"uncategorized_text": text}, **sent}
    return mock.client.v1.disputes.update(dispute.id, params)


def status(mock: Mock, dispute: stripe.Dispute, seconds: int = 1) -> str:
    """The status after a while."""
    mock.clock.advance(seconds)
    return mock.client.v1.disputes.retrieve(dispute.id).status


def test_a_payment_succeeds_and_is_contested_afterwards(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events(*PAID, *OPENED):
        charge = paid(shop, card="pm_card_createDispute")
        mock.clock.advance(1)
    found = shop.v1.disputes.list({"payment_intent": str(charge.payment_intent)}).data[0]
    assert (found.amount, found.currency, found.charge, found.status) == (2000, "usd", charge.id, "needs_response")
    assert (found.reason, found.network_reason_code, found.is_charge_refundable) == ("fraudulent", "10.4", False)
    assert found.evidence_details.due_by == found.created + 9 * DAY
    assert shop.v1.charges.retrieve(charge.id).disputed is True
    # A charge costs 2.9 % and 30 cents: 58 + 30; a dispute 15 dollars.
    assert movements(shop) == [("charge", 2000, 88, 1912), ("adjustment", -2000, 1500, -3500)]
    assert [one.net for one in found.balance_transactions] == [-3500]


@pytest.mark.parametrize(
    ("card", "reason", "case", "begins"),
    [
        ("pm_card_createDispute", "fraudulent", "chargeback", "needs_response"),
        ("pm_card_createDisputeProductNotReceived", "product_not_received", "chargeback", "needs_response"),
        ("pm_card_createDisputeInquiry", "general", "inquiry", "warning_needs_response"),
        ("pm_card_createComplianceDispute", "noncompliant", "compliance", "needs_response"),
        ("pm_card_createMastercardComplianceDispute", "noncompliant", "compliance", "needs_response"),
        ("pm_card_createCe3EligibleDispute", "fraudulent", "chargeback", "needs_response"),
        ("pm_card_createAutoRepresentmentEligibleDispute", "fraudulent", "chargeback", "needs_response"),
    ],
)
def test_each_card_is_contested_in_its_way(mock: Mock, card: str, reason: str, case: str, begins: str) -> None:
    found = contested(mock, card)
    assert found.payment_method_details is not None
    assert found.payment_method_details.card is not None
    assert (found.reason, found.payment_method_details.card.case_type, found.status) == (reason, case, begins)


@pytest.mark.parametrize(
    ("number", "case", "events"),
    [
        ("4000000404004816", "resolution", OPENED),
        ("5105000300000018", "resolution", OPENED),
        ("4000000404005649", "block", OPENED[:1]),
    ],
)
def test_some_disputes_are_prevented(
    mock: Mock, shop: stripe.StripeClient, number: str, case: str, events: tuple[str, ...]
) -> None:
    card: Any = {"type": "card", "card": {"number": number, "exp_month": 12, "exp_year": 2034}}
    method = shop.v1.payment_methods.create(card).id
    with mock.expect_events(*PAID, *events):
        charge = paid(shop, card=method)
        mock.clock.advance(1)
    found = shop.v1.disputes.list({"charge": charge.id}).data[0]
    assert found.payment_method_details is not None
    assert found.payment_method_details.card is not None
    assert (found.status, found.payment_method_details.card.case_type) == ("prevented", case)


def test_several_disputes_share_the_amount(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events(*PAID, *OPENED, *OPENED):
        charge = paid(shop, 2001, card="pm_card_createMultipleDisputes")
        mock.clock.advance(1)
    found = shop.v1.disputes.list({"charge": charge.id}).data
    assert [one.amount for one in found] == [1000, 1001]


@pytest.mark.parametrize(
    ("text", "events", "ends", "net"),
    [
        pytest.param(
            "winning_evidence",
            ("charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_reinstated"),
            "won",
            [-3500, 2000],
            id="won",
        ),
        pytest.param(
            "losing_evidence", ("charge.dispute.updated", "charge.dispute.closed"), "lost", [-3500], id="lost"
        ),
        pytest.param("It was sent", ("charge.dispute.updated",), "under_review", [-3500], id="the bank thinks"),
    ],
)
def test_evidence_decides(mock: Mock, text: str, events: tuple[str, ...], ends: str, net: list[int]) -> None:
    found = contested(mock)
    with mock.expect_events(*events):
        sent = answer(mock, found, text)
        assert (sent.status, sent.evidence_details.submission_count) == ("under_review", 1)
        mock.clock.advance(1)
    after = mock.client.v1.disputes.retrieve(found.id)
    assert (after.status, [one.net for one in after.balance_transactions]) == (ends, net)
    assert after.evidence_details.submission_method == "manual"


def test_evidence_may_be_prepared_and_sent_later(mock: Mock) -> None:
    found = contested(mock)
    staged = answer(mock, found, "winning_evidence", submit=False)
    assert (staged.status, staged.evidence_details.has_evidence) == ("needs_response", True)
    assert status(mock, found) == "needs_response"
    mock.client.v1.disputes.update(found.id, {"metadata": {"case": "7"}})
    assert status(mock, found) == "needs_response", "metadata is no answer"
    assert mock.client.v1.disputes.update(found.id, {"submit": True}).status == "under_review"
    assert status(mock, found) == "won"


def test_what_was_prepared_is_sent_when_the_time_is_over(mock: Mock) -> None:
    found = contested(mock)
    answer(mock, found, "winning_evidence", submit=False)
    with mock.expect_events("charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_reinstated"):
        assert status(mock, found, 9 * DAY) == "won"


@pytest.mark.parametrize(
    ("card", "ends", "event"),
    [
        ("pm_card_createDispute", "lost", "charge.dispute.closed"),
        ("pm_card_createDisputeInquiry", "warning_closed", "charge.dispute.closed"),
        ("pm_card_createAutoRepresentmentEligibleDispute", "under_review", "charge.dispute.updated"),
        ("pm_card_createComplianceDispute", "lost", "charge.dispute.closed"),
    ],
)
def test_without_an_answer_it_ends_in_nine_days(mock: Mock, card: str, ends: str, event: str) -> None:
    found = contested(mock, card)
    with mock.expect_events(event):
        assert status(mock, found, 9 * DAY) == ends
    assert mock.client.v1.disputes.retrieve(found.id).evidence_details.past_due is True


def test_it_may_be_given_up(mock: Mock) -> None:
    found = contested(mock)
    with mock.expect_events("charge.dispute.closed"):
        assert mock.client.v1.disputes.close(found.id).status == "lost"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        mock.client.v1.disputes.close(found.id)
    assert refused.value.code == "status_transition_invalid"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        answer(mock, found, "winning_evidence")
    assert (refused.value.code, refused.value.param) == ("status_transition_invalid", "evidence")


def test_an_inquiry_takes_no_money_until_it_becomes_a_chargeback(mock: Mock) -> None:
    found = contested(mock, "pm_card_createDisputeInquiry")
    assert found.balance_transactions == []
    with mock.expect_events("charge.dispute.updated", "charge.dispute.updated", "charge.dispute.funds_withdrawn"):
        assert answer(mock, found, "escalate_inquiry_evidence").status == "warning_under_review"
        assert status(mock, found) == "needs_response"
    after = mock.client.v1.disputes.retrieve(found.id)
    assert after.payment_method_details is not None
    assert after.payment_method_details.card is not None
    assert after.payment_method_details.card.case_type == "chargeback"
    assert after.is_charge_refundable is False
    answer(mock, found, "winning_evidence")
    assert status(mock, found) == "won"


def test_an_inquiry_ends_well_by_evidence_or_by_giving_the_money_back(mock: Mock) -> None:
    shop = mock.client
    convinced = contested(mock, "pm_card_createDisputeInquiry")
    answer(mock, convinced, "winning_evidence")
    assert status(mock, convinced) == "warning_closed"
    satisfied = contested(mock, "pm_card_createDisputeInquiry")
    with mock.expect_events("refund.created", "charge.refunded", "charge.dispute.closed"):
        refund(shop, shop.v1.charges.retrieve(str(satisfied.charge)))
    assert status(mock, satisfied) == "warning_closed"


def test_what_the_bank_took_back_is_not_refunded(mock: Mock) -> None:
    found = contested(mock)
    charge = mock.client.v1.charges.retrieve(str(found.charge))
    with pytest.raises(stripe.InvalidRequestError) as refused:
        refund(mock.client, charge)
    assert refused.value.code == "charge_disputed"
    answer(mock, found, "winning_evidence")
    assert status(mock, found) == "won"
    assert refund(mock.client, charge).status == "succeeded"


def test_a_networks_fee_is_acknowledged_before_evidence_counts(mock: Mock) -> None:
    found = contested(mock, "pm_card_createComplianceDispute")
    assert found.enhanced_eligibility_types == ["visa_compliance"]
    with pytest.raises(stripe.InvalidRequestError, match="fee has to be acknowledged"):
        answer(mock, found, "winning_evidence")
    agreed: Any = {"visa_compliance": {"fee_acknowledged": True}}
    params: Any = {"evidence": {"uncategorized_text": "winning_evidence", "enhanced_evidence": agreed}}
    sent = mock.client.v1.disputes.update(found.id, params)
    assert sent.evidence_details.enhanced_eligibility.visa_compliance is not None
    assert sent.evidence_details.enhanced_eligibility.visa_compliance.status == "fee_acknowledged"
    assert status(mock, found) == "won"


def test_evidence_of_another_kind_is_refused(mock: Mock) -> None:
    found = contested(mock)
    agreed: Any = {"enhanced_evidence": {"visa_compliance": {"fee_acknowledged": True}}}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        mock.client.v1.disputes.update(found.id, {"evidence": agreed})
    assert refused.value.param == "evidence[enhanced_evidence][visa_compliance]"
    with pytest.raises(stripe.InvalidRequestError, match="not built yet"):
        mock.client.v1.disputes.update(found.id, {"evidence": {"receipt": "file_1"}})


@pytest.mark.parametrize(
    "account",
    [
        "pm_sepaDebit_disputed_de",
        "pm_usBankAccount_dispute",
        "pm_bacsDebit_dispute",
        "pm_auBecsDebit_dispute",
        "pm_acssDebit_dispute",
    ],
)
def test_a_contested_debit_is_lost_at_once(mock: Mock, shop: stripe.StripeClient, account: str) -> None:
    accepted: Any = {"customer_acceptance": {"type": "offline"}}
    with mock.expect_events(*DEBITED, *PAID[2:], *LOST):
        paid(shop, card=account, mandate_data=accepted)
        mock.clock.advance(2)
    found = shop.v1.disputes.list().data[0]
    assert (found.status, found.payment_method_details, found.evidence_details.due_by) == ("lost", None, None)


def test_a_bank_warns_early_of_fraud(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events(*PAID, "radar.early_fraud_warning.created"):
        charge = paid(shop, card="pm_card_createIssuerFraudRecord")
        mock.clock.advance(1)
    found = shop.v1.radar.early_fraud_warnings.list({"charge": charge.id}).data[0]
    assert (found.actionable, found.fraud_type, found.payment_intent) == (True, "misc", charge.payment_intent)
    assert shop.v1.disputes.list().data == []
    with mock.expect_events("refund.created", "charge.refunded", "radar.early_fraud_warning.updated"):
        refund(shop, charge)
    assert shop.v1.radar.early_fraud_warnings.retrieve(found.id).actionable is False


def test_disputes_are_told_with_what_they_are_about(mock: Mock) -> None:
    found = contested(mock)
    shown = mock.client.v1.disputes.retrieve(found.id, {"expand": ["charge", "payment_intent"]})
    assert isinstance(shown.charge, stripe.Charge)
    assert shown.charge.disputed is True
    assert isinstance(shown.payment_intent, stripe.PaymentIntent)
