"""Payment methods."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
import stripe

from flask_portal.wire.errors import StripeError
from mock_server.core.call import Call
from mock_server.resources import payment_method as methods
from mock_server.testing import InProcessTransport, Mock

Inside = Callable[[], AbstractContextManager[Call]]

VISA: dict[str, Any] = {"number": "4242424242424242", "exp_month": 12, "exp_year": 34, "cvc": "123"}


@pytest.fixture
def payer(shop: stripe.StripeClient) -> str:
    """The id of a customer."""
    return shop.v1.customers.create({"name": "Jenny"}).id


def card(shop: stripe.StripeClient, **sent: Any) -> stripe.PaymentMethod:
    """A card that was typed in."""
    params: Any = {"type": "card", "card": VISA} | sent
    return shop.v1.payment_methods.create(params)


def attached(shop: stripe.StripeClient, payer: str, id: str = "pm_card_visa") -> stripe.PaymentMethod:
    return shop.v1.payment_methods.attach(id, {"customer": payer})


def test_a_test_id_makes_a_new_method(mock: Mock, shop: stripe.StripeClient, payer: str) -> None:
    with mock.expect_events("payment_method.attached"):
        made = attached(shop, payer)
    assert made.id.startswith("pm_1")
    assert (made.customer, attached(shop, payer).id != made.id) == (payer, True)


def test_looking_at_a_test_id_makes_nothing(shop: stripe.StripeClient) -> None:
    shown = shop.v1.payment_methods.retrieve("pm_card_amex")
    assert shown.card is not None
    assert (shown.id, shown.card.brand, shown.customer) == ("pm_card_amex", "amex", None)
    assert shop.v1.payment_methods.list().data == []


def test_where_a_method_came_from_is_never_told(
    mock: Mock, shop: stripe.StripeClient, payer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[bytes] = []
    send = InProcessTransport.send

    def recorded(transport: InProcessTransport, *sent: Any) -> Any:
        answer = send(transport, *sent)
        answers.append(answer[0])
        return answer

    monkeypatch.setattr(InProcessTransport, "send", recorded)
    made = attached(shop, payer)
    shop.v1.payment_methods.retrieve(made.id)
    shop.v1.payment_methods.list({"customer": payer})
    shop.v1.customers.update(payer, {"invoice_settings": {"default_payment_method": made.id}})
    shop.v1.customers.retrieve(payer, {"expand": ["invoice_settings.default_payment_method"]})
    shop.v1.payment_methods.detach(made.id)
    assert len(mock.events) == 5
    assert not [answer for answer in answers if b'"_' in answer or b"pm_card_visa" in answer]


def test_a_declining_card_cannot_be_attached(mock: Mock, shop: stripe.StripeClient, payer: str) -> None:
    with mock.expect_events(), pytest.raises(stripe.CardError) as refused:
        attached(shop, payer, "pm_card_visa_chargeDeclinedInsufficientFunds")
    assert (refused.value.code, refused.value.http_status) == ("card_declined", 402)
    body: Any = refused.value.json_body
    assert body["error"]["decline_code"] == "insufficient_funds"
    assert shop.v1.payment_methods.list().data == []


def test_a_card_that_fails_later_can_be_attached(shop: stripe.StripeClient, payer: str) -> None:
    assert attached(shop, payer, "pm_card_chargeCustomerFail").customer == payer


def test_attaching_twice_is_attaching_once(mock: Mock, shop: stripe.StripeClient, payer: str) -> None:
    made = attached(shop, payer)
    with mock.expect_events():
        assert attached(shop, payer, made.id).id == made.id


def test_a_method_has_one_customer(shop: stripe.StripeClient, payer: str) -> None:
    made = attached(shop, payer)
    other = shop.v1.customers.create({}).id
    with pytest.raises(stripe.InvalidRequestError, match="another customer"):
        attached(shop, other, made.id)


def test_a_bank_debit_needs_a_mandate_first(shop: stripe.StripeClient, payer: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="mandate"):
        attached(shop, payer, "pm_sepaDebit_success_de")


def test_a_detached_method_is_nobodys_for_ever(mock: Mock, shop: stripe.StripeClient, payer: str) -> None:
    made = attached(shop, payer)
    with mock.expect_events("payment_method.detached"):
        assert shop.v1.payment_methods.detach(made.id).customer is None
    with pytest.raises(stripe.InvalidRequestError, match="never be attached again"):
        attached(shop, payer, made.id)
    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        shop.v1.payment_methods.detach(made.id)


def test_detaching_the_default_leaves_no_default(mock: Mock, shop: stripe.StripeClient, payer: str) -> None:
    made = attached(shop, payer)
    shop.v1.customers.update(payer, {"invoice_settings": {"default_payment_method": made.id}})
    with mock.expect_events("payment_method.detached", "customer.updated"):
        shop.v1.payment_methods.detach(made.id)
    settings = shop.v1.customers.retrieve(payer).invoice_settings
    assert settings is not None
    assert settings.default_payment_method is None


def test_only_attached_methods_are_updated(shop: stripe.StripeClient) -> None:
    made = card(shop)
    with pytest.raises(stripe.InvalidRequestError, match="attached to a customer"):
        shop.v1.payment_methods.update(made.id, {"metadata": {"a": "b"}})


def test_expiry_address_and_metadata_change(mock: Mock, shop: stripe.StripeClient, payer: str) -> None:
    made = attached(shop, payer, card(shop, billing_details={"name": "Jenny"}).id)
    details: Any = {"address": {"line1": "1 Main St"}, "email": "jenny@example.com"}
    with mock.expect_events("payment_method.updated"):
        shop.v1.payment_methods.update(
            made.id, {"card": {"exp_month": 1, "exp_year": 2035}, "billing_details": details, "metadata": {"a": "b"}}
        )
    before: Any = mock.events[-1].data.previous_attributes
    assert before.to_dict() == {
        "billing_details": {"address": {"line1": None}, "email": None},
        "card": {"checks": {"address_line1_check": None}, "exp_month": 12, "exp_year": 2034},
        "metadata": {"a": None},
    }


def test_a_card_cannot_expire_in_the_past(shop: stripe.StripeClient, payer: str) -> None:
    made = attached(shop, payer)
    with pytest.raises(stripe.CardError) as refused:
        shop.v1.payment_methods.update(made.id, {"card": {"exp_year": 2020}})
    assert refused.value.code == "invalid_expiry_year"


def test_a_cobranded_card_prefers_one_of_its_networks(shop: stripe.StripeClient, payer: str) -> None:
    made = attached(shop, payer, "pm_card_visa_cartesBancaires")
    changed = shop.v1.payment_methods.update(made.id, {"card": {"networks": {"preferred": "cartes_bancaires"}}})
    assert changed.card is not None
    assert changed.card.display_brand == "cartes_bancaires"
    with pytest.raises(stripe.InvalidRequestError, match="network mastercard"):
        shop.v1.payment_methods.update(made.id, {"card": {"networks": {"preferred": "mastercard"}}})


def test_a_customers_methods_are_listed_by_type(shop: stripe.StripeClient, payer: str) -> None:
    first, second = attached(shop, payer), attached(shop, payer, "pm_card_mastercard")
    link = attached(shop, payer, "pm_link_success")
    card(shop)
    attached(shop, shop.v1.customers.create({}).id)
    everything = [link.id, second.id, first.id]
    assert [one.id for one in shop.v1.payment_methods.list({"customer": payer}).data] == everything
    assert [one.id for one in shop.v1.customers.payment_methods.list(payer).data] == everything
    asked: Any = {"type": "card"}
    assert [one.id for one in shop.v1.customers.payment_methods.list(payer, asked).data] == everything[1:]


def test_without_a_customer_those_of_nobody_are_listed(shop: stripe.StripeClient, payer: str) -> None:
    attached(shop, payer)
    made = card(shop)
    assert [one.id for one in shop.v1.payment_methods.list().data] == [made.id]


def test_a_method_is_reached_through_its_own_customer_only(shop: stripe.StripeClient, payer: str) -> None:
    made = attached(shop, payer)
    assert shop.v1.customers.payment_methods.retrieve(payer, made.id).id == made.id
    other = shop.v1.customers.create({}).id
    with pytest.raises(stripe.InvalidRequestError) as missing:
        shop.v1.customers.payment_methods.retrieve(other, made.id)
    assert missing.value.http_status == 404


def test_a_customer_is_made_with_its_default(mock: Mock, shop: stripe.StripeClient) -> None:
    """A test id is one new method within a call, however often it is named."""
    with mock.expect_events("payment_method.attached", "customer.created"):
        made = shop.v1.customers.create(
            {
                "payment_method": "pm_card_visa",
                "invoice_settings": {"default_payment_method": "pm_card_visa"},
                "expand": ["invoice_settings.default_payment_method"],
            }
        )
    assert made.invoice_settings is not None
    chosen = made.invoice_settings.default_payment_method
    assert isinstance(chosen, stripe.PaymentMethod)
    assert [one.id for one in shop.v1.payment_methods.list({"customer": made.id}).data] == [chosen.id]


def test_a_test_id_means_the_newest_that_was_made_from_it(shop: stripe.StripeClient, payer: str) -> None:
    attached(shop, payer)
    newest = attached(shop, payer)
    changed = shop.v1.customers.update(payer, {"invoice_settings": {"default_payment_method": "pm_card_visa"}})
    assert changed.invoice_settings is not None
    assert changed.invoice_settings.default_payment_method == newest.id


def test_a_default_belongs_to_the_customer(shop: stripe.StripeClient, payer: str) -> None:
    made = card(shop)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.customers.update(payer, {"invoice_settings": {"default_payment_method": made.id}})
    assert (refused.value.code, refused.value.param) == (
        "resource_missing",
        "invoice_settings[default_payment_method]",
    )


def test_a_deleted_customer_keeps_no_methods(mock: Mock, shop: stripe.StripeClient, payer: str) -> None:
    attached(shop, payer)
    with mock.expect_events("payment_method.detached", "customer.deleted"):
        shop.v1.customers.delete(payer)


def test_what_was_used_without_a_customer_cannot_be_attached(
    shop: stripe.StripeClient, payer: str, inside: Inside
) -> None:
    made = card(shop)
    with inside() as call:
        methods.spend(call, methods.found(call, made.id))
    with pytest.raises(stripe.InvalidRequestError, match="used without one"):
        attached(shop, payer, made.id)


def test_what_was_kept_is_set_up_and_attached(payer: str, inside: Inside) -> None:
    with inside() as call:
        made = methods.keep(call, methods.found(call, "pm_sepaDebit_success_de"), payer)
    with inside() as call:
        assert methods.was_set_up(methods.resolve(call, made["id"], payer))


def test_a_declining_test_id_declines_wherever_it_is_resolved(payer: str, inside: Inside) -> None:
    with inside() as call, pytest.raises(StripeError) as refused:
        methods.resolve(call, "pm_card_visa_chargeDeclined", payer)
    assert refused.value.status == 402
