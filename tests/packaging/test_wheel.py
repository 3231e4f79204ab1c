"""A wheel, installed into a clean environment away from the checkout, has everything that it needs."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import signal
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MINUTES = 60


def run(*command: str | Path, folder: Path) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=5 * MINUTES)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Processes of one test run wait here for each other."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this test run have in common."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "packaging"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def wheel(shared: Path) -> Path:
    with one_at_a_time(shared):
        if not list(shared.glob("*.whl")):
            # With the build tool at hand nothing has to be fetched for the build.
            isolation = [] if importlib.util.find_spec("hatchling") is None else ["--no-build-isolation"]
            run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", *isolation, "-w", shared, ROOT, folder=shared)
    return next(shared.glob("flask_portal-*.whl"))


@pytest.fixture(scope="session")
def installed(shared: Path, wheel: Path) -> Path:
    """The folder of the commands of an environment that has the wheel and its dependencies, and nothing else."""
    environment = shared / "venv"
    with one_at_a_time(shared):
        if not (environment / "complete").exists():
            run(sys.executable, "-m", "venv", environment, folder=shared)
            run(environment / "bin" / "python", "-m", "pip", "install", "-q", f"{wheel}[mock]", folder=shared)
            (environment / "complete").touch()
    return environment / "bin"


def test_templates_translations_types_and_static_files_are_packed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    sources = {
        f"flask_portal/_packed/{folder}/{path.relative_to(ROOT / folder)}"
        for folder in ("templates", "translations")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and path.suffix in (".html", ".xml", ".txt", ".po")
    }
    assert sources
    assert sources <= names
    static = {str(path.relative_to(ROOT)) for path in ROOT.glob("*/static/**/*") if path.is_file()}
    assert static <= names
    assert {"flask_portal/py.typed", "mock_server/py.typed", "mock_server/__init__.pyi"} <= names


def test_nothing_but_the_two_packages_is_installed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        top = {name.partition("/")[0] for name in packed.namelist()}
    assert {name for name in top if not name.endswith(".dist-info")} == {"flask_portal", "mock_server"}


def test_an_installed_wheel_serves_a_portal_link_that_opens(installed: Path, tmp_path: Path) -> None:
    command = [installed / "mock-server", "--demo", "--memory", "--quiet", "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            link = server.stdout.readline().strip()
            cookies = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            with cookies.open(link, timeout=20) as page:
                assert page.status == 200
                assert "Northwind Magazine" in page.read().decode()
        finally:
            server.send_signal(signal.SIGTERM)
            assert server.wait(20) == 0


def test_the_base_package_works_without_the_extra(wheel: Path, installed: Path) -> None:
    script = (
        "import sys\n"
        "for name in ('granian', 'orjson', 'responses', 'typst', 'schwifty'): sys.modules[name] = None\n"
        "import flask, flask_portal\n"
        "app = flask.Flask('host'); app.secret_key = 'x'\n"
        "flask_portal.Portal(app)\n"
    )
    run(installed / "python", "-c", script, folder=wheel.parent)
