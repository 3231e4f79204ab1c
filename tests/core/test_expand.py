"""Ids that become objects when a call asks for it."""

from __future__ import annotations

from typing import Any

import pytest
import stripe


@pytest.fixture
def subscription(shop: stripe.StripeClient) -> stripe.Subscription:
    product = shop.v1.products.create(
        {
            "name": "Magazine",
            "default_price_data": {"currency": "usd", "unit_amount": 2900, "recurring": {"interval": "month"}},
        }
    )
    jenny = shop.v1.customers.create(
        {
            "email": "jenny@example.com",
            "payment_method": "pm_card_visa",
            "invoice_settings": {"default_payment_method": "pm_card_visa"},
        }
    )
    return shop.v1.subscriptions.create({"customer": jenny.id, "items": [{"price": str(product.default_price)}]})


def test_an_id_becomes_an_object(shop: stripe.StripeClient, subscription: stripe.Subscription) -> None:
    found = shop.v1.subscriptions.retrieve(subscription.id, {"expand": ["customer"]})
    assert isinstance(found.customer, stripe.Customer)
    assert found.customer.email == "jenny@example.com"


def test_four_levels_are_followed(shop: stripe.StripeClient, subscription: stripe.Subscription) -> None:
    found = shop.v1.subscriptions.retrieve(subscription.id, {"expand": ["items.data.price.product"]})
    assert isinstance(found.items.data[0].price.product, stripe.Product)


def test_five_levels_are_too_many(shop: stripe.StripeClient, subscription: stripe.Subscription) -> None:
    """The `data` of a list counts as one."""
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.v1.subscriptions.list({"expand": ["data.items.data.price.product"]})
    assert refusal.value.code == "property_expansion_max_depth"


def test_a_path_goes_on_in_an_expanded_object(shop: stripe.StripeClient, subscription: stripe.Subscription) -> None:
    path = "customer.invoice_settings.default_payment_method"
    found = shop.v1.subscriptions.retrieve(subscription.id, {"expand": [path]})
    assert isinstance(found.customer, stripe.Customer)
    assert isinstance(found.customer.invoice_settings, stripe.Customer.InvoiceSettings)
    method = found.customer.invoice_settings.default_payment_method
    assert isinstance(method, stripe.PaymentMethod)


def test_the_elements_of_a_list_are_expanded(shop: stripe.StripeClient, subscription: stripe.Subscription) -> None:
    page = shop.v1.subscriptions.list({"expand": ["data.customer", "data.latest_invoice"]})
    assert isinstance(page.data[0].customer, stripe.Customer)
    assert isinstance(page.data[0].latest_invoice, stripe.Invoice)


def test_a_list_that_is_left_out_comes_when_asked_for(
    shop: stripe.StripeClient, subscription: stripe.Subscription
) -> None:
    assert "subscriptions" not in shop.v1.customers.retrieve(str(subscription.customer))
    found = shop.v1.customers.retrieve(str(subscription.customer), {"expand": ["subscriptions.data.latest_invoice"]})
    assert found.subscriptions is not None
    assert found.subscriptions.url == f"/v1/customers/{found.id}/subscriptions"
    assert isinstance(found.subscriptions.data[0].latest_invoice, stripe.Invoice)


def test_what_is_null_stays_null(shop: stripe.StripeClient, subscription: stripe.Subscription) -> None:
    found = shop.v1.subscriptions.retrieve(subscription.id, {"expand": ["default_payment_method"]})
    assert found.default_payment_method is None


def test_a_deleted_object_is_its_stub(shop: stripe.StripeClient, subscription: stripe.Subscription) -> None:
    shop.v1.customers.delete(str(subscription.customer))
    found = shop.v1.subscriptions.retrieve(subscription.id, {"expand": ["customer"]})
    assert isinstance(found.customer, stripe.Customer)
    assert found.customer.deleted


def test_the_answer_to_a_change_is_expanded_too(shop: stripe.StripeClient, subscription: stripe.Subscription) -> None:
    changed = shop.v1.subscriptions.update(subscription.id, {"metadata": {"a": "b"}, "expand": ["customer"]})
    assert isinstance(changed.customer, stripe.Customer)


@pytest.mark.parametrize("path", ["nothing", "customer.nothing", "items.data.nothing", "items.nothing"])
def test_a_path_that_leads_nowhere_is_refused(
    shop: stripe.StripeClient, subscription: stripe.Subscription, path: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="doesn't exist") as refusal:
        shop.v1.subscriptions.retrieve(subscription.id, {"expand": [path]})
    assert refusal.value.http_status == 400


@pytest.mark.parametrize("path", ["status", "items", "billing_mode", "customer.email"])
def test_a_path_to_a_plain_value_is_refused(
    shop: stripe.StripeClient, subscription: stripe.Subscription, path: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        shop.v1.subscriptions.retrieve(subscription.id, {"expand": [path]})


def test_a_refused_path_undoes_the_change(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.customers.create({"name": "Nobody", "expand": ["nothing"]})
    assert shop.v1.customers.list().data == []


@pytest.mark.parametrize("path", ["metadata.color", "items.data", "description"])
def test_what_holds_no_id_cannot_be_expanded(
    shop: stripe.StripeClient, subscription: stripe.Subscription, path: str
) -> None:
    shop.v1.subscriptions.update(subscription.id, {"metadata": {"color": "red"}})
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        shop.v1.subscriptions.retrieve(subscription.id, {"expand": [path]})


@pytest.mark.parametrize("path", ["schedule", "default_source", "latest_invoice.account_tax_ids"])
def test_an_empty_field_that_the_api_could_expand_stays_null(
    shop: stripe.StripeClient, subscription: stripe.Subscription, path: str
) -> None:
    found: Any = shop.v1.subscriptions.retrieve(subscription.id, {"expand": [path]})
    for part in path.split("."):
        found = found[part]
    assert found is None


def test_a_deleted_object_has_nothing_to_expand(shop: stripe.StripeClient, subscription: stripe.Subscription) -> None:
    shop.v1.customers.delete(str(subscription.customer))
    found: Any = shop.v1.subscriptions.retrieve(
        subscription.id, {"expand": ["customer.subscriptions", "customer.default_source"]}
    )
    assert found.customer.to_dict() == {"id": subscription.customer, "object": "customer", "deleted": True}


def test_lists_do_not_count_any_more(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.v1.customers.list({"expand": ["total_count"]})
    assert refusal.value.code == "property_forbidden"
