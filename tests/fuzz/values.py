"""Values for parameters, from the schema that reads them: mostly plausible, sometimes absurd."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from marshmallow import fields

from flask_portal.wire import params as wire
from mock_server.core.params import NotBuilt, Upload
from mock_server.payments.cards import CARDS
from mock_server.payments.methods import METHODS

from .pool import Pool

DAY = 86_400
ABSURD: tuple[Any, ...] = (
    "",
    " ",
    "0",
    "-1",
    "null",
    "true",
    "1e9",
    "9" * 19,
    "9" * 40,
    "-9223372036854775808",
    "999999999999",
    "253402300799",
    "0.000000000001",
    "Ünïcödé 🧾 \u202e",
    "<b>&amp;'\"%s{0}",
    "../../v1/customers",
    "x" * 6000,
    {},
    [],
    ["", ""],
    {"0": "a", "1": {"id": "b"}},
    {"deep": {"deeper": {"deepest": "x"}}},
)
WORDS = ("Gold", "Reader", "jenny", "1 × Book", "spring", "calls", "Grüße", "A", "line\nbreak")
COUNTRIES = ("US", "DE", "AT", "GB", "JP", "FR", "CH", "BR")
CURRENCIES = ("usd",) * 12 + ("eur", "eur", "jpy", "kwd", "gbp")
AMOUNTS = (0, 1, 49, 50, 99, 100, 333, 1000, 1999, 2000, 12_345, 100_000, -1, -500, 99_999_999, 999_999_999_999)
CURSORS = ("starting_after", "ending_before")
SPANS = (0, 1, -1, 3600, -3600, DAY, -DAY, 3 * DAY, 7 * DAY, -7 * DAY, 30 * DAY, 31 * DAY, -40 * DAY, 365 * DAY)
PERCENTAGES = ("0", "7", "10", "19", "20", "33.3333", "50", "99.99", "100", "0.5", "2000", "0.000001")
CONTENTS = ("GIF89a", "%PDF-1.7", "\x89PNG\r\n\x1a\n", "\xff\xd8\xff", "<svg/>", "plain text", "GIF89a" * 90_000)
"""What is in files, a character for each byte."""
CARD_ALIASES = tuple(card.id for card in CARDS if card.id)
PAYERS = (*CARD_ALIASES, *(method.id for method in METHODS if method.id), *("pm_card_visa",) * 40)


class Values:
    """Makes parameters. now: Unix seconds as the account sees them."""

    def __init__(self, random: Random, pool: Pool, now: Callable[[], int]) -> None:
        self._random = random
        self._pool = pool
        self._now = now
        self._makers: tuple[tuple[type[Any], Callable[[Any, str], Any]], ...] = (
            (wire.Metadata, lambda _field, _name: {self._word(): self._word()}),
            (wire.Range, lambda _field, _name: {self._pick(("gt", "gte", "lt", "lte")): str(self._moment())}),
            (wire.Hash, lambda field, _name: self.of_params(field.params)),
            (wire.ListOf, lambda field, name: [self.of(field.inner, name) for _ in range(self._few())]),
            (wire.MapOf, lambda field, name: {str(self.of(field.keys, "key")): self.of(field.inner, name)}),
            (wire.WordOr, self._word_or),
            (wire.OneOf, lambda field, _name: self._pick(field.values)),
            (wire.Ref, self._id),
            (wire.Money, lambda _field, _name: str(self._pick(AMOUNTS))),
            (wire.Int, self._int),
            (wire.Timestamp, lambda _field, _name: str(self._moment())),
            (Upload, lambda _field, _name: self._pick(CONTENTS)),
            (wire.Bool, lambda _field, _name: self._pick(("true", "false"))),
            (wire.DecimalString, lambda _field, _name: self._pick((*PERCENTAGES, *map(str, AMOUNTS)))),
            (wire.Currency, lambda _field, _name: self._pick(CURRENCIES)),
            (wire.Country, lambda _field, _name: self._pick(COUNTRIES)),
            (wire.Email, lambda _field, _name: f"{self._pick(('jenny', 'tom', 'li'))}@example.com"),
            (wire.Url, lambda _field, _name: "https://shop.example/" + self._pick(("", "done", "a?b=c#d"))),
            (fields.Field, self._text),
        )

    def of_params(self, params: type[wire.Params]) -> dict[str, Any]:
        """Parameters for a call, or for an object within one: the required ones, and a few others."""
        declared = known(params)
        share = min(0.5, 2.5 / (len(declared) or 1))
        return {
            name: self.of(field, name)
            for name, field in declared.items()
            if self._random.random() < (0.97 if field.required else 0.05 if name in CURSORS else share)
        }

    def of(self, field: fields.Field[Any], name: str) -> Any:
        """A value for one parameter."""
        chance = self._random.random()
        if chance < 0.02:
            return self.absurd()
        if chance < 0.05 and getattr(field, "nullable", False):
            return ""
        return next(make for kind, make in self._makers if isinstance(field, kind))(field, name)

    def absurd(self) -> Any:
        """What nobody would send."""
        return self._pick(ABSURD) if self._random.random() < 0.7 else self._pool.any()

    def _word_or(self, field: wire.WordOr, name: str) -> Any:
        if self._random.random() < 0.4:
            return self._pick(field.words)
        return self.of(field.field, name)

    def _id(self, field: wire.Ref, _name: str) -> str:
        chance = self._random.random()
        if field.noun == "payment_method" and chance < 0.6:
            return self._pick(PAYERS)
        if chance < 0.06:
            return self._pool.any()
        return self._pool.of_noun(field.noun) or self._pool.any()

    def _int(self, field: wire.Int, _name: str) -> str:
        low = 0 if field.minimum is None else field.minimum
        high = low + 20 if field.maximum is None else field.maximum
        return str(self._pick((low, high, low + 1, low + 2, self._random.randint(low, high), low - 1, high + 1)))

    def _text(self, field: fields.Field[Any], name: str) -> str:
        known_ones = self._pool.of_noun(name.removesuffix("_id")) if self._random.random() < 0.6 else None
        return known_ones or self._word()

    def _moment(self) -> int:
        return self._now() + self._pick(SPANS) + self._random.choice((0, 0, 0, self._random.randrange(DAY)))

    def _word(self) -> str:
        return self._pick(WORDS) + self._pick(("", "", str(self._random.randrange(100))))

    def _few(self) -> int:
        return self._pick((1, 1, 1, 2, 2, 3))

    def _pick(self, values: Any) -> Any:
        return values[self._random.randrange(len(values))]


def known(params: type[wire.Params]) -> Mapping[str, fields.Field[Any]]:
    """The parameters that the mock has built, under their names on the wire."""
    return {
        field.data_key or name: field
        for name, field in params().fields.items()
        if not isinstance(field, NotBuilt) and name != "expand"
    }
