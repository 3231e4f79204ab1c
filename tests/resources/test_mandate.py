"""Mandates: who may debit what, from the customer's word to the bank's no."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import payer
from .test_payment_intent import intend
from .test_setup_intent import MANDATE, begun

OFFLINE: Any = {"customer_acceptance": {"type": "offline", "accepted_at": 1_700_000_000}}


def set_up(shop: stripe.StripeClient, account: str, **sent: Any) -> stripe.SetupIntent:
    """A setup of a bank account of a new customer."""
    whose = {"customer": payer(shop, None), "payment_method": account, "confirm": True, "mandate_data": MANDATE}
    return begun(shop, **{**whose, **sent})


def mandate_of(shop: stripe.StripeClient, intent: stripe.SetupIntent) -> stripe.Mandate:
    return shop.v1.mandates.retrieve(str(intent.mandate))


def pay(shop: stripe.StripeClient, done: stripe.SetupIntent, **sent: Any) -> stripe.PaymentIntent:
    """A payment of 10 dollars by what was set up."""
    by = {"customer": done.customer, "payment_method": done.payment_method, "confirm": True, "off_session": True}
    return intend(shop, **{**by, **sent})


@pytest.mark.parametrize(
    ("account", "status", "keys"),
    [
        ("pm_sepaDebit_success_de", "active", {"reference", "url"}),
        ("pm_usBankAccount_success", "active", {"collection_method"}),
        ("pm_auBecsDebit_success", "active", {"url"}),
        ("pm_acssDebit_success", "active", {"default_for", "interval_description", "payment_schedule"}),
        ("pm_nzBankAccount_success", "active", set()),
        ("pm_bacsDebit_success", "pending", {"network_status", "reference", "url"}),
        ("pm_card_visa", "active", {"india"}),
    ],
)
def test_a_setup_gives_a_mandate(shop: stripe.StripeClient, account: str, status: str, keys: set[str]) -> None:
    done = set_up(shop, account)
    found = mandate_of(shop, done)
    assert (found.status, found.type, found.payment_method) == (status, "multi_use", done.payment_method)
    accepted = found.customer_acceptance
    assert accepted.online is not None
    assert (accepted.type, accepted.online.ip_address) == ("online", "127.0.0.1")
    details = found.payment_method_details
    assert keys <= details[details.type].to_dict().keys()


def test_a_card_without_a_word_about_it_has_no_mandate(shop: stripe.StripeClient) -> None:
    made = begun(shop, customer=payer(shop, None), payment_method="pm_card_visa", confirm=True)
    assert (made.status, made.mandate) == ("succeeded", None)


def test_it_is_expanded_from_its_setup(shop: stripe.StripeClient) -> None:
    done = set_up(shop, "pm_sepaDebit_success_de", expand=["mandate", "latest_attempt"])
    assert isinstance(done.mandate, stripe.Mandate)
    assert isinstance(done.latest_attempt, stripe.SetupAttempt)


def test_a_reference_may_begin_as_the_business_wants(shop: stripe.StripeClient) -> None:
    options: Any = {"sepa_debit": {"mandate_options": {"reference_prefix": "SHOP-"}}}
    details = mandate_of(
        shop, set_up(shop, "pm_sepaDebit_success_de", payment_method_options=options)
    ).payment_method_details
    assert details.sepa_debit is not None
    assert details.sepa_debit.reference.startswith("SHOP-")


def test_whoever_agreed_online_agreed_from_somewhere(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        set_up(shop, "pm_sepaDebit_success_de", mandate_data={"customer_acceptance": {"type": "online"}})
    assert refused.value.param == "mandate_data[customer_acceptance][online]"


def test_the_bank_of_a_bacs_debit_accepts_it_after_a_while(mock: Mock, shop: stripe.StripeClient) -> None:
    done = set_up(shop, "pm_bacsDebit_success")
    with mock.expect_events("mandate.updated"):
        mock.clock.advance(180)
    found = mandate_of(shop, done)
    assert found.payment_method_details.bacs_debit is not None
    assert (found.status, found.payment_method_details.bacs_debit.network_status) == ("active", "accepted")


def test_a_setup_for_one_payment_gives_a_mandate_for_it(shop: stripe.StripeClient) -> None:
    done = set_up(shop, "pm_sepaDebit_success_de", single_use={"amount": 500, "currency": "eur"})
    found = shop.v1.mandates.retrieve(str(done.single_use_mandate))
    assert done.mandate is None
    assert found.single_use is not None
    assert (found.type, found.single_use.amount, found.multi_use) == ("single_use", 500, None)


def test_a_payment_by_debit_needs_a_mandate(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        intend(shop, payment_method="pm_sepaDebit_success_de", confirm=True)
    assert (refused.value.param, refused.value.code) == ("mandate_data", "parameter_missing")


@pytest.mark.parametrize(("usage", "kind"), [({}, "single_use"), ({"setup_future_usage": "off_session"}, "multi_use")])
def test_a_payment_gives_one_for_itself_or_for_later(shop: stripe.StripeClient, usage: Any, kind: str) -> None:
    jenny = payer(shop, None)
    sent = {"customer": jenny, "payment_method": "pm_sepaDebit_success_de", "mandate_data": OFFLINE, "confirm": True}
    made = intend(shop, **sent, **usage)
    charge = shop.v1.charges.retrieve(str(made.latest_charge))
    assert charge.payment_method_details is not None
    assert charge.payment_method_details.sepa_debit is not None
    found = shop.v1.mandates.retrieve(str(charge.payment_method_details.sepa_debit.mandate))
    assert (found.type, found.customer_acceptance.accepted_at) == (kind, 1_700_000_000)


def test_a_later_payment_stands_on_the_mandate_of_the_setup(shop: stripe.StripeClient) -> None:
    done = set_up(shop, "pm_sepaDebit_success_de")
    made = pay(shop, done, mandate=str(done.mandate))
    charge = shop.v1.charges.retrieve(str(made.latest_charge))
    assert charge.payment_method_details is not None
    assert charge.payment_method_details.sepa_debit is not None
    assert charge.payment_method_details.sepa_debit.mandate == done.mandate


def test_the_mandate_of_another_account_is_refused(shop: stripe.StripeClient) -> None:
    done, other = set_up(shop, "pm_sepaDebit_success_de"), set_up(shop, "pm_sepaDebit_success_fr")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay(shop, done, mandate=str(other.mandate))
    assert (refused.value.param, refused.value.code) == ("mandate", "payment_intent_mandate_invalid")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        pay(shop, done, mandate="mandate_none")
    assert refused.value.code == "resource_missing"
    with pytest.raises(stripe.InvalidRequestError, match="confirm=true"):
        intend(shop, mandate=str(done.mandate))


@pytest.mark.parametrize(
    ("account", "events", "status"),
    [
        ("pm_bacsDebit_debitNotAuthorized", ("mandate.updated",), "inactive"),
        ("pm_bacsDebit_insufficientFunds", (), "active"),
        ("pm_nzBankAccount_noAccount", ("mandate.updated",), "inactive"),
        ("pm_nzBankAccount_debitNotAuthorized", ("mandate.updated",), "inactive"),
        ("pm_nzBankAccount_referToCustomer", (), "active"),
    ],
)
def test_a_debit_that_was_not_authorised_ends_it(
    mock: Mock, shop: stripe.StripeClient, account: str, events: tuple[str, ...], status: str
) -> None:
    done = set_up(shop, account)
    mock.clock.advance(180)
    begun_and_failed = ("payment_intent.created", "charge.pending", "payment_intent.processing", "charge.failed")
    with mock.expect_events(*begun_and_failed, "payment_intent.payment_failed", *events):
        pay(shop, done)
        mock.clock.advance(1)
    assert mandate_of(shop, done).status == status


def test_without_a_mandate_the_account_is_not_asked_again(mock: Mock, shop: stripe.StripeClient) -> None:
    done = set_up(shop, "pm_bacsDebit_debitNotAuthorized")
    pay(shop, done)
    mock.clock.advance(200)
    revoked = mandate_of(shop, done).payment_method_details.bacs_debit
    assert revoked is not None
    assert (revoked.network_status, revoked.revocation_reason) == ("revoked", "debit_not_authorized")
    with pytest.raises(stripe.CardError) as refused:
        pay(shop, done)
    assert refused.value.code == "payment_intent_mandate_invalid"
    assert pay(shop, done, mandate_data=OFFLINE).status == "processing"


def test_it_ends_with_its_account(mock: Mock, shop: stripe.StripeClient) -> None:
    done = set_up(shop, "pm_sepaDebit_success_de")
    with mock.expect_events("payment_method.detached", "mandate.updated"):
        shop.v1.payment_methods.detach(str(done.payment_method))
    assert mandate_of(shop, done).status == "inactive"
