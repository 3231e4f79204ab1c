"""The list object and the cut of a page."""

from __future__ import annotations

from flask_portal.wire.lists import cut, envelope


def test_a_list_has_its_four_keys() -> None:
    assert envelope("/v1/customers", [{"id": "cus_1"}], True) == {
        "object": "list",
        "data": [{"id": "cus_1"}],
        "has_more": True,
        "url": "/v1/customers",
    }


def test_one_row_too_many_says_that_there_are_more() -> None:
    assert cut([1, 2, 3], 2) == ([1, 2], True)


def test_a_full_page_without_another_row_is_the_last() -> None:
    assert cut([1, 2], 2) == ([1, 2], False)
