"""Tax that is worked out by itself."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, change, invoice_of, payer, price, subscribe

ON: Any = {"enabled": True}


def open_office(shop: stripe.StripeClient, country: str = "DE", **defaults: Any) -> None:
    """The seller's head office."""
    sent: Any = {"head_office": {"address": {"country": country}}, "defaults": defaults}
    shop.v1.tax.settings.update(sent if defaults else {"head_office": sent["head_office"]})


def register(shop: stripe.StripeClient, country: str, **terms: Any) -> stripe.tax.Registration:
    """A registration from now on; a standard one unless `terms` say otherwise."""
    options = {country.lower(): terms or {"type": "standard", "standard": {"place_of_supply_scheme": "standard"}}}
    sent: Any = {"country": country, "country_options": options, "active_from": "now"}
    return shop.v1.tax.registrations.create(sent)


def somebody(shop: stripe.StripeClient, country: str = "DE", state: str | None = None, **sent: Any) -> str:
    """A customer who lives there."""
    return payer(shop, address={"country": country} | ({"state": state} if state else {}), **sent)


def taxed(shop: stripe.StripeClient, customer: str, amount: int = 1000, behavior: str = "exclusive") -> stripe.Invoice:
    """The first invoice of a subscription with automatic tax."""
    made = subscribe(shop, customer, price(shop, amount, tax_behavior=behavior), automatic_tax=ON)
    assert made.automatic_tax.enabled
    return invoice_of(shop, made)


def taxes(invoice: stripe.Invoice) -> list[tuple[int, str]]:
    """Amount and reason of each of its taxes."""
    return [(one.amount, one.taxability_reason) for one in invoice.total_taxes or []]


@pytest.mark.parametrize(
    ("country", "state", "terms", "expected"),
    [
        pytest.param("DE", None, {}, [190], id="Germany: 19 %"),
        pytest.param("HU", None, {}, [270], id="Hungary: 27 %"),
        pytest.param("GB", None, {}, [200], id="Great Britain: 20 %"),
        pytest.param("AU", None, {}, [100], id="Australia: 10 %"),
        pytest.param("JP", None, {}, [100], id="Japan: 10 %"),
        pytest.param("US", "ny", {"type": "state_sales_tax", "state": "NY"}, [40], id="New York: 4 %"),
        pytest.param("CA", "ON", {"type": "standard"}, [130], id="Ontario: 13 % harmonised"),
        pytest.param("CA", "QC", {"type": "standard"}, [50, 100], id="Quebec: 5 % and 9.975 %"),
    ],
)
def test_each_place_has_its_standard_rates(
    shop: stripe.StripeClient, country: str, state: str | None, terms: Any, expected: list[int]
) -> None:
    open_office(shop)
    register(shop, country, **terms)
    invoice = taxed(shop, somebody(shop, country, state))
    assert taxes(invoice) == [(amount, "standard_rated") for amount in expected]
    assert (invoice.total, invoice.automatic_tax.status) == (1000 + sum(expected), "complete")


def test_an_inclusive_price_contains_its_tax(shop: stripe.StripeClient) -> None:
    open_office(shop)
    register(shop, "DE")
    invoice = taxed(shop, somebody(shop), 1190, "inclusive")
    assert (invoice.total, invoice.total_excluding_tax, taxes(invoice)) == (1190, 1000, [(190, "standard_rated")])


def test_no_tax_is_collected_without_a_registration(mock: Mock, shop: stripe.StripeClient) -> None:
    open_office(shop)
    register(shop, "FR")
    assert taxes(taxed(shop, somebody(shop))) == [(0, "not_collecting")]
    shop.v1.tax.registrations.update(register(shop, "DE").id, {"expires_at": mock.clock.now + DAY})
    assert taxes(taxed(shop, somebody(shop))) == [(190, "standard_rated")]
    mock.clock.advance(2 * DAY)
    assert taxes(taxed(shop, somebody(shop))) == [(0, "not_collecting")]
    assert len(shop.v1.tax.registrations.list({"status": "expired"}).data) == 1


def test_one_union_registration_counts_in_all_its_countries(shop: stripe.StripeClient) -> None:
    open_office(shop)
    register(shop, "DE", type="oss_union")
    assert taxes(taxed(shop, somebody(shop, "AT"))) == [(200, "standard_rated")]
    assert taxes(taxed(shop, somebody(shop, "CH"))) == [(0, "not_collecting")]


@pytest.mark.parametrize(
    ("home", "number", "expected"),
    [
        pytest.param("FR", "DE111111111", (190, "standard_rated"), id="not verified"),
        pytest.param("FR", "DE000000000", (0, "reverse_charge"), id="verified, and abroad"),
        pytest.param("DE", "DE000000000", (190, "standard_rated"), id="verified, at home"),
    ],
)
def test_a_business_abroad_pays_the_tax_itself(
    mock: Mock, shop: stripe.StripeClient, home: str, number: str, expected: tuple[int, str]
) -> None:
    open_office(shop, home)
    register(shop, "DE")
    jenny = somebody(shop)
    shop.v1.customers.tax_ids.create(jenny, {"type": "eu_vat", "value": number})
    mock.clock.advance(60)
    assert taxes(taxed(shop, jenny)) == [expected]


@pytest.mark.parametrize(("exempt", "reason"), [("exempt", "customer_exempt"), ("reverse", "reverse_charge")])
def test_an_exemption_counts_here_too(shop: stripe.StripeClient, exempt: str, reason: str) -> None:
    open_office(shop)
    register(shop, "DE")
    assert taxes(taxed(shop, somebody(shop, tax_exempt=exempt))) == [(0, reason)]


def test_goods_are_taxed_where_they_are_sent(shop: stripe.StripeClient) -> None:
    open_office(shop)
    register(shop, "DE")
    register(shop, "AT")
    shipping: Any = {"name": "Jenny", "address": {"country": "AT", "line1": "Ring 1"}}
    assert taxes(taxed(shop, somebody(shop, shipping=shipping))) == [(200, "standard_rated")]


def test_the_same_rate_is_made_once(shop: stripe.StripeClient) -> None:
    open_office(shop)
    register(shop, "DE")
    taxed(shop, somebody(shop))
    taxed(shop, somebody(shop))
    (rate,) = shop.v1.tax_rates.list().data
    assert (rate.active, rate.percentage, rate.country, rate.tax_type, rate.display_name) == (
        False,
        19,
        "DE",
        "vat",
        "VAT",
    )


@pytest.mark.parametrize(
    ("prepare", "address", "behavior", "code"),
    [
        pytest.param(False, "DE", "exclusive", "stripe_tax_inactive", id="the seller is nowhere"),
        pytest.param(True, None, "exclusive", "customer_tax_location_invalid", id="the customer is nowhere"),
        pytest.param(True, "US", "exclusive", "customer_tax_location_invalid", id="a state is missing"),
        pytest.param(True, "DE", "unspecified", None, id="a price that does not say what it contains"),
    ],
)
def test_what_has_to_be_known_is_asked_for(
    mock: Mock, shop: stripe.StripeClient, *, prepare: bool, address: str | None, behavior: str, code: str | None
) -> None:
    if prepare:
        open_office(shop)
    jenny = somebody(shop, address) if address else payer(shop)
    gold = price(shop, tax_behavior=behavior)
    with mock.expect_events(), pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(shop, jenny, gold, automatic_tax=ON)
    assert refused.value.code == code


def test_the_settings_can_say_what_prices_contain(shop: stripe.StripeClient) -> None:
    open_office(shop, tax_behavior="inferred_by_currency")
    register(shop, "DE")
    assert taxed(shop, somebody(shop), 1000, "unspecified").total == 1190, "dollars do not contain tax"


def test_chosen_rates_and_automatic_tax_exclude_one_another(shop: stripe.StripeClient) -> None:
    open_office(shop)
    rate: Any = {"display_name": "VAT", "percentage": 19, "inclusive": False}
    rates = [shop.v1.tax_rates.create(rate).id]
    with pytest.raises(stripe.InvalidRequestError, match="no tax rates"):
        subscribe(
            shop, somebody(shop), price(shop, tax_behavior="exclusive"), automatic_tax=ON, default_tax_rates=rates
        )


def test_an_invoice_of_nowhere_is_not_finalised(mock: Mock, shop: stripe.StripeClient) -> None:
    open_office(shop)
    register(shop, "DE")
    jenny = payer(shop)
    item: Any = {"customer": jenny, "amount": 1000, "currency": "usd"}
    shop.v1.invoice_items.create(item)
    sent: Any = {"customer": jenny, "automatic_tax": ON, "pending_invoice_items_behavior": "include"}
    draft = shop.v1.invoices.create(sent)
    assert draft.automatic_tax.status == "requires_location_inputs"
    with mock.expect_events("invoice.finalization_failed"), pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.invoices.finalize_invoice(draft.id)
    assert refused.value.code == "customer_tax_location_invalid"
    failed = shop.v1.invoices.retrieve(draft.id)
    assert failed.status == "draft"
    assert failed.last_finalization_error is not None
    assert failed.last_finalization_error.code == "customer_tax_location_invalid"
    shop.v1.customers.update(jenny, {"address": {"country": "DE"}})
    done = shop.v1.invoices.finalize_invoice(draft.id)
    assert (done.status, done.total, done.last_finalization_error) == ("open", 1190, None)


def test_a_renewal_follows_the_customer(mock: Mock, shop: stripe.StripeClient) -> None:
    mock.clock.to("2031-01-01")
    open_office(shop)
    register(shop, "DE")
    register(shop, "AT")
    jenny = somebody(shop)
    made = subscribe(shop, jenny, price(shop, 1000, tax_behavior="exclusive"), automatic_tax=ON)
    shop.v1.customers.update(jenny, {"address": {"country": "AT"}})
    mock.clock.to("2031-02-02")
    assert taxes(invoice_of(shop, made)) == [(200, "standard_rated")]
    assert change(shop, made, automatic_tax={"enabled": False}).automatic_tax.enabled is False
    mock.clock.to("2031-03-02")
    assert taxes(invoice_of(shop, made)) == []


def test_settings_are_pending_until_the_office_is_known(mock: Mock, shop: stripe.StripeClient) -> None:
    assert shop.v1.tax.settings.retrieve().status == "pending"
    with mock.expect_events("tax.settings.updated"):
        open_office(shop)
    known = shop.v1.tax.settings.retrieve()
    assert known.status == "active"
    assert known.head_office is not None
    assert known.head_office.address.country == "DE"


@pytest.mark.parametrize(
    ("country", "options", "words"),
    [
        pytest.param("DE", {"fr": {"type": "oss_union"}}, "hash de", id="another country"),
        pytest.param("US", {"us": {"type": "parking_tax", "state": "NY"}}, "not built", id="parking"),
        pytest.param("CA", {"ca": {"type": "province_standard"}}, "province_standard", id="which province?"),
        pytest.param(
            "DE",
            {"de": {"type": "oss_union", "standard": {"place_of_supply_scheme": "standard"}}},
            "of the type standard",
            id="the hash of another type",
        ),
    ],
)
def test_what_a_registration_cannot_be_is_refused(
    shop: stripe.StripeClient, country: str, options: Any, words: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=words):
        shop.v1.tax.registrations.create({"country": country, "country_options": options, "active_from": "now"})


def test_a_place_is_registered_once(shop: stripe.StripeClient) -> None:
    register(shop, "DE")
    with pytest.raises(stripe.InvalidRequestError, match="already"):
        register(shop, "DE")


@pytest.mark.parametrize(
    ("country", "status"),
    [
        pytest.param("DE", "supported", id="where tax is collected"),
        pytest.param("FR", "not_collecting", id="where it is not"),
        pytest.param("US", "unrecognized_location", id="a state is missing"),
    ],
)
def test_a_customer_shows_where_they_are_for_tax(shop: stripe.StripeClient, country: str, status: str) -> None:
    register(shop, "DE")
    jenny = somebody(shop, country)
    shop.v1.customers.update(jenny, {"tax": {"ip_address": "203.0.113.7"}})
    shown = shop.v1.customers.retrieve(jenny, {"expand": ["tax"]})
    assert shown.tax is not None
    assert (shown.tax.automatic_tax, shown.tax.ip_address) == (status, "203.0.113.7")
    assert (shown.tax.location and shown.tax.location.country) == (None if country == "US" else country)
    assert "tax" not in shop.v1.customers.retrieve(jenny)


def test_a_location_can_be_asked_for_at_once(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        payer(shop, tax={"validate_location": "immediately"})
    assert (refused.value.code, shop.v1.customers.list().data) == ("customer_tax_location_invalid", [])
    assert somebody(shop, tax={"validate_location": "immediately"})


def test_a_customer_has_no_discount_of_their_own(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.customers.delete_discount(payer(shop))
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
