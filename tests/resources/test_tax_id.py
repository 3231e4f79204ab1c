"""Tax ids of customers."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.resources import tax_id, tax_id_formats
from mock_server.testing import Mock


@pytest.fixture
def payer(shop: stripe.StripeClient) -> str:
    """The id of a customer."""
    address: Any = {"line1": "Hauptstr. 1", "postal_code": "10115", "city": "Berlin", "country": "DE"}
    return shop.v1.customers.create({"name": "Muster GmbH", "address": address}).id


def make(shop: stripe.StripeClient, payer: str, kind: Any, value: str) -> stripe.TaxId:
    return shop.v1.customers.tax_ids.create(payer, {"type": kind, "value": value})


def status(shop: stripe.StripeClient, made: stripe.TaxId) -> str:
    """The verification status of a tax id as it is now."""
    shown = shop.v1.customers.tax_ids.retrieve(str(made.customer), made.id)
    assert shown.verification is not None
    return shown.verification.status


def test_a_european_id_is_looked_at_by_its_authority(mock: Mock, shop: stripe.StripeClient, payer: str) -> None:
    with mock.expect_events("customer.tax_id.created"):
        made = make(shop, payer, "eu_vat", "DE000000000")
    assert (made.country, made.customer, status(shop, made)) == ("DE", payer, "pending")
    with mock.expect_events("customer.tax_id.updated"):
        mock.clock.advance(tax_id.VERIFICATION_SECONDS)
    shown = shop.v1.customers.tax_ids.retrieve(payer, made.id)
    assert shown.verification is not None
    assert shown.verification.to_dict() == {
        "status": "verified",
        "verified_address": "Hauptstr. 1, 10115, Berlin, DE",
        "verified_name": "Muster GmbH",
    }


@pytest.mark.parametrize(
    ("kind", "value", "ends"),
    [
        pytest.param("eu_vat", "FR11111111111", "unverified", id="the test value that is unverified"),
        pytest.param("gb_vat", "GB222222222", "pending", id="the test value that stays pending"),
        pytest.param("au_abn", "00000000000", "verified", id="the test value that is verified"),
        pytest.param("eu_vat", "DE136695976", "verified", id="right check digits"),
        pytest.param("eu_vat", "DE123456789", "unverified", id="wrong check digits"),
        pytest.param("us_ein", "12-3456789", "unavailable", id="a type that nobody looks at"),
    ],
)
def test_what_becomes_of_an_id(
    mock: Mock, shop: stripe.StripeClient, payer: str, kind: str, value: str, ends: str
) -> None:
    made = make(shop, payer, kind, value)
    mock.clock.advance(tax_id.VERIFICATION_SECONDS + 1)
    assert status(shop, made) == ends


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        pytest.param("eu_vat", "DE12345678", id="a digit short"),
        pytest.param("eu_vat", "US123456789", id="no member state"),
        pytest.param("eu_vat", "123456789", id="without its country"),
        pytest.param("us_ein", "hello", id="no number"),
        pytest.param("ae_trn", "12345678901234", id="14 of 15 digits"),
        pytest.param("zw_tin", "1" * 51, id="51 characters of a type whose form is unknown"),
    ],
)
def test_an_id_of_another_form_is_refused(shop: stripe.StripeClient, payer: str, kind: str, value: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        make(shop, payer, kind, value)
    assert (refused.value.code, refused.value.param) == ("tax_id_invalid", "value")


@pytest.mark.parametrize(("kind", "value"), tax_id_formats.EXAMPLES.items())
def test_documented_examples_have_their_form(kind: str, value: str) -> None:
    assert tax_id_formats.has_form(kind, value)


@pytest.mark.parametrize("value", tax_id_formats.EU_EXAMPLES)
def test_documented_european_examples_have_their_form(value: str) -> None:
    assert tax_id_formats.has_form("eu_vat", value)


def test_forms_are_known_only_of_types_that_exist() -> None:
    known = tax_id_formats.EXAMPLES.keys() | tax_id_formats.STANDARDS.keys()
    assert known <= set(tax_id_formats.TYPES)
    assert len(set(tax_id_formats.TYPES)) == 135


@pytest.mark.parametrize(
    ("kind", "value", "country"),
    [
        pytest.param("eu_vat", "EL123456789", "GR", id="Greece writes EL"),
        pytest.param("eu_vat", "XI123456789", "GB", id="Northern Ireland writes XI"),
        pytest.param("eu_oss_vat", "EU123456789", None, id="the one-stop shop has no country"),
        pytest.param("ch_vat", "CHE-123.456.789 MWST", "CH", id="by its type"),
        pytest.param("ic_nif", "A1234567A", "ES", id="the Canary Islands"),
    ],
)
def test_the_country_follows_from_type_and_value(kind: str, value: str, country: str | None) -> None:
    assert tax_id_formats.country_of(kind, value) == country


def test_an_unknown_type_is_refused_with_the_list(shop: stripe.StripeClient, payer: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="must be one of ad_nrt") as refused:
        make(shop, payer, "xx_vat", "1")
    assert refused.value.param == "type"


def test_a_customer_has_at_most_five(shop: stripe.StripeClient, payer: str) -> None:
    for number in range(5):
        make(shop, payer, "us_ein", f"12-345678{number}")
    with pytest.raises(stripe.InvalidRequestError, match="at most 5"):
        make(shop, payer, "us_ein", "12-3456789")


def test_a_customer_can_be_made_with_them(mock: Mock, shop: stripe.StripeClient) -> None:
    ids: Any = [{"type": "us_ein", "value": "12-3456789"}, {"type": "eu_vat", "value": "DE123456789"}]
    with mock.expect_events("customer.tax_id.created", "customer.tax_id.created", "customer.created"):
        made = shop.v1.customers.create({"tax_id_data": ids, "expand": ["tax_ids"]})
    assert made.tax_ids is not None
    assert [one.type for one in made.tax_ids.data] == ["eu_vat", "us_ein"]


def test_a_wrong_one_leaves_no_customer(shop: stripe.StripeClient) -> None:
    ids: Any = [{"type": "us_ein", "value": "12-3456789"}, {"type": "eu_vat", "value": "1"}]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.customers.create({"tax_id_data": ids})
    assert refused.value.param == "tax_id_data[1][value]"
    assert shop.v1.customers.list().data == []


def test_they_are_listed_and_deleted(mock: Mock, shop: stripe.StripeClient, payer: str) -> None:
    first, second = (make(shop, payer, "us_ein", f"12-345678{number}") for number in (1, 2))
    assert [one.id for one in shop.v1.customers.tax_ids.list(payer).data] == [second.id, first.id]
    with mock.expect_events("customer.tax_id.deleted"):
        assert shop.v1.customers.tax_ids.delete(payer, first.id).deleted
    assert [one.id for one in shop.v1.customers.tax_ids.list(payer).data] == [second.id]


def test_those_of_another_customer_are_out_of_reach(shop: stripe.StripeClient, payer: str) -> None:
    made = make(shop, payer, "us_ein", "12-3456789")
    other = shop.v1.customers.create({}).id
    for reach in (shop.v1.customers.tax_ids.retrieve, shop.v1.customers.tax_ids.delete):
        with pytest.raises(stripe.InvalidRequestError) as missing:
            reach(other, made.id)
        assert missing.value.http_status == 404


def test_those_of_a_deleted_customer_are_gone(mock: Mock, shop: stripe.StripeClient, payer: str) -> None:
    make(shop, payer, "eu_vat", "DE000000000")
    with mock.expect_events("customer.deleted"):
        shop.v1.customers.delete(payer)
        mock.clock.advance(tax_id.VERIFICATION_SECONDS + 1)


def test_an_account_has_tax_ids_of_its_own(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny = shop.v1.customers.create().id
    with mock.expect_events("customer.tax_id.created", "customer.tax_id.deleted"):
        own = shop.v1.tax_ids.create({"type": "eu_vat", "value": "DE123456789"})
        owner: Any = {"type": "customer", "customer": jenny}
        hers = shop.v1.tax_ids.create({"type": "us_ein", "value": "12-3456789", "owner": owner})
        assert [one.id for one in shop.v1.tax_ids.list().data] == [own.id]
        assert [one.id for one in shop.v1.tax_ids.list({"owner": owner}).data] == [hers.id]
        assert shop.v1.tax_ids.retrieve(own.id).owner == own.owner
        assert shop.v1.tax_ids.delete(hers.id).deleted
    assert own.owner is not None
    assert (own.owner.type, own.customer, own.country, own.verification) == ("self", None, "DE", None)
    assert shop.v1.customers.tax_ids.list(jenny).data == []


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param({"type": "eu_vat", "value": "nonsense"}, "value", id="no such form"),
        pytest.param(
            {"type": "us_ein", "value": "12-3456789", "owner": {"type": "customer"}}, "owner[customer]", id="of whom?"
        ),
    ],
)
def test_what_an_account_cannot_have_is_refused(shop: stripe.StripeClient, sent: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.tax_ids.create(sent)
    assert refused.value.param == param
