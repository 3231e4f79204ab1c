"""The leaf fields of `flask_portal.wire.params`: what one string of a form may stand for.

Numbers are `-?[0-9]+` and booleans exactly `true` or `false`: marshmallow's own fields take `1_000`, ` 3 ` and `yes`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, TypedDict, Unpack
from urllib.parse import urlsplit

from marshmallow import fields, missing

from flask_portal.wire import codes
from flask_portal.wire.errors import empty_parameter, not_one_of, shortened
from flask_portal.wire.problems import MISSING, refusal, refused

INT64 = 2**63
# Twelve digits are the most that Stripe takes for an amount, in any currency.
MAX_AMOUNT = 999_999_999_999
# The last second of the year 9999: what lies beyond, such as milliseconds sent by mistake, cannot be shown as a date.
MAX_TIMESTAMP = 253_402_300_799
MAX_ID_LENGTH = 255
MAX_EMAIL_LENGTH = 512

_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_UNPRINTABLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\\]")
# An address may end up in a response header, where these would begin something new.
_NOT_IN_A_HOST = re.compile(r"[;,'\"<>^`{}|*]")
_RUNNING_SCHEMES = frozenset({"javascript", "data", "vbscript", "file", "blob"})


class _FieldOptions(TypedDict, total=False):
    required: bool
    load_default: Any
    data_key: str | None
    attribute: str | None
    validate: Callable[[Any], Any] | Iterable[Callable[[Any], Any]] | None


class Options(_FieldOptions, total=False):
    """What every field takes.  data_key: the name on the wire.  attribute: the name in the result."""

    nullable: bool


class Parameter(fields.Field[Any]):
    """What all fields share: `required`, and `nullable`, where an empty string is None and unsets."""

    def __init__(self, *, nullable: bool = False, **options: Unpack[_FieldOptions]) -> None:
        super().__init__(**options)
        self.nullable = nullable
        self.error_messages["required"] = [MISSING]

    def deserialize(
        self,
        value: Any,
        attr: str | None = None,
        data: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        """The value to put into the result; marshmallow calls this for every field of a schema, sent or not."""
        if value is missing:
            return self._of_absent()
        if value == "":
            return self._of_empty()
        result = self.read(value)
        if self.validators and result is not None:
            self._validate(result)
        return result

    def read(self, value: Any) -> Any:
        """The value of a parameter that was sent and is not empty: a string, or the mapping or list of a nested one."""
        raise NotImplementedError

    def _of_absent(self) -> Any:
        if self.required:
            raise self.make_error("required")
        default = self.load_default
        return default() if callable(default) else default

    def _of_empty(self) -> None:
        if not self.nullable:
            raise refusal(empty_parameter)


class Str(Parameter):
    """Text without the white space around it.  max_length: characters."""

    def __init__(self, *, max_length: int = 5000, **options: Unpack[Options]) -> None:
        super().__init__(**options)
        self.max_length = max_length

    def read(self, value: Any) -> str | None:
        text = checked_text(value, self.max_length).strip()
        if text:
            return text
        if self.nullable:
            return None
        raise refused("Invalid string: it consists of white space only.", "parameter_invalid_string_blank")


class Ref(Parameter):
    """The id of an object.  noun: what it names, as the registry of resources knows it."""

    def __init__(self, noun: str, **options: Unpack[Options]) -> None:
        super().__init__(**options)
        self.noun = noun

    def read(self, value: Any) -> str:
        return checked_text(value, MAX_ID_LENGTH)


class OneOf(Parameter):
    """One of the given words, exactly."""

    def __init__(self, *values: str, **options: Unpack[Options]) -> None:
        super().__init__(**options)
        self.values = values

    def read(self, value: Any) -> str:
        if isinstance(value, str) and value in self.values:
            return value
        raise refusal(lambda path: not_one_of(path, self.values))


class Int(Parameter):
    """An integer of at most 64 bits.  minimum, maximum: both included."""

    def __init__(self, *, minimum: int | None = None, maximum: int | None = None, **options: Unpack[Options]) -> None:
        super().__init__(**options)
        self.minimum = minimum
        self.maximum = maximum

    def read(self, value: Any) -> int:
        number = integer(value)
        if number is None:
            raise refused(f"Invalid integer: {shown(value)}", "parameter_invalid_integer")
        if self.minimum is not None and number < self.minimum:
            raise refused(f"Invalid integer: must be at least {self.minimum}", "parameter_invalid_integer")
        if self.maximum is not None and number > self.maximum:
            raise refused(f"Invalid integer: must be at most {self.maximum}", "parameter_invalid_integer")
        return number


class Money(Int):
    """An amount in minor units, signed; at most twelve digits."""

    def __init__(self, *, minimum: int = -MAX_AMOUNT, maximum: int = MAX_AMOUNT, **options: Unpack[Options]) -> None:
        super().__init__(minimum=minimum, maximum=maximum, **options)


class Timestamp(Parameter):
    """Unix seconds, from 1970 to the year 9999."""

    def read(self, value: Any) -> int:
        moment = integer(value)
        if moment is None or not 0 <= moment <= MAX_TIMESTAMP:
            message = f"Invalid timestamp: {shown(value)}; must be an integer number of Unix seconds"
            raise refused(message, "parameter_invalid_integer")
        return moment


class Bool(Parameter):
    """Exactly `true` or `false`."""

    def read(self, value: Any) -> bool:
        if value == "true":
            return True
        if value == "false":
            return False
        raise refused(f"Invalid boolean: {shown(value)}")


class DecimalString(Parameter):
    """A decimal of at most 15 and 12 digits, left as the string that was sent.

    minimum, maximum: both included.  above: not included.
    """

    def __init__(
        self,
        *,
        minimum: Decimal | int | None = None,
        maximum: Decimal | int | None = None,
        above: Decimal | int | None = None,
        **options: Unpack[Options],
    ) -> None:
        super().__init__(**options)
        self.minimum = minimum
        self.maximum = maximum
        self.above = above

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            raise refused(f"Invalid decimal: {shown(value)}")
        number = Decimal(value)
        if self.minimum is not None and number < self.minimum:
            raise refused(f"Invalid decimal: must be at least {self.minimum}")
        if self.maximum is not None and number > self.maximum:
            raise refused(f"Invalid decimal: must be at most {self.maximum}")
        if self.above is not None and number <= self.above:
            raise refused(f"Invalid decimal: must be greater than {self.above}")
        return value


class Url(Parameter):
    """An absolute URL: http or https with a host, or an app's own scheme.  web_only: no app schemes.

    Schemes that run code or read files, white space, control characters and backslashes are `url_invalid`.
    """

    def __init__(self, *, web_only: bool = False, max_length: int = 5000, **options: Unpack[Options]) -> None:
        super().__init__(**options)
        self.web_only = web_only
        self.max_length = max_length

    def read(self, value: Any) -> str:
        url = checked_text(value, self.max_length)
        if not is_url(url, web_only=self.web_only):
            raise refused("Not a valid URL", "url_invalid")
        return url


class Email(Parameter):
    """An address of one `@` and a domain with a dot, as it was sent but for the white space around it."""

    def read(self, value: Any) -> str:
        address = checked_text(value, MAX_EMAIL_LENGTH).strip()
        if not _EMAIL.fullmatch(address):
            raise refused(f"Invalid email address: {address}", "email_invalid")
        return address


class Currency(Parameter):
    """A currency that Stripe supports, in lower case."""

    def read(self, value: Any) -> str:
        currency = value.lower() if isinstance(value, str) else ""
        if currency in codes.CURRENCIES:
            return currency
        supported = ", ".join(sorted(codes.CURRENCIES))
        raise refused(f"Invalid currency: {shown(value)}. These currencies are supported: {supported}")


class Country(Parameter):
    """A country of ISO 3166-1 alpha-2, in upper case."""

    def read(self, value: Any) -> str:
        country = value.upper() if isinstance(value, str) else ""
        if country in codes.COUNTRIES:
            return country
        raise refused(f"Country '{shown(value)}' is unknown. Use a two-letter code, such as 'US', 'DE' or 'GB'.")


class WordOr(Parameter):
    """One of the words, or what `field` takes: `WordOr(Int(minimum=1), "inf")`."""

    def __init__(self, field: Parameter, *words: str, **options: Unpack[Options]) -> None:
        super().__init__(**options)
        self.field = field
        self.words = words

    def read(self, value: Any) -> Any:
        return value if isinstance(value, str) and value in self.words else self.field.deserialize(value)


class NowOrTimestamp(WordOr):
    """`now`, or Unix seconds."""

    def __init__(self, **options: Unpack[Options]) -> None:
        super().__init__(Timestamp(), "now", **options)


def integer(value: Any) -> int | None:
    """The integer that is written `-?[0-9]+` and fits into 64 bits, else None."""
    if not isinstance(value, str) or len(value) > 20:
        return None
    digits = value.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        return None
    number = int(value)
    return number if -INT64 <= number < INT64 else None


def checked_text(value: Any, max_length: int) -> str:
    """The value if it is a string of at most so many characters, else the refusal."""
    if not isinstance(value, str):
        raise refused("Invalid string")
    if len(value) > max_length:
        raise refused(f"Invalid string: {value[:2]}...{value[-2:]}; must be at most {max_length} characters")
    return value


def shown(value: Any) -> str:
    """A value for use in a sentence; what is not a string is nested, and shown as such."""
    return shortened(value, 100) if isinstance(value, str) else "{...}"


def is_url(url: str, *, web_only: bool = False) -> bool:
    """Whether `Url` takes this address."""
    if _UNPRINTABLE.search(url):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname
        parts.port  # noqa: B018 (a property that raises when the port is not one)
    except ValueError:
        return False
    if _NOT_IN_A_HOST.search(parts.netloc) or parts.scheme in _RUNNING_SCHEMES:
        return False
    if parts.scheme in {"http", "https"}:
        return bool(host)
    # A path from the root tells `my.app:/done` from `localhost:3000`, which is a host whose scheme was forgotten.
    return not web_only and bool(parts.scheme) and bool(parts.netloc or parts.path.startswith("/"))
