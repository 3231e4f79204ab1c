"""One run: a shop, a few thousand calls of all kinds, time that passes, and everything that went wrong."""

from __future__ import annotations

import json
import logging
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from random import Random
from typing import Any

import stripe
from werkzeug.datastructures import Headers

from flask_portal.wire import form
from mock_server.core.accounts import authenticate
from mock_server.http.transport import InProcessTransport, path_of
from mock_server.testing import Mock
from tests.contract.test_resources import everything

from .calls import Caller, Made, addresses
from .invariants import KEY, broken
from .pool import A_COUPON, Pool
from .seeds import seeds
from .uploads import from_parts, in_parts, uploads
from .values import DAY, Values

START = "2031-01-31T12:00"
PAUSES = (60, 3600, 3700, DAY, 3 * DAY, 7 * DAY, 31 * DAY)
TIME_PASSES, IS_REPEATED, IS_CONNECTED = 0.02, 0.03, 0.03
LOOKED_AT_EVERY = 500
CALLS_OF_A_RUN = 2_000


class Overhearing(InProcessTransport):
    """A transport that remembers what was asked."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.heard: list[Made] = []

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[bytes, int, Headers]:
        path, _, query = path_of(url).partition("?")
        sent = from_parts(headers, body) if uploads(method.upper(), path) else form.decode(body, query.encode())
        self.heard.append(Made(method.upper(), path, sent))
        return super().send(method, url, headers, body)


class Failures(logging.Handler):
    """What the mock writes to its log as an error: a call that it answered by 500, or what fell due and broke."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(self.format(record))


def valid_calls(mock: Mock) -> list[Made]:
    """One call of every kind that is accepted, in an order in which each finds what it needs."""
    transport = Overhearing(mock.app.wsgi_app)
    everything(stripe.StripeClient("sk_test_valid", http_client=transport, max_network_retries=0).v1)
    coupons = {made.path.rpartition("/")[2] for made in transport.heard if made.path.startswith("/v1/coupons/")}
    return [_without(coupons, made) for made in transport.heard]


def _without(coupons: set[str], made: Made) -> Made:
    """The call with a word that stands for any coupon, whose ids do not show what they are."""
    either = re.compile("|".join(sorted(coupons)))
    sent = json.loads(either.sub(A_COUPON, json.dumps(made.sent)))
    return Made(made.method, either.sub(A_COUPON, made.path), sent)


class Session:
    """A run that its seed decides; ids and the order within a second are the mock's own.

    problems: sentences, each with the call after which it was seen.  statuses: how often each was answered.
    """

    def __init__(self, mock: Mock, seed: int, known: list[Made]) -> None:
        mock.reset()
        mock.clock.to(START)
        self._mock = mock
        self._seed = seed
        self._random = Random(seed)
        self._account = authenticate(f"Bearer {KEY}").account
        registry = mock.state.registry
        self._pool = Pool(self._random, registry)
        values = Values(self._random, self._pool, lambda: mock.clock.now)
        self._caller = Caller(self._random, addresses(registry), self._pool, values)
        self._known = known
        for made in (*known, *seeds(mock.clock.now)):
            self._caller.teach(made)
        self.problems: list[str] = []
        self.statuses: Counter[int] = Counter()
        self.calls = 0
        self._seen: set[str] = set()

    def run(self, calls: int) -> None:
        """Make so many calls; the first are the known ones."""
        with self._overheard() as failures:
            for made in self._thought_of(calls):
                if self._random.random() < TIME_PASSES:
                    self._mock.clock.advance(self._random.choice(PAUSES))
                self._send(made)
                self._note(made, failures.found)
                failures.found.clear()
                if self.calls % LOOKED_AT_EVERY == 0:
                    self._note(made, broken(self._mock, self._account))
            self._mock.clock.advance(31 * DAY)
            self._note("a last month", [*failures.found, *broken(self._mock, self._account, whole=True)])

    def _thought_of(self, calls: int) -> Iterator[Made]:
        for made in self._known[:calls]:
            self._pool.begin()
            yield Made(made.method, self._pool.of_today(made.path), self._pool.of_today(made.sent))
        for _ in range(calls - len(self._known)):
            yield self._caller.next()

    def _send(self, made: Made) -> None:
        text = form.encode(made.sent)
        in_query = made.method != "POST"
        url = f"https://api.stripe.com{made.path}" + (f"?{text}" if in_query and text else "")
        body, headers = b"" if in_query else text.encode(), self._headers(made)
        if uploads(made.method, made.path):
            headers["Content-Type"], body = in_parts(made.sent)
        answer = self._answer(made, url, headers, body)
        self.calls += 1
        if answer is not None:
            self._pool.meet(answer)
            self._caller.remember(made)

    def _answer(self, made: Made, url: str, headers: dict[str, str], body: bytes) -> Any:
        """The answer to a call that was accepted, else None."""
        times = 2 if "Idempotency-Key" in headers else 1
        answers = []
        try:
            for _ in range(times):
                answers.append(self._mock.transport.send(made.method, url, headers, body))
        except AssertionError as refused:
            self._note(made, [str(refused)])
            return None
        self.statuses.update(status for _, status, _ in answers)
        if len({text if status == 200 else status for text, status, _ in answers}) > 1:
            self._note(made, ["the repeated call was answered differently"])
        text, status, answered = answers[0]
        if status >= 500:
            self._note(made, [f"answered with {status}"])
        is_json = answered.get("Content-Type", "").startswith("application/json")
        return json.loads(text) if status == 200 and is_json else None

    def _headers(self, made: Made) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": form.FORM}
        connected = self._pool.of_noun("account")
        if connected and self._random.random() < IS_CONNECTED:
            headers["Stripe-Account"] = connected
        if made.method == "POST" and self._random.random() < IS_REPEATED:
            headers["Idempotency-Key"] = f"fuzz-{self.calls}"
        return headers

    def _note(self, after: Made | str, problems: list[str]) -> None:
        new = [problem for problem in problems if problem not in self._seen]
        self._seen.update(new)
        self.problems += [f"seed {self._seed}, call {self.calls}: {after}\n{problem}" for problem in new]

    @contextmanager
    def _overheard(self) -> Iterator[Failures]:
        failures, log = Failures(), logging.getLogger("mock_server")
        log.addHandler(failures)
        try:
            yield failures
        finally:
            log.removeHandler(failures)
