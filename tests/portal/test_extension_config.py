"""The `PORTAL_*` keys: defaults, and what is refused with the remedy."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from flask_portal.config import KEYS, ConfigurationError, Settings


def test_every_key_has_a_field_and_every_field_a_key() -> None:
    assert {key.name for key in KEYS} == {f"PORTAL_{field.name.upper()}" for field in fields(Settings)}


def test_defaults_stand_for_what_is_not_set() -> None:
    settings = Settings.of({})
    assert (settings.url_prefix, settings.api_prefix) == ("/billing", "/v1/billing_portal")
    assert (settings.api_keys, settings.base_url) == ((), None)
    assert settings.stripe_api_base == "https://api.stripe.com"


@pytest.mark.parametrize(
    ("key", "value", "kept"),
    [
        ("PORTAL_API_KEYS", ["b", "a"], ("b", "a")),
        ("PORTAL_API_KEYS", {"b", "a"}, ("a", "b")),
        ("PORTAL_BASE_URL", "https://shop.example/", "https://shop.example"),
        ("PORTAL_BRAND_PRIMARY_COLOR", "#ABCDEF", "#abcdef"),
        ("PORTAL_URL_PREFIX", "/account/billing", "/account/billing"),
    ],
)
def test_values_are_brought_into_one_form(key: str, value: Any, kept: Any) -> None:
    assert getattr(Settings.of({key: value}), key.removeprefix("PORTAL_").lower()) == kept


@pytest.mark.parametrize(
    ("key", "value", "remedy"),
    [
        ("PORTAL_API_KEYS", "sk_test_1", "a list of strings"),
        ("PORTAL_API_KEYS", ["sk_test_1", ""], "none of them empty"),
        ("PORTAL_API_KEYS", None, "a list of strings"),
        ("PORTAL_STRIPE_API_KEY", 7, "a string that is not empty"),
        ("PORTAL_STRIPE_API_KEY", "", "a string that is not empty"),
        ("PORTAL_STRIPE_API_BASE", "127.0.0.1:12111", "an absolute http or https URL"),
        ("PORTAL_BASE_URL", "javascript:alert(1)", "an absolute http or https URL"),
        ("PORTAL_URL_PREFIX", "billing", 'begins with "/"'),
        ("PORTAL_URL_PREFIX", "/billing/", "does not end with one"),
        ("PORTAL_BRAND_PRIMARY_COLOR", "red", "a colour such as"),
        ("PORTAL_PUBLIC_CANCEL", "yes", "True or False"),
        ("PORTAL_BRAND_PRIMARY_COLOR", "#123;}", "a colour such as"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_the_remedy(key: str, value: Any, remedy: str) -> None:
    with pytest.raises(ConfigurationError, match=remedy) as refused:
        Settings.of({key: value})
    assert str(refused.value).startswith(key)


def test_a_secret_is_not_repeated_in_the_message() -> None:
    with pytest.raises(ConfigurationError) as refused:
        Settings.of({"PORTAL_API_KEYS": "sk_live_very_secret"})
    assert "very_secret" not in str(refused.value)
