"""Whatever goes wrong, the customer reads a page of the portal: our words, our headers, and a way on."""

from __future__ import annotations

import pytest
from flask import abort

from tests.portal.pages.conftest import Shop, Visitor


@pytest.fixture
def visitor(shop: Shop) -> Visitor:
    return shop.visitor(shop.customer())


def fail_with(shop: Shop, status: int) -> None:
    """Something of the host's, such as a limit, fails on every address."""
    shop.app.before_request_funcs.setdefault(None, []).append(lambda: abort(status))


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        (405, "There is nothing here"),
        (413, "Nothing was changed"),
        (429, "This was too often"),
        (500, "Something went wrong"),
        (502, "This page could not be loaded"),
    ],
)
def test_an_error_is_told_on_a_page_of_ours(shop: Shop, visitor: Visitor, status: int, heading: str) -> None:
    fail_with(shop, status)
    answer = visitor.get()
    assert answer.status_code == status
    assert f"<h1>{heading}</h1>" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_exception_is_told_on_a_page_of_ours_without_its_words(shop: Shop, visitor: Visitor) -> None:
    def break_down() -> None:
        raise LookupError("a secret of the application")

    shop.app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    shop.app.before_request_funcs.setdefault(None, []).append(break_down)
    answer = visitor.get()
    assert answer.status_code == 500
    assert "<h1>Something went wrong</h1>" in answer.text
    assert "a secret" not in answer.text


@pytest.mark.parametrize("path", ["nothing", "details/nothing", "subscriptions/..", "subscriptions/a.b/cancel"])
def test_an_address_without_a_page_is_404_on_a_page_of_ours(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)
    assert answer.status_code == 404
    assert "<h1>There is nothing here</h1>" in answer.text


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_method_that_no_page_has_changes_nothing_and_answers_with_a_page_of_ours(
    visitor: Visitor, method: str
) -> None:
    answer = visitor.browser.open(f"{visitor.base}details", method=method)
    assert answer.status_code == 403
    assert "<h1>Nothing was changed</h1>" in answer.text
