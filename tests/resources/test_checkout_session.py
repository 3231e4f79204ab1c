"""Checkout sessions by the API: what they cost, how long they are open, and how they are found."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock
from tests.resources.checkout import amounts, line, monthly, session
from tests.resources.sales import DAY, HOUR, payer, price


def test_a_payment_costs_what_its_lines_cost(shop: stripe.StripeClient) -> None:
    made = session(shop, line(2050, quantity=2), line(300, "Wrapping"))
    assert (made.status, made.payment_status, made.currency) == ("open", "unpaid", "usd")
    assert amounts(made) == (4400, 4400, 0, 0)  # 2 * 2050 + 300
    found = shop.v1.checkout.sessions.line_items.list(made.id).data
    assert [(one.description, one.quantity, one.amount_total) for one in found] == [
        ("Book", 2, 4100),
        ("Wrapping", 1, 300),
    ]


def test_a_configuration_says_what_is_offered(shop: stripe.StripeClient) -> None:
    debits: Any = {"card": {"display_preference": {"preference": "off"}}}
    debits |= {"us_bank_account": {"display_preference": {"preference": "on"}}}
    named = shop.v1.payment_method_configurations.create(debits).id
    made = session(shop, line(), payment_method_configuration=named)
    assert made.payment_method_types == ["us_bank_account"]
    assert made.payment_method_configuration_details is not None
    assert made.payment_method_configuration_details.id == named
    assert session(shop, line()).payment_method_types == ["card", "us_bank_account"]
    with pytest.raises(stripe.InvalidRequestError) as caught:
        session(shop, line(currency="jpy"), payment_method_configuration=named)
    assert caught.value.param == "payment_method_configuration"


def test_its_page_has_an_address_that_nobody_guesses(shop: stripe.StripeClient) -> None:
    made = session(shop, line())
    assert len(made.id.removeprefix("cs_test_")) == 58
    assert made.url is not None
    assert f"/c/pay/{made.id}?" in made.url


def test_looking_at_the_price_leaves_nothing_behind(mock: Mock, shop: stripe.StripeClient) -> None:
    with mock.expect_events("product.created", "price.created"):
        session(shop, line(), currency="usd")
    assert shop.v1.customers.list().data == []
    assert shop.v1.invoices.list().data == []


def test_a_coupon_and_a_tax_rate_count_as_on_an_invoice(shop: stripe.StripeClient) -> None:
    coupon = shop.v1.coupons.create({"percent_off": 25}).id
    rate = shop.v1.tax_rates.create({"display_name": "VAT", "percentage": 19, "inclusive": False}).id
    taxed = {**line(1000, quantity=2), "tax_rates": [rate]}
    made = session(shop, taxed, discounts=[{"coupon": coupon}])
    assert amounts(made) == (2000, 1785, 500, 285)  # 2000 - 500 = 1500, and 19 % of it is 285
    assert shop.v1.coupons.retrieve(coupon).times_redeemed == 0


def test_a_tax_that_a_price_contains_is_not_added(shop: stripe.StripeClient) -> None:
    rate = shop.v1.tax_rates.create({"display_name": "VAT", "percentage": 19, "inclusive": True}).id
    made = session(shop, {**line(1190), "tax_rates": [rate]})
    assert amounts(made) == (1190, 1190, 0, 190)


def test_a_subscription_costs_its_first_invoice(shop: stripe.StripeClient) -> None:
    made = session(shop, monthly(1500, quantity=3), line(2050), mode="subscription")
    assert amounts(made) == (6550, 6550, 0, 0)  # 3 * 1500 + 2050
    found = shop.v1.checkout.sessions.line_items.list(made.id).data
    assert [one.amount_subtotal for one in found] == [4500, 2050]


def test_a_trial_costs_nothing_yet(shop: stripe.StripeClient) -> None:
    made = session(shop, monthly(), mode="subscription", subscription_data={"trial_period_days": 7})
    assert (made.amount_total, made.payment_method_collection) == (0, "always")


def test_what_waits_for_another_invoice_is_not_sold_along(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    shop.v1.invoice_items.create({"customer": jenny, "amount": 700, "currency": "usd"})
    assert session(shop, monthly(), mode="subscription", customer=jenny).amount_total == 1500


def test_a_setup_costs_nothing_and_has_its_intent_at_once(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop, None)
    with mock.expect_events("setup_intent.created"):
        made = session(shop, mode="setup", customer=jenny, setup_intent_data={"metadata": {"from": "portal"}})
    assert (made.amount_total, made.payment_status, made.total_details) == (None, "no_payment_required", None)
    intent = shop.v1.setup_intents.retrieve(str(made.setup_intent))
    assert intent.metadata is not None
    assert (intent.customer, intent.metadata.to_dict()) == (jenny, {"from": "portal"})


def test_automatic_tax_waits_for_the_address(shop: stripe.StripeClient) -> None:
    shop.v1.tax.settings.update({"head_office": {"address": {"country": "DE"}}})
    made = session(shop, line(tax_behavior="exclusive"), automatic_tax={"enabled": True})
    assert (made.automatic_tax.status, made.amount_total) == ("requires_location_inputs", 2000)


def test_automatic_tax_is_known_for_a_customer_with_an_address(shop: stripe.StripeClient) -> None:
    shop.v1.tax.settings.update({"head_office": {"address": {"country": "DE"}}})
    options: Any = {"de": {"type": "standard", "standard": {"place_of_supply_scheme": "standard"}}}
    shop.v1.tax.registrations.create({"country": "DE", "country_options": options, "active_from": "now"})
    jenny = payer(shop, None, address={"country": "DE", "postal_code": "10115"})
    made = session(shop, line(tax_behavior="exclusive"), customer=jenny, automatic_tax={"enabled": True})
    assert (made.automatic_tax.status, amounts(made)) == ("complete", (2000, 2380, 0, 380))  # 19 % of 2000


LINES = {"line_items": [line()]}
MONTHLY = {"line_items": [monthly()], "mode": "subscription"}
FIELD = {"key": "size", "label": {"type": "custom", "custom": "Size"}, "type": "text"}


@pytest.mark.parametrize(
    ("sent", "param"),
    [
        pytest.param({"line_items": None}, "line_items", id="nothing is bought"),
        pytest.param({"line_items": [monthly()]}, "line_items[0][price]", id="recurring in a payment"),
        pytest.param({"mode": "subscription"}, "line_items", id="nothing recurring in a subscription"),
        pytest.param({"mode": "setup"}, "line_items", id="a setup sells nothing"),
        pytest.param({"line_items": [line(), line(currency="eur")]}, "line_items[1][price]", id="two currencies"),
        pytest.param({"line_items": [{"price": "price_x", "quantity": 1}]}, "line_items[0][price]", id="no such price"),
        pytest.param({"line_items": [{"quantity": 1}]}, "line_items[0][price]", id="no price"),
        pytest.param(
            {"line_items": [{"price_data": line()["price_data"]}]}, "line_items[0][quantity]", id="no quantity"
        ),
        pytest.param({"line_items": [line(10)]}, "line_items", id="below the smallest charge"),
        pytest.param({"line_items": [line()] * 101}, "line_items", id="101 lines"),
        pytest.param({**MONTHLY, "line_items": [monthly()] * 21}, "line_items", id="21 recurring lines"),
        pytest.param({"subscription_data": {"description": "x"}}, "subscription_data", id="data of another mode"),
        pytest.param({**MONTHLY, "payment_intent_data": {"description": "x"}}, "payment_intent_data", id="intent data"),
        pytest.param({"payment_method_collection": "always"}, "payment_method_collection", id="collection"),
        pytest.param({**MONTHLY, "customer_creation": "always"}, "customer_creation", id="creation is no choice"),
        pytest.param({"customer_update": {"name": "auto"}}, "customer_update", id="an update of nobody"),
        pytest.param({"customer": "cus_x"}, "customer", id="no such customer"),
        pytest.param({"customer_email": "jenny"}, "customer_email", id="no email"),
        pytest.param({"discounts": [{"coupon": "x"}]}, "discounts[0][coupon]", id="no such coupon"),
        pytest.param({"custom_fields": [{**FIELD, "key": "a b"}]}, "custom_fields[0][key]", id="key of a field"),
        pytest.param({"custom_fields": [FIELD, FIELD]}, "custom_fields[1][key]", id="two fields of a key"),
        pytest.param({"custom_fields": [FIELD] * 4}, "custom_fields", id="four fields"),
        pytest.param({"custom_fields": [{**FIELD, "type": "dropdown"}]}, "custom_fields[0][dropdown]", id="no options"),
        pytest.param(
            {"custom_fields": [{**FIELD, "numeric": {"maximum_length": 3}}]},
            "custom_fields[0][numeric]",
            id="of another type",
        ),
        pytest.param({"success_url": None}, "success_url", id="nowhere to go back to"),
        pytest.param({"mode": None}, "mode", id="no mode"),
    ],
)
def test_what_does_not_go_together_is_refused(
    mock: Mock, shop: stripe.StripeClient, sent: dict[str, Any], param: str
) -> None:
    wanted = {name: value for name, value in ({**LINES, **sent}).items() if value is not None}
    left_out = {name: None for name, value in sent.items() if value is None and name != "line_items"}
    params: Any = {"mode": "payment", "success_url": "https://shop.example/", **wanted}
    with mock.expect_events(), pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.checkout.sessions.create({name: params[name] for name in params if name not in left_out})  # type: ignore[arg-type]
    assert refused.value.param == param


def test_a_customer_and_an_email_are_one_too_many(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="You may only specify one"):
        session(shop, line(), customer=payer(shop), customer_email="jenny@example.com")


def test_a_code_field_and_a_discount_are_one_too_many(shop: stripe.StripeClient) -> None:
    coupon = shop.v1.coupons.create({"percent_off": 25}).id
    with pytest.raises(stripe.InvalidRequestError, match="You may only specify one"):
        session(shop, line(), discounts=[{"coupon": coupon}], allow_promotion_codes=True)


@pytest.mark.parametrize(
    "name", ["shipping_address_collection", "consent_collection", "branding_settings", "optional_items"]
)
def test_what_is_not_built_says_so(shop: stripe.StripeClient, name: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="not built"):
        session(shop, line(), **{name: {"x": "y"}})


@pytest.mark.parametrize("ui_mode", ["embedded_page", "elements", "form"])
def test_only_the_hosted_page_is_built(shop: stripe.StripeClient, ui_mode: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="not built"):
        session(shop, line(), ui_mode=ui_mode)


def test_the_terms_of_a_subscription_are_checked_at_once(mock: Mock, shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        session(shop, monthly(), mode="subscription", subscription_data={"trial_end": mock.clock.now + 47 * HOUR})
    assert refused.value.param == "subscription_data[trial_end]"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        session(shop, monthly(), mode="subscription", subscription_data={"billing_cycle_anchor": mock.clock.now - DAY})
    assert refused.value.param == "subscription_data[billing_cycle_anchor]"


@pytest.mark.parametrize(
    ("after", "is_fine"),
    [(1799, False), (1800, True), (DAY, True), (DAY + 1, False)],
    ids=["29:59", "30:00", "24 h", "more"],
)
def test_a_session_is_open_from_half_an_hour_to_a_day(
    mock: Mock, shop: stripe.StripeClient, after: int, is_fine: bool
) -> None:
    mock.clock.to("2027-03-01T12:00:00")
    wanted = mock.clock.now + after
    if is_fine:
        assert session(shop, line(), expires_at=wanted).expires_at == wanted
        return
    with pytest.raises(stripe.InvalidRequestError) as refused:
        session(shop, line(), expires_at=wanted)
    assert refused.value.param == "expires_at"


def test_a_session_expires_after_a_day_by_itself(mock: Mock, shop: stripe.StripeClient) -> None:
    made = session(shop, line())
    mock.clock.to(made.expires_at - 1)
    assert shop.v1.checkout.sessions.retrieve(made.id).status == "open"
    with mock.expect_events("checkout.session.expired"):
        mock.clock.advance(1)
    over = shop.v1.checkout.sessions.retrieve(made.id)
    assert (over.status, over.url, over.payment_status) == ("expired", None, "unpaid")


def test_an_open_session_can_be_ended_by_hand_and_only_once(mock: Mock, shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    made = session(shop, mode="setup", customer=jenny)
    with mock.expect_events("setup_intent.canceled", "checkout.session.expired"):
        shop.v1.checkout.sessions.expire(made.id)
    with pytest.raises(stripe.InvalidRequestError, match="expired"):
        shop.v1.checkout.sessions.expire(made.id)
    with mock.expect_events():
        mock.clock.advance(2 * DAY)


def test_a_session_that_can_be_recovered_says_where_for_thirty_days(mock: Mock, shop: stripe.StripeClient) -> None:
    made = session(shop, line(), after_expiration={"recovery": {"enabled": True}})
    over = shop.v1.checkout.sessions.expire(made.id)
    assert over.after_expiration is not None
    recovery = over.after_expiration.recovery
    assert recovery is not None
    assert recovery.expires_at is not None
    assert 0 <= recovery.expires_at - mock.clock.now - 30 * DAY + 2 <= 2
    assert recovery.url is not None
    assert f"/c/recover/{made.id}" in recovery.url


def test_a_session_on_a_test_clock_expires_on_it(mock: Mock, shop: stripe.StripeClient) -> None:
    clock = shop.v1.test_helpers.test_clocks.create({"frozen_time": 1_900_000_000})
    made = session(shop, line(), customer=payer(shop, test_clock=clock.id))
    assert (made.created, made.expires_at) == (1_900_000_000, 1_900_000_000 + DAY)
    shop.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": 1_900_000_000 + DAY})
    mock.do_what_is_due()
    assert shop.v1.checkout.sessions.retrieve(made.id).status == "expired"


def test_metadata_can_be_changed(shop: stripe.StripeClient) -> None:
    made = session(shop, line(), metadata={"order": "7", "shelf": "3"})
    changed = shop.v1.checkout.sessions.update(made.id, {"metadata": {"shelf": ""}})
    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"order": "7"}


def test_sessions_are_found_by_customer_and_status(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    first, second = session(shop, line(), customer=jenny), session(shop, line(), customer=jenny)
    session(shop, line())
    shop.v1.checkout.sessions.expire(first.id)
    found = shop.v1.checkout.sessions.list({"customer": jenny, "status": "open"}).data
    assert [one.id for one in found] == [second.id]


def test_lines_and_customer_are_expanded(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    bought = {"price": price(shop, 900), "quantity": 2}
    made = session(
        shop, bought, mode="subscription", customer=jenny, expand=["line_items.data.price.product", "customer"]
    )
    assert made.line_items is not None
    sold: Any = made.line_items.data[0].price
    assert (sold.product.name, made.line_items.data[0].amount_total) == ("Gold", 1800)
    assert isinstance(made.customer, stripe.Customer)
