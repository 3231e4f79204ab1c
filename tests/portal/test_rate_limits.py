"""How often a stranger may ask; the store may be away."""

from __future__ import annotations

import pytest
from flask import Flask

from flask_portal import rate_limits
from flask_portal.config import ConfigurationError, Settings
from flask_portal.rate_limits import Limit

TWICE = Limit.of("twice", "2 per minute")


def application(uri: str = "memory://") -> Flask:
    app = Flask("shop")
    rate_limits.init_app(app, Settings.of({"PORTAL_RATELIMIT_STORAGE_URI": uri}))
    return app


def test_more_than_the_limit_is_refused_to_the_one_and_not_to_others() -> None:
    with application().app_context():
        assert [rate_limits.allowed(TWICE, "a") for _ in range(3)] == [True, True, False]
        assert rate_limits.allowed(TWICE, "b")


def test_two_applications_count_apart() -> None:
    for app in (application(), application()):
        with app.app_context():
            assert [rate_limits.allowed(TWICE, "a") for _ in range(2)] == [True, True]


@pytest.mark.parametrize("when_down", [True, False])
def test_without_its_store_a_limit_answers_what_it_was_told_to(when_down: bool) -> None:
    limit = Limit.of("any", "2 per minute", when_down=when_down)
    with application("redis://127.0.0.1:1").app_context():
        assert rate_limits.allowed(limit, "a") is when_down


def test_a_store_that_is_none_is_refused_without_repeating_its_password() -> None:
    with pytest.raises(ConfigurationError, match="PORTAL_RATELIMIT_STORAGE_URI") as refused:
        application("nothing://user:secret@host")
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", "unknown"),
    ],
)
def test_a_household_counts_as_one(address: str, counted: str) -> None:
    with application().test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert rate_limits.client() == counted
