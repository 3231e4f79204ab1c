"""Portal configurations: create, change, read and list."""

from __future__ import annotations

import re
from typing import Any

import pytest

from flask_portal.api.features import DEFAULTS
from tests.contract.shapes import violations
from tests.portal.api.shop import START, Shop

INVOICES = {"invoice_history": {"enabled": True}}


def refusal(shop: Shop, **params: Any) -> Any:
    return shop.refused("/configurations", {"features": INVOICES, **params})


def test_a_minimal_configuration_has_the_documented_defaults(shop: Shop) -> None:
    body = shop.configuration(**INVOICES)
    features = {**DEFAULTS, **INVOICES}
    features["subscription_update"] = {
        name: value for name, value in DEFAULTS["subscription_update"].items() if name != "products"
    }
    assert body == {
        "id": body["id"],
        "object": "billing_portal.configuration",
        "active": True,
        "application": None,
        "business_profile": {"headline": None, "privacy_policy_url": None, "terms_of_service_url": None},
        "created": START,
        "default_return_url": None,
        "features": features,
        "is_default": False,
        "livemode": False,
        "login_page": {"enabled": False, "url": None},
        "metadata": {},
        "name": None,
        "updated": START,
    }


def test_a_configuration_looks_as_the_stripe_package_says(one_shop: Shop) -> None:
    assert violations(one_shop.configuration(), plain=True) == []
    assert violations(one_shop.get("/configurations"), plain=True) == []


def test_features_are_required(one_shop: Shop) -> None:
    error = one_shop.refused("/configurations", {"name": "empty"})
    assert (error["code"], error["param"]) == ("parameter_missing", "features")


@pytest.mark.parametrize(
    ("feature", "sent"),
    [
        ("customer_update", {"allowed_updates": ["email"]}),
        ("payment_method_update", {"payment_method_configuration": ""}),
        ("subscription_cancel", {"mode": "immediately"}),
        ("subscription_update", {"billing_cycle_anchor": "now"}),
    ],
)
def test_a_feature_that_is_sent_says_whether_it_is_enabled(one_shop: Shop, feature: str, sent: dict[str, Any]) -> None:
    error = refusal(one_shop, features={feature: sent})
    assert (error["code"], error["param"]) == ("parameter_missing", f"features[{feature}][enabled]")


def test_a_cancellation_reason_needs_its_options_on_create(one_shop: Shop) -> None:
    cancel = {"enabled": True, "cancellation_reason": {"enabled": True}}
    error = refusal(one_shop, features={"subscription_cancel": cancel})
    assert error["param"] == "features[subscription_cancel][cancellation_reason][options]"


def test_everything_that_is_sent_comes_back(one_shop: Shop) -> None:
    sent = {
        "business_profile": {
            "headline": "Northwind Press",
            "privacy_policy_url": "https://shop.example/privacy",
            "terms_of_service_url": "https://shop.example/terms",
        },
        "default_return_url": "https://shop.example/account",
        "metadata": {"team": "billing"},
        "name": "Everything",
        "features": {
            "customer_update": {"enabled": True, "allowed_updates": ["email", "tax_id"]},
            "invoice_history": {"enabled": True},
            "payment_method_update": {"enabled": True},
            "subscription_cancel": {
                "enabled": True,
                "mode": "immediately",
                "proration_behavior": "create_prorations",
                "cancellation_reason": {"enabled": True, "options": ["unused", "other"]},
            },
            "subscription_pause": {
                "enabled": True,
                "duration": {"type": "interval_options", "interval_options": [{"interval": "week"}]},
            },
        },
    }
    body = one_shop.post("/configurations", sent)
    features = body["features"]
    assert {name: body[name] for name in ("business_profile", "default_return_url", "metadata", "name")} == {
        name: sent[name] for name in ("business_profile", "default_return_url", "metadata", "name")
    }
    assert features["customer_update"] == {"enabled": True, "allowed_updates": ["email", "tax_id"]}
    assert features["subscription_cancel"] == {
        "enabled": True,
        "mode": "immediately",
        "proration_behavior": "create_prorations",
        "cancellation_reason": {"enabled": True, "feedback_options": None, "options": ["unused", "other"]},
    }
    assert features["subscription_pause"]["duration"] == {
        "type": "interval_options",
        "interval_options": [{"interval": "week", "interval_count": 1}],
    }


@pytest.mark.parametrize(("length", "accepted"), [(60, True), (61, False)])
def test_a_headline_has_60_characters_at_most(one_shop: Shop, length: int, accepted: bool) -> None:
    sent = {"features": INVOICES, "business_profile": {"headline": "x" * length}}
    if accepted:
        assert one_shop.post("/configurations", sent)["business_profile"]["headline"] == "x" * 60
    else:
        assert one_shop.refused("/configurations", sent)["param"] == "business_profile[headline]"


@pytest.mark.parametrize(
    ("params", "path"),
    [
        ({"business_profile": {"privacy_policy_url": "nowhere"}}, "business_profile[privacy_policy_url]"),
        ({"business_profile": {"terms_of_service_url": "javascript:x"}}, "business_profile[terms_of_service_url]"),
        ({"default_return_url": "javascript:x"}, "default_return_url"),
    ],
)
def test_addresses_are_checked(one_shop: Shop, params: dict[str, Any], path: str) -> None:
    error = refusal(one_shop, **params)
    assert (error["code"], error["param"]) == ("url_invalid", path)


@pytest.mark.parametrize(
    ("features", "param"),
    [
        (
            {"subscription_cancel": {"enabled": True, "mode": "never"}},
            "features[subscription_cancel][mode]",
        ),
        (
            {"customer_update": {"enabled": True, "allowed_updates": ["shoe_size"]}},
            "features[customer_update][allowed_updates][0]",
        ),
    ],
)
def test_an_unknown_word_is_refused(one_shop: Shop, features: dict[str, Any], param: str) -> None:
    error = refusal(one_shop, features=features)
    assert error["param"] == param
    assert "must be one of" in error["message"]


def test_a_login_page_needs_mail(one_shop: Shop) -> None:
    error = refusal(one_shop, login_page={"enabled": True})
    assert error["param"] == "login_page[enabled]"
    assert "PORTAL_MAIL_SERVER" in error["message"]


@pytest.fixture
def mailing(one_shop: Shop) -> Shop:
    one_shop.portal.mail_sender(lambda message: None)
    return one_shop


def with_login(shop: Shop, enabled: bool, id: str = "") -> dict[str, Any]:
    given = {} if id else {"features": INVOICES}
    body = shop.post(f"/configurations/{id}".rstrip("/"), {**given, "login_page": {"enabled": enabled}})
    return {"id": body["id"], **body["login_page"]}


def test_a_login_page_has_an_address_from_the_start(mailing: Shop) -> None:
    made = with_login(mailing, True)
    assert made["enabled"]
    assert re.fullmatch(r"https://shop.example/billing/login/test_\w{24}", made["url"])


def test_a_login_page_can_be_switched_on_later_and_stays_where_it_is(mailing: Shop) -> None:
    id = with_login(mailing, False)["id"]
    first = with_login(mailing, True, id)
    assert first["url"] is not None
    assert with_login(mailing, True, id) == first
    mailing.post(f"/configurations/{id}", {"name": "Shop"})
    assert mailing.get(f"/configurations/{id}")["login_page"]["url"] == first["url"]


def test_a_login_page_that_was_switched_off_comes_back_at_another_address(mailing: Shop) -> None:
    made = with_login(mailing, True)
    assert with_login(mailing, False, made["id"]) == {"id": made["id"], "enabled": False, "url": None}
    assert with_login(mailing, True, made["id"])["url"] not in (None, made["url"])


def test_a_login_page_that_stays_off_can_be_sent(one_shop: Shop) -> None:
    body = one_shop.post("/configurations", {"features": INVOICES, "login_page": {"enabled": False}})
    assert body["login_page"] == {"enabled": False, "url": None}


def test_a_change_replaces_what_is_sent_and_keeps_the_rest(shop: Shop) -> None:
    id = shop.configuration(customer_update={"enabled": True, "allowed_updates": ["email", "name"]})["id"]
    shop.host.time = START + 100
    body = shop.post(f"/configurations/{id}", {"features": {"customer_update": {"allowed_updates": ["phone"]}}})
    assert body["features"]["customer_update"] == {"enabled": True, "allowed_updates": ["phone"]}
    assert (body["created"], body["updated"]) == (START, START + 100)
    assert shop.get(f"/configurations/{id}") == body


def test_an_empty_string_clears(one_shop: Shop) -> None:
    sent = {
        "name": "Old",
        "default_return_url": "https://shop.example/1",
        "metadata": {"a": "1"},
        "business_profile": {"headline": "Hello", "privacy_policy_url": "https://shop.example/p"},
        "features": {"customer_update": {"enabled": True, "allowed_updates": ["email"]}},
    }
    id = one_shop.post("/configurations", sent)["id"]
    cleared = {
        "name": "",
        "default_return_url": "",
        "metadata": "",
        "business_profile": {"headline": "", "privacy_policy_url": ""},
        "features": {"customer_update": {"allowed_updates": ""}},
    }
    body = one_shop.post(f"/configurations/{id}", cleared)
    assert (body["name"], body["default_return_url"], body["metadata"]) == (None, None, {})
    assert set(body["business_profile"].values()) == {None}
    assert body["features"]["customer_update"] == {"enabled": True, "allowed_updates": []}


def test_metadata_merges_by_key(one_shop: Shop) -> None:
    id = one_shop.post("/configurations", {"features": INVOICES, "metadata": {"a": "1", "b": "2"}})["id"]
    body = one_shop.post(f"/configurations/{id}", {"metadata": {"a": "", "c": "3"}})
    assert body["metadata"] == {"b": "2", "c": "3"}


def test_a_change_is_checked_together_with_what_was_there(one_shop: Shop) -> None:
    cancel = {"enabled": True, "mode": "immediately", "proration_behavior": "create_prorations"}
    id = one_shop.configuration(subscription_cancel=cancel)["id"]
    change = {"features": {"subscription_cancel": {"mode": "at_period_end"}}}
    error = one_shop.refused(f"/configurations/{id}", change)
    assert error["param"] == "features[subscription_cancel][proration_behavior]"
    assert one_shop.get(f"/configurations/{id}")["features"]["subscription_cancel"]["mode"] == "immediately"


def test_the_default_configuration_cannot_be_deactivated(shop: Shop) -> None:
    default = shop.get("/configurations", {"is_default": True})["data"][0]["id"]
    assert shop.refused(f"/configurations/{default}", {"active": False})["param"] == "active"


def test_the_default_configuration_can_be_changed(one_shop: Shop) -> None:
    default = one_shop.get("/configurations", {"is_default": True})["data"][0]["id"]
    body = one_shop.post(f"/configurations/{default}", {"features": {"invoice_history": {"enabled": False}}})
    assert (body["is_default"], body["features"]["invoice_history"]["enabled"]) == (True, False)


def test_is_default_cannot_be_set(one_shop: Shop) -> None:
    assert refusal(one_shop, is_default=True)["code"] == "parameter_unknown"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_configuration_is_not_found(one_shop: Shop, method: str) -> None:
    response = one_shop.call(method, "/configurations/bpc_none")
    assert response.status_code == 404
    assert response.json is not None
    assert response.json["error"]["code"] == "resource_missing"


def test_the_configuration_of_another_account_is_not_found(one_shop: Shop) -> None:
    id = one_shop.configuration()["id"]
    assert one_shop.call("GET", f"/configurations/{id}", Stripe_Account="acct_2").status_code == 404
    assert one_shop.call("POST", f"/configurations/{id}", {"name": "x"}, Stripe_Account="acct_2").status_code == 404


def test_every_account_has_a_default_configuration_from_the_start(shop: Shop) -> None:
    body = shop.get("/configurations")["data"][0]
    features = body["features"]
    assert body["is_default"] is True
    assert features["customer_update"]["allowed_updates"] == ["name", "email", "address", "phone"]
    enabled = {name for name, feature in features.items() if feature["enabled"]}
    assert enabled == {"customer_update", "invoice_history", "payment_method_update", "subscription_cancel"}
    assert features["subscription_cancel"]["cancellation_reason"]["enabled"] is True


def listed(shop: Shop, **params: Any) -> list[str]:
    return [body["name"] for body in shop.get("/configurations", params)["data"]]


@pytest.fixture
def three(one_shop: Shop) -> dict[str, str]:
    """The ids of A, B and C, made in this order in the same second, after the default (no name)."""
    one_shop.get("/configurations")
    return {
        name: one_shop.post("/configurations", {"name": name, "features": INVOICES})["id"] for name in ("A", "B", "C")
    }


def test_a_list_begins_with_the_newest(one_shop: Shop, three: dict[str, str]) -> None:
    body = one_shop.get("/configurations")
    assert [each["name"] for each in body["data"]] == ["C", "B", "A", None]
    assert (body["object"], body["has_more"], body["url"]) == ("list", False, "/v1/billing_portal/configurations")


def test_a_list_goes_on_after_a_cursor(one_shop: Shop, three: dict[str, str]) -> None:
    body = one_shop.get("/configurations", {"limit": 1, "starting_after": three["C"]})
    assert ([each["name"] for each in body["data"]], body["has_more"]) == (["B"], True)
    body = one_shop.get("/configurations", {"limit": 2, "starting_after": three["B"]})
    assert ([each["name"] for each in body["data"]], body["has_more"]) == (["A", None], False)


def test_a_list_goes_back_before_a_cursor(one_shop: Shop, three: dict[str, str]) -> None:
    body = one_shop.get("/configurations", {"limit": 1, "ending_before": three["A"]})
    assert ([each["name"] for each in body["data"]], body["has_more"]) == (["B"], True)
    body = one_shop.get("/configurations", {"limit": 2, "ending_before": three["A"]})
    assert ([each["name"] for each in body["data"]], body["has_more"]) == (["C", "B"], False)


def test_a_list_can_be_filtered(one_shop: Shop, three: dict[str, str]) -> None:
    one_shop.post(f"/configurations/{three['B']}", {"active": False})
    assert listed(one_shop, active=True) == ["C", "A", None]
    assert listed(one_shop, active=False) == ["B"]
    assert listed(one_shop, is_default=False) == ["C", "B", "A"]


@pytest.mark.parametrize("cursor", ["starting_after", "ending_before"])
def test_an_unknown_cursor_is_refused(one_shop: Shop, cursor: str) -> None:
    response = one_shop.call("GET", "/configurations", {cursor: "bpc_none"})
    assert response.status_code == 400
    assert response.json is not None
    assert (response.json["error"]["code"], response.json["error"]["param"]) == ("resource_missing", cursor)


def test_both_cursors_exclude_each_other(one_shop: Shop, three: dict[str, str]) -> None:
    params = {"starting_after": three["A"], "ending_before": three["C"]}
    response = one_shop.call("GET", "/configurations", params)
    assert response.json is not None
    assert response.json["error"]["code"] == "parameters_exclusive"


def test_products_are_listed_when_they_are_expanded(one_shop: Shop) -> None:
    path = "data.features.subscription_update.products"
    assert (
        "products" in one_shop.get("/configurations", {"expand": [path]})["data"][0]["features"]["subscription_update"]
    )
    response = one_shop.call("GET", "/configurations", {"expand": ["features.subscription_update.products"]})
    assert response.status_code == 400


def test_a_configuration_cannot_be_deleted(one_shop: Shop) -> None:
    id = one_shop.configuration()["id"]
    assert one_shop.call("DELETE", f"/configurations/{id}").status_code == 404


def methods_of(id: str) -> dict[str, Any]:
    return {"payment_method_update": {"enabled": True, "payment_method_configuration": id}}


def test_a_configuration_of_payment_methods_is_looked_up_and_kept(one_shop: Shop) -> None:
    one_shop.stripe.add("pmc_1", object="payment_method_configuration", active=True)
    made = one_shop.configuration(**methods_of("pmc_1"))
    assert made["features"]["payment_method_update"]["payment_method_configuration"] == "pmc_1"
    cleared = one_shop.post(f"/configurations/{made['id']}", {"features": methods_of("")})
    assert cleared["features"]["payment_method_update"]["payment_method_configuration"] is None


def test_one_that_is_missing_or_turned_off_is_refused(one_shop: Shop) -> None:
    one_shop.stripe.add("pmc_off", object="payment_method_configuration", active=False)
    path = "features[payment_method_update][payment_method_configuration]"
    missing = refusal(one_shop, features=methods_of("pmc_none"))
    assert (missing["code"], missing["param"]) == ("resource_missing", path)
    assert refusal(one_shop, features=methods_of("pmc_off"))["param"] == path
