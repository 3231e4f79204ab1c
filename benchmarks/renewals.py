"""Subscriptions that are renewed by themselves. `python -m benchmarks.renewals [SUBSCRIPTIONS [DAYS]]` prints JSON.

CPU time, in process, in memory: monthly subscriptions that began over a month, moved on by a year.
"""

from __future__ import annotations

import argparse
import json
import time

import stripe

from mock_server.app import close, create_app
from mock_server.core.due import advance
from mock_server.core.state import State
from mock_server.http.transport import InProcessTransport

KEY = "sk_test_benchmark"
DAY = 24 * 3600


def measure(subscriptions: int, days: int) -> dict[str, float]:
    """How many renewals there were, and how many of them a second of CPU time sees through."""
    app = create_app(memory=True, background=False)
    state: State = app.extensions["mock_server"]
    try:
        client = stripe.StripeClient(KEY, http_client=InProcessTransport(app.wsgi_app))
        account = client.v1.accounts.retrieve_current().id
        sell(client, state, account, subscriptions)
        before = paid(client)
        to = state.now(account) + days * DAY
        started = time.process_time()
        state.move(account, to)
        advance(state, to, account)
        spent = time.process_time() - started
        renewals = paid(client) - before
        return {"subscriptions": subscriptions, "renewals": renewals, "renewals a CPU second": renewals / spent}
    finally:
        close(app)


def sell(client: stripe.StripeClient, state: State, account: str, subscriptions: int) -> None:
    """As many customers with a card and a monthly subscription, spread over 28 days."""
    api = client.v1
    price = api.prices.create(
        {
            "unit_amount": 900,
            "currency": "usd",
            "recurring": {"interval": "month"},
            "product_data": {"name": "Magazine"},
        }
    )
    for number in range(subscriptions):
        if number % max(1, subscriptions // 28) == 0:
            state.move(account, state.now(account) + DAY)
        customer = api.customers.create({"email": f"{number}@example.com"})
        card = api.payment_methods.attach("pm_card_visa", {"customer": customer.id})
        api.subscriptions.create(
            {"customer": customer.id, "items": [{"price": price.id}], "default_payment_method": card.id}
        )


def paid(client: stripe.StripeClient) -> int:
    """How many invoices are paid."""
    return sum(1 for _ in client.v1.invoices.list({"status": "paid", "limit": 100}).auto_paging_iter())


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.renewals", description=__doc__)
    parser.add_argument("subscriptions", type=int, nargs="?", default=1000)
    parser.add_argument("days", type=int, nargs="?", default=365)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.subscriptions, arguments.days)))


if __name__ == "__main__":
    main()
