"""The pages about payment methods and payments, in the situations that change their look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.journeys.browser.cast import Cast, Scene
from tests.journeys.shop import Reader

if TYPE_CHECKING:
    from playwright.sync_api import Page


class PaymentScenes(Cast):
    """A part of the stage."""

    def payment_methods(self) -> Scene:
        reader = self._jenny()
        for method in ("pm_card_amex", "pm_card_mastercard"):
            self._shop.client.v1.payment_methods.attach(method, {"customer": reader.customer})
        return Scene(self._shop.link(reader), "/payment-methods")

    def _paid_by_two(self) -> tuple[Reader, str]:
        """A reader whose subscription has a card of its own beside the default one, and the id of that card."""
        reader = self._jenny()
        amex = self._shop.client.v1.payment_methods.attach("pm_card_amex", {"customer": reader.customer}).id
        self._shop.client.v1.subscriptions.update(reader.subscription, {"default_payment_method": amex})
        return reader, amex

    def payment_methods_two(self) -> Scene:
        return Scene(self._shop.link(self._paid_by_two()[0]), "/payment-methods")

    def payment_method(self) -> Scene:
        reader, _ = self._paid_by_two()
        visa = self._shop.client.v1.payment_methods.list({"customer": reader.customer}).data[-1].id
        return Scene(self._shop.link(reader), f"/payment-methods/{visa}")

    def payment_method_wrong(self) -> Scene:
        def mistake(page: Page) -> None:
            page.get_by_label("Year").select_option("2035")
            page.get_by_label("Expires in").select_option("1")
            page.get_by_label("Name on the card").fill("J" * 501)
            page.evaluate("document.querySelector('[name=\"card[exp_month]\"]').options[0].value = '13'")
            page.get_by_role("button", name="Save").click()

        plain = self.payment_method()
        return Scene(plain.link, plain.below, mistake)

    def remove_method(self) -> Scene:
        reader, amex = self._paid_by_two()
        return Scene(self._shop.link(reader), f"/payment-methods/{amex}/remove")

    def add_method(self) -> Scene:
        return Scene(self._shop.link(self._jenny()), "/payment-methods/add")

    def add_method_flow(self) -> Scene:
        return Scene(self._shop.link(self._jenny(), flow_data={"type": "payment_method_update"}))

    def method_added(self) -> Scene:
        return Scene(self._shop.link(self._late()), "/payment-methods/add", save_card)

    def method_result(self) -> Scene:
        def choose(page: Page) -> None:
            save_card(page)
            page.get_by_role("button", name="Use it from now on").click()
            page.wait_for_url("**/result")

        words = {"custom_message": "Thank you.\nThe next issue comes as usual."}
        end = {"type": "hosted_confirmation", "hosted_confirmation": words}
        flow: Any = {"type": "payment_method_update", "after_completion": end}
        return Scene(self._shop.link(self._jenny(), flow_data=flow), steps=choose)

    def _late(self) -> Reader:
        """A reader who owes $29.00, and whose subscription insists on the card that was declined."""
        reader = self._jenny()
        self._shop.refuse_payment(reader)
        return reader

    def fix(self) -> Scene:
        return Scene(self._shop.link(self._late()), "/fix")

    def _owing_twice(self, **more: Any) -> Scene:
        reader = self._late()
        v1 = self._shop.client.v1
        bad = v1.customers.retrieve(reader.customer).invoice_settings.default_payment_method  # type: ignore[union-attr]
        v1.subscriptions.update(reader.subscription, {"default_payment_method": str(bad)})
        invoice: Any = {"customer": reader.customer, "collection_method": "send_invoice", "days_until_due": 30}
        made = str(v1.invoices.create(invoice).id)
        item: Any = {"customer": reader.customer, "invoice": made, "amount": 123450, "currency": "usd"}
        v1.invoice_items.create(item)
        v1.invoices.finalize_invoice(made)
        return Scene(self._shop.link(reader, **more), "/fix")

    def fix_several(self) -> Scene:
        return self._owing_twice()

    def fix_german(self) -> Scene:
        return self._owing_twice(locale="de")

    def fix_nothing(self) -> Scene:
        return Scene(self._shop.link(self._jenny()), "/fix")

    def fix_unchosen(self) -> Scene:
        def forget(page: Page) -> None:
            page.evaluate("document.querySelector(':checked').checked = false")
            page.get_by_role("button", name="Pay").click()

        return Scene(self.fix().link, "/fix", forget)

    def fix_paid(self) -> Scene:
        return Scene(self.fix().link, "/fix", lambda page: page.get_by_role("button", name="Pay").click())

    def fix_declined(self) -> Scene:
        return Scene(self._shop.link(self._late()), "/fix", lambda page: pay_with(page, "0341"))

    def fix_confirm(self) -> Scene:
        reader = self._late()
        card = "pm_card_authenticationRequired"
        self._shop.client.v1.payment_methods.attach(card, {"customer": reader.customer})
        return Scene(self._shop.link(reader), "/fix", lambda page: pay_with(page, "3184"))

    def pay_invoice(self) -> Scene:
        reader = self._late()
        invoice = self._shop.client.v1.invoices.list({"customer": reader.customer, "status": "open"}).data[0].id
        return Scene(self._shop.link(reader), f"/invoices/{invoice}/pay")


def pay_with(page: Page, digits: str) -> None:
    """Choose a card and pay.  digits: its last four."""
    page.get_by_label(f"ending in {digits}").check()
    page.get_by_role("button", name="Pay").click()


def save_card(page: Page) -> None:
    """Save a test card on Checkout's page, and come back."""
    page.get_by_role("button", name="Continue to the secure page").click()
    page.get_by_text("More test cards and accounts").click()
    page.get_by_label("Mastercard ending in 4444").check()
    page.get_by_role("button", name="Save payment method").last.click()
    page.wait_for_url("**/payment-methods/added?**")
