"""What is left after `kill -9`: everything that was answered, nothing half, no lock."""

from __future__ import annotations

import signal
import sqlite3
import threading
from pathlib import Path

import stripe

from tests.server.command import Command, eventually


def client_of(url: str) -> stripe.StripeClient:
    return stripe.StripeClient("sk_test_durable", base_addresses={"api": url}, max_network_retries=0)


def write_until_it_dies(url: str, answered: list[str], dead: threading.Event) -> None:
    """Create customers, and note those that were answered."""
    client = client_of(url)
    while True:
        try:
            answered.append(client.v1.customers.create({"name": f"Reader {len(answered)}"}).id)
        except stripe.APIConnectionError:
            dead.set()
            return


def test_what_was_answered_survives_a_killed_server(tmp_path: Path) -> None:
    answered: list[list[str]] = [[] for _ in range(4)]
    dead = threading.Event()
    with Command("--workers", "2", folder=tmp_path) as command:
        url = command.ready()
        writers = [threading.Thread(target=write_until_it_dies, args=(url, mine, dead)) for mine in answered]
        for writer in writers:
            writer.start()
        assert eventually(lambda: sum(map(len, answered)) > 200)
        command.stop(signal.SIGKILL)
        for writer in writers:
            writer.join(20)
    assert dead.is_set()

    with Command(folder=tmp_path) as command:
        client = client_of(command.ready())
        stored = {customer.id for customer in client.v1.customers.list({"limit": 100}).auto_paging_iter()}
        told = {event.data.object["id"] for event in client.v1.events.list({"limit": 100}).auto_paging_iter()}
        client.v1.customers.create({"name": "after the restart"})
    promised = {id for mine in answered for id in mine}
    assert promised <= stored
    # An event and its object are one transaction: none of them is there without the other.
    assert told == stored


def test_no_lock_stays_in_the_file_of_a_killed_server(tmp_path: Path) -> None:
    with Command(folder=tmp_path) as command:
        client_of(command.ready()).v1.customers.create({"name": "Jenny"})
        workers = command.workers()
        command.stop(signal.SIGKILL)
        assert eventually(lambda: not any(Path(f"/proc/{pid}/exe").exists() for pid in workers))
    with sqlite3.connect(tmp_path / "mock-server.db", timeout=1) as connection:
        connection.execute("BEGIN IMMEDIATE")
    connection.close()
