"""The official client's transport to a WSGI app in the same process: no socket, no thread, no HTTP text.

An environ is made by hand, because the client's whole call costs a tenth of a millisecond, and a test client's alone
would cost several times that.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from functools import lru_cache
from io import BytesIO
from typing import Any, cast
from urllib.parse import unquote_to_bytes

import stripe
from werkzeug.datastructures import Headers

WSGIApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

PAGE_HOST = "billing.stripe.com"
CHUNK = 64 * 1024


class InProcessTransport(stripe.HTTPClient):
    """Answers the client's calls by calling `app`, whatever host they name.

    app: a WSGI callable, such as `flask_app.wsgi_app`.
    host: the host that the app sees itself under, so the host of the links that it hands out.
    before: called before each call.
    environ: more of the WSGI environ that every call gets.
    """

    name = "in-process"

    def __init__(
        self,
        app: WSGIApp,
        *,
        host: str = PAGE_HOST,
        before: Callable[[], object] | None = None,
        environ: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._app = app
        self._before = before
        self._environ = base_environ(host) | dict(environ or {})

    def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[bytes, int, Headers]:
        """The answer's body, status and headers; an exception of the app comes through."""
        if self._before is not None:
            self._before()
        environ = self.environ()
        path, _, query = path_of(url).partition("?")
        environ["REQUEST_METHOD"] = method.upper()
        environ["PATH_INFO"] = unquote_to_bytes(path).decode("latin-1") if "%" in path else path
        environ["QUERY_STRING"] = query
        environ["wsgi.input"] = BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        for name, value in headers.items():
            environ[environ_name(name)] = value
        return _run(self._app, environ)

    def environ(self) -> dict[str, Any]:
        """What every call's environ begins with; a new dict."""
        return self._environ.copy()

    def request(  # type: ignore[override]  # the package says str and means the bytes that it decodes
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[bytes, int, Mapping[str, str]]:
        body, status, answered = self.send(method, url, headers or {}, _bytes(post_data))
        return body, status, cast("Mapping[str, str]", answered)

    def request_stream(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[BytesIO, int, Mapping[str, str]]:
        body, status, answered = self.request(method, url, headers, post_data)
        return BytesIO(body), status, answered

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None, **_: Any
    ) -> tuple[bytes, int, Mapping[str, str]]:
        # It takes a millisecond and waits for nobody, so a thread would only add the cost of one.
        return self.request(method, url, headers, post_data)

    async def request_stream_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None, **_: Any
    ) -> tuple[AsyncIterator[bytes], int, Mapping[str, str]]:
        body, status, answered = self.request(method, url, headers, post_data)
        return _chunks(body), status, answered

    async def sleep_async(self, secs: float) -> None:
        await asyncio.sleep(secs)

    def close(self) -> None:
        """There is nothing to close."""

    async def close_async(self) -> None:
        """There is nothing to close."""


def base_environ(host: str) -> dict[str, Any]:
    """What every request's environ has in common, for an app that is reached as `https://<host>`."""
    return {
        "SCRIPT_NAME": "",
        "SERVER_NAME": host,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": host,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def host_of(url: str) -> str:
    """The host in an absolute URL, without its port."""
    return url.partition("://")[2].partition("/")[0].partition("?")[0].partition(":")[0].lower()


def path_of(url: str) -> str:
    """Path and query of an absolute URL."""
    return "/" + url.partition("://")[2].partition("/")[2].partition("#")[0]


@lru_cache(maxsize=256)
def environ_name(header: str) -> str:
    """The key of a header in a WSGI environ."""
    name = header.upper().replace("-", "_")
    return name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"


def _run(app: WSGIApp, environ: dict[str, Any]) -> tuple[bytes, int, Headers]:
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
        started[:] = [status, headers]
        return _no_write

    chunks = app(environ, start_response)
    try:
        # A list is joined at once: asking it for an iterator first would be dearer than the whole answer is long.
        body = b"".join(chunks)
    finally:
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
    status, headers = started
    return body, int(status.partition(" ")[0]), Headers(headers)


def _no_write(_: bytes) -> object:
    raise NotImplementedError("WSGI's write() is older than every app that this transport is for")


def _bytes(post_data: Any) -> bytes:
    if post_data is None:
        return b""
    if isinstance(post_data, str):
        return post_data.encode()
    return bytes(post_data)


async def _chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), CHUNK):
        yield body[start : start + CHUNK]
