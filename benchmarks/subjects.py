"""Something that is measured: a server in a process tree of its own, and raw requests to it."""

from __future__ import annotations

import base64
import http.client
import json
import os
import signal
import socket
import subprocess
import time
import urllib.parse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

START_SECONDS = 60


class Unavailable(Exception):
    """A subject cannot be measured here; the message says why."""


@dataclass(frozen=True, slots=True)
class Request:
    """One raw request: an HTTP method, a path, a form."""

    method: str
    path: str
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> str:
        return urllib.parse.urlencode(self.form)


@dataclass(slots=True)
class Subject:
    """Something that is measured.

    command: makes the command line for a port and a folder.  fill: makes that many customers before the start, or None
    when they are made over HTTP.  subscribe: prepares a customer over HTTP and returns the request that makes one
    subscription.  most: the largest number of stored customers that can be had in a bearable time.
    """

    name: str
    command: Callable[[int, Path], Sequence[str]]
    key: str = "sk_test_benchmark"
    fill: Callable[[Path, int], None] | None = None
    subscribe: Callable[[Subject], Request] | None = None
    first: str = "/v1/customers?limit=1"
    most: int = 100_000
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path = Path()
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, folder: Path) -> float:
        """Start, and return the seconds until the first answer."""
        self.folder, self.port = folder, free_port()
        log = (folder / "log.txt").open("ab")
        started = time.perf_counter()
        self.process = subprocess.Popen(
            self.command(self.port, folder),
            cwd=folder,
            env={**os.environ, **self.environment, "PORT": str(self.port)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        while not self._answers():
            if self.process.poll() is not None or time.perf_counter() - started > START_SECONDS:
                said = (folder / "log.txt").read_text(errors="replace").strip().splitlines()
                raise Unavailable(f"{self.name} did not start: {said[-1] if said else 'it said nothing'}")
            time.sleep(0.005)
        return time.perf_counter() - started

    def _answers(self) -> bool:
        try:
            return self.send(Request("GET", self.first))[0] < 500
        except OSError:
            return False

    def stop(self) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.process = None

    def authorization(self) -> str:
        return "Basic " + base64.b64encode(f"{self.key}:".encode()).decode()

    def send(self, request: Request) -> tuple[int, Any]:
        """Status and decoded answer of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {"Authorization": self.authorization(), "Content-Type": "application/x-www-form-urlencoded"}
            connection.request(request.method, request.path, request.body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        try:
            return answer.status, json.loads(content)
        except ValueError:
            return answer.status, content

    def make(self, path: str, **form: str) -> str:
        """Create an object and return its id; RuntimeError when it is refused."""
        status, answer = self.send(Request("POST", path, form))
        if status != 200:
            raise RuntimeError(f"{self.name} answered {status} to POST {path} {form}: {answer}")
        return str(answer["id"])

    def memory(self) -> float:
        """MiB of its own that all of its processes use together; 0.0 where the system does not say."""
        if self.process is None:
            return 0.0
        return sum(proportional_kib(pid) for pid in descendants(self.process.pid)) / 1024


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def descendants(pid: int) -> list[int]:
    """A process and all below it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [pid, *(below for child in children for below in descendants(int(child)))]


def proportional_kib(pid: int) -> int:
    """Memory in KiB, with what several processes share divided among them."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
