"""`mock-server` as it is started and ended."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.server.command import Command, eventually, is_gone

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


def run(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A command that is expected to end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "mock_server", *arguments], cwd=folder, capture_output=True, text=True, timeout=20
    )


def memory_folders() -> set[Path]:
    return set(Path("/dev/shm").glob("mock-server-*"))


@linux_only
def test_the_addresses_are_printed_within_three_seconds(tmp_path: Path) -> None:
    with Command(folder=tmp_path) as command:
        command.ready()
        assert command.seconds_of_work() < 3


@linux_only
def test_a_portal_link_alone_on_its_line_is_printed_within_three_seconds(tmp_path: Path) -> None:
    with Command("--demo", "--memory", folder=tmp_path) as command:
        link = command.wait_for("/p/session/")
        assert command.seconds_of_work() < 3
    assert link.startswith("http://127.0.0.1:")
    assert " " not in link


@pytest.mark.slow
def test_each_start_prints_another_portal_link_and_keeps_the_shop(tmp_path: Path) -> None:
    links = []
    for _ in range(2):
        with Command("--demo", folder=tmp_path) as command:
            links.append(command.wait_for("/p/session/").rpartition("/")[2])
            command.stop(signal.SIGTERM)
    assert links[0] != links[1]


def test_quiet_prints_the_link_and_nothing_else(tmp_path: Path) -> None:
    with Command("--demo", "--memory", "--quiet", folder=tmp_path) as command:
        command.wait_for("/p/session/")
        command.stop(signal.SIGTERM)
        assert len(command.lines) == 1


def test_health_is_answered(tmp_path: Path) -> None:
    with (
        Command("--memory", folder=tmp_path) as command,
        urllib.request.urlopen(f"{command.url()}/healthz", timeout=10) as answer,
    ):
        assert answer.status == 200


def test_the_database_is_a_file_in_the_folder_of_the_start(tmp_path: Path) -> None:
    with Command(folder=tmp_path) as command:
        command.ready()
        assert (tmp_path / "mock-server.db").exists()


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_code_zero(tmp_path: Path, by: signal.Signals) -> None:
    with Command(folder=tmp_path) as command:
        command.ready()
        assert command.stop(by) == 0
        assert command.errors() == ""


def test_ctrl_c_in_a_terminal_reaches_every_process_and_ends_with_code_zero(tmp_path: Path) -> None:
    with Command("--workers", "2", folder=tmp_path) as command:
        command.ready()
        assert command.stop(signal.SIGINT, group=True) == 0
        assert command.errors() == ""


def test_an_open_connection_does_not_keep_it_from_ending(tmp_path: Path) -> None:
    with Command("--memory", folder=tmp_path) as command:
        host, _, port = command.ready().removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as kept_alive:
            kept_alive.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
            kept_alive.recv(4096)
            started = time.monotonic()
            assert command.stop(signal.SIGTERM) == 0
            assert time.monotonic() - started < 10


def test_a_taken_port_is_said_before_anything_is_served(tmp_path: Path) -> None:
    with Command("--memory", folder=tmp_path) as command:
        port = command.ready().rpartition(":")[2]
        second = run("--memory", "--port", port, folder=tmp_path)
    assert second.returncode == 1
    assert f"cannot listen on 127.0.0.1:{port}" in second.stderr
    assert second.stdout == ""


@linux_only
@pytest.mark.parametrize("workers", ["1", "3"])
def test_no_worker_outlives_a_killed_command(tmp_path: Path, workers: str) -> None:
    with Command("--workers", workers, folder=tmp_path) as command:
        command.ready()
        pids = command.workers()
        command.stop(signal.SIGKILL)
    assert len(pids) == int(workers)
    assert eventually(lambda: all(is_gone(pid) for pid in pids))


@linux_only
def test_a_server_whose_worker_is_killed_ends_with_code_one(tmp_path: Path) -> None:
    with Command("--memory", folder=tmp_path) as command:
        command.ready()
        subprocess.run(["kill", "-9", str(command.workers()[0])], check=True)
        assert command.process.wait(20) == 1


@linux_only
def test_memory_leaves_nothing_behind(tmp_path: Path) -> None:
    with Command("--memory", folder=tmp_path) as command:
        command.ready()
        mine = {folder for folder in memory_folders() if f"-{command.process.pid}-" in folder.name}
        command.stop(signal.SIGTERM)
    assert len(mine) == 1
    assert not mine & memory_folders()
    assert list(tmp_path.iterdir()) == []


@linux_only
@pytest.mark.slow
def test_the_next_server_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    with Command("--memory", folder=tmp_path) as killed:
        killed.ready()
        killed.stop(signal.SIGKILL)
    left = {folder for folder in memory_folders() if f"-{killed.process.pid}-" in folder.name}
    with Command("--memory", folder=tmp_path) as successor:
        successor.ready()
    assert not left & memory_folders()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        pytest.param(["--memory", "--workers", "2"], "--memory is served by one worker", id="memory and two workers"),
        pytest.param(["--memory", "--database", "x.db"], "--memory keeps nothing", id="memory and a database"),
        pytest.param(["--memory", "--durable"], "--memory keeps nothing", id="memory and durable"),
        pytest.param(["--forward-to", "localhost:80"], "an address starts with http://", id="forward to no address"),
        pytest.param(["--port", "70000"], "70000 is not in the range", id="a port that does not exist"),
    ],
)
def test_flags_that_contradict_each_other_are_refused(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    ended = run(*arguments, folder=tmp_path)
    assert ended.returncode == 2
    assert sentence in " ".join(ended.stderr.split())


def test_a_database_of_another_kind_is_refused_in_a_sentence(tmp_path: Path) -> None:
    ended = run("--port", "0", "--database", "mysql://localhost/shop", folder=tmp_path)
    assert ended.returncode == 1
    assert "cannot open the database" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_without_the_extra_the_command_says_what_to_install(tmp_path: Path) -> None:
    script = "import sys; sys.modules['granian'] = None; import mock_server.cli"
    ended = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=20)
    assert ended.returncode == 1
    assert "pip install 'flask-portal[mock]'" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.slow
def test_the_secret_that_signs_forwarded_webhooks_is_printed_and_stays(tmp_path: Path) -> None:
    lines = []
    for _ in range(2):
        with Command("--forward-to", "http://127.0.0.1:9/hook", folder=tmp_path) as command:
            lines.append(command.wait_for("Webhooks"))
            command.stop(signal.SIGTERM)
    assert "http://127.0.0.1:9/hook" in lines[0]
    assert "whsec_" in lines[0]
    assert lines[0] == lines[1]
