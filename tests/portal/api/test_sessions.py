"""POST /v1/billing_portal/sessions: parameters, what comes back, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stripe

from flask_portal.api.schemas import LOCALES
from flask_portal.models import PortalSession
from flask_portal.security import session_id_of
from tests.contract.shapes import error_violations, violations
from tests.portal.api.shop import CUSTOMER, START, Shop, application, opened


def test_a_session_needs_nothing_but_a_customer(shop: Shop) -> None:
    body = shop.session()
    default = shop.get("/configurations", {"is_default": True})["data"][0]["id"]
    assert body == {
        "id": body["id"],
        "object": "billing_portal.session",
        "after_expiration": None,
        "configuration": default,
        "created": START,
        "customer": CUSTOMER,
        "customer_account": None,
        "flow": None,
        "livemode": False,
        "locale": None,
        "on_behalf_of": None,
        "return_url": None,
        "url": body["url"],
    }


def test_a_session_looks_as_the_stripe_package_says(one_shop: Shop) -> None:
    everything = {
        "locale": "de",
        "on_behalf_of": "acct_other",
        "return_url": "https://shop.example/account",
        "after_expiration": {"type": "customer_login", "customer_login": {"expires_at": START + 60}},
        "flow_data": {"type": "customer_update"},
    }
    assert violations(one_shop.session(**everything), plain=True) == []


def test_the_url_carries_the_id_and_a_signature_of_it(one_shop: Shop) -> None:
    body = one_shop.session()
    address, _, token = body["url"].rpartition("/")
    assert address == "https://shop.example/billing/session"
    assert session_id_of("kept by the shop", token) == body["id"]


def test_the_secret_of_the_url_is_not_stored(one_shop: Shop) -> None:
    secret = one_shop.session()["url"].rpartition("_")[2]
    with one_shop.app.app_context(), one_shop.host.session_factory() as db:
        row = db.query(PortalSession).one()
        assert secret not in repr({column.name: getattr(row, column.name) for column in row.__table__.columns})


def test_without_a_base_url_links_begin_with_the_host_of_the_request(sqlite_url: str) -> None:
    with opened(application("own", sqlite_url, PORTAL_BASE_URL=None)) as shop:
        assert shop.session()["url"].startswith("http://localhost/billing/session/bps_")


def test_a_link_is_not_made_from_a_host_header_that_nobody_checks(sqlite_url: str) -> None:
    with opened(application("own", sqlite_url, PORTAL_BASE_URL=None, TESTING=False)) as shop:
        assert shop.call("POST", "/sessions", {"customer": CUSTOMER}).status_code == 500
        shop.app.config["TRUSTED_HOSTS"] = ["localhost"]
        assert shop.session()["url"].startswith("http://localhost/")


def test_a_named_configuration_is_used(one_shop: Shop) -> None:
    named = one_shop.configuration()["id"]
    assert one_shop.session(configuration=named)["configuration"] == named


def test_an_unknown_configuration_is_missing(one_shop: Shop) -> None:
    error = one_shop.refused("/sessions", {"customer": CUSTOMER, "configuration": "bpc_none"})
    assert (error["code"], error["param"]) == ("resource_missing", "configuration")
    assert error["message"] == "No such configuration: 'bpc_none'"


def test_the_configuration_of_another_account_is_missing(one_shop: Shop) -> None:
    theirs = one_shop.call(
        "POST", "/configurations", {"features": {"invoice_history": {"enabled": True}}}, Stripe_Account="acct_2"
    )
    assert theirs.json is not None
    error = one_shop.refused("/sessions", {"customer": CUSTOMER, "configuration": theirs.json["id"]})
    assert error["code"] == "resource_missing"


def test_an_inactive_configuration_is_refused(one_shop: Shop) -> None:
    named = one_shop.configuration()["id"]
    one_shop.post(f"/configurations/{named}", {"active": False})
    error = one_shop.refused("/sessions", {"customer": CUSTOMER, "configuration": named})
    assert error["param"] == "configuration"


def test_a_session_without_a_customer_is_refused(one_shop: Shop) -> None:
    error = one_shop.refused("/sessions", {})
    assert (error["code"], error["param"]) == ("parameter_missing", "customer")


def test_an_empty_customer_is_refused(one_shop: Shop) -> None:
    error = one_shop.refused("/sessions", {"customer": ""})
    assert (error["code"], error["param"]) == ("parameter_invalid_empty", "customer")


def test_customer_and_customer_account_exclude_each_other(one_shop: Shop) -> None:
    error = one_shop.refused("/sessions", {"customer": CUSTOMER, "customer_account": "acct_1"})
    assert error["code"] == "parameters_exclusive"


def test_an_account_as_the_customer_is_refused_by_name(one_shop: Shop) -> None:
    error = one_shop.refused("/sessions", {"customer_account": "acct_1"})
    assert error["param"] == "customer_account"
    assert "not built yet" in error["message"]


def test_an_unknown_customer_is_missing(shop: Shop) -> None:
    error = shop.refused("/sessions", {"customer": "cus_nobody"})
    assert error["message"] == "No such customer: 'cus_nobody'"
    assert (error["code"], error["param"]) == ("resource_missing", "customer")


def test_a_deleted_customer_is_missing(one_shop: Shop) -> None:
    one_shop.stripe.add_customer("cus_gone", deleted=True)
    assert one_shop.refused("/sessions", {"customer": "cus_gone"})["code"] == "resource_missing"


def test_metadata_is_no_parameter_of_a_session(one_shop: Shop) -> None:
    error = one_shop.refused("/sessions", {"customer": CUSTOMER, "metadata": {"order": "1"}})
    assert (error["code"], error["param"]) == ("parameter_unknown", "metadata")


def test_the_return_url_of_the_session_wins(one_shop: Shop) -> None:
    sent = {"default_return_url": "https://shop.example/1", "features": {"invoice_history": {"enabled": True}}}
    named = one_shop.post("/configurations", sent)["id"]
    body = one_shop.session(configuration=named, return_url="myapp://account")
    assert body["return_url"] == "myapp://account"


def test_the_default_return_url_of_the_configuration_is_next(one_shop: Shop) -> None:
    sent = {"default_return_url": "https://shop.example/1", "features": {"invoice_history": {"enabled": True}}}
    named = one_shop.post("/configurations", sent)["id"]
    assert one_shop.session(configuration=named)["return_url"] == "https://shop.example/1"


@pytest.fixture
def returning_shop(sqlite_url: str) -> Iterator[Shop]:
    with opened(application("own", sqlite_url, PORTAL_DEFAULT_RETURN_URL="https://shop.example/home")) as found:
        yield found


def test_the_return_url_of_the_application_is_last(returning_shop: Shop) -> None:
    assert returning_shop.session()["return_url"] == "https://shop.example/home"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "/account", "https://", "https://shop.example/\x01", "nonsense"]
)
def test_a_return_url_that_leads_nowhere_safe_is_refused(one_shop: Shop, url: str) -> None:
    error = one_shop.refused("/sessions", {"customer": CUSTOMER, "return_url": url})
    assert (error["code"], error["param"]) == ("url_invalid", "return_url")


def test_every_locale_of_the_package_is_known() -> None:
    assert len(LOCALES) == len(set(LOCALES)) == 47


@pytest.mark.parametrize("locale", ["auto", "de", "zh-HK"])
def test_a_locale_is_kept(one_shop: Shop, locale: str) -> None:
    assert one_shop.session(locale=locale)["locale"] == locale


def test_a_blank_locale_is_none(one_shop: Shop) -> None:
    assert one_shop.session(locale="")["locale"] is None


def test_an_unknown_locale_is_refused_with_the_known_ones(one_shop: Shop) -> None:
    error = one_shop.refused("/sessions", {"customer": CUSTOMER, "locale": "tlh"})
    assert error["param"] == "locale"
    assert "es-419" in error["message"]


def test_after_expiration_comes_back_as_sent(one_shop: Shop) -> None:
    sent = {"type": "customer_login", "customer_login": {"expires_at": START + 9}}
    assert one_shop.session(after_expiration=sent)["after_expiration"] == sent


def test_after_expiration_needs_no_deadline(one_shop: Shop) -> None:
    body = one_shop.session(after_expiration={"type": "customer_login"})
    assert body["after_expiration"] == {"type": "customer_login", "customer_login": None}


def test_after_expiration_knows_one_type(one_shop: Shop) -> None:
    error = one_shop.refused("/sessions", {"customer": CUSTOMER, "after_expiration": {"type": "magic"}})
    assert error["param"] == "after_expiration[type]"


def test_the_configuration_can_be_expanded(one_shop: Shop) -> None:
    body = one_shop.session(expand=["configuration"])["configuration"]
    assert body["object"] == "billing_portal.configuration"
    assert "products" not in body["features"]["subscription_update"]


def test_the_products_of_the_configuration_can_be_expanded(one_shop: Shop) -> None:
    body = one_shop.session(expand=["configuration.features.subscription_update.products"])
    assert body["configuration"]["features"]["subscription_update"]["products"] is None


@pytest.mark.parametrize(
    ("path", "code"),
    [("customer", None), ("flow", None), ("a.b.c.d.e", "property_expansion_max_depth")],
)
def test_nothing_else_can_be_expanded(one_shop: Shop, path: str, code: str | None) -> None:
    error = one_shop.refused("/sessions", {"customer": CUSTOMER, "expand": [path]})
    assert error.get("code") == code
    assert path in error["message"]


def test_a_session_cannot_be_read(one_shop: Shop) -> None:
    id = one_shop.session()["id"]
    assert one_shop.call("GET", f"/sessions/{id}").status_code == 404


def test_when_stripe_is_out_of_reach_the_answer_says_so(shop: Shop) -> None:
    shop.stripe.failure = stripe.APIConnectionError("no route", should_retry=False)
    error = shop.refused("/sessions", {"customer": CUSTOMER}, status=502)
    assert error["type"] == "api_error"
    assert "cannot be reached" in error["message"]


@pytest.mark.parametrize(("status", "answered"), [(401, 502), (403, 502), (429, 429), (500, 502)])
def test_when_stripe_refuses_the_portal_the_answer_is_an_error_of_its_own(
    one_shop: Shop, status: int, answered: int
) -> None:
    one_shop.stripe.failure = (status, {"error": {"type": "api_error", "message": "no"}})
    response = one_shop.call("POST", "/sessions", {"customer": CUSTOMER})
    assert response.status_code == answered
    assert error_violations(response.json) == []


def test_a_connected_account_is_asked_for_its_own_customer(one_shop: Shop) -> None:
    response = one_shop.call("POST", "/sessions", {"customer": CUSTOMER}, Stripe_Account="acct_2")
    assert response.headers["Stripe-Account"] == "acct_2"
    assert one_shop.stripe.accounts == ["acct_2"]
