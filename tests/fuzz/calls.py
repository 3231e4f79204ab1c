"""Calls of the API: made from the registry's schemas, and valid ones that are changed a little."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from marshmallow import fields

from flask_portal.api import schemas
from flask_portal.wire import params as wire
from flask_portal.wire.form import encode
from mock_server.core.registry import Registry

from .pool import Pool
from .values import DAY, Values, known

REMEMBERED_PER_ADDRESS = 25
WEIGHTS = (
    (r"DELETE .*", 0.15),
    (r"GET .*", 0.5),
    (r"POST .*/(cancel|void|mark_uncollectible|reject|release|deactivate)", 0.4),
    (r"\w+ /v1/account.*", 0.2),
    (r"DELETE /v1/(test_helpers|customers/\{id\}|products|plans).*", 0.2),
    (r"POST /v1/(subscriptions|invoices|invoiceitems|subscription_schedules|customers|credit_notes|refunds)", 5),
    (r"POST /v1/(subscriptions|invoices|subscription_schedules)/\{id\}", 4),
    (r"POST /v1/(invoices/\{id\}/.*|subscription_items.*|payment_intents|prices|coupons)", 2),
    (r"POST /v1/test_helpers.*", 2),
)
"""How often calls of a kind are made, compared with others: seldom what empties a shop, often what is about billing."""
AHEAD = (3600, 3 * DAY, 7 * DAY, 31 * DAY, 60 * DAY, -DAY)
PLACEHOLDER = re.compile(r"\{(\w+)\}")
NOUN_OF_PLACE = {"line": "line_item", "product": "product", "customer": "customer", "charge": "charge"}


@dataclass(frozen=True)
class Address:
    """A call that can be made.  path: with the ids in braces.  noun: what its `id` is."""

    method: str
    path: str
    params: type[wire.Params]
    noun: str
    expands: tuple[str, ...] = ()

    @property
    def weight(self) -> float:
        """How often it is made."""
        fitting = (factor for kind, factor in WEIGHTS if re.fullmatch(kind, f"{self.method} {self.path}"))
        return math.prod(fitting)

    def matches(self, method: str, path: str) -> bool:
        """Whether a call goes to this address."""
        pattern = PLACEHOLDER.sub("[^/]+", self.path)
        return method == self.method and re.fullmatch(pattern, path) is not None


@dataclass(frozen=True)
class Made:
    """One call as it is sent.  sent: nested, strings as leaves."""

    method: str
    path: str
    sent: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {encode(self.sent)}"


def addresses(registry: Registry) -> list[Address]:
    """Every call that the mock answers, those of the portal included."""
    own = [
        Address(endpoint.method, endpoint.path, endpoint.params, resource.noun, tuple(resource.expands))
        for resource in registry
        for endpoint in resource.endpoints
    ]
    noun, every = "billing_portal.configuration", "/v1/billing_portal/configurations"
    return [
        *own,
        Address("POST", "/v1/billing_portal/sessions", schemas.CreateSession, "billing_portal.session"),
        Address("POST", every, schemas.CreateConfiguration, noun),
        Address("POST", f"{every}/{{id}}", schemas.UpdateConfiguration, noun),
        Address("GET", every, schemas.ListConfigurations, noun),
        Address("GET", f"{every}/{{id}}", schemas.RetrieveConfiguration, noun),
    ]


class Caller:
    """Thinks of calls. Half are new, half are valid ones of before, with other objects and something changed."""

    def __init__(self, random: Random, known_addresses: Sequence[Address], pool: Pool, values: Values) -> None:
        self._random = random
        self._addresses = known_addresses
        self._weights = [address.weight for address in known_addresses]
        self._pool = pool
        self._values = values
        self._valid: dict[Address, list[Made]] = defaultdict(list)
        self._learnt: dict[Address, list[Made]] = defaultdict(list)

    def teach(self, made: Made) -> None:
        """This call is valid when its objects are, so a change of it may come far."""
        address = self._address_of(made)
        if address is not None:
            self._valid[address].append(made)

    def remember(self, made: Made) -> None:
        """This call was accepted; it is kept for a while."""
        address = self._address_of(made)
        if address is None:
            return
        kept = self._learnt[address]
        if len(kept) >= REMEMBERED_PER_ADDRESS:
            kept.pop(self._random.randrange(len(kept)))
        kept.append(made)

    def next(self) -> Made:
        """A call."""
        self._pool.begin()
        [address] = self._random.choices(self._addresses, self._weights)
        taught, learnt = self._valid.get(address, []), self._learnt.get(address, [])
        chance = self._random.random()
        if taught and (chance < 0.5 or not learnt):
            return self._changed(address, self._random.choice(taught))
        if learnt and chance < 0.8:
            return self._changed(address, self._random.choice(learnt))
        path = PLACEHOLDER.sub(lambda place: self._place(address, place[1]), address.path)
        return Made(address.method, path, self._values.of_params(address.params) | self._expand(address))

    def _changed(self, address: Address, made: Made) -> Made:
        path, sent = self._pool.of_today(made.path), self._pool.of_today(made.sent)
        for _ in range(self._random.choice((0, 0, 1, 1, 2))):
            self._change(sent, address.params)
        if address.path.endswith("/advance"):
            sent["frozen_time"] = str(self._pool.latest + self._random.choice(AHEAD))
        return Made(made.method, path, sent)

    def _expand(self, address: Address) -> dict[str, Any]:
        if not address.expands or self._random.random() > 0.1:
            return {}
        path = self._random.choice(address.expands)
        is_list = issubclass(address.params, wire.ListParams)
        return {"expand": [f"data.{path}" if is_list else path]}

    def _change(self, sent: dict[str, Any], params: type[wire.Params]) -> None:
        declared = known(params)
        chance = self._random.random()
        if chance < 0.45 and declared:
            added = self._random.choice(sorted(declared))
            sent[added] = self._values.of(declared[added], added)
        elif chance < 0.55 and sent:
            del sent[self._random.choice(sorted(sent))]
        elif chance < 0.57 and declared:
            sent["no_such_parameter"] = "x"
        elif sent:
            self._change_inside(sent, declared)

    def _change_inside(self, sent: dict[str, Any], declared: Mapping[str, fields.Field[Any]]) -> None:
        """Another value at one place, however deep; lists are mappings from numbers here."""
        name = self._random.choice(sorted(sent))
        field = declared.get(name)
        inner = sent[name]
        if isinstance(inner, dict) and inner and isinstance(field, wire.Hash) and self._random.random() < 0.8:
            self._change_inside(inner, known(field.params))
        elif isinstance(inner, dict) and inner and isinstance(field, wire.ListOf) and self._random.random() < 0.8:
            self._change_inside(inner, dict.fromkeys(inner, field.inner))
        else:
            sent[name] = self._values.absurd() if field is None else self._values.of(field, name)

    def _place(self, address: Address, name: str) -> str:
        if self._random.random() < 0.03:
            return self._pool.any()
        if name == "name":
            return self._random.choice(("transfers", "card_payments", "nonsense"))
        noun = name if name == "payment_method" else NOUN_OF_PLACE.get(name, address.noun)
        return self._pool.of_noun(noun) or self._pool.any()

    def _address_of(self, made: Made) -> Address | None:
        fitting = (address for address in self._addresses if address.matches(made.method, made.path))
        return next(fitting, None)
