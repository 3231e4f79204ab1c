"""From the no-code link to the portal, by a code from the mail, without script."""

from __future__ import annotations

import pytest

from tests.journeys.shop import Reader, Shop, Visitor


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def jenny(shop: Shop) -> Reader:
    return shop.reader("jenny@example.com")


def at_the_code(shop: Shop, email: str = "jenny@example.com") -> Visitor:
    """Somebody who has asked for a code."""
    visitor = Visitor(shop.browser())
    visitor.get(shop.login_link())
    visitor.submit('name="email"', email=email)
    assert visitor.heading == "Enter your code"
    return visitor


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_code_from_the_mail_opens_the_portal(shop: Shop, jenny: Reader) -> None:
    visitor = at_the_code(shop)
    assert "If jenny@example.com belongs to a customer, a code is on its way there." in visitor.said
    [mail] = shop.mails()
    assert (mail["to"], mail["kind"], mail["customer"]) == ("jenny@example.com", "login_code", jenny.customer)
    visitor.submit('name="code"', code=shop.mailed_code())
    assert (visitor.status, visitor.heading) == (200, "All is well, Jenny")
    assert "Invoices" in visitor.navigation
    assert "Payment methods" not in visitor.navigation


def test_an_unknown_address_reads_the_same_and_gets_nothing(shop: Shop, jenny: Reader) -> None:
    known, unknown = at_the_code(shop), at_the_code(shop, "nobody@example.com")
    assert known.said == unknown.said.replace("nobody@", "jenny@")
    assert [mail["to"] for mail in shop.mails()] == ["jenny@example.com"]


def test_after_five_wrong_codes_a_new_one_is_needed(shop: Shop, jenny: Reader) -> None:
    visitor = at_the_code(shop)
    code = shop.mailed_code()
    for _ in range(5):
        visitor.submit('name="code"', code=wrong(code))
        assert "This code does not work here." in visitor.said
    visitor.submit('name="code"', code=code)
    assert visitor.status == 400
    visitor.submit("Send a new code")
    visitor.submit('name="code"', code=shop.mailed_code())
    assert visitor.heading == "All is well, Jenny"


def test_a_scanner_that_opens_every_link_twice_does_no_harm(shop: Shop, jenny: Reader) -> None:
    visitor = at_the_code(shop)
    for browser in (visitor.browser, shop.browser()):
        for _ in range(2):
            browser.get(visitor.path)
            browser.get(visitor.path.removesuffix("/code"))
    assert len(shop.mails()) == 1
    visitor.submit('name="code"', code=shop.mailed_code())
    assert visitor.status == 200


def test_a_link_that_is_switched_off_says_so(shop: Shop, jenny: Reader) -> None:
    visitor = at_the_code(shop)
    configuration = shop.client.v1.billing_portal.configurations.list({"limit": 1}).data[0]
    shop.client.v1.billing_portal.configurations.update(configuration.id, {"login_page": {"enabled": False}})
    visitor.submit('name="code"', code=shop.mailed_code())
    assert (visitor.status, visitor.heading) == (404, "This link does not work")


def test_the_page_and_the_mail_speak_german(shop: Shop, jenny: Reader) -> None:
    visitor = Visitor(shop.browser())
    visitor.get(shop.login_link(), headers={"Accept-Language": "de"})
    assert visitor.heading == "Ihre Abrechnung öffnen"
    where, form = visitor.form('name="email"')
    visitor.browser.post(where, data={**form, "email": "jenny@example.com"}, headers={"Accept-Language": "de"})
    [mail] = shop.mails()
    assert mail["locale"] == "de"
    assert "Dieser Code öffnet Ihre Abrechnung." in mail["text"]
