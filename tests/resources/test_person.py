"""The people behind connected accounts."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
import stripe

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def seller(shop: stripe.StripeClient) -> str:
    """The id of a connected account."""
    return shop.v1.accounts.create({"type": "custom"}).id


def added(shop: stripe.StripeClient, seller: str, **sent: Any) -> Any:
    return shop.v1.accounts.persons.create(seller, {"first_name": "Jenny", "last_name": "Rosen", **sent})


def happened(shop: stripe.StripeClient, seller: str) -> list[str]:
    """The types of the account's own events, oldest first."""
    return [event.type for event in shop.v1.events.list({}, {"stripe_account": seller}).data][::-1]


def test_a_person_is_kept_without_their_numbers(shop: stripe.StripeClient, seller: str) -> None:
    born = {"day": 1, "month": 2, "year": 1970}
    made = added(shop, seller, id_number="123456789", dob=born, relationship={"percent_ownership": "12.5"})
    assert (made.account, made.first_name, made.dob.year) == (seller, "Jenny", 1970)
    assert (made.id_number_provided, made.ssn_last_4_provided) == (True, False)
    assert (made.verification.status, made.relationship.percent_ownership) == ("verified", 12.5)
    assert "123456789" not in str(shop.v1.accounts.persons.retrieve(seller, made.id))


def test_a_persons_life_is_told_on_the_account(shop: stripe.StripeClient, seller: str) -> None:
    made = added(shop, seller)
    shop.v1.accounts.persons.update(seller, made.id, {"email": "jenny@example.com", "dob": ""})
    shop.v1.accounts.persons.update(seller, made.id, {"email": "jenny@example.com"})
    assert shop.v1.accounts.persons.delete(seller, made.id).deleted
    assert happened(shop, seller) == ["person.created", "person.updated", "person.deleted"]
    assert shop.v1.accounts.persons.list(seller).data == []


def test_persons_are_listed_by_their_role(shop: stripe.StripeClient, seller: str) -> None:
    owner = added(shop, seller, relationship={"owner": True})
    added(shop, seller, relationship={"director": True})
    found = shop.v1.accounts.persons.list(seller, {"relationship": {"owner": True}}).data
    assert [each.id for each in found] == [owner.id]
    assert len(shop.v1.accounts.persons.list(seller).data) == 2


def test_an_account_has_one_representative(shop: stripe.StripeClient, seller: str) -> None:
    first = added(shop, seller, relationship={"representative": True})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        added(shop, seller, relationship={"representative": True})
    assert refused.value.param == "relationship[representative]"
    shop.v1.accounts.persons.update(seller, first.id, {"relationship": {"representative": True, "title": "CEO"}})


def test_a_document_is_a_file_for_that(shop: stripe.StripeClient, seller: str) -> None:
    passport = shop.v1.files.create({"file": BytesIO(PNG), "purpose": "identity_document"})
    logo = shop.v1.files.create({"file": BytesIO(PNG), "purpose": "business_logo"})
    made = added(shop, seller, verification={"document": {"front": passport.id}})
    assert (made.verification.status, made.verification.document.front) == ("verified", passport.id)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        added(shop, seller, verification={"document": {"front": logo.id}})
    assert refused.value.param == "verification[document][front]"


def test_a_person_of_another_account_is_not_there(shop: stripe.StripeClient, seller: str) -> None:
    other = shop.v1.accounts.create({"type": "custom"}).id
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.accounts.persons.retrieve(other, added(shop, seller).id)
    assert refused.value.http_status == 404
