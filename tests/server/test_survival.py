"""What was answered is there, whatever happens to the server."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
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
