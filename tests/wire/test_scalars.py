"""What one string may stand for, field by field."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from babel import Locale
from babel.numbers import list_currencies
from hypothesis import given, settings
from hypothesis import strategies as st

from flask_portal.wire import codes
from flask_portal.wire.errors import StripeError
from flask_portal.wire.params import (
    Bool,
    Country,
    Currency,
    DecimalString,
    Email,
    Int,
    Money,
    NowOrTimestamp,
    OneOf,
    Parameter,
    Params,
    Ref,
    Str,
    Timestamp,
    Url,
    WordOr,
    load,
)


def read(field: Parameter, value: Any) -> Any:
    return load(Params.from_dict({"it": field}), {"it": value})["it"]  # type: ignore[arg-type]


def refused(field: Parameter, value: Any) -> StripeError:
    with pytest.raises(StripeError) as caught:
        read(field, value)
    assert (caught.value.status, caught.value.param) == (400, "it")
    return caught.value


@pytest.mark.parametrize(
    ("field", "sent", "value"),
    [
        pytest.param(Str(), "Jenny", "Jenny", id="text"),
        pytest.param(Str(), " Jenny Rosen\n", "Jenny Rosen", id="text is trimmed"),
        pytest.param(Str(max_length=3), "äöü", "äöü", id="length is in characters"),
        pytest.param(Str(nullable=True), "  ", None, id="blank text is empty"),
        pytest.param(Ref("customer"), "cus_1", "cus_1", id="id"),
        pytest.param(OneOf("now", "unchanged"), "now", "now", id="word"),
        pytest.param(Int(), "007", 7, id="leading zeros"),
        pytest.param(Int(), "-3", -3, id="negative"),
        pytest.param(Int(), "9223372036854775807", 2**63 - 1, id="largest of 64 bits"),
        pytest.param(Int(), "-9223372036854775808", -(2**63), id="smallest of 64 bits"),
        pytest.param(Int(minimum=1, maximum=2), "1", 1, id="minimum is included"),
        pytest.param(Int(minimum=1, maximum=2), "2", 2, id="maximum is included"),
        pytest.param(Money(), "-999999999999", -999_999_999_999, id="credit of twelve digits"),
        pytest.param(Timestamp(), "0", 0, id="1970"),
        pytest.param(Timestamp(), "253402300799", 253_402_300_799, id="the end of 9999"),
        pytest.param(NowOrTimestamp(), "now", "now", id="now"),
        pytest.param(NowOrTimestamp(), "1800000000", 1_800_000_000, id="a time instead of now"),
        pytest.param(WordOr(Int(minimum=1), "inf"), "5", 5, id="a number instead of a word"),
        pytest.param(Bool(), "true", True, id="true"),
        pytest.param(Bool(), "false", False, id="false"),
        pytest.param(DecimalString(), "0.050", "0.050", id="a decimal stays as it was sent"),
        pytest.param(DecimalString(), "-12", "-12", id="a decimal without a point"),
        pytest.param(DecimalString(above=0, minimum=1, maximum=100), "100", "100", id="decimal within bounds"),
        pytest.param(Email(), " Jenny@Example.com ", "Jenny@Example.com", id="address"),
        pytest.param(Currency(), "EUR", "eur", id="currency in lower case"),
        pytest.param(Country(), "de", "DE", id="country in upper case"),
    ],
)
def test_a_value_is_read(field: Parameter, sent: str, value: Any) -> None:
    result = read(field, sent)
    assert (result, type(result)) == (value, type(value))


NESTED = {"a": "1"}
BAD_INTEGER = "parameter_invalid_integer"


@pytest.mark.parametrize(
    ("field", "sent", "message", "code"),
    [
        pytest.param(Str(), NESTED, "Invalid string", None, id="text from an object"),
        pytest.param(Str(), ["a"], "Invalid string", None, id="text from a list"),
        pytest.param(
            Str(),
            "  ",
            "Invalid string: it consists of white space only.",
            "parameter_invalid_string_blank",
            id="blank",
        ),
        pytest.param(
            Str(max_length=3), "abyz", "Invalid string: ab...yz; must be at most 3 characters", None, id="long text"
        ),
        pytest.param(
            Ref("x"), "a" * 256, "Invalid string: aa...aa; must be at most 255 characters", None, id="long id"
        ),
        pytest.param(OneOf("a", "b", "c"), "A", "Invalid it: must be one of a, b, or c", None, id="another case"),
        pytest.param(OneOf("a", "b"), NESTED, "Invalid it: must be one of a or b", None, id="word from an object"),
        pytest.param(Int(), "abc", "Invalid integer: abc", BAD_INTEGER, id="letters"),
        pytest.param(Int(), "1_000", "Invalid integer: 1_000", BAD_INTEGER, id="underscore"),
        pytest.param(Int(), " 3 ", "Invalid integer:  3 ", BAD_INTEGER, id="white space"),
        pytest.param(Int(), "3\n", "Invalid integer: 3\n", BAD_INTEGER, id="line end"),
        pytest.param(Int(), "+3", "Invalid integer: +3", BAD_INTEGER, id="plus"),
        pytest.param(Int(), "--3", "Invalid integer: --3", BAD_INTEGER, id="two signs"),
        pytest.param(Int(), "-", "Invalid integer: -", BAD_INTEGER, id="a sign alone"),
        pytest.param(Int(), "1.0", "Invalid integer: 1.0", BAD_INTEGER, id="decimal point"),
        pytest.param(Int(), "\u0663", "Invalid integer: \u0663", BAD_INTEGER, id="digit of another script"),
        pytest.param(Int(), "\u00b2", "Invalid integer: \u00b2", BAD_INTEGER, id="superscript"),
        pytest.param(Int(), NESTED, "Invalid integer: {...}", BAD_INTEGER, id="number from an object"),
        pytest.param(Int(), str(2**63), "Invalid integer: 9223372036854775808", BAD_INTEGER, id="65 bits"),
        pytest.param(Int(), "9" * 5000, f"Invalid integer: {'9' * 100}...", BAD_INTEGER, id="without end"),
        pytest.param(Int(minimum=1), "0", "Invalid integer: must be at least 1", BAD_INTEGER, id="below"),
        pytest.param(Int(maximum=100), "101", "Invalid integer: must be at most 100", BAD_INTEGER, id="above"),
        pytest.param(
            Money(), "1000000000000", "Invalid integer: must be at most 999999999999", BAD_INTEGER, id="13 digits"
        ),
        pytest.param(
            Timestamp(),
            "1800000000000",
            "Invalid timestamp: 1800000000000; must be an integer number of Unix seconds",
            BAD_INTEGER,
            id="milliseconds",
        ),
        pytest.param(
            Timestamp(),
            "-1",
            "Invalid timestamp: -1; must be an integer number of Unix seconds",
            BAD_INTEGER,
            id="before 1970",
        ),
        pytest.param(
            NowOrTimestamp(),
            "soon",
            "Invalid timestamp: soon; must be an integer number of Unix seconds",
            BAD_INTEGER,
            id="a word that is not now",
        ),
        pytest.param(
            NowOrTimestamp(),
            NESTED,
            "Invalid timestamp: {...}; must be an integer number of Unix seconds",
            BAD_INTEGER,
            id="time from an object",
        ),
        pytest.param(Bool(), "yes", "Invalid boolean: yes", None, id="yes"),
        pytest.param(Bool(), "True", "Invalid boolean: True", None, id="True"),
        pytest.param(Bool(), "1", "Invalid boolean: 1", None, id="one"),
        pytest.param(Bool(), NESTED, "Invalid boolean: {...}", None, id="boolean from an object"),
        pytest.param(DecimalString(), "1e5", "Invalid decimal: 1e5", None, id="exponent"),
        pytest.param(DecimalString(), "NaN", "Invalid decimal: NaN", None, id="not a number"),
        pytest.param(DecimalString(), ".5", "Invalid decimal: .5", None, id="no digit before the point"),
        pytest.param(DecimalString(), "0." + "1" * 13, "Invalid decimal: 0.1111111111111", None, id="13 places"),
        pytest.param(DecimalString(), NESTED, "Invalid decimal: {...}", None, id="decimal from an object"),
        pytest.param(DecimalString(minimum=1), "0.9", "Invalid decimal: must be at least 1", None, id="decimal below"),
        pytest.param(DecimalString(maximum=1), "1.1", "Invalid decimal: must be at most 1", None, id="decimal above"),
        pytest.param(DecimalString(above=0), "0.0", "Invalid decimal: must be greater than 0", None, id="not above"),
        pytest.param(Email(), "jenny", "Invalid email address: jenny", "email_invalid", id="no at sign"),
        pytest.param(Email(), "a@b", "Invalid email address: a@b", "email_invalid", id="domain without a dot"),
        pytest.param(Email(), "a@b.c, d@e.f", "Invalid email address: a@b.c, d@e.f", "email_invalid", id="two"),
        pytest.param(
            Email(), "a@b.com\nBcc: x@y.z", "Invalid email address: a@b.com\nBcc: x@y.z", "email_invalid", id="lines"
        ),
        pytest.param(Email(), "a" * 513, "Invalid string: aa...aa; must be at most 512 characters", None, id="long"),
        pytest.param(
            Country(),
            "XX",
            "Country 'XX' is unknown. Use a two-letter code, such as 'US', 'DE' or 'GB'.",
            None,
            id="no country",
        ),
        pytest.param(
            Country(),
            NESTED,
            "Country '{...}' is unknown. Use a two-letter code, such as 'US', 'DE' or 'GB'.",
            None,
            id="country from an object",
        ),
    ],
)
def test_a_value_is_refused(field: Parameter, sent: Any, message: str, code: str | None) -> None:
    error = refused(field, sent)
    assert (error.message, error.code) == (message, code)


@pytest.mark.parametrize("sent", ["xyz", "", NESTED])
def test_an_unknown_currency_is_answered_with_those_that_exist(sent: Any) -> None:
    error = refused(Currency(), sent or "q")
    assert error.message.startswith("Invalid currency: ")
    assert ", eur, " in error.message


@pytest.mark.parametrize(
    "field",
    [
        Str(),
        Ref("customer"),
        OneOf("a"),
        Int(),
        Money(),
        Timestamp(),
        NowOrTimestamp(),
        Bool(),
        DecimalString(),
        Url(),
        Email(),
        Currency(),
        Country(),
    ],
    ids=lambda field: type(field).__name__,
)
def test_an_empty_string_is_refused_unless_it_may_unset(field: Parameter) -> None:
    assert refused(field, "").code == "parameter_invalid_empty"
    field.nullable = True
    assert read(field, "") is None


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example",
        "http://localhost:5000/account?from=portal#top",
        "HTTPS://SHOP.EXAMPLE/",
        "https://shop.example/done?session={CHECKOUT_SESSION_ID}",
        "http://[::1]:8080/",
        "https://jürgen.example/ü",
        "myapp://account",
        "com.example.shop:/account",
    ],
)
def test_web_addresses_and_an_apps_own_scheme_are_urls(url: str) -> None:
    assert read(Url(), url) == url


NO_URLS = [
    "shop.example",
    "/account",
    "//shop.example/account",
    "localhost:5000",
    "https://",
    "https:///account",
    "https:shop.example",
    "https://shop.example:99999/",
    "https://[shop.example/",
    "https://shop.example;script-src/",
    "https://shop.example/a b",
    "https://shop.example\\account",
    "https://shop.example/\n",
    "https://shop.example/\u2028",
    " https://shop.example",
    "javascript:alert(1)",
    "JavaScript://x/%0aalert(1)",
    "java\tscript://x",
    "data:text/html,x",
    "data:/text",
    "vbscript:/x",
    "file:///etc/passwd",
    "blob:https://shop.example/1",
    "mailto:jenny@example.com",
]


@pytest.mark.parametrize("url", NO_URLS)
def test_what_runs_reads_files_or_is_not_absolute_is_no_url(url: str) -> None:
    error = refused(Url(), url)
    assert (error.message, error.code) == ("Not a valid URL", "url_invalid")


@pytest.mark.parametrize("url", ["myapp://account", "ftp://shop.example"])
def test_where_only_the_web_will_do_an_apps_scheme_is_refused(url: str) -> None:
    assert refused(Url(web_only=True), url).code == "url_invalid"


@settings(deadline=None)
@given(st.text(max_size=30) | st.text(max_size=20).map("https://".__add__))
def test_any_text_is_a_url_or_refused(text: str) -> None:
    with suppress(StripeError):
        read(Url(nullable=True), text)


def test_every_currency_is_one_of_iso_4217() -> None:
    assert {code.upper() for code in codes.CURRENCIES} <= set(list_currencies())


def test_the_countries_are_those_that_have_a_name() -> None:
    """Babel's territories also hold regions of other kinds: the exceptional reservations and user-assigned codes."""
    named = {code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()}
    others = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
    assert named - others == codes.COUNTRIES


def test_a_field_without_a_reading_of_its_own_cannot_be_used() -> None:
    with pytest.raises(NotImplementedError):
        read(Parameter(), "x")
