"""Many clients at once, over HTTP."""

from __future__ import annotations

import base64
import http.client
import json
import signal
import threading
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.server.command import Command

KEY = "Basic " + base64.b64encode(b"sk_test_many:").decode()


@pytest.fixture(
    params=[
        "sqlite with one worker",
        pytest.param("sqlite with two workers", marks=pytest.mark.slow),
        "postgresql with two workers",
    ]
)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a running server."""
    flags = ["--workers", "2"] if "two" in request.param else []
    if "postgresql" in request.param:
        flags += ["--database", request.getfixturevalue("postgresql_url")]
    with Command(*flags, folder=tmp_path) as command:
        yield command.ready()
        command.stop(signal.SIGTERM)


def ask(url: str, method: str, path: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, Any]:
    """Status and decoded answer, on a connection of its own."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
    try:
        sent = {"Authorization": KEY, "Content-Type": "application/x-www-form-urlencoded"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, urllib.parse.urlencode(form or {}) or None, sent)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def every_customer(url: str) -> list[str]:
    found: list[str] = []
    after = ""
    while True:
        _, page = ask(url, "GET", f"/v1/customers?limit=100{after}")
        found += [customer["id"] for customer in page["data"]]
        if not page["has_more"]:
            return found
        after = f"&starting_after={found[-1]}"


def test_32_threads_lose_nothing(url: str) -> None:
    def create_ten(number: int) -> list[tuple[int, str]]:
        answers = [ask(url, "POST", "/v1/customers", {"name": f"Reader {number}-{n}"}) for n in range(10)]
        return [(status, body.get("id", "")) for status, body in answers]

    with ThreadPoolExecutor(32) as threads:
        answers = [answer for ten in threads.map(create_ten, range(32)) for answer in ten]
    assert Counter(status for status, _ in answers) == {200: 320}
    stored = every_customer(url)
    assert len(stored) == 320
    assert set(stored) == {id for _, id in answers}


def test_one_idempotency_key_used_100_times_at_once_makes_one_object(url: str) -> None:
    gate = threading.Barrier(20)

    def create(_: int) -> tuple[int, Any]:
        gate.wait(30)
        return ask(url, "POST", "/v1/customers", {"name": "Jenny"}, Idempotency_Key="once")

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(create, range(100)))
    stored = every_customer(url)
    assert len(stored) == 1
    assert {status for status, _ in answers} <= {200, 409}
    assert {body["id"] for status, body in answers if status == 200} == set(stored)


class SlowReceiver(BaseHTTPRequestHandler):
    """A webhook receiver that is stuck until the test ends."""

    released = threading.Event()
    reached = threading.Event()

    def do_POST(self) -> None:
        self.reached.set()
        self.released.wait(60)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on the test's own output."""


def test_a_webhook_receiver_that_sleeps_slows_no_call(tmp_path: Path) -> None:
    receiver = ThreadingHTTPServer(("127.0.0.1", 0), SlowReceiver)
    thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        with Command(
            "--forward-to", f"http://127.0.0.1:{receiver.server_port}/", "--memory", folder=tmp_path
        ) as command:
            url = command.ready()
            ask(url, "POST", "/v1/customers")
            assert SlowReceiver.reached.wait(20)
            # It answers nothing before these are answered.
            statuses = [ask(url, "POST", "/v1/customers")[0] for _ in range(20)]
            assert statuses == [200] * 20
            SlowReceiver.released.set()
    finally:
        SlowReceiver.released.set()
        receiver.shutdown()
        thread.join()
        receiver.server_close()
