"""Raw requests at several connections: by wrk where it is installed, else by a client of our own in its own process."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.subjects import Request, Subject

CONNECTIONS = 8
PATIENCE_SECONDS = 60
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)")


@dataclass(frozen=True, slots=True)
class Load:
    """How many answers came in how many seconds."""

    answers: int
    seconds: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds


def ask(subject: Subject, request: Request, seconds: float) -> Load:
    """Ask for a while, and wait until the subject has nothing left to do; RuntimeError when an answer was a failure."""
    load = _ask(subject, request, seconds)
    # Whoever is measured next must not pay for what is still queued here.
    subject.send(Request("GET", subject.first))
    return load


def _ask(subject: Subject, request: Request, seconds: float) -> Load:
    headers = {"Authorization": subject.authorization(), "Content-Type": "application/x-www-form-urlencoded"}
    if shutil.which("wrk"):
        return _by_wrk(subject, request, headers, seconds)
    work = [subject.port, request.method, request.path, request.body, headers, seconds]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.load"], input=json.dumps(work), capture_output=True, text=True, check=True
    )
    return _checked(subject, request, *json.loads(done.stdout))


def _by_wrk(subject: Subject, request: Request, headers: Mapping[str, str], seconds: float) -> Load:
    script = subject.folder / "request.lua"
    lines = [f"wrk.method = {json.dumps(request.method)}", f"wrk.body = {json.dumps(request.body)}"]
    lines += [f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in headers.items()]
    # wrk counts what is not 2xx, and times itself to the microsecond.
    lines.append("done = function(s) local e = s.errors; print('RESULT', s.requests, s.duration,")
    lines.append("  e.status + e.connect + e.read + e.write + e.timeout) end")
    script.write_text("\n".join(lines))
    command = [
        "wrk",
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{_whole(seconds)}s",
        "--timeout",
        "60s",
        "-s",
        str(script),
        subject.url + request.path,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answers, microseconds, failures = re.findall(r"RESULT\s+(\S+)\s+(\S+)\s+(\S+)", done.stdout)[0]
    return _checked(subject, request, int(answers), int(microseconds) / 1e6, int(failures))


def _whole(seconds: float) -> int:
    return max(1, round(seconds))


def _checked(subject: Subject, request: Request, answers: int, seconds: float, failures: int) -> Load:
    if failures:
        raise RuntimeError(f"{subject.name}: {failures} of {answers} answers to {request.method} {request.path} failed")
    return Load(answers, seconds)


async def _connection(port: int, message: bytes, until: float) -> tuple[int, int]:
    """Ask again and again on one connection; the number of answers, and how many of them failed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = failures = 0
    while time.perf_counter() < until:
        writer.write(message)
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = LENGTH.search(head)
        if length is None:
            raise RuntimeError("an answer without a length needs wrk")
        await reader.readexactly(int(length[1]))
        answers += 1
        failures += not head.startswith(b"http/1.1 2")
        if b"\r\nconnection: close" in head:
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    return answers, failures


async def _by_ourselves(
    port: int, method: str, path: str, body: str, headers: Mapping[str, str], seconds: float
) -> tuple[int, float, int]:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    message = ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
    started = time.perf_counter()
    until = started + seconds
    async with asyncio.timeout(seconds + PATIENCE_SECONDS):
        done = await asyncio.gather(*(_connection(port, message, until) for _ in range(CONNECTIONS)))
    took = time.perf_counter() - started
    return sum(answers for answers, _ in done), took, sum(failures for _, failures in done)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_by_ourselves(*json.load(sys.stdin)))))
