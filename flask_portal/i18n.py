"""Words, money and dates in the customer's language.

The portal has a gettext domain of its own, `portal`. Its catalogues are shipped as text and compiled in memory on first
use. The host's own language choice is never touched: the portal's lies in `flask.g` for the one request.
"""

from __future__ import annotations

import gettext as stdlib_gettext
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError, dates, numbers
from babel.core import get_global
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Blueprint, Flask, current_app, g, has_app_context, request
from flask_babel import Babel, get_timezone  # type: ignore[import-untyped]
from markupsafe import escape
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from flask_portal.paths import data_folder

DOMAIN = "portal"
SOURCE_LOCALE = "en"

_ZERO_DECIMAL = frozenset(
    ("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf")
)
_THREE_DECIMALS = frozenset(("bhd", "jod", "kwd", "omr", "tnd"))
_MINUS = "\N{MINUS SIGN}"
_CODE_BESIDE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
"""CLDR asks for a space between a currency's letters and the number, which Babel leaves out."""

_SAME = (
    "bg cs da de el en es et fi fil fr hr hu id it ja ko lt lv ms mt nb nl pl ro ru sk sl sv th tr vi "
    "en-AU en-CA en-GB en-IE en-IN en-NZ en-SG es-419 fr-CA pt-BR"
)

BABEL_LOCALES: dict[str, str] = {value: value.replace("-", "_") for value in _SAME.split()} | {
    "pt": "pt_PT",  # Babel's plain `pt` is Brazil's, Stripe's is Portugal's.
    "zh": "zh_Hans",
    "zh-HK": "zh_Hant_HK",
    "zh-TW": "zh_Hant_TW",
}
"""Each of Stripe's `locale` values, without `auto`, and the locale that Babel knows it by."""

_KNOWN = frozenset(BABEL_LOCALES.values())
_NEXT = {"pt": "pt_PT", "zh": "zh_Hans", "zh_Hant": "zh_Hant_TW", "no": "nb", "nn": "nb", "en_001": "en_GB"}
"""Where a locale that we do not have finds the nearest one, when neither CLDR nor a shorter name leads there."""

_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,4}")


def init_app(app: Flask) -> None:
    """Register the filters, and Flask-Babel when the host has none. Its Jinja environment stays as it is otherwise."""
    if "babel" not in app.extensions:
        Babel(app, configure_jinja=False)
    app.add_template_filter(money, "portal_money")
    app.add_template_filter(day, "portal_date")
    app.add_template_filter(month, "portal_month")
    app.add_template_filter(country, "portal_country")
    app.context_processor(_words_of_our_pages)


def attach(blueprint: Blueprint) -> None:
    """Give the blueprint's templates our words even where the host's context processors use the same names."""
    blueprint.context_processor(words)


def words() -> dict[str, Any]:
    """`_`, `ngettext`, and for `<html>` the `locale` (a tag such as `zh-Hant-HK`) and its `direction`."""
    locale = Locale.parse(current_locale())
    return {
        "_": _,
        "ngettext": ngettext,
        "locale": str(locale).replace("_", "-"),
        "direction": locale.text_direction,
    }


def _words_of_our_pages() -> dict[str, Any]:
    """Other pages of the application keep their own words."""
    blueprint = current_app.blueprints.get(request.blueprint or "") if request else None
    ours = blueprint is not None and blueprint.import_name.partition(".")[0] == "flask_portal"
    return words() if ours or "portal_locale" in g else {}


def choose_locale(
    session_locale: str | None,
    preferred_locales: Sequence[str] | None,
    accept_language: LanguageAccept | str | None,
) -> str:
    """The locale for Babel: the session's, else the customer's, else the browser's, else English.

    Only a language that has a catalogue is chosen: English words between French dates would serve nobody.

    session_locale: a value of Stripe's `locale`; `auto` and None leave the choice to the others.
    preferred_locales: the customer's, best first; the first that is supported counts.
    accept_language: the header, or what Werkzeug has read in it.
    """
    wanted = BABEL_LOCALES.get(session_locale or "")
    if wanted is not None and _is_spoken(wanted):
        return wanted
    if not isinstance(accept_language, LanguageAccept):
        accept_language = parse_accept_header(accept_language, LanguageAccept)
    accepted = [tag for tag, quality in accept_language if quality > 0]
    found = (nearest_locale(tag) for tag in [*(preferred_locales or []), *accepted])
    return next((locale for locale in found if locale is not None and _is_spoken(locale)), SOURCE_LOCALE)


@lru_cache(maxsize=1024)
def nearest_locale(tag: str) -> str | None:
    """The locale among Stripe's, in Babel's form, that is nearest to a language tag such as `de-AT`, or None."""
    if not _TAG.fullmatch(tag):
        return None
    try:
        locale = Locale.parse(tag.replace("_", "-"), sep="-")
    except (ValueError, UnknownLocaleError):
        return None
    return next((name for name in _towards_root(str(locale)) if name in _KNOWN), None)


def _towards_root(name: str) -> Iterator[str]:
    """A locale and those that stand in for it, nearest first."""
    parents = get_global("parent_exceptions")
    seen: set[str] = set()
    while name and name != "root" and name not in seen:
        seen.add(name)
        yield name
        name = _NEXT.get(name) or parents.get(name) or name.rpartition("_")[0]


@lru_cache(maxsize=128)
def _is_spoken(locale: str) -> bool:
    """Whether there are words for it. English needs no catalogue: the sources are English."""
    return locale.partition("_")[0] == SOURCE_LOCALE or _catalogue_file(locale) is not None


def use_locale(locale: str) -> None:
    """Speak `locale`, one that `choose_locale` has returned, until the end of this request."""
    g.portal_locale = locale


def current_locale() -> str:
    """The locale in use; English outside of the portal's requests."""
    locale: str = g.get("portal_locale", SOURCE_LOCALE) if has_app_context() else SOURCE_LOCALE
    return locale


def _(message: str, **values: Any) -> str:
    """`message` in the customer's language, with `%(name)s` filled in; a literal `%` is `%%` when there are values."""
    return _filled(_catalogue(current_locale()).gettext(message), values)


def ngettext(singular: str, plural: str, num: int, **values: Any) -> str:
    """The form for `num`, which also fills `%(num)s`."""
    return _filled(_catalogue(current_locale()).ngettext(singular, plural, num), {"num": num, **values})


def _filled(text: str, values: dict[str, Any]) -> str:
    """Values that are markup make markup of the sentence; everything else in it is escaped."""
    if not values:
        return text
    if any(hasattr(value, "__html__") for value in values.values()):
        return escape(text) % values
    return text % values


@lru_cache(maxsize=128)
def _catalogue(locale: str) -> stdlib_gettext.NullTranslations:
    """The compiled catalogue; one without entries, which answers with the English source, when there is none."""
    found = _catalogue_file(locale)
    if found is None:
        return stdlib_gettext.NullTranslations()
    name, path = found
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=name, domain=DOMAIN))
    return stdlib_gettext.GNUTranslations(BytesIO(compiled.getvalue()))


def _catalogue_file(locale: str) -> tuple[str, Path] | None:
    """The folder's name and the file with the words of a locale."""
    for name in _folders(locale):
        path = data_folder("translations") / name / "LC_MESSAGES" / f"{DOMAIN}.po"
        if path.is_file():
            return name, path
    return None


def _folders(locale: str) -> Iterator[str]:
    """The folders in which the words of a locale may lie, best first. Traditional Chinese never reads simplified."""
    while locale and locale != "zh":
        yield locale
        locale = locale.rpartition("_")[0]


def decimals(currency: str) -> int:
    """How many decimals Stripe's minor unit has: they are not always those of the currency itself."""
    code = currency.lower()
    return 0 if code in _ZERO_DECIMAL else 3 if code in _THREE_DECIMALS else 2


def money(minor: int, currency: str) -> str:
    """An amount for people.  minor: Stripe's minor units, signed. A negative amount carries a real minus sign.

    No digit is lost: where the currency is written without decimals, they are shown when they are not zero.
    """
    locale, code = Locale.parse(current_locale()), currency.upper()
    value = Decimal(minor).scaleb(-decimals(currency))
    usual = numbers.get_currency_precision(code)
    shown = usual if value == round(value, usual) else decimals(currency)
    text: str = _money_pattern(locale, shown).apply(value, locale, currency=code, currency_digits=False)
    spaced = _CODE_BESIDE_DIGIT.sub("\N{NO-BREAK SPACE}", text)
    return spaced.replace("-", _MINUS) if minor < 0 else spaced


@lru_cache(maxsize=256)
def _money_pattern(locale: Locale, shown: int) -> numbers.NumberPattern:
    """The locale's way to write money, with a number of decimals that Babel would not choose for the currency."""
    pattern = numbers.parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (shown, shown)
    return pattern


def percent(value: float | str) -> str:
    """A share, such as "8.25%".  value: in percent."""
    share = Decimal(str(value)) / 100
    text: str = numbers.format_percent(share, locale=current_locale(), decimal_quantization=False)
    return text


def day(timestamp: int) -> str:
    """The date of a moment, such as "1 March 2027".  timestamp: Unix seconds; the host's time zone, else UTC."""
    at = datetime.fromtimestamp(timestamp, time_zone())
    return dates.format_date(at.date(), format="long", locale=current_locale())


def days(start: int, end: int) -> str:
    """The days of a period, such as "Feb 15 to 28, 2027".  start, end: Unix seconds; the host's time zone."""
    first, last = (datetime.fromtimestamp(at, time_zone()).date() for at in (start, end))
    return dates.format_interval(first, last, skeleton="yMMMd", locale=current_locale())


def moment(timestamp: int) -> str:
    """Date and time to the second with its zone.  timestamp: Unix seconds; the zone is that of `day`."""
    at = datetime.fromtimestamp(timestamp, time_zone())
    return dates.format_datetime(at, format="long", tzinfo=time_zone(), locale=current_locale())


def year(timestamp: int) -> int:
    """The year of a moment, in the zone of `day`."""
    return datetime.fromtimestamp(timestamp, time_zone()).year


def year_span(number: int) -> tuple[int, int]:
    """When a year begins and when the next one does, in Unix seconds, in the zone of `day`.  number: 1970 to 9998."""
    return _midnight(number), _midnight(number + 1)


def _midnight(number: int) -> int:
    """The first moment of a year. The zone's distance from UTC is that of the moment: pytz knows no other way."""
    utc = int(datetime(number, 1, 1, tzinfo=UTC).timestamp())
    distance = datetime.fromtimestamp(utc, time_zone()).utcoffset()
    return utc - int(distance.total_seconds()) if distance else utc


def iso_day(timestamp: int) -> str:
    """The date for programs, such as "2027-03-01"; the zone is that of `day`."""
    return datetime.fromtimestamp(timestamp, time_zone()).date().isoformat()


def month(year: int, number: int) -> str:
    """A month, such as "March 2027".  number: 1 to 12."""
    return dates.format_skeleton("yMMMM", date(year, number, 1), locale=current_locale())


def month_name(number: int) -> str:
    """The name of a month, as it stands alone.  number: 1 to 12."""
    name: str = dates.get_month_names("wide", context="stand-alone", locale=current_locale())[number]
    return name


def country(code: str) -> str:
    """The name of a country; the code itself when CLDR knows none.  code: ISO 3166-1, two letters."""
    name: str = Locale.parse(current_locale()).territories.get(code.upper(), code)
    return name


def time_zone() -> tzinfo:
    """The time zone that the host gives Flask-Babel for this request; UTC by default."""
    zone: tzinfo | None = get_timezone()
    return zone or UTC
