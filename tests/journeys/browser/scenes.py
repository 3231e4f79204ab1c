"""Every page of the portal in the situations that change its look, on a shop behind a real port."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from mock_server.testing import serve
from tests.journeys import street
from tests.journeys.shop import Reader, Shop

if TYPE_CHECKING:
    from playwright.sync_api import Page

Steps = Callable[["Page"], None]

ADDRESS = {"line1": "27 Fredrick Ave", "city": "Brothers", "state": "OR", "postal_code": "97712", "country": "US"}
REASONS: dict[str, Any] = {"enabled": True, "options": ["too_expensive", "unused", "other"]}
EVERYTHING = ["name", "email", "phone", "address", "shipping", "tax_id"]
UNUSED_SECONDS = 301


@dataclass(frozen=True)
class Scene:
    """One picture.  link: the portal link that opens it. below: the page of that visit. steps: what is done there.

    at: where it is served, if not on the mock.
    """

    link: str
    below: str = ""
    steps: Steps | None = None
    at: str = ""


class Stage:
    """A shop with readers in every situation; `scene(name)` for each of NAMES."""

    def __init__(self, url: str, shop: Shop, street: str) -> None:
        self._url = url
        self._shop = shop
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

    def _jenny(self, **subscription: Any) -> Reader:
        """A reader of whom everything is known."""
        reader = self._shop.reader("jenny.rosen@example.com", **subscription)
        values: Any = {"name": "Jenny Rosen", "address": ADDRESS, "phone": "+442079460000"}
        self._shop.client.v1.customers.update(reader.customer, values)
        self._shop.client.v1.customers.tax_ids.create(reader.customer, {"type": "eu_vat", "value": "DE123456789"})
        return reader

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

    def payment_methods(self) -> Scene:
        reader = self._jenny()
        for method in ("pm_card_amex", "pm_card_mastercard"):
            self._shop.client.v1.payment_methods.attach(method, {"customer": reader.customer})
        return Scene(self._shop.link(reader), "/payment-methods")

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


NAMES = tuple(name for name, member in vars(Stage).items() if not name.startswith("_") and name != "open")


@contextmanager
def stage() -> Iterator[Stage]:
    shop = Shop()
    with TemporaryDirectory() as folder, street.served(shop, Path(folder)) as address, serve(shop.mock) as served:
        yield Stage(served.url, shop, address)
