"""Files that Stripe's objects have addresses of, such as an invoice's PDF.

They are fetched from Stripe's own domains by HTTPS, or from where the client itself is pointed at, and from nowhere
else: an address comes from outside, and this server may reach what others may not. No key is sent along.
"""

from __future__ import annotations

import logging
import re
from urllib.parse import urljoin, urlsplit

import requests
import stripe

MOST_BYTES = 10 * 1024 * 1024
MOST_REDIRECTS = 3
TIMEOUT_SECONDS = 20
_CHUNK = 64 * 1024
_STRIPE = re.compile(r"https://([a-z0-9-]+\.)*stripe\.com(:443)?/[\x21-\x5b\x5d-\x7e]*")
_PATH = re.compile(r"/[\x21-\x5b\x5d-\x7e]*")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_log = logging.getLogger(__name__)


class Files:
    """origin: scheme and host of the client's API base, such as a mock's; None for Stripe alone.

    transport: the client's own, where it is not the usual one, as in the same process.
    """

    def __init__(self, origin: str | None, transport: stripe.HTTPClient | None = None) -> None:
        self._origin = _origin_of(origin) if origin else None
        self._transport = transport

    def pdf(self, url: str) -> bytes | None:
        """The PDF at an address; None for an address that is not asked, no answer, no PDF, or one above MOST_BYTES."""
        try:
            found = self._from_transport(url) if self._transport else self._from_network(url)
        except (requests.RequestException, stripe.APIConnectionError) as error:
            # The address is a secret of its own: whoever has it reads the invoice.
            _log.warning("A file could not be fetched: %s", type(error).__name__)
            return None
        return found if found and found.startswith(b"%PDF-") and len(found) <= MOST_BYTES else None

    def may_ask(self, url: str) -> bool:
        """Whether the address is one of Stripe's, or of the place that the client is pointed at."""
        if _STRIPE.fullmatch(url):
            return True
        origin = self._origin
        return origin is not None and url.startswith(origin) and bool(_PATH.fullmatch(url[len(origin) :]))

    def _from_transport(self, url: str) -> bytes | None:
        if self._transport is None or not self.may_ask(url):
            return None
        body, status, _headers = self._transport.request("get", url, {}, None)
        return (body if isinstance(body, bytes) else str(body).encode("latin-1")) if status == 200 else None

    def _from_network(self, url: str) -> bytes | None:
        """Each redirect is an address that has to pass by itself."""
        for _ in range(MOST_REDIRECTS + 1):
            if not self.may_ask(url):
                _log.warning("A file was not fetched: its address is not one of Stripe's.")
                return None
            with requests.get(url, stream=True, allow_redirects=False, timeout=TIMEOUT_SECONDS) as answer:
                if answer.status_code in _REDIRECTS:
                    url = urljoin(url, answer.headers.get("Location", ""))
                    continue
                return _content(answer) if answer.status_code == 200 else None
        return None


def _content(answer: requests.Response) -> bytes | None:
    """The body; reading stops where it is too much."""
    found = bytearray()
    for chunk in answer.iter_content(_CHUNK):
        found += chunk
        if len(found) > MOST_BYTES:
            return None
    return bytes(found)


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
