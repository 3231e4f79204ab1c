"""Pictures of every page: `python -m tests.journeys.screenshots [folder]`, by default `screenshots/`.

Each page at 320 and 1280 pixels, in light and in dark, and as it is printed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.journeys.browser.chromium import HEIGHT, SCHEMES, WIDTHS, Window, chromium
from tests.journeys.browser.scenes import NAMES, stage

PAPER_WIDTH = 794
"""The width of A4 in CSS pixels."""


def main() -> None:
    arguments = argparse.ArgumentParser(description="Make pictures of every page of the portal.")
    arguments.add_argument("folder", nargs="?", type=Path, default=Path("screenshots"))
    arguments.add_argument("--only", choices=NAMES, action="append", help="one page; may be repeated")
    chosen = arguments.parse_args()
    chosen.folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser, stage() as scenes:
        window = Window(browser)
        for name in chosen.only or NAMES:
            scenes.open(window.page, name)
            take(window, chosen.folder, name)
        window.close()


def take(window: Window, folder: Path, name: str) -> None:
    """The pictures of the page that the window shows."""
    for width in WIDTHS:
        for scheme in SCHEMES:
            window.resize(width, scheme)
            window.page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=True)
    window.page.set_viewport_size({"width": PAPER_WIDTH, "height": HEIGHT})
    window.page.emulate_media(media="print", color_scheme="light")
    window.page.screenshot(path=folder / f"{name}-print.png", full_page=True)
    window.page.emulate_media(media="screen")


if __name__ == "__main__":
    main()
