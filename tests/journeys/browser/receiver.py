"""A small web server that keeps what is posted to it."""

from __future__ import annotations

import queue
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

PATIENCE_SECONDS = 20.0


class Receiver:
    """A webhook endpoint.  url: its address."""

    def __init__(self) -> None:
        self._arrived: queue.Queue[tuple[bytes, str]] = queue.Queue()
        arrived = self._arrived

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                arrived.put((body, self.headers["Stripe-Signature"]))

            def log_message(self, format: str, *_: object) -> None:
                """The test's output is not the place for it."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhook"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def next(self) -> tuple[bytes, str]:
        """Body and signature of the next delivery; queue.Empty when none comes."""
        return self._arrived.get(timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
