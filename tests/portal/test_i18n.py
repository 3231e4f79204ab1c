"""The portal's own words, in the customer's language, beside a host that speaks its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_babel
import pytest
from babel import Locale
from flask import Blueprint, Flask, render_template_string
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept

from flask_portal import i18n
from flask_portal.i18n import _, ngettext

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Invoices"
msgstr "Rechnungen"

msgid "Ends on %(date)s & then stops"
msgstr "Endet am %(date)s & dann Schluss"

msgid "%(num)d seat for %(name)s"
msgid_plural "%(num)d seats for %(name)s"
msgstr[0] "%(num)d Platz für %(name)s"
msgstr[1] "%(num)d Plätze für %(name)s"
"""


@pytest.fixture
def catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of translations with German in it."""
    monkeypatch.setattr(i18n, "data_folder", lambda name: tmp_path / name)
    add(tmp_path, "de", PO)
    i18n._catalogue.cache_clear()
    yield tmp_path
    i18n._catalogue.cache_clear()


def add(folder: Path, locale: str, text: str) -> None:
    path = folder / "translations" / locale / "LC_MESSAGES"
    path.mkdir(parents=True)
    (path / "portal.po").write_text(text, encoding="utf-8")


def application() -> Flask:
    app = Flask("shop")
    i18n.init_app(app)
    return app


@pytest.fixture
def app() -> Flask:
    return application()


def said(app: Flask, locale: str, message: str, **values: Any) -> str:
    with app.test_request_context():
        i18n.use_locale(locale)
        return _(message, **values)


def test_a_sentence_is_said_in_the_language_of_the_request(app: Flask, catalogues: Path) -> None:
    assert said(app, "de", "Invoices") == "Rechnungen"
    assert said(app, "en", "Invoices") == "Invoices"


def test_a_sentence_without_translation_stays_english(app: Flask, catalogues: Path) -> None:
    assert said(app, "de", "Overview") == "Overview"


def test_a_language_without_catalogue_stays_english(app: Flask, catalogues: Path) -> None:
    assert said(app, "mt", "Invoices") == "Invoices"


def test_outside_of_a_request_words_are_english(catalogues: Path) -> None:
    assert _("Invoices") == "Invoices"


def test_a_plural_takes_the_form_for_its_number(app: Flask, catalogues: Path) -> None:
    with app.test_request_context():
        i18n.use_locale("de")
        forms = [ngettext("%(num)d seat for %(name)s", "%(num)d seats for %(name)s", n, name="Ada") for n in (1, 2)]
    assert forms == ["1 Platz für Ada", "2 Plätze für Ada"]


def test_markup_in_a_value_stays_and_everything_else_is_escaped(app: Flask, catalogues: Path) -> None:
    text = said(app, "de", "Ends on %(date)s & then stops", date=Markup("<b>1. März</b>"))
    assert isinstance(text, Markup)
    assert text == "Endet am <b>1. März</b> &amp; dann Schluss"


def test_a_plain_value_beside_markup_is_escaped(app: Flask, catalogues: Path) -> None:
    assert said(app, "en", "%(a)s %(b)s", a=Markup("<b>1</b>"), b="<i>") == "<b>1</b> &lt;i&gt;"


def test_a_regional_language_reads_the_words_of_the_general_one(app: Flask, catalogues: Path) -> None:
    add(catalogues, "fr", PO.replace("Rechnungen", "Factures"))
    assert said(app, "fr_CA", "Invoices") == "Factures"


def test_traditional_chinese_never_reads_simplified_words(app: Flask, catalogues: Path) -> None:
    for name in ("zh", "zh_Hans"):
        add(catalogues, name, PO.replace("Rechnungen", "发票"))
    assert said(app, "zh_Hant_HK", "Invoices") == "Invoices"
    assert said(app, "zh_Hans", "Invoices") == "发票"


@pytest.mark.parametrize("value", sorted(i18n.BABEL_LOCALES))
def test_babel_knows_every_language_of_stripe(value: str) -> None:
    assert Locale.parse(i18n.BABEL_LOCALES[value]).language == value.partition("-")[0]


def test_stripe_has_46_languages_beside_auto() -> None:
    assert len(i18n.BABEL_LOCALES) == 46


@pytest.mark.parametrize(
    ("session", "preferred", "header", "chosen"),
    [
        pytest.param("en-GB", ["de"], "fr", "en_GB", id="the session first"),
        pytest.param("ja", ["fr", "de"], "en", "de", id="a language without a catalogue is passed over"),
        pytest.param("fr", None, None, "en", id="and English words never stand between French dates"),
        pytest.param("auto", ["de"], "fr", "de", id="auto leaves it to the customer"),
        pytest.param(None, ["de"], "fr", "de", id="then the customer"),
        pytest.param(None, ["xx", "sr", "pt-BR", "de-AT"], "en", "de", id="the first that is supported"),
        pytest.param(None, [], "sr, fr;q=0.5, de;q=0.8", "de", id="then the browser, by quality"),
        pytest.param(None, None, "de;q=0, en-AU;q=0.1", "en_AU", id="a language with quality 0 is not wanted"),
        pytest.param(None, None, "*", "en", id="any language is English"),
        pytest.param(None, None, "../../etc, \x00, en_US_POSIX_x, " + "a" * 9000, "en", id="nonsense"),
        pytest.param(None, None, None, "en", id="at last English"),
        pytest.param("tlh", None, None, "en", id="a session language that nobody knows"),
    ],
)
def test_the_language_is_chosen_in_order(
    session: str | None, preferred: list[str] | None, header: str | None, chosen: str
) -> None:
    assert i18n.choose_locale(session, preferred, header) == chosen


def test_the_header_may_be_parsed_already() -> None:
    assert i18n.choose_locale(None, None, LanguageAccept([("de-CH", 1), ("en", 0.5)])) == "de"


@pytest.mark.parametrize(
    ("tag", "chosen"),
    [
        ("de-AT", "de"),
        ("de_DE", "de"),
        ("en-US", "en"),
        ("en-ZA", "en_GB"),
        ("es-MX", "es_419"),
        ("es-ES", "es"),
        ("pt", "pt_PT"),
        ("pt-AO", "pt_PT"),
        ("zh", "zh_Hans"),
        ("zh-CN", "zh_Hans"),
        ("zh-TW", "zh_Hant_TW"),
        ("zh-Hant-HK", "zh_Hant_HK"),
        ("zh-MO", "zh_Hant_HK"),
        ("zh-Hant", "zh_Hant_TW"),
        ("no", "nb"),
        ("nn-NO", "nb"),
        ("tl", "fil"),
    ],
)
def test_a_tag_finds_the_nearest_language(tag: str, chosen: str) -> None:
    assert i18n.nearest_locale(tag) == chosen


@pytest.mark.parametrize(
    ("locale", "minor", "currency", "text"),
    [
        pytest.param("en", 123456, "usd", "$1,234.56", id="cents"),
        pytest.param("en", -1450, "usd", "−$14.50", id="a real minus"),
        pytest.param("de", -1450, "eur", "−14,50\xa0€", id="German"),
        pytest.param("en", 500, "jpy", "¥500", id="no decimals"),
        pytest.param("en", 12340, "kwd", "KWD\xa012.340", id="three decimals"),
        pytest.param("en", 12300, "isk", "ISK\xa0123", id="cents at Stripe that the currency does not write"),
        pytest.param("en", 12345, "isk", "ISK\xa0123.45", id="but are not lost"),
        pytest.param("en", 0, "USD", "$0.00", id="nothing"),
        pytest.param("en", 10**17 + 1, "usd", "$1,000,000,000,000,000.01", id="more than a float can hold"),
    ],
)
def test_money_is_written_as_in_the_language_and_to_the_last_digit(
    app: Flask, locale: str, minor: int, currency: str, text: str
) -> None:
    with app.test_request_context():
        i18n.use_locale(locale)
        assert i18n.money(minor, currency) == text


# 2027-02-28 23:30:00 UTC
LATE = 1803857400


def test_dates_months_and_countries_are_named_in_the_language(app: Flask) -> None:
    with app.test_request_context():
        i18n.use_locale("de")
        assert (i18n.day(LATE), i18n.month(2027, 3), i18n.country("at")) == (
            "28. Februar 2027",
            "März 2027",
            "Österreich",
        )
        assert i18n.country("XX-1") == "XX-1"


def test_a_date_is_that_of_the_hosts_time_zone() -> None:
    app = Flask("shop")
    flask_babel.Babel(app, default_timezone="Europe/Berlin")
    i18n.init_app(app)
    with app.test_request_context():
        i18n.use_locale("en_GB")
        assert i18n.day(LATE) == "1 March 2027"


def test_the_hosts_own_language_is_left_alone(catalogues: Path) -> None:
    app = Flask("shop")
    asked: list[str] = []

    def selector() -> str:
        asked.append("asked")
        return "fr"

    babel = flask_babel.Babel(app, locale_selector=selector)
    i18n.init_app(app)
    assert app.extensions["babel"].instance is babel
    with app.test_request_context():
        i18n.use_locale("de")
        assert (_("Invoices"), i18n.month(2027, 3)) == ("Rechnungen", "März 2027")
        assert not asked
        assert str(flask_babel.get_locale()) == "fr"


def test_a_host_without_flask_babel_gets_it_and_keeps_its_templates(app: Flask) -> None:
    assert "babel" in app.extensions
    assert not [name for name in app.jinja_env.extensions if "i18n" in name]


def our_pages(app: Flask) -> None:
    pages = Blueprint("pages", __name__)
    i18n.attach(pages)

    @pages.get("/ours")
    def ours() -> str:
        i18n.use_locale("zh_Hant_HK")
        return render_template_string(
            '<html lang="{{ locale }}" dir="{{ direction }}">{{ _("Invoices") }} {{ 1450|portal_money("usd") }} '
            '{{ ngettext("%(num)d day", "%(num)d days", 2) }} {{ 0|portal_date }} {{ "at"|portal_country }}'
        )

    app.register_blueprint(pages)


def test_our_templates_get_words_filters_and_the_language(app: Flask) -> None:
    our_pages(app)
    text = app.test_client().get("/ours").text
    assert text == '<html lang="zh-Hant-HK" dir="ltr">Invoices US$14.50 2 days 1970年1月1日 奧地利'


def test_our_words_win_over_the_hosts_on_our_pages_only(app: Flask) -> None:
    app.context_processor(lambda: {"locale": "the host's", "_": str.upper})
    our_pages(app)
    app.add_url_rule("/own", "own", lambda: render_template_string("{{ _('hello') }} {{ locale }}"))
    client = app.test_client()
    assert 'lang="zh-Hant-HK"' in client.get("/ours").text
    assert client.get("/own").text == "HELLO the host&#39;s"


def test_the_hosts_templates_are_not_given_our_words(app: Flask) -> None:
    app.add_url_rule("/own", "own", lambda: render_template_string("{{ _ is defined }} {{ locale is defined }}"))
    assert app.test_client().get("/own").text == "False False"
