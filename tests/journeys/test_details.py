"""Billing details: each is saved, and what cannot be is said beside its field, with everything else still typed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.shop import Shop, Visitor

EVERYTHING = ["name", "email", "phone", "address", "shipping", "tax_id"]
GERMAN_STREET = {
    "address[country]": "DE",
    "address[line1]": "Speicherstraße 8",
    "address[city]": "Hamburg",
    "address[postal_code]": "20457",
}


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture(scope="module")
def all_open(shop: Shop) -> str:
    return shop.configuration(customer_update={"enabled": True, "allowed_updates": EVERYTHING})


@pytest.fixture
def jenny(shop: Shop) -> str:
    return shop.customer("jenny@example.com")


@pytest.fixture
def page(shop: Shop, all_open: str, jenny: str) -> Visitor:
    """Jenny's page of billing details, with everything open to change."""
    page = shop.visit(jenny, configuration=all_open)
    page.go("/details")
    return page


def save(page: Visitor, **typed: str) -> None:
    page.submit('name="email"', **typed)


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        ({"name": "Jenny Rosen"}, {"name": "Jenny Rosen"}),
        ({"email": "rosen@example.com"}, {"email": "rosen@example.com"}),
        ({"phone": "+44 20 7946 0000"}, {"phone": "+442079460000"}),
        (
            GERMAN_STREET,
            {
                "address": {
                    "line1": "Speicherstraße 8",
                    "line2": None,
                    "city": "Hamburg",
                    "state": None,
                    "postal_code": "20457",
                    "country": "DE",
                }
            },
        ),
    ],
    ids=["name", "email", "phone", "address"],
)
def test_each_detail_is_saved(
    shop: Shop, jenny: str, page: Visitor, typed: dict[str, str], saved: dict[str, Any]
) -> None:
    save(page, **typed)
    assert page.heading == "Your details are saved"
    stored = shop.client.v1.customers.retrieve(jenny).to_dict()
    assert {name: stored[name] for name in saved} == saved


def test_a_shipping_address_is_saved_with_its_recipient(shop: Shop, jenny: str, page: Visitor) -> None:
    street = {name.replace("address", "shipping[address]", 1): value for name, value in GERMAN_STREET.items()}
    save(page, **street, **{"shipping[name]": "Lukas Weber"})
    shipping = shop.client.v1.customers.retrieve(jenny).shipping
    assert shipping is not None
    assert shipping.name == "Lukas Weber"
    assert shipping.address is not None
    assert shipping.address.city == "Hamburg"


def test_the_country_is_chosen_first_and_its_fields_follow_without_script(page: Visitor) -> None:
    assert 'name="address[line1]"' not in page.text
    save(page, **{"address[country]": "US", "refresh": "billing", "name": "Typed before"})
    assert page.status == 200
    assert "ZIP code" in page.said
    assert "State" in page.said
    assert 'value="Typed before"' in page.text


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("email", {"email": "jenny at example"}, "Enter an email address such as name@example.com."),
        ("email", {"email": ""}, "Enter an email address; your invoices are sent there."),
        ("phone", {"phone": "call me"}, "Enter a phone number with its country code, such as +44 20 7946 0000."),
        ("address[country]", {"address[country]": "XX"}, "Choose a country."),
        ("address[postal_code]", {**GERMAN_STREET, "address[postal_code]": "no"}, "Enter a postal code such as 26133."),
        ("address[city]", {**GERMAN_STREET, "address[city]": ""}, "Enter the city."),
    ],
    ids=["email", "no email", "phone", "country", "postal code", "city"],
)
def test_what_is_wrong_is_told_at_the_top_and_beside_the_field_and_nothing_is_lost(
    shop: Shop, page: Visitor, name: str, typed: dict[str, str], told: str
) -> None:
    before = shop.events()
    save(page, **typed, name="Typed with it")
    assert page.status == 400
    assert "One detail needs another look" in page.said
    field = name.replace("[", "-").replace("]", "")
    assert f'<a href="#{field}">{told}</a>' in page.text
    assert f'id="{field}-error">{told}</p>' in page.text
    assert f'aria-describedby="{field}-error"' in page.text
    assert 'value="Typed with it"' in page.text
    assert page.form('name="email"')[1][name] == ("" if typed[name] == "XX" else typed[name])
    assert shop.events() == before


def test_two_wrong_details_are_counted(page: Visitor) -> None:
    save(page, email="no", phone="no")
    assert "2 details need another look" in page.said


def test_a_name_that_is_too_long_is_told_before_it_is_sent(page: Visitor) -> None:
    """Stripe keeps 256 characters."""
    save(page, name="n" * 257)
    assert page.status == 400
    assert 'id="name-error"' in page.text


def test_saving_without_a_change_changes_nothing(shop: Shop, page: Visitor) -> None:
    before = shop.events()
    save(page)
    assert page.heading == "Your details are saved"
    assert shop.events() == before


def test_a_form_that_is_sent_twice_changes_once(shop: Shop, page: Visitor) -> None:
    where, form = page.form('name="email"')
    before = shop.events()
    for _ in range(2):
        page.post(where, {**form, "name": "Once"})
        assert page.heading == "Your details are saved"
    assert shop.since(before) == ["customer.updated"]


def test_a_tax_id_is_added_and_removed(shop: Shop, jenny: str, page: Visitor) -> None:
    page.submit('name="type"', type="eu_vat", value="DE123456789")
    assert page.status == 200
    assert "DE123456789 · European Union: VAT" in page.said
    assert [each.value for each in shop.client.v1.customers.tax_ids.list(jenny).data] == ["DE123456789"]
    page.submit("/remove")
    assert page.status == 200
    assert shop.client.v1.customers.tax_ids.list(jenny).data == []
    assert "DE123456789" not in page.said


@pytest.mark.parametrize(
    ("kind", "value", "field", "told"),
    [
        ("eu_vat", "12", "value", "This number does not have the form of this kind of tax ID."),
        ("eu_vat", "", "value", "Enter the number."),
        ("", "DE123456789", "type", "Choose the kind of tax ID."),
        ("made_up", "DE123456789", "type", "Choose the kind of tax ID."),
    ],
    ids=["form", "no number", "no kind", "unknown kind"],
)
def test_a_tax_id_that_cannot_be_is_told_beside_its_field(
    shop: Shop, page: Visitor, kind: str, value: str, field: str, told: str
) -> None:
    before = shop.events()
    page.submit('name="type"', type=kind, value=value)
    assert page.status == 400
    assert f'id="{field}-error">{told}</p>' in page.text
    assert page.form('name="type"')[1]["value"] == value
    assert shop.events() == before


def test_a_tax_id_that_is_sent_twice_is_added_once(shop: Shop, jenny: str, page: Visitor) -> None:
    where, form = page.form('name="type"')
    for _ in range(2):
        page.post(where, {**form, "type": "eu_vat", "value": "DE123456789"})
    assert len(shop.client.v1.customers.tax_ids.list(jenny).data) == 1


def test_a_parameter_of_the_api_that_is_no_detail_is_not_passed_on(shop: Shop, jenny: str, page: Visitor) -> None:
    save(page, name="Jenny", balance="-100000", **{"metadata[vip]": "yes"})
    stored = shop.client.v1.customers.retrieve(jenny)
    assert (stored.balance, stored.metadata.to_dict() if stored.metadata else {}) == (0, {})
