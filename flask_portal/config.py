"""Every `PORTAL_*` key of a host's configuration: default, type and meaning; and the frozen `Settings` made of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

PREFIX = "PORTAL_"


class ConfigurationError(RuntimeError):
    """The application is set up in a way that cannot work; the message names the remedy."""


@dataclass(frozen=True, slots=True)
class Key:
    """One configuration key.  check: returns the value in its final form or raises ValueError with what it must be."""

    name: str
    type: str
    default: Any
    meaning: str
    check: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Settings:
    """The extension's settings; one field per key, named like it without the prefix."""

    stripe_api_key: str | None
    stripe_publishable_key: str | None
    stripe_api_base: str
    stripe_js_url: str
    stripe_webhook_secret: str | None
    api_keys: tuple[str, ...]
    api_prefix: str
    url_prefix: str
    base_url: str | None
    database_uri: str | None
    default_return_url: str | None
    company: str | None
    brand_icon: str | None
    brand_logo: str | None
    brand_primary_color: str | None
    brand_secondary_color: str | None
    brand_privacy_policy_url: str | None
    brand_terms_of_service_url: str | None
    ratelimit_storage_uri: str
    public_cancel: bool
    public_withdraw: bool
    public_execute: bool
    mail_server: str | None
    mail_port: int
    mail_security: str
    mail_username: str | None
    mail_password: str | None
    mail_from: str | None
    start_again: bool

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Settings:
        """The settings in a Flask configuration. Raises ConfigurationError for a value of the wrong kind."""
        return cls(**{key.name.removeprefix(PREFIX).lower(): _value(key, config) for key in KEYS})


def _value(key: Key, config: Mapping[str, Any]) -> Any:
    value = config.get(key.name, key.default)
    if value is None and key.default is None:
        return None
    try:
        return key.check(value)
    except ValueError as error:
        raise ConfigurationError(f"{key.name} must be {error}, but it is {_shown(key, value)}. {key.meaning}") from None


def _shown(key: Key, value: Any) -> str:
    """A value for an error message; the value of a secret is not repeated there."""
    secret = any(word in key.name for word in ("_KEY", "_SECRET", "_URI", "_PASSWORD"))
    return f"a value of type {type(value).__name__}" if secret else repr(value)


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a string that is not empty")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, list | tuple | set | frozenset):
        raise ValueError('a list of strings, such as ["sk_test_my_app"]')
    if not all(isinstance(each, str) and each for each in value):
        raise ValueError("a list of strings, none of them empty")
    return tuple(sorted(value)) if isinstance(value, set | frozenset) else tuple(value)


def _web_address(value: Any) -> str:
    parts = urlsplit(_text(value))
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("an absolute http or https URL")
    return str(value).rstrip("/")


def _prefix(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", value):
        raise ValueError('a path that begins with "/" and does not end with one, such as "/billing"')
    return value


def _color(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        raise ValueError('a colour such as "#0a2540"')
    return value.lower()


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("True or False")
    return value


def _port(value: Any) -> int:
    if type(value) is not int or not 0 < value < 65_536:
        raise ValueError("a number from 1 to 65535")
    return value


def _security(value: Any) -> str:
    if value not in ("starttls", "tls", "none"):
        raise ValueError('one of "starttls", "tls" and "none"')
    return str(value)


def _mailbox(value: Any) -> str:
    """An address, alone or behind a name."""
    text = _text(value)
    address = parseaddr(text)[1]
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address) or not text.isprintable():
        raise ValueError('an email address such as "Northwind Press <billing@northwind.example>"')
    return text


KEYS: tuple[Key, ...] = (
    Key(
        "PORTAL_STRIPE_API_KEY",
        "str",
        None,
        "The secret or restricted key with which the portal reads and changes billing data.",
        _text,
    ),
    Key(
        "PORTAL_STRIPE_PUBLISHABLE_KEY",
        "str",
        None,
        "The publishable key for the page that collects a card. Without effect until that page is built.",
        _text,
    ),
    Key(
        "PORTAL_STRIPE_API_BASE",
        "str",
        "https://api.stripe.com",
        "Where Stripe's API answers. Set it to the address of a mock server to develop offline.",
        _web_address,
    ),
    Key(
        "PORTAL_STRIPE_JS_URL",
        "str",
        "https://js.stripe.com/v3/",
        "Where the page that collects a card loads Stripe.js. Without effect until that page is built.",
        _web_address,
    ),
    Key(
        "PORTAL_STRIPE_WEBHOOK_SECRET",
        "str",
        None,
        "The signing secret of the host's webhook endpoint. Without effect until that endpoint is built.",
        _text,
    ),
    Key(
        "PORTAL_API_KEYS",
        "list[str]",
        (),
        "The keys that may call the session and configuration API. Without one the API is not there at all.",
        _texts,
    ),
    Key(
        "PORTAL_API_PREFIX",
        "str",
        "/v1/billing_portal",
        "The path below which the session and configuration API answers.",
        _prefix,
    ),
    Key("PORTAL_URL_PREFIX", "str", "/billing", "The path below which the portal's pages answer.", _prefix),
    Key(
        "PORTAL_BASE_URL",
        "str",
        None,
        "The beginning of every link that the portal makes. Without it the host of the request is used, which outside "
        "debug needs Flask's TRUSTED_HOSTS.",
        _web_address,
    ),
    Key(
        "PORTAL_DATABASE_URI",
        "str",
        None,
        "The SQLAlchemy URL of the portal's tables, for an application that does not use Flask-SQLAlchemy.",
        _text,
    ),
    Key(
        "PORTAL_DEFAULT_RETURN_URL",
        "str",
        None,
        "Where the link back to the business leads when neither the session nor its configuration says so.",
        _text,
    ),
    Key(
        "PORTAL_COMPANY",
        "str",
        None,
        "The name of the business. Without it the name of the Flask application is shown.",
        _text,
    ),
    Key("PORTAL_BRAND_ICON", "str", None, "The URL of a square picture of the business.", _web_address),
    Key("PORTAL_BRAND_LOGO", "str", None, "The URL of a logo, shown in place of icon and name.", _web_address),
    Key("PORTAL_BRAND_PRIMARY_COLOR", "str", None, "The colour of buttons and links.", _color),
    Key("PORTAL_BRAND_SECONDARY_COLOR", "str", None, "The colour of the brand's area.", _color),
    Key(
        "PORTAL_BRAND_PRIVACY_POLICY_URL",
        "str",
        None,
        "The link to the privacy policy, unless the configuration has one.",
        _web_address,
    ),
    Key(
        "PORTAL_BRAND_TERMS_OF_SERVICE_URL",
        "str",
        None,
        "The link to the terms of service, unless the configuration has one.",
        _web_address,
    ),
    Key(
        "PORTAL_RATELIMIT_STORAGE_URI",
        "str",
        "memory://",
        "Where requests are counted; `redis://...` when several processes serve the portal.",
        _text,
    ),
    Key(
        "PORTAL_PUBLIC_CANCEL",
        "bool",
        False,
        "Whether contracts can be canceled without a login, at `<prefix>/cancel`.",
        _switch,
    ),
    Key(
        "PORTAL_PUBLIC_WITHDRAW",
        "bool",
        False,
        "Whether contracts can be withdrawn from without a login, at `<prefix>/withdraw`.",
        _switch,
    ),
    Key(
        "PORTAL_PUBLIC_EXECUTE",
        "bool",
        False,
        "Whether an ordinary cancellation without a login that fits one subscription is scheduled at once. "
        "Otherwise, like all others, it waits for `flask portal requests`.",
        _switch,
    ),
    Key(
        "PORTAL_MAIL_SERVER",
        "str",
        None,
        "The SMTP server that receipts are sent by. Without it, and without a function of your own, no mail is sent.",
        _text,
    ),
    Key("PORTAL_MAIL_PORT", "int", 587, "The port of that server.", _port),
    Key(
        "PORTAL_MAIL_SECURITY",
        "str",
        "starttls",
        "How the connection is encrypted: `starttls`, `tls` from the first byte, or `none`.",
        _security,
    ),
    Key("PORTAL_MAIL_USERNAME", "str", None, "The user name at that server, when it wants one.", _text),
    Key("PORTAL_MAIL_PASSWORD", "str", None, "The password of that user.", _text),
    Key("PORTAL_MAIL_FROM", "str", None, "The address that mail comes from, with or without a name.", _mailbox),
    Key(
        "PORTAL_START_AGAIN",
        "bool",
        True,
        "Whether a customer may start a subscription that has ended once more, at its price of today.",
        _switch,
    ),
)
