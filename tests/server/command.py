"""`mock-server` as a user starts it: a real process, its output line by line."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_SECONDS = 20.0


class Command:
    """A running `mock-server`, in a process group of its own as a terminal would give it."""

    def __init__(self, *arguments: str, folder: Path) -> None:
        self.started = time.monotonic()
        # Unbuffered output would hide a server that does not flush its lines itself.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mock_server", "--port", "0", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._arriving: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Command:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop(signal.SIGKILL)
        self._reader.join(PATIENCE_SECONDS)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()

    def wait_for(self, text: str) -> str:
        """The first line that holds `text`; AssertionError when it does not come."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                line = self._arriving.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no line with {text!r} in {self.lines}") from None
            if line is None:
                raise AssertionError(f"ended without a line with {text!r}: {self.lines} {self.errors()}")
            self.lines.append(line)
            if text in line:
                return line

    def url(self) -> str:
        """The base address, once it is printed."""
        return self.wait_for("API ").split()[1].removesuffix("/v1")

    def ready(self) -> str:
        """The base address, once everything is printed."""
        url = self.url()
        self.wait_for("Press Ctrl-C")
        return url

    def workers(self) -> list[int]:
        """The process ids of the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def seconds_of_work(self) -> float:
        """CPU seconds that the command and its workers have taken, or the time since the start where that is less.

        A user waits no longer than that on a machine with nothing else to do, which one that runs tests is not.
        """
        waited = time.monotonic() - self.started
        ticks = sum(cpu_ticks(pid) for pid in (self.process.pid, *self.workers()))
        return min(waited, ticks / os.sysconf("SC_CLK_TCK"))

    def stop(self, by: signal.Signals, *, group: bool = False) -> int:
        """Send a signal, to the whole group as Ctrl-C does when asked, and return the exit code."""
        if group:
            os.killpg(self.process.pid, by)
        else:
            self.process.send_signal(by)
        return self.process.wait(PATIENCE_SECONDS)

    def errors(self) -> str:
        """What an ended command wrote to its standard error."""
        return self.process.stderr.read() if self.process.stderr is not None else ""

    def _read(self) -> None:
        if self.process.stdout is not None:
            for line in self.process.stdout:
                self._arriving.put(line.rstrip("\n"))
        self._arriving.put(None)


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether `holds` becomes true before patience ends."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause = threading.Event()
    while not holds():
        if time.monotonic() > deadline:
            return False
        pause.wait(0.02)
    return True


def cpu_ticks(pid: int) -> int:
    """User and system time of a process, in clock ticks."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(after_name[11]) + int(after_name[12])


def is_gone(pid: int) -> bool:
    """Whether no process has this id any more; one that waits for its parent to notice is gone."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"
