"""One Chromium and one running demo for each test process."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import stripe

from mock_server import demo
from tests.journeys.browser.chromium import Window, chromium
from tests.journeys.browser.scenes import Stage, stage
from tests.server.command import Command

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@dataclass(frozen=True)
class Demo:
    """`mock-server --demo` as a process.  link: the portal link that it printed."""

    link: str
    url: str
    client: stripe.StripeClient


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    try:
        with chromium() as running:
            yield running
    except LookupError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def running_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with Command("--demo", "--memory", folder=tmp_path_factory.mktemp("demo")) as command:
        url = command.url()
        link = command.wait_for("/p/session/")
        yield Demo(link, url, stripe.StripeClient(demo.API_KEY, base_addresses={"api": url}))
        command.stop(signal.SIGTERM)


@pytest.fixture(scope="session")
def scenes() -> Iterator[Stage]:
    with stage() as set_up:
        yield set_up


@pytest.fixture
def window(browser: Browser) -> Iterator[Window]:
    """A window at 1280 pixels in the light."""
    opened = Window(browser)
    yield opened
    opened.close()
