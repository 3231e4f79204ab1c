"""What is shown of an address, and until when an expired session comes back."""

from __future__ import annotations

from typing import Any

import pytest

from flask_portal.rules import codes, lifetime

LOGIN: dict[str, Any] = {"type": "customer_login", "customer_login": None}


@pytest.mark.parametrize(
    ("email", "shown"),
    [("jenny@example.com", "j•••@e•••.com"), ("j@e.co.uk", "j•••@e•••.uk"), ("root@localhost", "r•••@•••localhost")],
)
def test_an_address_is_not_shown_in_full(email: str, shown: str) -> None:
    assert codes.masked(email) == shown


@pytest.mark.parametrize(
    ("after_expiration", "now", "may"),
    [
        pytest.param(None, 1000, False, id="not asked for"),
        pytest.param(LOGIN, 10**9, True, id="no deadline"),
        pytest.param({**LOGIN, "customer_login": {"expires_at": None}}, 10**9, True, id="an empty deadline"),
        pytest.param({**LOGIN, "customer_login": {"expires_at": 1000}}, 1000, True, id="the last second"),
        pytest.param({**LOGIN, "customer_login": {"expires_at": 1000}}, 1001, False, id="over"),
    ],
)
def test_a_session_comes_back_until_its_deadline(after_expiration: Any, now: int, may: bool) -> None:
    assert lifetime.may_recover(after_expiration, now) is may
