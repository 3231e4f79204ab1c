"""Each switch of a configuration: what appears, and what a request by hand gets when the switch is off."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.shop import COMMENT, FEEDBACK, Reader, Shop, Visitor

REASONS: dict[str, Any] = {"enabled": True, "options": ["unused", "other"]}

ON: dict[str, dict[str, Any]] = {
    "customer_update": {"enabled": True, "allowed_updates": ["email", "tax_id"]},
    "invoice_history": {"enabled": True},
    "payment_method_update": {"enabled": True},
    "subscription_cancel": {"enabled": True, "cancellation_reason": REASONS},
}
"""Everything that a configuration can switch on today."""


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture(scope="module")
def reader(shop: Shop) -> Reader:
    return shop.reader("jenny@example.com")


def visit(shop: Shop, reader: Reader, **features: Any) -> Visitor:
    """The overview under a configuration of these features and no others."""
    return shop.visit(reader, configuration=shop.configuration(**features))


def without(name: str) -> dict[str, Any]:
    return {feature: value for feature, value in ON.items() if feature != name}


def test_everything_that_is_on_is_in_the_navigation(shop: Shop, reader: Reader) -> None:
    page = visit(shop, reader, **ON)
    assert page.navigation == ["Overview", "Invoices", "Payment methods", "Billing details", "History"]
    assert "Cancel subscription" in page.said


@pytest.mark.parametrize(
    ("switch", "item", "section"),
    [
        ("invoice_history", "Invoices", "Recent invoices"),
        ("payment_method_update", "Payment methods", "Payment methods"),
        ("customer_update", "Billing details", "Edit"),
        ("subscription_cancel", None, "Cancel subscription"),
    ],
)
def test_what_is_off_is_nowhere_to_be_seen(
    shop: Shop, reader: Reader, switch: str, item: str | None, section: str
) -> None:
    page = visit(shop, reader, **without(switch))
    assert item not in page.navigation
    assert section not in page.said


@pytest.mark.parametrize(
    ("switch", "below", "reason"),
    [
        ("invoice_history", "/invoices", "Invoices are not shown here."),
        ("payment_method_update", "/payment-methods", "Payment methods are not shown here."),
        ("payment_method_update", "/payment-methods/add", "Payment methods are not shown here."),
        ("customer_update", "/details", "Billing details cannot be changed here."),
        ("subscription_cancel", "/subscriptions/{subscription}/cancel", "Subscriptions cannot be canceled here."),
    ],
)
def test_a_page_that_is_off_says_so(shop: Shop, reader: Reader, switch: str, below: str, reason: str) -> None:
    page = visit(shop, reader, **without(switch))
    page.go(below.format(subscription=reader.subscription))
    assert page.status == 403
    assert reason in page.said


def test_where_nobody_can_cancel_the_card_tells_why_the_button_is_missing(shop: Shop, reader: Reader) -> None:
    page = visit(shop, reader, **without("subscription_cancel"))
    assert "Subscriptions cannot be canceled here. Please contact us and we will do it for you." in page.said


BY_HAND = [
    pytest.param("subscription_cancel", "/subscriptions/{subscription}/cancel", {}, id="cancel"),
    pytest.param("subscription_cancel", "/subscriptions/{ending}/renew", {}, id="undo"),
    pytest.param("subscription_cancel", "/subscriptions/{ending}/reason", {FEEDBACK: "unused"}, id="reason"),
    pytest.param("subscription_update", "/subscriptions/{subscription}/review", {"quote": "x"}, id="change of plan"),
    pytest.param("subscription_update", "/subscriptions/{subscription}/card", {}, id="card of a subscription"),
    pytest.param("customer_update", "/details", {"email": "new@example.com"}, id="details"),
    pytest.param("payment_method_update", "/payment-methods/add", {}, id="add a method"),
    pytest.param("payment_method_update", "/payment-methods/added?checkout=cs_test_1", {}, id="use an added one"),
    pytest.param("payment_method_update", "/payment-methods/{method}/default", {}, id="make it the default"),
    pytest.param("payment_method_update", "/payment-methods/{method}/remove", {}, id="remove a method"),
    pytest.param(
        "payment_method_update",
        "/payment-methods/{method}",
        {"card[exp_month]": "7", "card[exp_year]": "2041"},
        id="correct a card",
    ),
    pytest.param("customer_update", "/details/tax-ids", {"type": "eu_vat", "value": "DE123456789"}, id="tax id"),
]


@pytest.mark.parametrize(("switch", "below", "form"), BY_HAND)
def test_a_post_by_hand_to_what_is_off_is_refused_with_a_reason(
    shop: Shop, switch: str, below: str, form: dict[str, str]
) -> None:
    reader = shop.reader("by-hand@example.com")
    ending: Any = {"customer": reader.customer, "items": [{"price": shop.price}], "cancel_at_period_end": True}
    ids = {
        "subscription": reader.subscription,
        "ending": shop.client.v1.subscriptions.create(ending).id,
        "method": shop.client.v1.payment_methods.attach("pm_card_amex", {"customer": reader.customer}).id,
    }
    page, hidden = visit_with_token(shop, reader, **without(switch))
    before = shop.events()
    page.post(page.home + below.format(**ids), {**form, **hidden})
    assert page.status == 403
    assert page.heading == "This is not possible here"
    assert shop.events() == before


def visit_with_token(shop: Shop, reader: Reader, **features: Any) -> tuple[Visitor, dict[str, str]]:
    """A visit, and what a form holds in that browser: there a second link has opened a portal with everything on."""
    page = shop.visit(reader, configuration=shop.configuration(**ON))
    token = page.token("/details")
    page.follow(shop.link(reader, configuration=shop.configuration(**features)))
    return page, {"csrf_token": token, "form_id": "f" * 32}


@pytest.mark.parametrize(
    "form",
    [
        {"name": "Somebody Else"},
        {"phone": "+15005550006"},
        {"address[country]": "FR"},
        {"shipping[name]": "Somebody Else"},
    ],
)
def test_a_detail_that_is_off_is_refused_when_it_is_sent_by_hand(shop: Shop, form: dict[str, str]) -> None:
    page = visit(shop, shop.reader("locked@example.com"), **ON)
    page.go("/details")
    before = shop.events()
    page.submit('name="email"', **form)
    assert page.status == 403
    assert "This detail cannot be changed here." in page.said
    assert shop.events() == before


def test_details_that_are_off_can_still_be_read(shop: Shop) -> None:
    page = visit(shop, shop.reader("read@example.com"), **ON)
    page.go("/details")
    assert "Name Read" in page.said
    assert 'name="name"' not in page.text


def test_tax_ids_that_are_off_are_refused_when_they_are_sent_by_hand(shop: Shop) -> None:
    page = visit(shop, shop.reader("tax@example.com"), customer_update={"enabled": True, "allowed_updates": ["email"]})
    token = page.token("/details")
    assert "Tax ID" not in page.said
    before = shop.events()
    form = {"csrf_token": token, "form_id": "f" * 32, "type": "eu_vat", "value": "DE123456789"}
    assert page.post(f"{page.home}/details/tax-ids", form).status_code == 403
    assert shop.events() == before


def test_a_business_that_does_not_ask_for_reasons_shows_no_questions(shop: Shop) -> None:
    reader = shop.reader("unasked@example.com")
    reasons = {**REASONS, "enabled": False}
    page = visit(shop, reader, subscription_cancel={"enabled": True, "cancellation_reason": reasons})
    page.go(f"/subscriptions/{reader.subscription}/cancel")
    assert FEEDBACK not in page.text
    assert COMMENT not in page.text


def test_the_reasons_are_those_of_the_configuration(shop: Shop, reader: Reader) -> None:
    page = visit(shop, reader, **ON)
    page.go(f"/subscriptions/{reader.subscription}/cancel")
    assert page.text.count(FEEDBACK) == 2
    assert "Why are you leaving? (optional) I no longer need it Other reason" in page.said


def test_what_the_business_says_of_itself_stands_on_every_page(shop: Shop, reader: Reader) -> None:
    profile: Any = {
        "headline": "Long reads about the sea",
        "privacy_policy_url": "https://shop.example/privacy",
        "terms_of_service_url": "https://shop.example/terms",
    }
    given: Any = {"features": {"invoice_history": {"enabled": True}}, "business_profile": profile}
    made = shop.client.v1.billing_portal.configurations.create(given)
    page = shop.visit(reader, configuration=made.id)
    for word in ("Long reads about the sea", "https://shop.example/privacy", "https://shop.example/terms"):
        assert word in page.text
