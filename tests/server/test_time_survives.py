"""What was promised about time is kept by whoever serves next."""

from __future__ import annotations

import json
import signal
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import stripe

from tests.resources.sales import DAY, payer, price, subscribe
from tests.server.command import Command, eventually

KEY = "sk_test_time"
START = 1_767_225_600  # 1 January 2026

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the command's workers are looked for in /proc")


def client_of(url: str) -> stripe.StripeClient:
    return stripe.StripeClient(KEY, base_addresses={"api": url}, max_network_retries=0)


def starts(shop: stripe.StripeClient, made: str) -> list[int]:
    """When each period begins that was invoiced, in order."""
    bills = shop.v1.invoices.list({"subscription": made, "limit": 100}).auto_paging_iter()
    return sorted(bill.lines.data[0].period.start for bill in bills)


@pytest.mark.slow
def test_a_test_clock_goes_on_after_a_kill(tmp_path: Path) -> None:
    with Command(folder=tmp_path) as command:
        shop = client_of(command.ready())
        clock = shop.v1.test_helpers.test_clocks.create({"frozen_time": START}).id
        gold = price(shop, recurring={"interval": "day"})
        made = [subscribe(shop, payer(shop, test_clock=clock), gold).id for _ in range(3)]
        shop.v1.test_helpers.test_clocks.advance(clock, {"frozen_time": START + 2 * DAY})
        command.stop(signal.SIGKILL)
    with Command(folder=tmp_path) as again:
        clocks = (shop := client_of(again.ready())).v1.test_helpers.test_clocks
        assert eventually(lambda: clocks.retrieve(clock).status == "ready")
        assert clocks.retrieve(clock).frozen_time == START + 2 * DAY
        for one in made:
            assert starts(shop, one) == [START, START + DAY, START + 2 * DAY]
        told = shop.v1.events.list({"type": "invoice.created", "limit": 100}).data
        assert len(told) == len({event.data.object["id"] for event in told}) == 9


@pytest.mark.slow
def test_an_account_that_was_moved_goes_on_after_a_kill(tmp_path: Path) -> None:
    with Command(folder=tmp_path) as command:
        shop = client_of(url := command.ready())
        made = subscribe(shop, payer(shop), price(shop, recurring={"interval": "day"}))
        mover = threading.Thread(target=move, args=(url, 30 * DAY))
        mover.start()
        assert eventually(lambda: len(starts(shop, made.id)) > 2)
        command.stop(signal.SIGKILL)
        mover.join()
    with Command(folder=tmp_path) as again:
        shop = client_of(again.ready())
        assert eventually(lambda: len(starts(shop, made.id)) >= 31)
        begun = made.billing_cycle_anchor
        assert starts(shop, made.id) == [begun + day * DAY for day in range(31)]


def move(url: str, seconds: int) -> None:
    """Ask for the move; the server is killed before it answers."""
    body = json.dumps({"advance": seconds}).encode()
    request = urllib.request.Request(f"{url}/_mock/clock", body, {"Authorization": f"Bearer {KEY}"})
    try:
        urllib.request.urlopen(request).close()
    except (urllib.error.URLError, ConnectionError):
        return
