"""The no-code link: an email address, a code, the portal. Nobody learns who is a customer."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from flask_portal.mail import Message
from flask_portal.models import PortalSession
from flask_portal.pages import later
from flask_portal.wire.form import encode
from tests.portal.pages.conftest import KEY, Shop

EVERYTHING = {"customer_update": {"enabled": True, "allowed_updates": ["name", "email"]}}


@dataclass
class Door:
    """A no-code link, somebody in front of it, and the mail that goes out."""

    shop: Shop
    mails: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shop.portal.mail_sender(self.mails.append)
        self.browser: FlaskClient = self.shop.app.test_client()
        made = self.call("", {"features": EVERYTHING, "login_page": {"enabled": True}})
        self.configuration, self.path = made["id"], urlsplit(made["login_page"]["url"]).path

    def call(self, below: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = self.shop.app.test_client().post(
            f"/v1/billing_portal/configurations{below}",
            data=encode(params),
            headers={"Authorization": f"Bearer {KEY}"},
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json or {})

    def token(self, path: str = "") -> str:
        return re.findall(r'name="csrf_token" value="([^"]*)"', self.browser.get(self.path + path).text)[0]

    def ask(self, email: str = "jenny@example.com") -> TestResponse:
        return self.browser.post(self.path, data={"csrf_token": self.token(), "email": email})

    def enter(self, code: str) -> TestResponse:
        return self.browser.post(self.path + "/code", data={"csrf_token": self.token(), "code": code})

    @property
    def code(self) -> str:
        return re.findall(r"^\d{6}$", self.mails[-1].text, re.MULTILINE)[0]

    def sessions(self) -> list[PortalSession]:
        with self.shop.host.session_factory() as db:
            return list(db.scalars(select(PortalSession)))


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"PORTAL_API_KEYS": [KEY]}


@pytest.fixture
def door(shop: Shop) -> Door:
    return Door(shop)


def test_the_code_opens_the_portal_in_the_links_configuration(door: Door) -> None:
    customer = door.shop.customer()
    assert door.ask().headers["Location"] == door.path + "/code"
    answer = door.enter(door.code)
    assert answer.status_code == 303
    home = door.browser.get(answer.headers["Location"]).headers["Location"]
    assert door.browser.get(home).status_code == 200
    [row] = door.sessions()
    assert (row.customer, row.configuration, row.origin) == (customer, door.configuration, "login")


def test_the_email_cannot_be_changed_in_such_a_session(door: Door) -> None:
    door.shop.customer()
    door.ask()
    home = door.browser.get(door.enter(door.code).headers["Location"]).headers["Location"]
    page = door.browser.get(home + "details").text
    assert 'name="name"' in page
    assert 'name="email"' not in page


def test_the_address_can_stand_in_the_link(door: Door) -> None:
    page = door.browser.get(door.path + "?prefilled_email=jenny%2Bshop%40example.com").text
    assert 'value="jenny+shop@example.com"' in page


def test_an_unknown_address_gets_the_same_pages_and_no_mail(door: Door) -> None:
    door.shop.customer()
    pages = []
    for email in ("jenny@example.com", "nobody@example.com"):
        asked = door.ask(email)
        page = door.browser.get(door.path + "/code").text.replace(email, "-")
        tried = door.enter("12345").text.replace(email, "-")
        pages.append((asked.status_code, asked.headers["Location"], bare(page), bare(tried)))
    assert pages[0] == pages[1]
    assert [mail.to for mail in door.mails] == ["jenny@example.com"]


def bare(page: str) -> str:
    """Without what is new on every page."""
    return re.sub(r'(name="csrf_token" value|nonce)="[^"]*"', "", page)


def test_the_answer_asks_stripe_nothing(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search is done beside it, so the time of the answer tells nothing."""
    put_off: list[Any] = []
    monkeypatch.setattr(later, "run", put_off.append)
    door.shop.customer()
    before = len(door.shop.transport.calls)
    assert door.ask().status_code == 303
    assert len(door.shop.transport.calls) == before
    assert len(put_off) == 1


def test_the_tries_for_an_unknown_address_end_like_those_for_a_known_one(door: Door) -> None:
    door.ask("nobody@example.com")
    assert [door.enter("000000").status_code for _ in range(7)] == [400] * 7


def test_the_address_may_be_typed_in_capitals_and_the_mail_goes_to_the_one_on_file(door: Door) -> None:
    door.shop.customer()
    door.ask("Jenny@Example.com")
    assert [mail.to for mail in door.mails] == ["jenny@example.com"]
    assert door.enter(door.code).status_code == 303


def test_of_several_customers_the_newest_with_a_live_subscription_is_let_in(door: Door) -> None:
    first = door.shop.customer()
    door.shop.subscription(first)
    door.shop.customer()
    door.ask()
    door.enter(door.code)
    assert [row.customer for row in door.sessions()] == [first]


def test_what_is_no_address_is_said_beside_the_field(door: Door) -> None:
    answer = door.ask("jenny at example")
    assert answer.status_code == 400
    assert answer.text.count("Enter an email address such as name@example.com.") == 2
    assert 'value="jenny at example"' in answer.text


def test_the_sixth_request_for_one_address_is_refused_whoever_it_is(door: Door) -> None:
    assert [door.ask("nobody@example.com").status_code for _ in range(6)] == [303] * 5 + [429]


def test_the_code_page_leads_back_to_a_browser_that_has_not_asked(door: Door) -> None:
    assert door.browser.get(door.path + "/code").headers["Location"] == door.path


def test_looking_twice_consumes_nothing(door: Door) -> None:
    door.shop.customer()
    door.ask()
    for _ in range(2):
        door.browser.get(door.path)
        door.browser.get(door.path + "/code")
    assert len(door.mails) == 1
    assert door.enter(door.code).status_code == 303


@pytest.mark.parametrize("off", [{"login_page": {"enabled": False}}, {"active": False}])
def test_a_link_that_is_switched_off_is_dead_for_a_code_on_its_way_too(door: Door, off: dict[str, Any]) -> None:
    door.shop.customer()
    door.ask()
    token = door.token()
    door.call(f"/{door.configuration}", off)
    form = {"csrf_token": token, "code": door.code, "email": "jenny@example.com"}
    assert door.browser.get(door.path).status_code == 404
    assert door.browser.post(door.path, data=form).status_code == 404
    assert door.browser.post(door.path + "/code", data=form).status_code == 404
    assert door.sessions() == []


def test_an_expired_session_of_the_link_leads_back_to_it(door: Door) -> None:
    door.shop.customer()
    door.ask()
    link = door.enter(door.code).headers["Location"]
    door.shop.host.stand_at(door.sessions()[0].created + 301)
    page = door.browser.get(link)
    assert page.status_code == 410
    assert f'href="{door.path}"' in page.text


def test_a_made_up_link_is_not_there(door: Door) -> None:
    assert door.browser.get("/billing/login/test_none").status_code == 404


def test_the_same_address_in_other_letters_voids_the_code_too(door: Door) -> None:
    door.shop.customer()
    door.ask()
    first, browser = door.code, door.browser
    door.browser = door.shop.app.test_client()
    door.ask("Jenny@Example.com")
    second, door.browser = door.code, browser
    assert door.enter(first).status_code == 400
    assert door.enter(second).status_code == 400
