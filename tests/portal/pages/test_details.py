"""Billing information, as far as the business lets customers change it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from flask_portal import signals
from tests.portal.pages.conftest import Shop, Visitor

HOME = {"country": "US", "line1": "1 Main St", "city": "Springfield", "state": "IL", "postal_code": "62701"}


def allowing(shop: Shop, customer: str, *updates: str) -> Visitor:
    shop.configure(customer, customer_update={"allowed_updates": list(updates)})
    return shop.visitor(customer)


def retrieved(shop: Shop, customer: str) -> dict[str, Any]:
    return shop.client.v1.customers.retrieve(customer, {"expand": ["tax_ids"]}).to_dict()


def test_a_changed_name_is_saved_and_told(shop: Shop) -> None:
    told: list[dict[str, Any]] = []

    def hear(_sender: object, **values: Any) -> None:
        told.append(values)

    customer = shop.customer()
    with signals.customer_updated.connected_to(hear, shop.app):
        answer = shop.visitor(customer).post("details", {"name": "Jenny Miller"})
    assert answer.status_code == 303
    assert retrieved(shop, customer)["name"] == "Jenny Miller"
    assert [(entry.action, entry.details) for entry in shop.history()] == [("customer.update", {"changed": ["name"]})]
    assert [each["changed"] for each in told] == [["name"]]


def test_only_what_was_changed_is_sent(shop: Shop) -> None:
    """An old address that would be refused today keeps nobody from correcting a name."""
    customer = shop.customer(address={"country": "US", "postal_code": "not a code"}, phone="12")
    assert shop.visitor(customer).post("details", {"name": "Jenny Miller"}).status_code == 303
    assert retrieved(shop, customer)["address"]["postal_code"] == "not a code"


def test_saving_nothing_asks_stripe_for_nothing(shop: Shop) -> None:
    visitor = shop.visitor(shop.customer())
    shop.transport.calls.clear()
    assert visitor.post("details", {"name": "Jenny Rosen"}).status_code == 303
    assert {method for method, _url in shop.transport.calls} == {"GET"}
    assert shop.history() == []


def test_errors_stand_beside_the_fields_and_typed_values_are_kept(shop: Shop) -> None:
    customer = shop.customer(address=HOME)
    typed = {"email": "jenny@", "address[postal_code]": "1", "name": "Somebody <else>"}
    answer = shop.visitor(customer).post("details", typed)
    assert answer.status_code == 400
    assert "2 details need another look" in answer.text
    assert '<a href="#email">Enter an email address such as name@example.com.</a>' in answer.text
    assert 'aria-invalid="true" aria-describedby="address-postal_code-error"' in answer.text
    assert 'value="Somebody &lt;else&gt;"' in answer.text
    assert retrieved(shop, customer)["name"] == "Jenny Rosen"


@pytest.mark.parametrize(
    ("country", "there", "missing"),
    [
        pytest.param("US", ["ZIP code", "State"], [], id="states and ZIP codes"),
        pytest.param("DE", ["Postal code", "City"], ["State", "Region"], id="no states"),
        pytest.param("GB", ["Town or city"], ["State"], id="post towns"),
        pytest.param("JP", ["Prefecture"], ["State"], id="prefectures"),
        pytest.param("HK", ["Further address details"], ["Postal code"], id="no postal codes"),
    ],
)
def test_the_address_form_follows_the_country(shop: Shop, country: str, there: list[str], missing: list[str]) -> None:
    customer = shop.customer(address={"country": country, "line1": "1"})
    text = shop.visitor(customer).get("details").text
    assert [label for label in there if f">{label}" not in text] == []
    assert [label for label in missing if f">{label}" in text] == []


def test_choosing_a_country_shows_its_fields_and_saves_nothing(shop: Shop) -> None:
    customer = shop.customer(address=HOME)
    typed = {"refresh": "billing", "address[country]": "GB", "name": "Jenny Miller"}
    answer = shop.visitor(customer).post("details", typed)
    assert answer.status_code == 200
    assert "Town or city" in answer.text
    assert 'value="Jenny Miller"' in answer.text
    assert retrieved(shop, customer)["address"]["country"] == "US"


def test_a_new_country_drops_what_it_does_not_use(shop: Shop) -> None:
    customer = shop.customer(address=HOME)
    typed = {
        "address[country]": "DE",
        "address[line1]": "Hauptstraße 1",
        "address[city]": "Berlin",
        "address[postal_code]": "10115",
    }
    assert shop.visitor(customer).post("details", typed).status_code == 303
    found = retrieved(shop, customer)["address"]
    assert (found["country"], found["city"], found["state"]) == ("DE", "Berlin", None)


def test_a_phone_number_is_kept_with_its_country_code(shop: Shop) -> None:
    customer = shop.customer(address={"country": "DE", "line1": "Hauptstraße 1"})
    assert shop.visitor(customer).post("details", {"phone": "030 901820"}).status_code == 303
    assert retrieved(shop, customer)["phone"] == "+4930901820"


def test_a_phone_number_that_is_none_is_refused(shop: Shop) -> None:
    answer = shop.visitor(shop.customer()).post("details", {"phone": "call me"})
    assert answer.status_code == 400
    assert "Enter a phone number with its country code" in answer.text


def test_an_email_address_cannot_be_taken_away(shop: Shop) -> None:
    customer = shop.customer()
    assert shop.visitor(customer).post("details", {"email": ""}).status_code == 400
    assert retrieved(shop, customer)["email"] == "jenny@example.com"


def test_a_shipping_address_is_saved(shop: Shop) -> None:
    customer = shop.customer()
    typed = {f"shipping[address][{part}]": value for part, value in HOME.items()}
    visitor = allowing(shop, customer, "shipping")
    assert visitor.post("details", {**typed, "shipping[name]": "Jenny"}).status_code == 303
    found = retrieved(shop, customer)["shipping"]
    assert (found["name"], found["address"]["city"]) == ("Jenny", "Springfield")


def test_a_field_that_is_not_allowed_is_shown_and_not_editable(shop: Shop) -> None:
    customer = shop.customer()
    visitor = allowing(shop, customer, "name")
    text = visitor.get("details").text
    assert "<dd>jenny@example.com</dd>" in text
    assert 'name="email"' not in text


def test_a_field_that_is_not_allowed_is_refused_with_the_reason(shop: Shop) -> None:
    customer = shop.customer()
    answer = allowing(shop, customer, "name").post("details", {"email": "mallory@example.com", "name": "Mallory"})
    assert answer.status_code == 403
    assert "This detail cannot be changed here." in answer.text
    assert retrieved(shop, customer)["name"] == "Jenny Rosen"


def test_where_details_are_off_the_form_is_refused_with_the_reason(shop: Shop) -> None:
    customer = shop.customer()
    shop.configure(customer, customer_update={"enabled": False})
    visitor = shop.visitor(customer)
    assert visitor.get("details").status_code == 403
    made = shop.subscription(customer)
    answer = visitor.post("details", {"name": "Mallory"}, page=f"subscriptions/{made.id}/cancel")
    assert answer.status_code == 403
    assert retrieved(shop, customer)["name"] == "Jenny Rosen"


def test_a_tax_id_is_added_and_removed(shop: Shop) -> None:
    customer = shop.customer()
    visitor = allowing(shop, customer, "tax_id")
    answer = visitor.post("details/tax-ids", {"type": "eu_vat", "value": "DE123456789"}, page="details")
    assert answer.status_code == 303
    (tax_id,) = retrieved(shop, customer)["tax_ids"]["data"]
    assert tax_id["value"] == "DE123456789"
    assert "European Union: VAT" in visitor.get("details").text
    assert visitor.post(f"details/tax-ids/{tax_id['id']}/remove", page="details").status_code == 303
    assert retrieved(shop, customer)["tax_ids"]["data"] == []
    assert [entry.action for entry in shop.history()] == ["tax_id.add", "tax_id.remove"]


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        pytest.param("eu_vat", "DE12", "This number does not have the form", id="too short"),
        pytest.param("", "DE123456789", "Choose the kind of tax ID.", id="no kind"),
        pytest.param("eu_vat", "", "Enter the number.", id="no number"),
        pytest.param("xx_vat", "1", "Choose the kind of tax ID.", id="a kind that does not exist"),
    ],
)
def test_a_tax_id_that_is_none_is_refused(shop: Shop, kind: str, value: str, sentence: str) -> None:
    customer = shop.customer()
    visitor = allowing(shop, customer, "tax_id")
    answer = visitor.post("details/tax-ids", {"type": kind, "value": value}, page="details")
    assert answer.status_code == 400
    assert sentence in answer.text
    assert retrieved(shop, customer)["tax_ids"]["data"] == []


def test_tax_ids_are_refused_where_they_are_not_allowed(shop: Shop) -> None:
    customer = shop.customer()
    answer = shop.visitor(customer).post("details/tax-ids", {"type": "eu_vat", "value": "DE123456789"}, page="details")
    assert answer.status_code == 403


def test_fields_take_no_more_than_is_kept(shop: Shop) -> None:
    """A phone number is kept by its digits alone, so that there is room for the blanks and brackets of people."""
    page = shop.visitor(shop.customer()).get("details").text
    found = dict(re.findall(r'name="(name|email|phone)" value="[^"]*" maxlength="(\d+)"', page))
    assert found == {"name": "256", "email": "512", "phone": "40"}


def test_a_tax_id_that_is_removed_twice_is_told_once(shop: Shop) -> None:
    told: list[list[str]] = []
    customer = shop.customer()
    shop.configure(customer, customer_update={"allowed_updates": ["tax_id"]})
    tax_id = shop.client.v1.customers.tax_ids.create(customer, {"type": "eu_vat", "value": "DE123456789"}).id
    visitor = shop.visitor(customer)
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', visitor.get("details").text))

    def hear(_sender: object, changed: list[str], **_values: Any) -> None:
        told.append(changed)

    with signals.customer_updated.connected_to(hear, shop.app):
        answers = [visitor.browser.post(f"{visitor.base}details/tax-ids/{tax_id}/remove", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert told == [["tax_ids"]]
    assert [entry.action for entry in shop.history()] == ["tax_id.remove"]
