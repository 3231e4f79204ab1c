"""What an answer says to the browser besides its page: policy, frames, caches, cookies."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator

import pytest
from werkzeug.test import TestResponse

from tests.journeys.shop import Reader, Shop, Visitor, path_of

PAGES = [
    "/",
    "/subscriptions/{id}",
    "/subscriptions/{id}/cancel",
    "/invoices",
    "/payment-methods",
    "/details",
    "/subscriptions/sub_none",
]


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture(scope="module")
def reader(shop: Shop) -> Reader:
    return shop.reader("jenny@example.com")


@pytest.fixture(scope="module")
def page(shop: Shop, reader: Reader) -> Visitor:
    return shop.visit(reader)


def policy(answer: TestResponse) -> dict[str, str]:
    """The directives of the answer's Content-Security-Policy."""
    directives = answer.headers["Content-Security-Policy"].split("; ")
    return {name: value for name, _, value in (each.partition(" ") for each in directives)}


@pytest.mark.parametrize("below", PAGES)
def test_every_page_is_guarded(page: Visitor, reader: Reader, below: str) -> None:
    answer = page.go(below.format(id=reader.subscription))
    rules = policy(answer)
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "no-referrer" in answer.headers["Referrer-Policy"]


@pytest.mark.parametrize("below", PAGES)
def test_no_page_has_a_style_or_a_script_of_its_own_in_its_text(page: Visitor, reader: Reader, below: str) -> None:
    page.go(below.format(id=reader.subscription))
    assert not re.search(r"\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", page.text)


def test_the_nonce_is_another_one_for_each_answer(page: Visitor) -> None:
    assert policy(page.go("/"))["style-src"] != policy(page.go("/"))["style-src"]


def test_the_expired_page_is_guarded_too() -> None:
    """A shop of its own: its clock is moved."""
    other = Shop()
    link = other.link(other.reader("late@example.com"))
    other.mock.clock.advance(301)
    answer = other.browser().get(link)
    assert policy(answer)["frame-ancestors"] == "'none'"
    assert answer.headers["Cache-Control"] == "no-store"


def cookie(shop: Shop, reader: Reader, base_url: str) -> tuple[str, list[str]]:
    """Where a link leads, and the attributes of the cookie that it sets."""
    answer = shop.browser().get(shop.link(reader), base_url=base_url)
    set_cookie = next(each for each in answer.headers.getlist("Set-Cookie") if each.startswith("portal_session="))
    return path_of(answer.location), set_cookie.split("; ")[1:]


def test_the_cookie_is_for_the_pages_of_this_session_alone(shop: Shop, reader: Reader) -> None:
    home, attributes = cookie(shop, reader, "http://localhost")
    assert sorted(attributes) == ["HttpOnly", f"Path={home}", "SameSite=Lax"]


def test_over_https_the_cookie_travels_over_https_alone(shop: Shop, reader: Reader) -> None:
    assert "Secure" in cookie(shop, reader, "https://localhost")[1]


def test_following_a_link_leads_on_with_an_answer_that_no_cache_keeps(shop: Shop, reader: Reader) -> None:
    answer = shop.browser().get(shop.link(reader))
    assert answer.status_code == 303
    assert answer.headers["Cache-Control"] == "no-store"
    assert "no-referrer" in answer.headers["Referrer-Policy"]


@pytest.fixture
def style_sheet(shop: Shop) -> Iterator[TestResponse]:
    with shop.browser().get("/p/static/portal.css") as answer:
        yield answer


def test_the_style_sheet_may_be_kept_and_is_not_guessed_to_be_something_else(style_sheet: TestResponse) -> None:
    assert style_sheet.headers.get("X-Content-Type-Options") == "nosniff"
    assert "no-store" not in style_sheet.headers.get("Cache-Control", "")


def test_the_whole_style_is_small(style_sheet: TestResponse) -> None:
    """Style and script together stay below 30 KB when they are compressed; there is no script yet."""
    assert len(gzip.compress(style_sheet.get_data())) < 30_000
