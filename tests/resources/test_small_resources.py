"""Feedback options, customer sessions, and the legacy sources of which there are none."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from .sales import payer, price, subscribe


def test_a_feedback_option_is_made_reworded_and_ended(shop: stripe.StripeClient) -> None:
    options = shop.v1.billing.feedback_options
    made = options.create({"description": "Moved abroad"})
    assert (made.status, made.status_transitions.deactivated_at) == ("active", None)
    assert options.update(made.id, {"description": "Moved away"}).description == "Moved away"
    ended = options.deactivate(made.id)
    assert ended.status == "inactive"
    assert ended.status_transitions.deactivated_at is not None
    assert [one.id for one in options.list({"status": "inactive"}).data] == [made.id]
    assert options.list({"status": "active"}).data == []
    assert options.retrieve(made.id).description == "Moved away"


def test_a_feedback_option_ends_once(shop: stripe.StripeClient) -> None:
    made = shop.v1.billing.feedback_options.create({"description": "Moved abroad"})
    shop.v1.billing.feedback_options.deactivate(made.id)
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.billing.feedback_options.deactivate(made.id)


def test_a_customer_session_lasts_half_an_hour_and_says_what_is_enabled(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    chosen: Any = {"enabled": True, "features": {"payment_method_save": "enabled"}}
    params: Any = {"customer": jenny, "components": {"payment_element": chosen, "customer_portal": {"enabled": True}}}
    made = shop.v1.customer_sessions.create(params)
    assert (made.customer, made.expires_at - made.created) == (jenny, 1800)
    assert made.client_secret.startswith("cuss_secret_")
    parts: Any = made.components
    assert (parts.buy_button.enabled, parts.customer_portal.enabled, parts.customer_sheet.features) == (
        False,
        True,
        None,
    )
    assert parts.payment_element.features.payment_method_save == "enabled"
    assert parts.payment_element.features.payment_method_remove == "disabled"


def test_a_customer_session_needs_a_customer(shop: stripe.StripeClient) -> None:
    params: Any = {"customer": "cus_1", "components": {"buy_button": {"enabled": True}}}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.customer_sessions.create(params)
    assert refused.value.param == "customer"


def test_a_customer_has_no_legacy_sources(shop: stripe.StripeClient) -> None:
    jenny = payer(shop)
    assert shop.v1.customers.payment_sources.list(jenny).data == []
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.customers.payment_sources.retrieve(jenny, "src_1")
    assert refused.value.http_status == 404


def test_metadata_of_something_new_leaves_out_what_is_sent_empty(shop: stripe.StripeClient) -> None:
    empty: Any = {"kept": "a", "gone": ""}
    jenny, sold = payer(shop, metadata=empty), price(shop, metadata=empty)
    phases: Any = [{"items": [{"price": sold, "metadata": empty}], "metadata": empty}]
    params: Any = {"customer": jenny, "start_date": "now", "phases": phases, "metadata": empty}
    made = shop.v1.subscription_schedules.create(params)
    running = subscribe(shop, jenny, sold, metadata=empty)
    draft: Any = {"customer": jenny, "metadata": empty}
    for body in (
        *(shop.v1.customers.retrieve(jenny), shop.v1.prices.retrieve(sold), running, shop.v1.invoices.create(draft)),
        *(made, made.phases[0], made.phases[0]["items"][0]),
    ):
        assert body["metadata"].to_dict() == {"kept": "a"}
