"""A code to the customer's email opens a session in place of an expired one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from flask_portal import signals
from flask_portal.mail import Message
from flask_portal.models import AuditEntry, LoginCode, PortalSession
from tests.portal.pages.conftest import Shop

HOUR = 3600


@dataclass
class Late:
    """Somebody with a link whose time is over, and a mailbox."""

    shop: Shop
    customer: str
    path: str
    mails: list[Message]
    browser: FlaskClient = field(init=False)

    def __post_init__(self) -> None:
        self.browser = self.shop.app.test_client()

    def other(self) -> Late:
        """The same link in another browser."""
        return Late(self.shop, self.customer, self.path, self.mails)

    def token(self, path: str = "") -> str:
        shown = self.browser.get(self.path + path).text
        return re.findall(r'name="csrf_token" value="([^"]*)"', shown)[0]

    def ask(self) -> TestResponse:
        return self.browser.post(self.path + "/send-code", data={"csrf_token": self.token()})

    def enter(self, code: str) -> TestResponse:
        return self.browser.post(self.path + "/code", data={"csrf_token": self.token(), "code": code})

    @property
    def code(self) -> str:
        return re.findall(r"^\d{6}$", self.mails[-1].text, re.MULTILINE)[0]

    @property
    def wrong_code(self) -> str:
        return f"{(int(self.code) + 1) % 10**6:06}"


@pytest.fixture
def late(shop: Shop) -> Late:
    return expired(shop)


def expired(shop: Shop, **values: Any) -> Late:
    mails: list[Message] = []
    shop.portal.mail_sender(mails.append)
    customer = shop.customer()
    link = path_of(shop.link(customer))
    recover(shop, **values)
    shop.host.stand_at(shop.session_row().created + HOUR)
    return Late(shop, customer, link, mails)


def path_of(url: str) -> str:
    return url.removeprefix("http://localhost")


def recover(shop: Shop, **values: Any) -> None:
    with shop.host.session_factory() as db:
        row = db.query(PortalSession).one()
        given = {"after_expiration": {"type": "customer_login", "customer_login": None}, **values}
        for name, value in given.items():
            setattr(row, name, value)
        db.commit()


def sessions(shop: Shop) -> list[PortalSession]:
    with shop.host.session_factory() as db:
        return list(db.scalars(select(PortalSession).order_by(PortalSession.created)))


def test_the_expired_page_offers_a_code_to_an_address_that_it_does_not_show(late: Late) -> None:
    page = late.browser.get(late.path)
    assert page.status_code == 410
    assert "j•••@e•••.com" in page.text
    assert "jenny@example.com" not in page.text


def test_looking_mails_nothing(late: Late) -> None:
    for path in ("", "/code"):
        late.browser.get(late.path + path)
    assert late.mails == []


def test_the_code_opens_a_session_that_is_like_the_old_one(shop: Shop) -> None:
    late = expired(shop, locale="en-GB", return_url="https://shop.example/account")
    assert late.ask().headers["Location"] == late.path + "/code"
    assert [(mail.to, mail.kind, mail.customer) for mail in late.mails] == [
        ("jenny@example.com", "login_code", late.customer)
    ]
    answer = late.enter(late.code)
    assert answer.status_code == 303
    assert late.browser.get(answer.headers["Location"]).status_code == 303
    old, new = sessions(shop)
    kept = ("account", "configuration", "customer", "flow", "after_expiration", "locale", "return_url", "origin")
    assert {name: getattr(new, name) for name in kept} == {name: getattr(old, name) for name in kept}
    assert late.browser.get(f"/billing/{new.id}/").status_code == 200


def test_the_recovery_is_told(late: Late) -> None:
    told: list[dict[str, object]] = []

    def hear(_sender: object, **values: object) -> None:
        told.append(values)

    late.ask()
    with signals.session_recovered.connected_to(hear, late.shop.app):
        late.enter(late.code)
        late.enter(late.code)
    old, new = sessions(late.shop)
    assert told == [{"session": new.id, "replaces": old.id, "customer": late.customer}]


def test_a_form_that_is_sent_twice_leads_to_one_session(late: Late) -> None:
    late.ask()
    first, second = late.enter(late.code), late.enter(late.code)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(sessions(late.shop)) == 2


def test_a_code_with_spaces_is_the_same_code(late: Late) -> None:
    late.ask()
    assert late.enter(f" {late.code[:3]} {late.code[3:]} ").status_code == 303


def test_a_wrong_code_is_said_beside_the_field(late: Late) -> None:
    late.ask()
    answer = late.enter(late.wrong_code)
    assert answer.status_code == 400
    assert "This code does not work here." in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_after_five_wrong_tries_the_right_one_is_refused(late: Late) -> None:
    late.ask()
    wrong = [late.enter(late.wrong_code).status_code for _ in range(5)]
    assert (wrong, late.enter(late.code).status_code) == ([400] * 5, 400)
    assert len(sessions(late.shop)) == 1


def test_the_fifth_try_may_be_the_right_one(late: Late) -> None:
    late.ask()
    for _ in range(4):
        late.enter(late.wrong_code)
    assert late.enter(late.code).status_code == 303


@pytest.mark.parametrize(("seconds", "status"), [(600, 303), (601, 400)])
def test_a_code_works_for_ten_minutes(late: Late, seconds: int, status: int) -> None:
    late.ask()
    late.shop.host.stand_at(sessions(late.shop)[0].created + HOUR + seconds)
    assert late.enter(late.code).status_code == status


def test_a_new_code_voids_the_old_one(late: Late) -> None:
    late.ask()
    old = late.code
    late.ask()
    assert late.enter(old).status_code == (303 if old == late.code else 400)
    assert late.enter(late.code).status_code == 303


def test_the_code_does_not_work_in_another_browser(late: Late) -> None:
    late.ask()
    other = late.other()
    # It has not asked for a code, so it is sent back to where that is done.
    assert other.enter(late.code).headers["Location"] == late.path
    assert len(sessions(late.shop)) == 1


def test_another_browser_that_asks_too_cannot_use_the_first_ones_code(late: Late) -> None:
    late.ask()
    first, other = late.code, late.other()
    other.ask()
    assert other.enter(first).status_code == (303 if first == late.code else 400)


def test_the_table_holds_neither_code_nor_cookie(late: Late) -> None:
    late.ask()
    cookie = late.browser.get_cookie("portal_browser", path="/billing")
    assert cookie is not None
    assert cookie.http_only
    with late.shop.host.session_factory() as db:
        row = db.scalars(select(LoginCode)).one()
        stored = {str(getattr(row, column.key)) for column in LoginCode.__table__.columns}
    assert late.code not in stored
    assert cookie.value not in stored


def test_the_sixth_mail_to_an_address_within_minutes_is_refused(late: Late) -> None:
    assert [late.ask().status_code for _ in range(6)] == [303] * 5 + [429]
    assert len(late.mails) == 5


def test_after_its_deadline_the_link_is_plainly_expired(shop: Shop) -> None:
    late = expired(shop)
    token = late.token()
    deadline = {"type": "customer_login", "customer_login": {"expires_at": sessions(shop)[0].created + HOUR - 1}}
    recover(shop, after_expiration=deadline)
    assert "csrf_token" not in late.browser.get(late.path).text
    answer = late.browser.post(late.path + "/send-code", data={"csrf_token": token})
    assert (answer.status_code, late.mails) == (410, [])


def test_without_after_expiration_the_link_is_plainly_expired(shop: Shop) -> None:
    late = expired(shop, after_expiration=None)
    page = late.browser.get(late.path)
    assert page.status_code == 410
    assert "Send the code" not in page.text


def test_without_mail_there_is_no_offer(shop: Shop) -> None:
    late = expired(shop)
    shop.portal._mail_sender = None
    assert "Send the code" not in late.browser.get(late.path).text


@pytest.mark.parametrize("lost", [{"email": ""}, None])
def test_without_an_address_there_is_no_offer(late: Late, lost: Any) -> None:
    if lost is None:
        late.shop.transport.cut = "/v1/customers"
    else:
        late.shop.client.v1.customers.update(late.customer, lost)
    page = late.browser.get(late.path)
    assert page.status_code == 410
    assert "Send the code" not in page.text


def test_a_living_session_needs_no_code(shop: Shop) -> None:
    late = expired(shop)
    token = late.token()
    shop.host.stand_at(sessions(shop)[0].created)
    answer = late.browser.post(late.path + "/send-code", data={"csrf_token": token})
    assert (answer.headers["Location"], late.mails) == (late.path, [])


def test_a_made_up_link_mails_nothing(late: Late) -> None:
    token = late.token()
    answer = late.browser.post("/billing/session/bps_1_00/send-code", data={"csrf_token": token})
    assert (answer.status_code, late.mails) == (404, [])


def test_without_the_token_of_its_page_a_form_does_nothing(late: Late) -> None:
    assert late.browser.post(late.path + "/send-code").status_code == 403
    assert late.mails == []


def test_a_flow_that_was_finished_does_not_come_back(shop: Shop) -> None:
    """It led to the portal's home page, and so does the replacement."""
    late = expired(shop)
    flow = {"type": "customer_update", "after_completion": {"type": "portal_homepage"}}
    recover(shop, flow=flow)
    finish(shop, late)
    late.ask()
    late.enter(late.code)
    assert sessions(shop)[1].flow is None


def finish(shop: Shop, late: Late) -> None:
    with shop.host.session_factory() as db:
        row = sessions(shop)[0]
        values = {"account": row.account, "livemode": False, "customer": late.customer, "created": row.created}
        db.add(AuditEntry(session=row.id, action="customer.update", **values))
        db.commit()


def test_old_codes_and_their_addresses_are_forgotten(late: Late) -> None:
    late.ask()
    late.shop.host.stand_at(sessions(late.shop)[0].created + 3 * 24 * HOUR)
    late.ask()
    with late.shop.host.session_factory() as db:
        assert len(list(db.scalars(select(LoginCode)))) == 1
