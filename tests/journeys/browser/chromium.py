"""Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

try:
    from playwright.sync_api import sync_playwright
except ModuleNotFoundError:
    sync_playwright = None

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = os.environ.get("PORTAL_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")

Scheme = Literal["light", "dark"]
WIDTHS = (320, 1280)
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
HEIGHT = 900


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium. LookupError where there is none."""
    if sync_playwright is None:
        raise LookupError("Playwright is not installed")
    if CHROMIUM is None:
        raise LookupError("no Chromium is installed")
    with sync_playwright() as playwright:
        # A container's root user cannot have Chromium's sandbox; these pages are our own.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Window:
    """A browser window.  complaints: what Chromium wrote to the console, such as what the page's policy forbade."""

    def __init__(self, browser: Browser, width: int = 1280, scheme: Scheme = "light", **more: Any) -> None:
        size: Any = {"width": width, "height": HEIGHT}
        self.context = browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce", **more)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, kind: str, text: str) -> None:
        # Chromium reports the status of a page that is meant to be an error, too.
        if kind in ("error", "warning") and "Failed to load resource" not in text:
            self.complaints.append(text)

    def resize(self, width: int, scheme: Scheme) -> None:
        self.page.set_viewport_size({"width": width, "height": HEIGHT})
        self.page.emulate_media(color_scheme=scheme)

    def scrolls_sideways(self) -> bool:
        root = "document.documentElement"
        return bool(self.page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"))

    def close(self) -> None:
        self.context.close()
