"""The pages about a bank account: what has arrived on it, and that it may be debited."""

from __future__ import annotations

import pytest
import stripe

from mock_server.testing import Mock
from tests.hosted.browser import Visitor
from tests.resources.test_mandate import set_up
from tests.resources.test_microdeposits import US, paying, typed, verify, waiting


@pytest.fixture
def visitor(mock: Mock) -> Visitor:
    return Visitor(mock)


def page_of(intent: stripe.SetupIntent | stripe.PaymentIntent) -> str:
    """Where the customer tells what has arrived."""
    assert intent.next_action is not None
    assert intent.next_action.verify_with_microdeposits is not None
    return intent.next_action.verify_with_microdeposits.hosted_verification_url


@pytest.mark.parametrize("told", [{"first": "32", "second": "45"}, {"descriptor_code": "SM11AA"}])
def test_the_right_answer_sets_the_account_up(
    mock: Mock, shop: stripe.StripeClient, visitor: Visitor, told: dict[str, str]
) -> None:
    made = waiting(shop)
    page = page_of(made)
    assert "ending in 6789" in visitor.open(page).get_data(as_text=True)
    with mock.expect_events("setup_intent.succeeded", "payment_method.attached"):
        assert visitor.answer(page, **told).status_code == 303
    assert "This bank account is yours" in visitor.open(page).get_data(as_text=True)


def test_a_wrong_answer_is_said_and_counted(shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = waiting(shop)
    for told, problem in (
        ({"first": "1", "second": "2"}, "These are not the amounts"),
        ({"descriptor_code": "SM00XX"}, "This is not the code"),
        ({"first": "thirty"}, "Enter both amounts"),
        ({}, "Enter both amounts"),
    ):
        answer = visitor.answer(page_of(made), **told)
        assert answer.status_code == 400
        assert problem in answer.get_data(as_text=True)
    assert verify(shop, made, amounts=[32, 45]).status == "succeeded"


def test_an_answer_that_ends_it_says_so(shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = waiting(shop)
    assert visitor.answer(page_of(made), first="10", second="11").status_code == 400
    assert shop.v1.setup_intents.retrieve(made.id).status == "requires_payment_method"
    assert "could not be verified" in visitor.open(page_of(made)).get_data(as_text=True)


def test_a_payment_goes_on(shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = paying(shop, typed(US, "000222222227"))
    assert visitor.answer(page_of(made), descriptor_code="sm11aa").status_code == 303
    assert shop.v1.payment_intents.retrieve(made.id).status in ("processing", "requires_payment_method")


def test_what_is_over_asks_nothing(shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = waiting(shop)
    shop.v1.setup_intents.cancel(made.id)
    assert "There is nothing to do" in visitor.open(page_of(made)).get_data(as_text=True)


def test_only_who_knows_the_secret_sees_it(shop: stripe.StripeClient, visitor: Visitor) -> None:
    page = page_of(waiting(shop))
    assert visitor.open(page.replace("_secret_", "_secret_x")).status_code == 404
    assert visitor.client.post(page.removeprefix("https://").partition("/")[2], data={}).status_code in (403, 404)


def test_it_speaks_german(shop: stripe.StripeClient, visitor: Visitor) -> None:
    page = visitor.open(page_of(waiting(shop)), headers={"Accept-Language": "de"}).get_data(as_text=True)
    assert "Bankkonto bestätigen" in page


def test_a_mandate_can_be_read_until_it_ends_and_afterwards(shop: stripe.StripeClient, visitor: Visitor) -> None:
    done = set_up(shop, "pm_sepaDebit_success_de")
    details = shop.v1.mandates.retrieve(str(done.mandate)).payment_method_details.sepa_debit
    assert details is not None
    assert "ending in 3000 has agreed" in visitor.open(details.url).get_data(as_text=True)
    shop.v1.payment_methods.detach(str(done.payment_method))
    assert "may not be debited any more" in visitor.open(details.url).get_data(as_text=True)
    assert visitor.open(details.url.replace("mandate_", "mandate_x")).status_code == 404
