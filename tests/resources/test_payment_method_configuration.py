"""Payment method configurations: what is offered, and what an intent may be paid with."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from .test_payment_intent import confirm, intend
from .test_setup_intent import MANDATE, begun


def offering(shop: stripe.StripeClient, name: str = "Debits", **preferences: str) -> stripe.PaymentMethodConfiguration:
    """A configuration in which these types are on or off."""
    types = {kind: {"display_preference": {"preference": how}} for kind, how in preferences.items()}
    params: Any = {"name": name, **types}
    return shop.v1.payment_method_configurations.create(params)


def test_every_account_has_a_default_one(shop: stripe.StripeClient) -> None:
    [found] = shop.v1.payment_method_configurations.list().data
    assert (found.is_default, found.active, found.name, found.parent) == (True, True, "Default", None)
    assert found.card is not None
    assert found.sepa_debit is not None
    assert (found.card.available, found.sepa_debit.available) == (True, False)
    assert [one.id for one in shop.v1.payment_method_configurations.list().data] == [found.id]
    assert shop.v1.payment_method_configurations.retrieve(found.id).id == found.id


def test_types_are_turned_on_and_off(shop: stripe.StripeClient) -> None:
    made = offering(shop, sepa_debit="on", link="off")
    for hash, available, value in ((made.sepa_debit, True, "on"), (made.link, False, "off"), (made.card, True, "on")):
        assert hash is not None
        assert (hash.available, hash.display_preference.value) == (available, value)
    params: Any = {"sepa_debit": {"display_preference": {"preference": "none"}}, "name": "Less"}
    changed = shop.v1.payment_method_configurations.update(made.id, params)
    assert changed.sepa_debit is not None
    assert (changed.name, changed.sepa_debit.available, changed.sepa_debit.display_preference.preference) == (
        *("Less", False),
        "none",
    )


def test_a_type_that_the_mock_does_not_have_is_never_available(shop: stripe.StripeClient) -> None:
    made = offering(shop, klarna="on")
    assert made.klarna is not None
    assert (made.klarna.available, made.klarna.display_preference.value) == (False, "on")


def test_the_default_one_stays_on(shop: stripe.StripeClient) -> None:
    [found] = shop.v1.payment_method_configurations.list().data
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.payment_method_configurations.update(found.id, {"active": False})
    assert refused.value.param == "active"


@pytest.mark.parametrize("sent", [{"parent": "pmc_1"}, {"apple_pay_later": {"display_preference": {}}}])
def test_what_is_not_built_says_so(shop: stripe.StripeClient, sent: Any) -> None:
    if "apple_pay_later" in sent:
        sent = {"apple_pay_later": {"display_preference": {"preference": "on"}}}
    with pytest.raises(stripe.InvalidRequestError, match="not built yet"):
        shop.v1.payment_method_configurations.create(sent)


def test_an_intent_takes_what_its_configuration_offers(shop: stripe.StripeClient) -> None:
    debits = offering(shop, card="off", link="off", sepa_debit="on").id
    made = intend(shop, currency="eur", payment_method_configuration=debits)
    assert made.payment_method_types == ["sepa_debit"]
    assert made.payment_method_configuration_details is not None
    assert made.payment_method_configuration_details.id == debits
    with pytest.raises(stripe.InvalidRequestError) as refused:
        confirm(shop, made, payment_method="pm_card_visa")
    assert (refused.value.param, refused.value.code) == ("payment_method", "payment_intent_incompatible_payment_method")
    assert confirm(shop, made, payment_method="pm_sepaDebit_success_de", mandate_data=MANDATE).status == "processing"


def test_so_does_a_setup(shop: stripe.StripeClient) -> None:
    debits = offering(shop, card="off", link="off", sepa_debit="on").id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        begun(shop, payment_method="pm_card_visa", payment_method_configuration=debits)
    assert (refused.value.param, refused.value.code) == ("payment_method", "setup_intent_invalid_parameter")


def test_one_that_is_missing_or_off_is_refused(shop: stripe.StripeClient) -> None:
    off = offering(shop).id
    shop.v1.payment_method_configurations.update(off, {"active": False})
    for id, code in (("pmc_none", "resource_missing"), (off, "payment_method_configuration_failures")):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            intend(shop, payment_method_configuration=id)
        assert (refused.value.code, refused.value.param) == (code, "payment_method_configuration")


@pytest.mark.parametrize(
    "sent", [{"allowed_payment_method_types": ["sepa_debit"]}, {"excluded_payment_method_types": ["card"]}]
)
def test_types_are_allowed_and_excluded_by_name(shop: stripe.StripeClient, sent: Any) -> None:
    made = intend(shop, **sent)
    assert "card" not in made.payment_method_types
    with pytest.raises(stripe.InvalidRequestError) as refused:
        confirm(shop, made, payment_method="pm_card_visa")
    assert refused.value.code == "payment_intent_incompatible_payment_method"
    with pytest.raises(stripe.InvalidRequestError):
        begun(shop, payment_method="pm_card_visa", **sent)


def test_a_type_is_either_allowed_or_excluded(shop: stripe.StripeClient) -> None:
    both: Any = {"allowed_payment_method_types": ["card"], "excluded_payment_method_types": ["card"]}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        intend(shop, **both)
    assert refused.value.param == "excluded_payment_method_types"


def test_the_portal_names_one(shop: stripe.StripeClient) -> None:
    made = offering(shop).id
    update: Any = {"enabled": True, "payment_method_configuration": made}
    portal = shop.v1.billing_portal.configurations.create({"features": {"payment_method_update": update}})
    assert portal.features.payment_method_update.payment_method_configuration == made
    update = {"enabled": True, "payment_method_configuration": "pmc_none"}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.billing_portal.configurations.update(portal.id, {"features": {"payment_method_update": update}})
    assert refused.value.code == "resource_missing"
