"""The official client in process: CPU time of a call. `python -m benchmarks.in_process CUSTOMERS CALLS` prints JSON."""

from __future__ import annotations

import gc
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import stripe

from benchmarks.fill import fill
from mock_server.app import close, create_app
from mock_server.http.transport import InProcessTransport

KEY = "sk_test_benchmark"


def cpu_milliseconds(call: Callable[[], Any], calls: int) -> float:
    """CPU time of one call, the best of five runs, since whatever else runs only ever adds to it."""
    call()
    best = float("inf")
    for _ in range(5):
        gc.collect()
        started = time.process_time()
        for _ in range(max(1, calls // 5)):
            call()
        best = min(best, (time.process_time() - started) / max(1, calls // 5))
    return best * 1000


def measure(customers: int, calls: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        database = f"{folder}/mock.db"
        fill(database, customers, KEY)
        app = create_app(database=database, memory=True, background=False)
        client = stripe.StripeClient(KEY, http_client=InProcessTransport(app.wsgi_app))
        try:
            return {name: cpu_milliseconds(call, calls) for name, call in operations(client).items()}
        finally:
            close(app)


def operations(client: stripe.StripeClient) -> dict[str, Callable[[], Any]]:
    """The measured calls of the official client, by name."""
    api = client.v1
    jenny = api.customers.create({"email": "jenny@example.com"})
    found: dict[str, Callable[[], Any]] = {
        "retrieve a customer": lambda: api.customers.retrieve(jenny.id),
        "create a customer": lambda: api.customers.create({"email": "jenny@example.com", "name": "Jenny"}),
        "list 10 customers": lambda: api.customers.list({"limit": 10}),
    }
    product: Any = {"unit_amount": 900, "currency": "usd", "product_data": {"name": "Magazine"}}
    price = api.prices.create(product | {"recurring": {"interval": "month"}})
    # A customer has 500 current subscriptions at most.
    payers = itertools.cycle([payer(client) for _ in range(10)])
    found["create a subscription"] = lambda: api.subscriptions.create(
        {"customer": next(payers), "items": [{"price": price.id}]}
    )
    return found


def payer(client: stripe.StripeClient) -> str:
    """A customer with a card that pays."""
    customer = client.v1.customers.create({"email": "jenny@example.com"})
    card = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    client.v1.customers.update(customer.id, {"invoice_settings": {"default_payment_method": card.id}})
    return customer.id


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), int(sys.argv[2]))))
