"""Parameters of a call: what reaches the call, and which error is answered."""

from __future__ import annotations

from typing import Any

import pytest
from marshmallow.validate import Length

from flask_portal.wire.errors import StripeError
from flask_portal.wire.form import decode
from flask_portal.wire.params import (
    Bool,
    Currency,
    Hash,
    Int,
    ListOf,
    ListParams,
    MapOf,
    Metadata,
    Money,
    OneOf,
    Params,
    Range,
    Ref,
    Str,
    load,
)


class Recurring(Params):
    interval = OneOf("day", "week", "month", "year", required=True)
    interval_count = Int(minimum=1, load_default=1)


class Item(Params):
    exclusive = (("price", "price_data"),)

    price = Ref("price")
    price_data = Hash(Recurring)
    quantity = Int(minimum=0)
    metadata = Metadata()


class Option(Params):
    unit_amount = Money(required=True)


class Create(Params):
    customer = Ref("customer", required=True)
    items = ListOf(Hash(Item), required=True, min=1, max=2)
    description = Str(max_length=10, nullable=True)
    discounts = ListOf(Str(), nullable=True)
    shipping = Hash(Recurring, nullable=True)
    currency_options = MapOf(Hash(Option), keys=Currency())
    labels = MapOf(Str())
    metadata = Metadata()
    tag = Str(validate=Length(min=3), nullable=True)
    from_ = Str(data_key="from", attribute="from")
    off_session = Bool()


class Filters(ListParams):
    created = Range()
    active = Bool()


GOOD = b"customer=cus_1&items[0][price]=price_1&"


def refused(params: type[Params], body: bytes) -> StripeError:
    with pytest.raises(StripeError) as caught:
        load(params, decode(body))
    assert caught.value.status == 400
    return caught.value


def create(body: bytes) -> dict[str, Any]:
    return load(Create, decode(GOOD + body))


def test_what_was_not_sent_is_not_there() -> None:
    assert create(b"") == {"customer": "cus_1", "items": [{"price": "price_1"}]}


def test_a_call_without_parameters_takes_none() -> None:
    assert load(Params, {}) == {}


def test_a_default_stands_in_for_what_was_not_sent_also_deep_within() -> None:
    assert create(b"shipping[interval]=day")["shipping"] == {"interval": "day", "interval_count": 1}


def test_a_default_may_be_made_for_each_call() -> None:
    class Tagged(Params):
        tags = ListOf(Str(), load_default=list)

    first = load(Tagged, {})["tags"]
    assert first == []
    assert load(Tagged, {})["tags"] is not first


@pytest.mark.parametrize("name", ["description", "discounts", "shipping", "metadata", "tag"])
def test_an_empty_string_unsets_what_may_be_unset(name: str) -> None:
    assert create(f"{name}=".encode())[name] is None


@pytest.mark.parametrize("name", ["items", "currency_options", "off_session"])
def test_an_empty_string_is_refused_elsewhere(name: str) -> None:
    values = {"customer": "cus_1", "items": {"0": {"price": "price_1"}}, name: ""}
    with pytest.raises(StripeError) as caught:
        load(Create, values)
    assert (caught.value.code, caught.value.param) == ("parameter_invalid_empty", name)


def test_a_name_on_the_wire_may_be_a_word_of_python() -> None:
    assert create(b"from=x")["from"] == "x"


@pytest.mark.parametrize(
    "body",
    [b"discounts[]=a&discounts[]=b", b"discounts[0]=a&discounts[1]=b", b"discounts[10]=b&discounts[9]=a"],
    ids=["brackets", "indexes", "in the order of their numbers, gaps allowed"],
)
def test_a_list_is_taken_in_both_of_its_forms(body: bytes) -> None:
    assert create(body)["discounts"] == ["a", "b"]


@pytest.mark.parametrize("body", [b"discounts=a", b"discounts[a]=b", b"discounts[-1]=a", b"discounts[\xc2\xb2]=a"])
def test_what_is_no_list_is_refused(body: bytes) -> None:
    error = refused(Create, GOOD + body)
    assert (error.message, error.param) == ("Invalid array", "discounts")


def test_a_list_has_its_bounds() -> None:
    class Bounded(Params):
        two = ListOf(Str(), min=2, max=2)

    assert refused(Bounded, b"two[]=a").message == "Invalid array: must have at least 2 elements"
    assert refused(Bounded, b"two[]=a&two[]=b&two[]=c").message == "Invalid array: must have at most 2 elements"
    assert load(Bounded, decode(b"two[]=a&two[]=b")) == {"two": ["a", "b"]}


@pytest.mark.parametrize("body", [b"shipping=x", b"shipping[]=x"])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    error = refused(Create, GOOD + body)
    assert (error.message, error.param) == ("Invalid object", "shipping")


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"items[0][quantity]=x", "items[0][quantity]"),
        (b"items[5][quantity]=x", "items[5][quantity]"),
        (b"items[][quantity]=1&items[][quantity]=x", "items[1][quantity]"),
        (b"items[0][price_data][interval]=x", "items[0][price_data][interval]"),
    ],
)
def test_the_parameter_is_named_by_the_path_that_was_sent(body: bytes, param: str) -> None:
    assert refused(Create, b"customer=cus_1&" + body).param == param


def test_one_of_the_words_is_asked_for_by_the_whole_path() -> None:
    error = refused(Create, GOOD + b"shipping[interval]=fortnight")
    assert error.message == "Invalid shipping[interval]: must be one of day, week, month, or year"


def test_a_missing_parameter_is_named() -> None:
    error = refused(Create, b"items[0][price]=price_1")
    assert (error.code, error.param) == ("parameter_missing", "customer")
    assert error.message == "Missing required param: customer."


def test_of_several_missing_ones_the_first_declared_is_named() -> None:
    assert refused(Create, b"").param == "customer"


def test_a_missing_parameter_within_an_object_is_named_by_its_path() -> None:
    assert refused(Create, GOOD + b"shipping[interval_count]=2").param == "shipping[interval]"


def test_an_unknown_parameter_is_answered_with_the_one_that_was_meant() -> None:
    error = refused(Create, GOOD + b"descripton=x")
    assert (error.code, error.param) == ("parameter_unknown", "descripton")
    assert error.message == "Received unknown parameter: descripton. Did you mean description?"


def test_an_unknown_parameter_within_an_object_is_named_by_its_path() -> None:
    error = refused(Create, GOOD + b"items[0][quanttiy]=1")
    assert error.message == "Received unknown parameter: items[0][quanttiy]. Did you mean items[0][quantity]?"


def test_several_unknown_parameters_are_all_named() -> None:
    error = refused(Create, GOOD + b"zzz=1&shipping[qqq]=2&_schema=3")
    assert error.message == "Received unknown parameters: _schema, shipping[qqq], zzz"


def test_unknown_comes_before_missing_and_missing_before_invalid() -> None:
    assert refused(Create, b"off_session=yes&qqq=1").code == "parameter_unknown"
    assert refused(Create, b"off_session=yes").code == "parameter_missing"
    assert refused(Create, GOOD + b"off_session=yes").message == "Invalid boolean: yes"


def test_expand_belongs_to_every_call() -> None:
    assert create(b"expand[]=customer")["expand"] == ["customer"]


def test_expand_does_not_belong_to_an_object_within_a_call() -> None:
    assert refused(Create, GOOD + b"items[0][expand][]=price").code == "parameter_unknown"


def test_parameters_that_exclude_each_other_are_refused_together() -> None:
    error = refused(Create, b"customer=cus_1&items[0][price]=p&items[0][price_data][interval]=day")
    assert (error.code, error.param) == ("parameters_exclusive", "items[0][price_data]")
    assert error.message == "You may only specify one of these parameters: price, price_data."


def test_a_check_of_marshmallows_own_kind_is_worded_with_the_path() -> None:
    error = refused(Create, GOOD + b"tag=ab")
    assert (error.message, error.param) == ("Invalid tag: Shorter than minimum length 3.", "tag")
    assert create(b"tag=abc")["tag"] == "abc"
    assert create(b"tag=++")["tag"] is None


def test_a_mapping_keeps_the_callers_names() -> None:
    assert create(b"labels[0]=a&labels[x]=b")["labels"] == {"0": "a", "x": "b"}


def test_a_mapping_by_currency_reads_its_names_too() -> None:
    assert create(b"currency_options[EUR][unit_amount]=500")["currency_options"] == {"eur": {"unit_amount": 500}}


@pytest.mark.parametrize(
    ("body", "param"),
    [
        (b"currency_options[xyz][unit_amount]=5", "currency_options[xyz]"),
        (b"currency_options[eur][unit_amount]=x", "currency_options[eur][unit_amount]"),
        (b"currency_options=eur", "currency_options"),
    ],
)
def test_a_bad_entry_of_a_mapping_is_named_by_its_path(body: bytes, param: str) -> None:
    assert refused(Create, GOOD + body).param == param


def test_metadata_is_strings_and_an_empty_one_removes_its_key() -> None:
    assert create(b"metadata[order]=6735&metadata[0]=+x+&metadata[old]=")["metadata"] == {
        "order": "6735",
        "0": " x ",
        "old": None,
    }


def test_metadata_within_an_object_is_read_alike() -> None:
    assert create(b"items[0][metadata][a]=b")["items"] == [{"price": "price_1", "metadata": {"a": "b"}}]


@pytest.mark.parametrize(
    ("body", "message", "param"),
    [
        pytest.param(b"metadata=x", "Invalid object", "metadata", id="a string"),
        pytest.param(b"metadata[]=x", "Invalid object", "metadata", id="a list"),
        pytest.param(
            b"metadata[a][b]=x", "Invalid string: metadata values cannot be nested.", "metadata[a]", id="nested"
        ),
        pytest.param(
            b"metadata[" + b"k" * 41 + b"]=x",
            "Metadata keys can have up to 40 characters; this one has 41.",
            f"metadata[{'k' * 41}]",
            id="a key of 41 characters",
        ),
        pytest.param(
            b"metadata[k]=" + b"x" * 501,
            "Metadata values can have up to 500 characters; this one has 501.",
            "metadata[k]",
            id="a value of 501 characters",
        ),
        pytest.param(
            b"&".join(b"metadata[k%d]=x" % number for number in range(51)),
            "Metadata can have up to 50 keys.",
            "metadata",
            id="51 keys",
        ),
    ],
)
def test_metadata_has_its_limits(body: bytes, message: str, param: str) -> None:
    error = refused(Create, GOOD + body)
    assert (error.message, error.param) == (message, param)


def test_metadata_up_to_its_limits_is_taken() -> None:
    names = [f"{number:040}" for number in range(50)]
    body = "&".join(f"metadata[{name}]={'x' * 500}" for name in names)
    gone = "&".join(f"metadata[gone{number}]=" for number in range(5))
    sent = create(f"{body}&{gone}".encode())["metadata"]
    assert len([value for value in sent.values() if value]) == 50


def test_a_list_call_has_ten_as_its_limit() -> None:
    assert load(Filters, {}) == {"limit": 10}


@pytest.mark.parametrize("limit", [b"1", b"100"])
def test_a_limit_may_be_1_to_100(limit: bytes) -> None:
    assert load(Filters, decode(b"limit=" + limit)) == {"limit": int(limit)}


@pytest.mark.parametrize("limit", [b"0", b"101", b"-1", b"ten", b""])
def test_any_other_limit_is_refused(limit: bytes) -> None:
    assert refused(Filters, b"limit=" + limit).param == "limit"


def test_a_list_has_one_cursor_at_a_time() -> None:
    assert load(Filters, decode(b"starting_after=cus_1"))["starting_after"] == "cus_1"
    assert refused(Filters, b"starting_after=cus_1&ending_before=cus_2").code == "parameters_exclusive"


@pytest.mark.parametrize(
    ("body", "bounds"),
    [
        pytest.param(b"created[gte]=5&created[lt]=9", {"gte": 5, "lt": 9}, id="bounds"),
        pytest.param(b"created=5", {"gte": 5, "lte": 5}, id="an exact number"),
    ],
)
def test_a_range_is_always_bounds(body: bytes, bounds: dict[str, int]) -> None:
    assert load(Filters, decode(body))["created"] == bounds


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        (b"created=soon", "parameter_invalid_integer", "created"),
        (b"created[gt]=soon", "parameter_invalid_integer", "created[gt]"),
        (b"created[eq]=5", "parameter_unknown", "created[eq]"),
        (b"created[]=5", "parameter_invalid_integer", "created"),
        (b"created=", "parameter_invalid_empty", "created"),
    ],
)
def test_a_bad_range_is_refused(body: bytes, code: str, param: str) -> None:
    error = refused(Filters, body)
    assert (error.code, error.param) == (code, param)
