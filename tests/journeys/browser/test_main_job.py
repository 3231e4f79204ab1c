"""The main job in a real browser against the real command: the printed link opens, and a click reaches the webhook."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.journeys.browser.chromium import Window
from tests.journeys.browser.conftest import Demo
from tests.journeys.browser.receiver import Receiver

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    listening = Receiver()
    yield listening
    listening.close()


@pytest.fixture(params=["classic", "flexible"])
def subscription(request: pytest.FixtureRequest, running_demo: Demo) -> stripe.Subscription:
    """A subscription of a new reader, in each billing mode."""
    v1 = running_demo.client.v1
    customer: Any = {
        "name": "Anna",
        "email": "anna@example.com",
        "payment_method": "pm_card_visa",
        "invoice_settings": {"default_payment_method": "pm_card_visa"},
    }
    price = v1.prices.list({"lookup_keys": ["northwind_monthly"]}).data[0].id
    wanted: Any = {
        "customer": v1.customers.create(customer).id,
        "items": [{"price": price}],
        "billing_mode": {"type": request.param},
    }
    return v1.subscriptions.create(wanted)


def open_portal(window: Window, running_demo: Demo, subscription: stripe.Subscription) -> None:
    session = running_demo.client.v1.billing_portal.sessions.create({"customer": str(subscription.customer)})
    window.page.goto(session.url)


def cancel(window: Window, subscription: stripe.Subscription) -> None:
    """From the overview through the page to its result, with a reason and a comment."""
    window.page.get_by_role("link", name="Cancel subscription").click()
    window.page.get_by_label("I found an alternative").check()
    window.page.get_by_label("Anything we should know?").fill("The sea is too far.")
    window.page.get_by_role("button", name="Cancel on").click()
    window.page.wait_for_url("**/result")


def test_the_printed_link_opens(running_demo: Demo, window: Window) -> None:
    window.page.goto(running_demo.link)
    assert window.page.get_by_role("heading", level=1).inner_text() == "All is well, Jenny Rosen"
    assert window.complaints == []


def test_canceling_in_the_browser_reaches_the_api_the_events_and_the_webhook(
    running_demo: Demo, window: Window, subscription: stripe.Subscription, receiver: Receiver
) -> None:
    v1 = running_demo.client.v1
    wanted: Any = {"url": receiver.url, "enabled_events": ["customer.subscription.updated"]}
    endpoint = v1.webhook_endpoints.create(wanted)
    open_portal(window, running_demo, subscription)
    cancel(window, subscription)
    assert window.page.get_by_role("heading", level=1).inner_text() == "Northwind Magazine is canceled"
    assert window.complaints == []

    left = v1.subscriptions.retrieve(subscription.id)
    end = subscription["items"].data[0].current_period_end
    is_classic = subscription.billing_mode.type == "classic"
    assert left.cancel_at_period_end is is_classic
    assert left.cancel_at == end
    assert left.cancellation_details is not None
    assert left.cancellation_details.feedback == "switched_service"
    assert left.cancellation_details.comment == "The sea is too far."

    event = v1.events.list({"type": "customer.subscription.updated"}).data[0]
    before = event.data.previous_attributes.to_dict()  # type: ignore[union-attr]
    assert before["cancel_at"] is None
    assert ("cancel_at_period_end" in before) is is_classic

    body, header = receiver.next()
    arrived = stripe.Webhook.construct_event(body, header, endpoint.secret)  # type: ignore[no-untyped-call]
    assert (arrived.id, arrived.data.object["id"]) == (event.id, subscription.id)
    v1.webhook_endpoints.delete(endpoint.id)


def test_a_cancellation_is_taken_back_in_the_browser(
    running_demo: Demo, window: Window, subscription: stripe.Subscription
) -> None:
    open_portal(window, running_demo, subscription)
    cancel(window, subscription)
    window.page.get_by_role("link", name="To the overview").click()
    window.page.get_by_role("link", name="Keep subscription").click()
    window.page.get_by_role("button", name="Keep subscription").click()
    window.page.wait_for_url("**/result")
    assert window.page.get_by_role("heading", level=1).inner_text() == "Northwind Magazine goes on"
    kept = running_demo.client.v1.subscriptions.retrieve(subscription.id)
    assert (kept.cancel_at, kept.cancel_at_period_end) == (None, False)
    assert window.complaints == []


def test_a_flow_leads_back_to_another_site_from_its_form(
    running_demo: Demo, window: Window, subscription: stripe.Subscription, receiver: Receiver
) -> None:
    """Chromium holds the page's policy against the redirect after a form, so no plain client can show this."""
    after = receiver.url.replace("/webhook", "/after")
    flow: Any = {
        "type": "subscription_cancel",
        "subscription_cancel": {"subscription": subscription.id},
        "after_completion": {"type": "redirect", "redirect": {"return_url": after}},
    }
    sessions = running_demo.client.v1.billing_portal.sessions
    window.page.goto(sessions.create({"customer": str(subscription.customer), "flow_data": flow}).url)
    window.page.get_by_role("button", name="Cancel on").click()
    window.page.wait_for_url(after)
    assert window.complaints == []
