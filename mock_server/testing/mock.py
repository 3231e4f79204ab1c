"""A mock of Stripe as a test holds it: its client, its clock, its events, its webhooks."""

from __future__ import annotations

import atexit
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import flask
import stripe
from werkzeug.test import Client

from flask_portal.wire import signature
from mock_server.app import close, create_app
from mock_server.core import accounts, faults
from mock_server.core.due import advance_live
from mock_server.core.snapshot import Snapshots
from mock_server.core.state import State
from mock_server.http.transport import PAGE_HOST, InProcessTransport, WSGIApp
from mock_server.webhooks.deliver import Deliverer
from mock_server.webhooks.outbox import Outbox
from mock_server.webhooks.outbox import metadata as outbox_tables

from .patches import DEFAULT_KEY

WEBHOOK_SECRET = "whsec_mock"  # noqa: S105 - everybody may know it: it signs what a test sends to itself


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event that a webhook receiver has accepted, and the status that it answered."""

    event: stripe.Event
    status: int


class Clock:
    """The mock's time. It starts with the system's, goes on with it, and only goes forwards."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock

    @property
    def now(self) -> int:
        """Unix seconds."""
        return self._mock.state.clock.now()

    def advance(self, by: int | timedelta) -> int:
        """Go on by seconds, or by a timedelta, and do everything that falls due on the way; the new moment."""
        seconds = round(by.total_seconds()) if isinstance(by, timedelta) else by
        self._mock.state.clock.shift(seconds)
        self._mock.do_what_is_due()
        return self.now

    def to(self, when: int | str | date) -> int:
        """Go on to a moment: Unix seconds, a datetime, a date or their ISO text. Without a zone it is UTC.

        ValueError when it lies in the past.
        """
        return self.advance(unix_seconds(when) - self.now)


class Mock:
    """An in-process Stripe with an empty store."""

    webhook_secret = WEBHOOK_SECRET

    def __init__(self) -> None:
        self.app: flask.Flask = create_app(memory=True, background=False, public_url=f"https://{PAGE_HOST}")
        self.state: State = self.app.extensions["mock_server"]
        self.transport = InProcessTransport(self.app.wsgi_app, before=self.do_what_is_due)
        self.clock = Clock(self)
        self._clients: dict[str, stripe.StripeClient] = {}
        self._delivered: set[str] = set()
        self._done_until = 0
        atexit.register(close, self.app)

    @property
    def client(self) -> stripe.StripeClient:
        """An official client on this mock, with the key that the `stripe` package has at the moment."""
        key = stripe.api_key or DEFAULT_KEY
        if key not in self._clients:
            self._clients[key] = stripe.StripeClient(key, http_client=self.transport)
        return self._clients[key]

    @property
    def events(self) -> list[stripe.Event]:
        """Every event so far, oldest first."""
        self.do_what_is_due()
        newest_first = self.client.v1.events.list({"limit": 100}).auto_paging_iter()
        return list(newest_first)[::-1]

    @contextmanager
    def expect_events(self, *types: str) -> Iterator[None]:
        """Exactly these types of events, in this order, happen inside; AssertionError otherwise."""
        before = {event.id for event in self.events}
        yield
        happened = [event.type for event in self.events if event.id not in before]
        if happened != list(types):
            raise AssertionError(f"other events happened than expected:\n{_difference(types, happened)}")

    def deliver_to(self, app: WSGIApp, path: str = "/webhook", *, secret: str | None = None) -> list[Delivery]:
        """Post each event that was not delivered yet to a WSGI app's webhook address, signed, oldest first.

        secret: the signing secret that the app knows; `webhook_secret` by default.
        AssertionError at the first answer other than 2xx; that event and those after it stay undelivered.
        """
        receiver = Client(app)
        delivered: list[Delivery] = []
        for event in self.events:
            if event.id in self._delivered:
                continue
            # The text that the mock serves: the client's objects have been through its own conversions.
            payload = str(self.client.raw_request("get", f"/v1/events/{event.id}").body).encode()
            header = signature.sign(payload, secret or self.webhook_secret, self.clock.now)
            headers = {"Stripe-Signature": header}
            answer = receiver.post(path, data=payload, content_type="application/json", headers=headers)
            if not 200 <= answer.status_code < 300:
                raise AssertionError(
                    f"{path} answered {answer.status} to {event.type}: {answer.get_data(as_text=True)}"
                )
            self._delivered.add(event.id)
            delivered.append(Delivery(event, answer.status_code))
        return delivered

    def deliver(self) -> int:
        """Send what is due to the registered webhook endpoints, over HTTP; returns the number of attempts."""
        self.do_what_is_due()
        outbox = self.state.registry.outbox
        if not isinstance(outbox, Outbox):
            raise RuntimeError("this mock was made without webhooks")
        deliverer = Deliverer(self.state.store, outbox, self.state.clock.now)
        attempts = 0
        while tried := deliverer.deliver():
            attempts += tried
        return attempts

    def fault(
        self,
        method: str | None = None,
        path: str = "*",
        *,
        status: int | None = None,
        code: str | None = None,
        times: int = 1,
        delay: float = 0,
    ) -> None:
        """Let the next `times` calls of the account that match be answered with an error, or after a while, or both.

        path: `*` stands for anything, `{id}` for one part.  status: from 400 to 599.  delay: seconds.
        """
        sent = {"method": method, "path": path, "status": status, "code": code, "times": times, "delay": delay}
        faults.add(self.state.store, self._account, sent)

    def snapshot(self) -> dict[str, Any]:
        """All that the account has, as JSON: `restore` brings it back, in this mock or in another."""
        return self._snapshots.take(self._account)

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Let the account have what a snapshot holds, and nothing else."""
        self._snapshots.restore(self._account, snapshot)

    @property
    def _account(self) -> str:
        return accounts.authenticate(f"Bearer {stripe.api_key or DEFAULT_KEY}").account

    @property
    def _snapshots(self) -> Snapshots:
        found: Snapshots = self.app.extensions["mock_server_snapshots"]
        return found

    def reset(self) -> None:
        """Forget every object of every account, and keep the system's time again."""
        self.state.store.empty(self.state.registry.metadata, outbox_tables)
        self.state.clock.reset()
        self._delivered.clear()
        self._done_until = 0

    def do_what_is_due(self) -> None:
        """Do what has fallen due, as the server's background thread would."""
        now = self.state.clock.now()
        # Moments are whole seconds, so asking once in each second finds everything.
        if now > self._done_until:
            self._done_until = now
            advance_live(self.state)


def unix_seconds(when: int | str | date) -> int:
    """A moment in Unix seconds. ValueError for text that is not ISO 8601."""
    if isinstance(when, int):
        return when
    if isinstance(when, str):
        when = datetime.fromisoformat(when)
    if not isinstance(when, datetime):
        when = datetime.combine(when, time())
    return int((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp())


def _difference(expected: Sequence[str], happened: Sequence[str]) -> str:
    return "\n".join(
        f"  {kind} {name}" for kind, names in (("expected", expected), ("happened", happened)) for name in names
    )
