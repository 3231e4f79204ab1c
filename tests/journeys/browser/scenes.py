"""Every page of the portal in the situations that change its look, on a shop behind a real port."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from flask_portal.rules.subscriptions import PLANNED_BY_PORTAL
from mock_server.testing import serve
from tests.journeys import street
from tests.journeys.browser.cast import Scene, Steps
from tests.journeys.browser.pause_scenes import PauseScenes
from tests.journeys.browser.payment_scenes import PaymentScenes
from tests.journeys.plans import PlanShop
from tests.journeys.shop import Reader

if TYPE_CHECKING:
    from playwright.sync_api import Page

REASONS: dict[str, Any] = {"enabled": True, "options": ["too_expensive", "unused", "other"]}
EVERYTHING = ["name", "email", "phone", "address", "shipping", "tax_id"]
UNUSED_SECONDS = 301


class Stage(PauseScenes, PaymentScenes):
    """A shop with readers in every situation; `scene(name)` for each of NAMES."""

    def __init__(self, url: str, shop: PlanShop, street: str) -> None:
        super().__init__(shop)
        self._url = url
        self._street = street
        self._expired = shop.link(shop.reader("late@example.com"))
        self._recovers = shop.link(shop.reader("later@example.com"), after_expiration={"type": "customer_login"})
        shop.mock.clock.advance(UNUSED_SECONDS)

    def open(self, page: Page, name: str) -> None:
        """Follow the scene's link in a browser, and do what belongs to it."""
        scene: Scene = getattr(self, name)()
        page.goto((scene.at or self._url) + scene.link)
        if scene.below:
            page.goto(page.url.rstrip("/") + scene.below)
        if scene.steps is not None:
            scene.steps(page)

    def _ending(self) -> Reader:
        reader = self._jenny()
        self._shop.client.v1.subscriptions.update(reader.subscription, {"cancel_at_period_end": True})
        return reader

    def overview(self) -> Scene:
        return Scene(self._shop.link(self._jenny()))

    def overview_several(self) -> Scene:
        reader = self._jenny(trial_period_days=14)
        long_name = "The Archive of every issue since 1987, searchable, with all maps and plates"
        for price, quantity in ((self._shop.plan(long_name, 123400, "year"), 12), (self._shop.plan("Atlas", 900), 1)):
            items: Any = [{"price": price, "quantity": quantity}]
            self._shop.client.v1.subscriptions.create({"customer": reader.customer, "items": items})
        return Scene(self._shop.link(reader))

    def overview_attention(self) -> Scene:
        reader = self._jenny()
        self._shop.refuse_payment(reader)
        return Scene(self._shop.link(reader))

    def overview_card_expires(self) -> Scene:
        reader = self._jenny()
        card = self._shop.client.v1.payment_methods.list({"customer": reader.customer}).data[0]
        self._shop.client.v1.payment_methods.update(card.id, {"card": {"exp_month": 2, "exp_year": 2035}})
        return Scene(self._shop.link(reader))

    def overview_ending(self) -> Scene:
        return Scene(self._shop.link(self._ending()))

    def overview_ended(self) -> Scene:
        reader = self._jenny()
        self._shop.client.v1.subscriptions.cancel(reader.subscription)
        return Scene(self._shop.link(reader))

    def overview_empty(self) -> Scene:
        return Scene(self._shop.link(self._shop.client.v1.customers.create({"email": "nobody@example.com"}).id))

    def overview_german(self) -> Scene:
        return Scene(self._shop.link(self._jenny(), locale="de"))

    def subscription(self) -> Scene:
        reader = self._jenny()
        return Scene(self._shop.link(reader), f"/subscriptions/{reader.subscription}")

    def cancel(self) -> Scene:
        reader = self._jenny()
        return Scene(self._shop.link(reader), f"/subscriptions/{reader.subscription}/cancel")

    def cancel_now(self) -> Scene:
        reader = self._jenny()
        feature = {"enabled": True, "mode": "immediately", "cancellation_reason": REASONS}
        configuration = self._shop.configuration(subscription_cancel=feature)
        return Scene(
            self._shop.link(reader, configuration=configuration), f"/subscriptions/{reader.subscription}/cancel"
        )

    def cancel_with_offer(self) -> Scene:
        coupon: Any = {"percent_off": 30, "duration": "repeating", "duration_in_months": 3}
        made = self._shop.client.v1.coupons.create(coupon).id
        return Scene(self._leaving(retention={"type": "coupon_offer", "coupon_offer": {"coupon": made}}))

    def _leaving(self, **task: Any) -> str:
        """A link that cancels a subscription and ends with words of the business."""
        reader = self._jenny()
        words = {"custom_message": "Thank you for three years with us.\nThe harbour light stays on."}
        flow: Any = {
            "type": "subscription_cancel",
            "subscription_cancel": {"subscription": reader.subscription, **task},
            "after_completion": {"type": "hosted_confirmation", "hosted_confirmation": words},
        }
        return self._shop.link(reader, flow_data=flow)

    def cancel_german(self) -> Scene:
        reader = self._jenny()
        return Scene(self._shop.link(reader, locale="de"), f"/subscriptions/{reader.subscription}/cancel")

    def result_canceled(self) -> Scene:
        reader = self._ending()
        return Scene(self._shop.link(reader), f"/subscriptions/{reader.subscription}/result")

    def result_ended(self) -> Scene:
        reader = self._jenny()
        self._shop.client.v1.subscriptions.cancel(reader.subscription)
        return Scene(self._shop.link(reader), f"/subscriptions/{reader.subscription}/result")

    def result_of_flow(self) -> Scene:
        def leave(page: Page) -> None:
            page.get_by_label("I no longer need it").check()
            page.get_by_role("button", name="Cancel on").click()
            page.wait_for_url("**/result")

        return Scene(self._leaving(), steps=leave)

    def renew(self) -> Scene:
        reader = self._ending()
        return Scene(self._shop.link(reader), f"/subscriptions/{reader.subscription}/renew")

    def _switching(self, below: str, steps: Steps | None = None, **more: Any) -> Scene:
        """A page of a reader who may change the plan, with two cards.  below: under the subscription's own address."""
        reader = self._jenny(prices=[self._shop.monthly])
        self._shop.client.v1.payment_methods.attach("pm_card_mastercard", {"customer": reader.customer})
        feature = more.pop("feature", {})
        link = self._shop.link(reader, configuration=self._shop.offering(**feature), **more)
        return Scene(link, f"/subscriptions/{reader.subscription}{below}", steps)

    def _larger(self) -> str:
        return f"/review?price={self._shop.larger}&quantity=2"

    def update(self) -> Scene:
        return self._switching("/update")

    def update_wrong(self) -> Scene:
        return self._switching(f"/review?price={self._shop.larger}&quantity=9&code=NONE")

    def update_german(self) -> Scene:
        return self._switching("/update", locale="de")

    def review(self) -> Scene:
        return self._switching(self._larger())

    def review_german(self) -> Scene:
        return self._switching(self._larger(), locale="de")

    def review_later(self) -> Scene:
        conditions = {"conditions": [{"type": "decreasing_item_amount"}]}
        reader = self._jenny(prices=[self._shop.larger])
        link = self._shop.link(reader, configuration=self._shop.offering(schedule_at_period_end=conditions))
        return Scene(link, f"/subscriptions/{reader.subscription}/review?price={self._shop.monthly}")

    def review_declined(self) -> Scene:
        return self._paid_with("pm_card_chargeCustomerFail", "**/review*")

    def _paid_with(self, card: str, after: str) -> Scene:
        """What a reader sees who has tried to pay for a change with this card."""
        reader = self._jenny(prices=[self._shop.monthly])
        method = self._shop.client.v1.payment_methods.attach(card, {"customer": reader.customer}).id
        default: Any = {"invoice_settings": {"default_payment_method": method}}
        self._shop.client.v1.customers.update(reader.customer, default)

        def pay(page: Page) -> None:
            page.get_by_role("button", name="Pay").click()
            page.wait_for_url(after)

        link = self._shop.link(reader, configuration=self._shop.offering())
        return Scene(link, f"/subscriptions/{reader.subscription}{self._larger()}", pay)

    def updated(self) -> Scene:
        return self._paid_with("pm_card_visa", "**/update/result")

    def updated_one_step_left(self) -> Scene:
        return self._paid_with("pm_card_threeDSecure2Required", "**/update/result")

    def _planned(self) -> tuple[str, Reader]:
        """A link of a reader who has planned to go down, and the reader."""
        reader = self._jenny(prices=[self._shop.larger])
        v1, schedules = self._shop.client.v1, self._shop.client.v1.subscription_schedules
        made = schedules.create({"from_subscription": reader.subscription})
        here = made.phases[0]
        present: Any = {"items": [{"price": self._shop.larger, "quantity": 1}], "start_date": here.start_date}
        later: Any = {"items": [{"price": self._shop.monthly, "quantity": 1}]}
        phases: Any = [{**present, "end_date": here.end_date}, {**later, "duration": {"interval": "month"}}]
        v1.subscription_schedules.update(
            made.id, {"phases": phases, "metadata": {PLANNED_BY_PORTAL: self._shop.magazine}}
        )
        return self._shop.link(reader, configuration=self._shop.offering()), reader

    def overview_planned(self) -> Scene:
        return Scene(self._planned()[0])

    def undo_update(self) -> Scene:
        link, reader = self._planned()
        return Scene(link, f"/subscriptions/{reader.subscription}/update/undo")

    def invoices(self) -> Scene:
        reader = self._jenny()
        self._shop.refuse_payment(reader)
        return Scene(self._shop.link(reader), "/invoices")

    def details(self) -> Scene:
        return Scene(self._open_details(), "/details")

    def _open_details(self) -> str:
        configuration = self._shop.configuration(customer_update={"enabled": True, "allowed_updates": EVERYTHING})
        return self._shop.link(self._jenny(), configuration=configuration)

    def details_wrong(self) -> Scene:
        def mistake(page: Page) -> None:
            page.get_by_label("Email").fill("jenny at example")
            page.get_by_label("ZIP code").fill("no")
            page.get_by_role("button", name="Save").click()

        return Scene(self._open_details(), "/details", mistake)

    def tax_id_wrong(self) -> Scene:
        def mistake(page: Page) -> None:
            page.get_by_label("Kind of tax ID").select_option("eu_vat")
            page.get_by_label("Number", exact=True).fill("12")
            page.get_by_role("button", name="Add tax ID").click()

        return Scene(self._open_details(), "/details", mistake)

    def details_saved(self) -> Scene:
        return Scene(self._open_details(), "/details/result")

    def invoice(self) -> Scene:
        reader = self._jenny()
        [paid] = self._shop.client.v1.invoices.list({"customer": reader.customer}).data
        return Scene(self._shop.link(reader), f"/invoices/{paid.id}")

    def invoice_open(self) -> Scene:
        reader = self._jenny()
        self._shop.refuse_payment(reader)
        [unpaid] = self._shop.client.v1.invoices.list({"customer": reader.customer, "status": "open"}).data
        return Scene(self._shop.link(reader, locale="de"), f"/invoices/{unpaid.id}")

    def invoices_years(self) -> Scene:
        return Scene(self._shop.link(self._jenny()), "/invoices?year=2034")

    def history(self) -> Scene:
        return Scene(self._shop.link(self._jenny()), "/history", self._change_twice)

    def history_empty(self) -> Scene:
        return Scene(self._shop.link(self._jenny()), "/history")

    def receipt(self) -> Scene:
        def read(page: Page) -> None:
            self._change_twice(page)
            page.get_by_role("link", name="Receipt").first.click()

        return Scene(self._shop.link(self._jenny()), "/history", read)

    def _change_twice(self, page: Page) -> None:
        """Leave with a reason, and come back; then look at the history."""
        page.get_by_role("link", name="Overview").click()
        page.get_by_role("link", name="Cancel subscription").click()
        page.get_by_label("It is too expensive").check()
        page.get_by_role("button", name="Cancel on").click()
        page.get_by_role("link", name="To the overview").click()
        page.get_by_role("link", name="Keep subscription").first.click()
        page.get_by_role("button", name="Keep subscription").click()
        page.get_by_role("link", name="History").click()

    def refused(self) -> Scene:
        configuration = self._shop.configuration(payment_method_update={"enabled": True})
        return Scene(self._shop.link(self._jenny(), configuration=configuration), "/invoices")

    def missing(self) -> Scene:
        return Scene(self._shop.link(self._jenny()), "/subscriptions/sub_none")

    def expired(self) -> Scene:
        return Scene(self._expired)

    def expired_recovers(self) -> Scene:
        return Scene(self._recovers)

    def login(self) -> Scene:
        return Scene(self._shop.login_link() + "?prefilled_email=jenny.rosen%40example.com")

    def login_code(self) -> Scene:
        return Scene(self._shop.login_link(), steps=self._ask_for_code)

    def _ask_for_code(self, page: Page) -> None:
        page.get_by_label("Email").fill("jenny.rosen@example.com")
        page.get_by_role("button", name="Send the code").click()
        page.wait_for_url("**/code")

    def login_code_wrong(self) -> Scene:
        def mistake(page: Page) -> None:
            self._ask_for_code(page)
            page.get_by_label("Code from the email").fill("000 000")
            page.get_by_role("button", name="Open my billing").click()

        return Scene(self._shop.login_link(), steps=mistake)

    def public_cancel(self) -> Scene:
        return Scene("/billing/cancel", at=self._street)

    def public_cancel_wrong(self) -> Scene:
        def mistake(page: Page) -> None:
            page.get_by_role("radio", name="Extraordinary cancellation").check()
            page.get_by_role("radio", name="On the date below").check()
            page.get_by_label("Your name").fill("Jenny Rosen")
            page.get_by_role("button", name="Cancel now").click()

        return Scene("/billing/cancel", steps=mistake, at=self._street)

    def public_withdraw(self) -> Scene:
        return Scene("/billing/withdraw", at=self._street)

    def public_receipt(self) -> Scene:
        def declare(page: Page) -> None:
            page.get_by_label("Your name").fill("Jenny Rosen")
            page.get_by_label("Which contract").fill("Magazine, invoice 4E1A-0001")
            page.get_by_label("Email for the confirmation").fill(f"jenny{secrets.token_hex(4)}@example.com")
            page.get_by_role("button", name="Cancel now").click()
            page.wait_for_url("**/receipts/**")

        return Scene("/billing/cancel", steps=declare, at=self._street)


MEMBERS = [name for part in (Stage, PauseScenes, PaymentScenes) for name in vars(part)]
NAMES = tuple(name for name in MEMBERS if not name.startswith("_") and name != "open")


@contextmanager
def stage() -> Iterator[Stage]:
    shop = PlanShop()
    with TemporaryDirectory() as folder, street.served(shop, Path(folder)) as address, serve(shop.mock) as served:
        yield Stage(served.url, shop, address)
