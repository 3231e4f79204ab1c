"""What is changed in this process while Stripe is mocked, and put back afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import requests
import stripe

from mock_server.http.transport import InProcessTransport, host_of

try:
    import responses
except ModuleNotFoundError as missing:
    raise ModuleNotFoundError(
        "mock_stripe needs responses: pip install 'flask-portal[mock]'", name="responses"
    ) from missing

DEFAULT_KEY = "sk_test_mock"
CLIENTS: tuple[type, ...] = (
    stripe.RequestsClient,
    stripe.UrllibClient,
    stripe.PycurlClient,
    stripe.HTTPXClient,
    stripe.AIOHTTPClient,
)
PAGES = re.compile(r"https://([a-z0-9-]+\.)*stripe\.com(:443)?(/|\?|$)")
METHODS = ("GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH")
# `responses` answers these itself, from the body and the connection.
HOP_BY_HOP = frozenset({"content-length", "content-encoding", "transfer-encoding", "connection"})


@contextmanager
def patched(transport: InProcessTransport) -> Iterator[None]:
    """Everything in this process that would reach Stripe reaches `transport`; put back whatever happens."""
    with default_key(), sdk_clients(transport), pages(transport):
        yield


@contextmanager
def default_key() -> Iterator[None]:
    """`stripe.api_key` as it was, or a test key where there was none."""
    before = stripe.api_key
    if before is None:
        stripe.api_key = DEFAULT_KEY
    try:
        yield
    finally:
        stripe.api_key = before


@contextmanager
def sdk_clients(transport: InProcessTransport) -> Iterator[None]:
    """The SDK's own HTTP clients send what is meant for Stripe's hosts to `transport`, existing clients included."""
    changed: list[tuple[type, str, Any]] = []
    try:
        for client in CLIENTS:
            for name in ("request", "request_stream", "request_async", "request_stream_async"):
                own = client.__dict__.get(name)
                if own is not None:
                    changed.append((client, name, own))
                    setattr(client, name, _diverted(own, getattr(transport, name)))
        yield
    finally:
        for client, name, own in changed:
            setattr(client, name, own)


def _diverted(own: Callable[..., Any], ours: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(own)
    def request(self: Any, method: str, url: str, *arguments: Any, **keywords: Any) -> Any:
        if is_stripe(url):
            return ours(method, url, *arguments, **keywords)
        return own(self, method, url, *arguments, **keywords)

    return request


@contextmanager
def pages(transport: InProcessTransport) -> Iterator[None]:
    """`requests` opens Stripe's pages, such as a portal session's `url`, in process; other hosts stay as they are."""
    answering = responses.RequestsMock(
        assert_all_requests_are_fired=False,
        # What was active before us, the network or another mock, gets whatever is not Stripe's.
        real_adapter_send=requests.adapters.HTTPAdapter.send,  # type: ignore[arg-type]
        passthru_prefixes=(re.compile(""),),  # type: ignore[arg-type]
    )

    def answer(request: requests.PreparedRequest) -> Any:
        headers = {name: str(value) for name, value in request.headers.items() if name.lower() != "host"}
        body: Any = request.body or b""
        sent = body.encode() if isinstance(body, str) else bytes(body)
        content, status, answered = transport.send(str(request.method), str(request.url), headers, sent)
        return status, [pair for pair in answered if pair[0].lower() not in HOP_BY_HOP], content

    for method in METHODS:
        answering.add_callback(method, PAGES, answer, content_type=None)
    with answering:
        yield


def is_stripe(url: str) -> bool:
    host = host_of(url)
    return host == "stripe.com" or host.endswith(".stripe.com")
