"""The form encoding: what a body means, and which bodies are refused."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stripe._encode import _api_encode

from flask_portal.wire.errors import StripeError
from flask_portal.wire.form import decode, encode


@pytest.mark.parametrize(
    ("body", "form"),
    [
        pytest.param(b"", {}, id="nothing"),
        pytest.param(b"name=Jenny+Rosen", {"name": "Jenny Rosen"}, id="plus is a space"),
        pytest.param(b"name=a%2Bb%26c", {"name": "a+b&c"}, id="escapes"),
        pytest.param(b"name=J%C3%BCrgen", {"name": "Jürgen"}, id="escaped UTF-8"),
        pytest.param("name=Jürgen".encode(), {"name": "Jürgen"}, id="bare UTF-8"),
        pytest.param(b"description=", {"description": ""}, id="empty"),
        pytest.param(b"description", {"description": ""}, id="without an equals sign"),
        pytest.param(b"a=1=2", {"a": "1=2"}, id="equals sign in a value"),
        pytest.param(b"&a=1&&b=2&", {"a": "1", "b": "2"}, id="spare ampersands"),
        pytest.param(b"a=1&a=2", {"a": "2"}, id="the last one wins"),
        pytest.param(b"a[b][c]=1&a[b][d]=2", {"a": {"b": {"c": "1", "d": "2"}}}, id="nested"),
        pytest.param(b"a[b]=1&a[b]=2", {"a": {"b": "2"}}, id="the last one wins within an object"),
        pytest.param(b"a%5Bb%5D=1", {"a": {"b": "1"}}, id="escaped brackets"),
        pytest.param(b"metadata[my+key]=1", {"metadata": {"my key": "1"}}, id="space in a name"),
        pytest.param(b"a[]=x&a[]=y", {"a": ["x", "y"]}, id="list"),
        pytest.param(b"a[b][]=x&a[b][]=y", {"a": {"b": ["x", "y"]}}, id="nested list"),
        pytest.param(b"a[0]=x&a[1]=y", {"a": {"0": "x", "1": "y"}}, id="indexes stay names"),
        pytest.param(b"a[999999999999]=x", {"a": {"999999999999": "x"}}, id="an index is no position"),
        pytest.param(b"a[][b]=1&a[][c]=2", {"a": [{"b": "1", "c": "2"}]}, id="one element"),
        pytest.param(
            b"a[][b]=1&a[][c]=2&a[][b]=3", {"a": [{"b": "1", "c": "2"}, {"b": "3"}]}, id="a repeated name begins anew"
        ),
        pytest.param(
            b"a[][b][c]=1&a[][b][d]=2&a[][b][c]=3",
            {"a": [{"b": {"c": "1", "d": "2"}}, {"b": {"c": "3"}}]},
            id="a repeated nested name begins anew",
        ),
        pytest.param(b"a[][b][]=1&a[][b][]=2", {"a": [{"b": ["1", "2"]}]}, id="a list within an element goes on"),
    ],
)
def test_a_body_is_read_as_nested_values(body: bytes, form: dict[str, Any]) -> None:
    assert decode(body) == form


def test_the_query_is_read_like_a_body() -> None:
    assert decode(b"", b"limit=3&expand[]=data.customer") == {"limit": "3", "expand": ["data.customer"]}


def test_query_and_body_are_merged_and_the_body_comes_last() -> None:
    assert decode(b"a=2&e[]=y", b"a=1&b=1&e[]=x") == {"a": "2", "b": "1", "e": ["x", "y"]}


@pytest.mark.parametrize(
    "content_type",
    [None, "", "application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; charset=utf-8"],
)
def test_a_form_is_taken_with_and_without_its_content_type(content_type: str | None) -> None:
    assert decode(b"a=1", b"", content_type) == {"a": "1"}


def test_a_content_type_without_a_body_does_not_matter() -> None:
    assert decode(b"", b"a=1", "application/json") == {"a": "1"}


@pytest.mark.parametrize(
    ("content_type", "part"),
    [
        ("application/json", "form-encoded bodies (application/x-www-form-urlencoded), not JSON"),
        ("application/vnd.api+json; charset=utf-8", "not JSON"),
        ("multipart/form-data; boundary=x", "by POST /v1/files"),
        ("text/plain", "not text/plain"),
    ],
)
def test_another_content_type_is_refused_with_the_one_that_is_taken(content_type: str, part: str) -> None:
    with pytest.raises(StripeError) as refused:
        decode(b'{"a": 1}', b"", content_type)
    assert refused.value.status == 400
    assert part in refused.value.message


@pytest.mark.parametrize(
    ("body", "part"),
    [
        pytest.param(b"a=50%", "percent sign", id="lone percent sign"),
        pytest.param(b"a=%zz", "percent sign", id="escape that is none"),
        pytest.param(b"a=%ff", "UTF-8", id="escaped value that is not UTF-8"),
        pytest.param(b"a=\xff", "UTF-8", id="bare value that is not UTF-8"),
        pytest.param(b"a%ff=1", "UTF-8", id="name that is not UTF-8"),
        pytest.param(b"a=%ed%a0%80", "UTF-8", id="half of a surrogate pair"),
        pytest.param(b"a=x\0y", "NUL", id="NUL"),
        pytest.param(b"a=x%00y", "NUL", id="escaped NUL"),
        pytest.param(b"=1", "Invalid parameter name: (empty)", id="no name"),
        pytest.param(b"[a]=1", "Invalid parameter name: [a]", id="brackets alone"),
        pytest.param(b"a[b=1", "Invalid parameter name: a[b", id="bracket left open"),
        pytest.param(b"a[b]c=1", "Invalid parameter name: a[b]c", id="text behind the brackets"),
        pytest.param(b"a[[b]]=1", "Invalid parameter name: a[[b]]", id="brackets within brackets"),
        pytest.param(b"a[][]=1", "Invalid parameter name: a[][]", id="list of lists"),
        pytest.param(b"a" * 1001 + b"=1", "is too long", id="name of 1,001 characters"),
        pytest.param(b"a" + b"[b]" * 10 + b"=1", "deeper than 10 levels", id="eleven levels"),
        pytest.param(b"a" + b"[b]" * 50 + b"=1", "deeper than 10 levels", id="fifty levels"),
        pytest.param(b"a=1&" * 1000 + b"a=1", "Too many parameters: at most 1,000", id="1,001 parameters"),
        pytest.param(b"a=1&" * 10_000, "Too many parameters: at most 1,000", id="10,000 parameters"),
    ],
)
def test_what_is_no_form_is_refused(body: bytes, part: str) -> None:
    with pytest.raises(StripeError) as refused:
        decode(body)
    assert (refused.value.status, refused.value.type) == (400, "invalid_request_error")
    assert part in refused.value.message


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"a=1&a[b]=2", "a"),
        (b"a[b]=2&a=1", "a"),
        (b"a[]=1&a=2", "a"),
        (b"a[]=1&a[0]=2", "a"),
        (b"a[0]=1&a[]=2", "a"),
        (b"a[b]=1&a[b][c]=2", "a[b]"),
        (b"a[b][c]=1&a[b]=2", "a[b]"),
        (b"a[]=1&a[][b]=2", "a[]"),
        (b"a[][b]=1&a[][b][c]=2", "a[][b]"),
    ],
)
def test_one_name_for_two_shapes_is_refused_by_its_name(body: bytes, param: str) -> None:
    with pytest.raises(StripeError) as refused:
        decode(body)
    assert (refused.value.status, refused.value.param) == (400, param)


def test_ten_levels_and_a_thousand_parameters_are_taken() -> None:
    assert len(decode(b"&".join(b"a%d" % number + b"[b]" * 9 + b"=1" for number in range(1000)))) == 1000


@pytest.mark.parametrize(("body", "query"), [(b"a=" + b"x" * 1_048_575, b""), (b"a=" + b"x" * 1_048_570, b"b=123")])
def test_more_than_a_mebibyte_is_too_large(body: bytes, query: bytes) -> None:
    with pytest.raises(StripeError) as refused:
        decode(body, query)
    assert refused.value.status == 413
    assert "1 MiB" in refused.value.message


def test_exactly_a_mebibyte_is_taken() -> None:
    assert decode(b"a=" + b"x" * 1_048_574) == {"a": "x" * 1_048_574}


@pytest.mark.parametrize(
    ("values", "body"),
    [
        pytest.param({"a": "x y&z"}, "a=x%20y%26z", id="text"),
        pytest.param({"a": True, "b": False, "c": 7}, "a=true&b=false&c=7", id="scalars"),
        pytest.param({"a": None, "b": [], "c": {}}, "a=&b=&c=", id="what unsets"),
        pytest.param({"items": [{"price": "p"}]}, "items%5B0%5D%5Bprice%5D=p", id="list of objects"),
        pytest.param({"a": ("x", "y")}, "a%5B0%5D=x&a%5B1%5D=y", id="tuple"),
    ],
)
def test_values_are_written_as_the_official_clients_write_them(values: dict[str, Any], body: str) -> None:
    assert encode(values) == body


TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
NAME = st.text(st.characters(exclude_characters="\0[]", exclude_categories=["Cs"]), min_size=1, max_size=8)
VALUE = st.recursive(
    TEXT,
    lambda inner: st.dictionaries(NAME, inner, min_size=1, max_size=4) | st.lists(inner, min_size=1, max_size=4),
    max_leaves=12,
)


def as_names(value: Any) -> Any:
    if isinstance(value, list):
        value = {str(index): element for index, element in enumerate(value)}
    return {name: as_names(inner) for name, inner in value.items()} if isinstance(value, Mapping) else value


def depth(value: Any) -> int:
    return 1 + max(map(depth, value.values())) if isinstance(value, Mapping) else 0


@settings(deadline=None)
@given(st.dictionaries(NAME, VALUE, max_size=6).filter(lambda values: not values or depth(as_names(values)) <= 10))
def test_what_was_encoded_is_decoded_again(values: dict[str, Any]) -> None:
    assert decode(encode(values).encode()) == as_names(values)


@settings(deadline=None)
@given(st.dictionaries(NAME, VALUE, max_size=6))
def test_names_and_values_are_those_of_the_official_client(values: dict[str, Any]) -> None:
    flat = encode(dict(_api_encode(values)))
    assert flat == encode(values)


@settings(deadline=None)
@given(st.binary(max_size=60), st.binary(max_size=20), st.none() | st.text(max_size=20))
def test_any_bytes_are_read_or_refused(body: bytes, query: bytes, content_type: str | None) -> None:
    with suppress(StripeError):
        assert isinstance(decode(body, query, content_type), dict)


@settings(deadline=None)
@given(st.text("ab[]=&%0F+1", max_size=60))
def test_any_text_of_the_characters_with_a_meaning_is_read_or_refused(body: str) -> None:
    with suppress(StripeError):
        assert isinstance(decode(body.encode()), dict)
