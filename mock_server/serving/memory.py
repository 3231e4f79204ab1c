"""A private folder for a mock that keeps nothing.

SQLite's own `:memory:` fails under threads, so the mock is an ordinary file where the machine has memory that looks
like a disk.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - the folders in it are private: mkdtemp makes them for this user alone
# Containers may share the memory and not the process numbers, so the machine's name is part of a folder's name.
PREFIX = f"mock-server-{socket.gethostname()}-"


@contextmanager
def private_folder() -> Iterator[Path]:
    """An empty folder that only this user can read, removed at the end."""
    base = SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    sweep(base)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweep(base: Path) -> None:
    """Remove what servers left that were killed before they could do it themselves."""
    for folder in base.glob(f"{PREFIX}*"):
        if folder.is_dir() and folder.stat().st_uid == os.getuid() and not _lives(folder.name):
            shutil.rmtree(folder, ignore_errors=True)


def _lives(name: str) -> bool:
    """Whether the process that made the folder `name` still runs; so it is, when the name does not say."""
    pid = name.removeprefix(PREFIX).partition("-")[0]
    if not pid.isdecimal():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
