"""What the command line asked for, and its way into the workers."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

# Options travel as JSON in the environment, which also works where processes are spawned and not forked.
OPTIONS_VARIABLE = "MOCK_SERVER_OPTIONS"
WILDCARDS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, never bound


class StartError(Exception):
    """The server cannot start; the message names the reason and a remedy."""


@dataclass(frozen=True, slots=True)
class Options:
    """The flags of `mock-server`; the database is a SQLAlchemy URL, or None until --memory has its folder."""

    host: str
    port: int
    database: str | None = None
    memory: bool = False
    workers: int = 1
    durable: bool = False
    demo: bool = False
    forward_to: str | None = None
    quiet: bool = False

    @property
    def base_url(self) -> str:
        """Where a browser on this machine finds the server."""
        host = "127.0.0.1" if self.host in WILDCARDS else self.host
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"

    @property
    def public_url(self) -> str | None:
        """The base of links that are handed out; None, the request's own host, when listening on every address."""
        return None if self.host in WILDCARDS else self.base_url

    def publish(self) -> None:
        """Leave these options to the processes that start from here on."""
        os.environ[OPTIONS_VARIABLE] = json.dumps(asdict(self))


def published() -> Options:
    """The options that the parent left; KeyError outside a worker."""
    return Options(**json.loads(os.environ[OPTIONS_VARIABLE]))
