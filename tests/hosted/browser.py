"""A visitor of the mock's own pages, without script."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from werkzeug.test import TestResponse

from mock_server.testing import Mock


class Visitor:
    """Opens pages and answers their forms, as a browser does."""

    def __init__(self, mock: Mock) -> None:
        self.client = mock.app.test_client()

    def open(self, url: str, **sent: Any) -> TestResponse:
        return self.client.get(path_of(url), **sent)

    def answer(self, url: str, **fields: str) -> TestResponse:
        """Fill in the form of the page and send it, with the page's token."""
        page = self.open(url).get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        # What a page says is due goes back with its form, as a browser does it.
        due = re.search(r'name="due" value="([^"]+)"', page)
        hidden = {"csrf_token": token[1] if token else "", **({"due": due[1]} if due else {})}
        return self.client.post(path_of(url), data={**hidden, **fields})


def path_of(url: str) -> str:
    """Path and query of an address."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def query_of(url: str) -> dict[str, str]:
    """The parameters in an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
