"""One worker: builds the app from the published options, and never outlives its parent."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy.exc

from mock_server.app import create_app
from mock_server.core.store import SchemaMismatch
from mock_server.serving.options import published

PR_SET_PDEATHSIG = 1
PARENT_WATCH_SECONDS = 1.0


def load(_target: str | None = None) -> Callable[..., Any]:
    """The WSGI app of this worker; SystemExit(1) with a sentence when its database is refused."""
    # Until granian sets its own handlers, this process has copies of the parent's, which would end nothing.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if os.name == "posix":
        # Ctrl-C goes to the whole foreground group. The parent alone hears it and ends its workers in order.
        os.setpgid(0, 0)
    die_with_parent()
    options = published()
    try:
        app = create_app(
            database=options.database,
            memory=options.memory,
            durable=options.durable,
            public_url=options.public_url,
            forward_to=options.forward_to,
        )
    except (SchemaMismatch, ValueError, sqlalchemy.exc.SQLAlchemyError) as refusal:
        print(f"Error: cannot open the database: {refusal}", file=sys.stderr, flush=True)  # noqa: T201
        raise SystemExit(1) from refusal
    return app.wsgi_app


def die_with_parent() -> None:
    """Arrange that even `kill -9` of the parent ends this process."""
    parent = multiprocessing.parent_process()
    if parent is None or parent.pid is None:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch, args=(parent.pid,), daemon=True).start()
    if os.getppid() != parent.pid:
        # It died before the arrangement was made, so no signal will come.
        os._exit(1)


def _watch(parent: int) -> None:
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(PARENT_WATCH_SECONDS)
    os._exit(1)
