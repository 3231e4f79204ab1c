"""Every sentence that the packages and templates say has its translation, with the same placeholders."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from tests.architecture.modules import ROOT, TEMPLATES, modules

COMPLETE = ("de",)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@functools.cache
def said() -> Catalog:
    """All sentences that are marked for translation."""
    catalog = Catalog()
    # The catalogue's own head is an entry with an empty id, and no sentence of ours.
    for place, context, ids in _extracted():
        catalog.add(ids, context=context, locations=[place])
    return catalog


def _extracted() -> Iterator[tuple[tuple[str, int], str | None, str | tuple[str, ...]]]:
    sources = [("python", path) for path in modules().values()]
    sources += [("jinja2.ext:babel_extract", path) for path in sorted(TEMPLATES.rglob("*")) if path.is_file()]
    for method, path in sources:
        with path.open("rb") as file:
            # A template that cannot be parsed must fail here, rather than lose its sentences in silence.
            for line, ids, _comments, context in extract(method, file, KEYWORDS, options={"silent": "false"}):
                yield (str(path.relative_to(ROOT)), line), context, ids


@functools.cache
def catalogue(locale: str) -> Catalog:
    with (ROOT / "translations" / locale / "LC_MESSAGES" / "portal.po").open("rb") as file:
        return read_po(file, locale=locale)


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def faults(message: Message, translated: Catalog) -> Iterator[str]:
    """What is wrong with the translation of one sentence."""
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    place = f"{message.locations[0][0]}:{message.locations[0][1]} {ids[0]!r}"
    found = translated.get(ids[0], message.context)
    strings = _strings(found)
    if found is None or found.fuzzy or not strings or not all(strings):
        yield f"{place} is not translated"
        return
    expected = {name for text in ids for name in placeholders(str(text))}
    for text in strings:
        strange = placeholders(text) - expected
        # A plural's form for one may say "a day" and leave the number out.
        lost = set() if len(strings) > 1 else expected - placeholders(text)
        if strange or lost:
            yield f"{place} has other placeholders in {text!r}"
    if len(ids) > 1 and len(strings) != translated.num_plurals:
        yield f"{place} has {len(strings)} forms, and the language {translated.num_plurals}"


def _strings(found: Message | None) -> tuple[str, ...]:
    if found is None or not found.string:
        return ()
    return tuple(found.string) if isinstance(found.string, tuple | list) else (found.string,)


@pytest.mark.parametrize("locale", COMPLETE)
def test_every_sentence_is_translated(locale: str) -> None:
    wrong = [fault for message in said() if message.id for fault in faults(message, catalogue(locale))]
    assert not wrong, "\n".join(wrong)


def test_there_is_something_to_translate() -> None:
    """An extraction that finds nothing would make the other test true of anything."""
    assert sum(1 for message in said() if message.id) > 50


@pytest.mark.parametrize(
    ("ids", "string", "fault"),
    [
        pytest.param("Cancel plan", None, "is not translated", id="missing"),
        pytest.param("Cancel plan", "", "is not translated", id="empty"),
        pytest.param("Ends %(date)s", "Endet am %(datum)s", "has other placeholders", id="renamed placeholder"),
        pytest.param("Ends %(date)s", "Endet bald", "has other placeholders", id="lost placeholder"),
        pytest.param(("%(num)s day", "%(num)s days"), ("%(num)s Tag", ""), "is not translated", id="empty plural"),
    ],
)
def test_a_fault_in_a_catalogue_is_found(
    ids: str | tuple[str, str], string: str | tuple[str, str] | None, fault: str
) -> None:
    translated = Catalog(locale="de")
    if string is not None:
        translated.add(ids, string)
    found = list(faults(Message(ids, locations=[("page.html", 3)]), translated))
    assert [fault in sentence for sentence in found] == [True]


def test_a_translated_sentence_has_no_faults() -> None:
    translated = Catalog(locale="de")
    translated.add(("%(num)s day", "%(num)s days"), ("ein Tag", "%(num)s Tage"))
    message = Message(("%(num)s day", "%(num)s days"), locations=[("page.html", 3)])
    assert not list(faults(message, translated))
