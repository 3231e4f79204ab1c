"""An empty Flask view, served exactly as the mock is served."""

from __future__ import annotations

import sys

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from mock_server.serving.parent import THREADS_ON_SQLITE

if __name__ == "__main__":
    Granian(
        "benchmarks.empty:app",
        port=int(sys.argv[1]),
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        blocking_threads=THREADS_ON_SQLITE,
        log_level=LogLevels.error,
    ).serve()
