"""What was answered is there, whatever happens to the server; and many callers at once lose nothing."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import stripe

from tests.server.command import Command, eventually, is_gone

KEY = "sk_test_survival"


def client_of(url: str, retries: int = 0) -> stripe.StripeClient:
    return stripe.StripeClient(KEY, base_addresses={"api": url}, max_network_retries=retries)


def everything(listed: stripe.ListObject[stripe.Customer]) -> Iterator[stripe.Customer]:
    return listed.auto_paging_iter()


def write_until_it_breaks(url: str, answered: list[str], enough: threading.Event) -> None:
    """Create customers until the server is gone; `answered` holds the ids that were answered."""
    client = client_of(url)
    while True:
        try:
            answered.append(client.v1.customers.create({"name": f"number {len(answered)}"}).id)
        except stripe.APIConnectionError:
            return
        if len(answered) >= 40:
            enough.set()


@pytest.mark.skipif(sys.platform != "linux", reason="the test looks for the workers in /proc")
def test_a_killed_server_keeps_what_it_answered_and_leaves_nothing_half_done(tmp_path: Path) -> None:
    """After `kill -9` no worker stays, no lock remains, and each customer has exactly one event."""
    answered: list[str] = []
    enough = threading.Event()
    with Command(folder=tmp_path) as command:
        url = command.ready()
        workers = command.workers()
        writers = [threading.Thread(target=write_until_it_breaks, args=(url, answered, enough)) for _ in range(4)]
        for writer in writers:
            writer.start()
        assert enough.wait(20)
        command.stop(signal.SIGKILL)
        for writer in writers:
            writer.join()
    assert workers
    assert all(eventually(lambda pid=pid: is_gone(pid)) for pid in workers)
    with Command(folder=tmp_path) as again:
        client = client_of(again.ready())
        kept = [customer.id for customer in everything(client.v1.customers.list({"limit": 100}))]
        told = [event.data.object["id"] for event in client.v1.events.list({"limit": 100}).auto_paging_iter()]
        client.v1.customers.create({"name": "written after the restart"})
    assert set(answered) <= set(kept)
    assert sorted(told) == sorted(kept)


def test_thirty_two_threads_lose_nothing(tmp_path: Path) -> None:
    with Command(folder=tmp_path) as command:
        client = client_of(command.ready())
        with ThreadPoolExecutor(32) as pool:
            made = list(pool.map(lambda n: client.v1.customers.create({"name": str(n)}).id, range(320)))
        kept = [customer.id for customer in everything(client.v1.customers.list({"limit": 100}))]
    assert len(set(made)) == 320
    assert sorted(kept) == sorted(made)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_hundred_calls_with_one_key_make_one_object(tmp_path: Path, workers: str) -> None:
    """Each is answered with it or with a 409."""

    def create(_: int) -> str | int:
        try:
            return client.v1.customers.create({"name": "once"}, {"idempotency_key": "the one"}).id
        except stripe.StripeError as error:
            return error.http_status or 0

    with Command("--workers", workers, folder=tmp_path) as command:
        client = client_of(command.ready())
        with ThreadPoolExecutor(32) as pool:
            answers = set(pool.map(create, range(100)))
        made = client.v1.customers.list({"limit": 100}).data
    assert len(made) == 1
    assert answers <= {made[0].id, 409}
