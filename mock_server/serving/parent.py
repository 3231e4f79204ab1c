"""The parent: takes the port, starts the workers, says where everything is, and ends them in order.

It imports the app before it forks, so that a worker starts with the imports done.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import signal
import socket
import sys
import threading
from contextlib import ExitStack
from dataclasses import replace
from types import FrameType
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from mock_server.serving import worker
from mock_server.serving.announce import announce
from mock_server.serving.memory import private_folder
from mock_server.serving.options import Options, StartError

# SQLite answers within microseconds and lets go of the interpreter lock at each statement, so that threads only take
# turns at waiting for it: one thread answered 3,500 retrieves a second, eight 1,800. PostgreSQL is worth waiting for.
THREADS_ON_SQLITE = 1
THREADS_ON_POSTGRESQL = 8
SHUTDOWN_SECONDS = 5


def serve(options: Options) -> None:
    """Serve until SIGTERM or Ctrl-C.

    StartError before anything listens; SystemExit(1) when a worker or the announcement failed.
    """
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)
    options = replace(options, port=free_port(options.host, options.port))
    with ExitStack() as stack:
        if options.memory:
            folder = stack.enter_context(private_folder())
            options = replace(options, database=f"sqlite:///{folder}/mock.db")
        options.publish()
        _run(options)


def free_port(host: str, port: int) -> int:
    """`port` when nothing listens there, or any free one for 0; StartError when it is taken.

    granian itself listens with SO_REUSEPORT, and would silently share the port with another server.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name == "posix":
            # The last connections of a server that has just ended must not keep its successor away.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            reason = error.strerror or str(error)
            raise StartError(f"cannot listen on {host}:{port}: {reason}. Name another port with --port.") from error
        return int(probe.getsockname()[1])


def threads_for(database: str | None) -> int:
    """How many requests a worker works on at a time."""
    return THREADS_ON_SQLITE if (database or "").startswith("sqlite") else THREADS_ON_POSTGRESQL


def _end(_signal: int, _frame: FrameType | None) -> None:
    """A signal before granian listens to signals."""
    raise SystemExit(0)


def _run(options: Options) -> None:
    if sys.platform == "linux":
        # Later Pythons start workers afresh by default, and each would import everything again.
        multiprocessing.set_start_method("fork", force=True)
    server = Granian(
        "mock_server",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=options.workers,
        blocking_threads=threads_for(options.database),
        workers_kill_timeout=SHUTDOWN_SECONDS,
        log_level=LogLevels.error,
    )
    speaker = Speaker(server, options)
    server.on_startup(speaker.start)
    server.serve(target_loader=worker.load, wrap_loader=False)
    if speaker.failed:
        raise SystemExit(1)


class Speaker(threading.Thread):
    """Says where everything is, once it answers. A failure to do so ends the server."""

    def __init__(self, server: Any, options: Options) -> None:
        super().__init__(daemon=True)
        self.failed = False
        self._server = server
        self._options = options

    def run(self) -> None:
        # This thread starts before the fork, so until every worker runs it touches nothing that has a lock.
        pause = threading.Event()
        while len(self._server.wrks) < self._options.workers:
            pause.wait(0.01)
        try:
            announce(self._options)
        except Exception:
            self.failed = True
            os.kill(os.getpid(), signal.SIGTERM)
            raise
