"""The pages about subscriptions that stand still or have ended, in the situations that change their look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.journeys.browser.cast import Cast, Scene
from tests.journeys.shop import Reader

if TYPE_CHECKING:
    from playwright.sync_api import Page


class PauseScenes(Cast):
    """A part of the stage."""

    def _pausing(self, *options: dict[str, Any]) -> str:
        kind = "interval_options" if options else "indefinite"
        duration: dict[str, Any] = {"type": kind, **({"interval_options": list(options)} if options else {})}
        feature = {"enabled": True, "duration": duration}
        return self._shop.configuration(subscription_pause=feature, subscription_cancel={"enabled": True})

    def pause(self) -> Scene:
        reader = self._jenny()
        months = [{"interval": "month", "interval_count": count} for count in (1, 3)]
        link = self._shop.link(reader, configuration=self._pausing(*months))
        return Scene(link, f"/subscriptions/{reader.subscription}/pause")

    def _paused(self) -> Reader:
        reader = self._jenny()
        without: Any = {"bill_for": {"unused_time_from": {"type": "none"}}}
        self._shop.client.v1.subscriptions.pause(reader.subscription, without)
        return reader

    def result_paused(self) -> Scene:
        reader = self._paused()
        link = self._shop.link(reader, configuration=self._pausing())
        return Scene(link, f"/subscriptions/{reader.subscription}/result")

    def resume(self) -> Scene:
        reader = self._paused()
        link = self._shop.link(reader, configuration=self._pausing())
        return Scene(link, f"/subscriptions/{reader.subscription}/resume")

    def start_again(self) -> Scene:
        reader = self._jenny()
        self._shop.client.v1.subscriptions.cancel(reader.subscription)
        return Scene(self._shop.link(reader), f"/subscriptions/{reader.subscription}/start-again")

    def subscription_paused_until(self) -> Scene:
        reader = self._jenny()
        link = self._shop.link(reader, configuration=self._pausing({"interval": "month", "interval_count": 3}))

        def stop(page: Page) -> None:
            page.get_by_role("button", name="Pause now").click()
            page.wait_for_url("**/result")
            page.goto(page.url.removesuffix("/result"))

        return Scene(link, f"/subscriptions/{reader.subscription}/pause", stop)
