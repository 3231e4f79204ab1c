"""Delivery: signed POSTs that follow the commit, on threads that no API call waits for.

Source: docs.stripe.com/webhooks and docs.stripe.com/webhooks/signature
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace

import urllib3

from flask_portal.wire import signature
from mock_server.core.store import Store

from .outbox import Delivery, Outbox, Outcome

log = logging.getLogger(__name__)

USER_AGENT = "Stripe/1.0 (+https://stripe.com/docs/webhooks)"
TIMEOUT_SECONDS = 20
AT_ONCE = 16
PATIENCE_SECONDS = 1.0
"""How long other background work may wait for a receiver when as many as possible are being told."""

MOST_BODY = 4096
"""Bytes of an answer that are kept."""

Post = Callable[[str, bytes, dict[str, str]], tuple[int, bytes]]
"""Sends a POST to a URL with a body and headers; returns the status and the beginning of the answer.

OSError or urllib3's errors when it could not.
"""


class Deliverer:
    """Delivers what an outbox holds.

    post: how a request is sent; over the network by default.
    """

    def __init__(self, store: Store, outbox: Outbox, now: Callable[[], int], post: Post | None = None) -> None:
        self.store = store
        self.outbox = outbox
        self.now = now
        self.post = post or NetworkPost()
        self._under_way: set[Future[None]] = set()

    def deliver(self, most: int = AT_ONCE) -> int:
        """Deliver what is due, one after the other; returns how many were tried."""
        claimed = self.outbox.claim(self.store, self.now(), most)
        for delivery in claimed:
            self.attempt(delivery)
        return len(claimed)

    def deliver_side_by_side(self, pool: ThreadPoolExecutor) -> int:
        """Hand what is due to `pool`; returns how many were begun, or are still under way when no more can be.

        No more are claimed than can begin at once: a claim must not run out in a queue behind slow receivers.
        """
        self._under_way = {attempt for attempt in self._under_way if not attempt.done()}
        free = AT_ONCE - len(self._under_way)
        if not free:
            wait(self._under_way, timeout=PATIENCE_SECONDS, return_when=FIRST_COMPLETED)
            return AT_ONCE
        claimed = self.outbox.claim(self.store, self.now(), free)
        self._under_way |= {pool.submit(self._attempt_or_report, delivery) for delivery in claimed}
        return len(claimed)

    def _attempt_or_report(self, delivery: Delivery) -> None:
        try:
            self.attempt(delivery)
        except Exception:
            # Nobody asks a pool's threads how they ended; the claim runs out, and the delivery is tried again.
            log.exception("event %s could not be delivered to %s", delivery.event, delivery.endpoint)

    def attempt(self, delivery: Delivery) -> None:
        """Tell one endpoint once, or twice where that is asked for, and note how it ended."""
        outcome = self._told(delivery)
        if outcome.problem is not None:
            log.info("event %s was not delivered to %s: %s", delivery.event, delivery.endpoint, outcome.problem)
        self.outbox.settle(self.store, delivery, self.now(), outcome)
        if delivery.twice and outcome.problem is None:
            self.attempt(replace(delivery, twice=False))

    def _told(self, delivery: Delivery) -> Outcome:
        if delivery.target is None:
            return Outcome(None, None, "the endpoint was disabled or deleted")
        payload = delivery.payload.encode()
        signed = headers(payload, delivery.target.secret, self.now())
        try:
            response, body = self.post(delivery.target.url, payload, signed)
        except (OSError, urllib3.exceptions.HTTPError) as error:
            return Outcome(None, None, f"{type(error).__name__}: {error}")
        # PostgreSQL has no NUL in a text.
        text = body.decode(errors="replace").replace("\0", "\ufffd")
        return Outcome(response, text, None if 200 <= response < 300 else f"it answered {response}")


def headers(payload: bytes, secret: str, at: int) -> dict[str, str]:
    """The headers of a delivery."""
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": USER_AGENT,
        "Accept": "*/*; q=0.5, application/xml",
        "Cache-Control": "no-cache",
        "Stripe-Signature": signature.sign(payload, secret, at),
    }


class NetworkPost:
    """Sends over the network. A redirect is an answer like any other, and so a failure."""

    def __init__(self) -> None:
        self._pool = urllib3.PoolManager(maxsize=AT_ONCE)

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        timeout = urllib3.Timeout(total=TIMEOUT_SECONDS)
        answer = self._pool.request(
            "POST",
            url,
            body=body,
            headers=headers,
            redirect=False,
            retries=False,
            timeout=timeout,
            preload_content=False,
        )
        beginning = answer.read(MOST_BODY)
        # What is longer is not waited for: the connection goes with the rest of it.
        answer.close()
        answer.release_conn()
        return answer.status, beginning
