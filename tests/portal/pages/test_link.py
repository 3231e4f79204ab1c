"""A link lets its holder in, for as long as the session lives."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flask_portal import signals
from tests.portal.pages.conftest import Shop, Visitor


def test_a_link_sets_a_cookie_for_its_own_pages_and_goes_there(shop: Shop) -> None:
    answer = shop.app.test_client().get(shop.link(shop.customer()))
    home = f"/billing/{shop.session_row().id}/"
    assert (answer.status_code, answer.headers["Location"]) == (303, home)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"portal_session={shop.session_row().id}_")
    assert {"HttpOnly", f"Path={home}", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_the_cookie_is_secure_over_https(shop: Shop) -> None:
    path = shop.link(shop.customer()).removeprefix("http://localhost")
    answer = shop.app.test_client().get(path, base_url="https://localhost")
    assert "; Secure" in answer.headers["Set-Cookie"]


def test_the_cookie_is_secure_behind_a_proxy_that_speaks_https(shop: Shop) -> None:
    """The request itself came by plain HTTP from the proxy."""
    state = shop.app.extensions["portal"]
    settings = replace(state.settings, base_url="https://shop.example")
    shop.app.extensions["portal"] = replace(state, settings=settings)
    path = shop.link(shop.customer()).removeprefix("https://shop.example")
    assert "; Secure" in shop.app.test_client().get(path).headers["Set-Cookie"]


def test_a_link_may_be_followed_again(shop: Shop) -> None:
    """A mail scanner that follows it first takes nothing away."""
    link = shop.link(shop.customer())
    assert [shop.app.test_client().get(link).status_code for _ in range(2)] == [303, 303]


@pytest.mark.parametrize(("seconds", "status"), [(300, 303), (301, 410)])
def test_an_unused_link_works_for_five_minutes(shop: Shop, seconds: int, status: int) -> None:
    link = shop.link(shop.customer(), return_url="https://shop.example/account")
    created = shop.session_row().created
    shop.host.stand_at(created + seconds)
    answer = shop.app.test_client().get(link)
    assert answer.status_code == status
    if status == 410:
        assert "This link has expired" in answer.text
        assert 'href="https://shop.example/account"' in answer.text


@pytest.mark.parametrize(("seconds", "status"), [(3600, 200), (3601, 410)])
def test_a_used_session_works_for_an_hour_after_its_last_use(shop: Shop, seconds: int, status: int) -> None:
    visitor = shop.visitor(shop.customer())
    created = shop.session_row().created
    shop.host.stand_at(created + 3000)
    assert visitor.get("invoices").status_code == 200
    shop.host.stand_at(created + 3000 + seconds)
    assert visitor.get("invoices").status_code == status


def test_an_address_without_its_cookie_opens_nothing(shop: Shop) -> None:
    visitor = shop.visitor(shop.customer(), return_url="https://shop.example/account")
    answer = Visitor(shop.app.test_client(), visitor.base).get()
    assert answer.status_code == 403
    assert "This page needs its link" in answer.text
    assert "shop.example" not in answer.text


def test_the_cookie_of_one_session_does_not_open_another(shop: Shop) -> None:
    jenny, other = shop.visitor(shop.customer()), shop.visitor(shop.customer(name="Mallory"))
    cookie = next(iter(other.browser._cookies.values())).value
    answer = shop.app.test_client(use_cookies=False).get(jenny.base, headers={"Cookie": f"portal_session={cookie}"})
    assert answer.status_code == 403


@pytest.mark.parametrize("token", ["bps_1", "bps_1_00", "nonsense", "bps_é_00"])
def test_a_made_up_link_is_not_there(shop: Shop, token: str) -> None:
    answer = shop.app.test_client().get(f"/billing/session/{token}")
    assert answer.status_code == 404
    assert "This link does not work" in answer.text


def test_the_first_use_is_told_once(shop: Shop) -> None:
    told: list[dict[str, object]] = []

    def hear(_sender: object, **values: object) -> None:
        told.append(values)

    customer = shop.customer()
    link = shop.link(customer)
    with signals.session_opened.connected_to(hear, shop.app):
        shop.app.test_client().get(link)
        shop.app.test_client().get(link)
    assert told == [{"session": shop.session_row().id, "customer": customer}]


def test_pages_send_headers_that_keep_them_private(shop: Shop) -> None:
    headers = shop.visitor(shop.customer()).get().headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
