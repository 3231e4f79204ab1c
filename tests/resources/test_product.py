"""Products."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock


def test_a_product_needs_only_a_name(shop: stripe.StripeClient) -> None:
    made = shop.v1.products.create({"name": "Gold"})
    assert (made.name, made.active, made.type, made.images, made.default_price) == ("Gold", True, "service", [], None)
    assert made.id.startswith("prod_")


def test_a_product_keeps_the_id_of_its_maker(shop: stripe.StripeClient) -> None:
    shop.v1.products.create({"name": "Gold", "id": "gold"})
    assert shop.v1.products.retrieve("gold").name == "Gold"


def test_an_id_is_taken_only_once(shop: stripe.StripeClient) -> None:
    shop.v1.products.create({"name": "Gold", "id": "gold"})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.products.create({"name": "Silver", "id": "gold"})
    assert (refused.value.code, refused.value.param) == ("resource_already_exists", "id")


def test_the_id_of_a_deleted_product_is_free_again(shop: stripe.StripeClient) -> None:
    shop.v1.products.create({"name": "Gold", "id": "gold"})
    shop.v1.products.delete("gold")
    assert shop.v1.products.create({"name": "Silver", "id": "gold"}).name == "Silver"


def test_a_product_can_be_made_with_its_price(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events("product.created", "price.created", "plan.created"):
        made = shop.v1.products.create(
            {
                "name": "Gold",
                "default_price_data": {"currency": "usd", "unit_amount": 1000, "recurring": {"interval": "month"}},
                "expand": ["default_price"],
            }
        )
    price = made.default_price
    assert isinstance(price, stripe.Price)
    assert (price.product, price.unit_amount, price.type) == (made.id, 1000, "recurring")


def test_a_price_given_with_a_product_is_checked_like_any_other(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="needs one of"):
        shop.v1.products.create({"name": "Gold", "default_price_data": {"currency": "usd"}})
    assert shop.v1.products.list().data == []


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param({"statement_descriptor": "GOLD<1>"}, "statement_descriptor", id="a forbidden character"),
        pytest.param({"statement_descriptor": "123"}, "statement_descriptor", id="a descriptor without a letter"),
        pytest.param({"statement_descriptor": "G" * 23}, "statement_descriptor", id="23 characters"),
        pytest.param({"unit_label": "u" * 13}, "unit_label", id="13 characters"),
        pytest.param({"images": ["https://a.example/i"] * 9}, "images", id="nine images"),
        pytest.param({"marketing_features": [{"name": "f" * 81}]}, "marketing_features[0][name]", id="81 characters"),
        pytest.param({"tax_code": "txcd_1"}, "tax_code", id="no tax code"),
        pytest.param({"id": "a/b"}, "id", id="a slash in an id"),
        pytest.param(
            {"package_dimensions": {"height": "0", "length": "1", "weight": "1", "width": "1"}},
            "package_dimensions[height]",
            id="no height",
        ),
    ],
)
def test_what_a_product_cannot_have_is_refused(shop: stripe.StripeClient, sent: Any, param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.products.create({"name": "Gold"} | sent)
    assert refused.value.param == param


def test_dimensions_are_numbers(shop: stripe.StripeClient) -> None:
    sent: Any = {"height": "12.5", "length": "1", "weight": "2", "width": "3"}
    made = shop.v1.products.create({"name": "Box", "type": "good", "shippable": True, "package_dimensions": sent})
    assert made.package_dimensions is not None
    assert made.package_dimensions.to_dict() == {"height": 12.5, "length": 1, "weight": 2, "width": 3}


def test_an_update_tells_what_was_before(mock: Mock, shop: stripe.StripeClient) -> None:
    made = shop.v1.products.create(
        {"name": "Gold", "images": ["https://a.example/i"], "metadata": {"a": "1", "b": "2"}}
    )
    mock.clock.advance(60)
    with mock.expect_events("product.updated"):
        changed = shop.v1.products.update(made.id, {"name": "Golden", "images": "", "metadata": {"a": ""}})
    assert (changed.name, changed.images, changed.metadata.to_dict()) == ("Golden", [], {"b": "2"})
    assert changed.updated >= made.updated + 60
    before: Any = mock.events[-1].data.previous_attributes
    assert before.to_dict() == {
        "images": ["https://a.example/i"],
        "metadata": {"a": "1"},
        "name": "Gold",
        "updated": made.updated,
    }


def test_an_update_that_changes_nothing_is_no_event(mock: Mock, shop: stripe.StripeClient) -> None:
    made = shop.v1.products.create({"name": "Gold"})
    with mock.expect_events():
        assert shop.v1.products.update(made.id, {"name": "Gold"}).updated == made.updated


def test_a_default_price_is_one_of_the_product(shop: stripe.StripeClient) -> None:
    gold, silver = (shop.v1.products.create({"name": name}) for name in ("Gold", "Silver"))
    price = shop.v1.prices.create({"product": silver.id, "currency": "usd", "unit_amount": 100})
    with pytest.raises(stripe.InvalidRequestError, match="another product"):
        shop.v1.products.update(gold.id, {"default_price": price.id})
    assert shop.v1.products.update(silver.id, {"default_price": price.id}).default_price == price.id


def test_an_archived_price_is_no_default(shop: stripe.StripeClient) -> None:
    gold = shop.v1.products.create({"name": "Gold"})
    price = shop.v1.prices.create({"product": gold.id, "currency": "usd", "unit_amount": 100, "active": False})
    with pytest.raises(stripe.InvalidRequestError, match="archived"):
        shop.v1.products.update(gold.id, {"default_price": price.id})


def test_a_product_without_prices_can_be_deleted(mock: Mock, shop: stripe.StripeClient) -> None:
    made = shop.v1.products.create({"name": "Gold"})
    with mock.expect_events("product.deleted"):
        assert shop.v1.products.delete(made.id).to_dict() == {"id": made.id, "object": "product", "deleted": True}
    with pytest.raises(stripe.InvalidRequestError) as gone:
        shop.v1.products.retrieve(made.id)
    assert (gone.value.code, gone.value.http_status) == ("resource_missing", 404)


def test_a_product_with_prices_stays(shop: stripe.StripeClient) -> None:
    made = shop.v1.products.create({"name": "Gold"})
    shop.v1.prices.create({"product": made.id, "currency": "usd", "unit_amount": 100})
    with pytest.raises(stripe.InvalidRequestError, match="Archive it instead"):
        shop.v1.products.delete(made.id)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        pytest.param({}, ["Box", "Old", "Gold"], id="all, newest first"),
        pytest.param({"active": True}, ["Box", "Gold"], id="active"),
        pytest.param({"active": False}, ["Old"], id="archived"),
        pytest.param({"shippable": True}, ["Box"], id="shippable"),
        pytest.param({"type": "good"}, ["Box"], id="goods"),
        pytest.param({"ids": ["gold", "box", "none"]}, ["Box", "Gold"], id="by id"),
        pytest.param({"url": "https://shop.example/gold"}, ["Gold"], id="by address"),
        pytest.param({"created": {"gt": 4_000_000_000}}, [], id="by time"),
    ],
)
def test_products_are_listed_by_their_filters(shop: stripe.StripeClient, asked: Any, names: list[str]) -> None:
    shop.v1.products.create({"name": "Gold", "id": "gold", "url": "https://shop.example/gold"})
    shop.v1.products.create({"name": "Old", "id": "old", "active": False})
    shop.v1.products.create({"name": "Box", "id": "box", "type": "good", "shippable": True})
    assert [one.name for one in shop.v1.products.list(asked).data] == names


def test_what_is_not_built_says_so(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="not built yet"):
        shop.v1.products.create({"name": "Gold", "tax_details": {"tax_code": "txcd_10000000"}})


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param({}, "default_price_data[unit_amount]", id="no amount"),
        pytest.param(
            {"unit_amount": 500, "recurring": {"interval": "year", "interval_count": 4}},
            "default_price_data[recurring][interval_count]",
            id="an interval of four years",
        ),
    ],
)
def test_an_error_in_the_price_names_where_it_stands(shop: stripe.StripeClient, sent: Any, param: str) -> None:
    wanted: Any = {"name": "Pro", "default_price_data": {"currency": "usd", **sent}}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        shop.v1.products.create(wanted)
    assert refusal.value.param == param
