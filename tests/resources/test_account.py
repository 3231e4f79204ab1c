"""Accounts and Connect."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

SHOP = "https://shop.example"
TOLD: Any = {
    "business_type": "company",
    "business_profile": {"mcc": "5734", "url": SHOP},
    "tos_acceptance": {"date": 1_700_000_000, "ip": "127.0.0.1"},
}
CARDS: Any = {"card_payments": {"requested": True}}


def opened(shop: stripe.StripeClient, **sent: Any) -> stripe.Account:
    params: Any = sent
    return shop.v1.accounts.create(params)


def as_(account: stripe.Account) -> Any:
    """The option that names the account a call acts for."""
    return {"stripe_account": account.id}


@pytest.mark.parametrize(
    ("kind", "payer", "losses", "collector", "dashboard"),
    [
        pytest.param("standard", "account", "stripe", "stripe", "full"),
        pytest.param("express", "application_express", "application", "stripe", "express"),
        pytest.param("custom", "application_custom", "application", "application", "none"),
    ],
)
def test_a_type_says_who_controls_what(
    shop: stripe.StripeClient, kind: str, payer: str, losses: str, collector: str, dashboard: str
) -> None:
    made = opened(shop, type=kind)
    assert made.type == kind
    assert made.controller is not None
    assert made.controller.to_dict() == {
        "fees": {"payer": payer},
        "is_controller": True,
        "losses": {"payments": losses},
        "requirement_collection": collector,
        "stripe_dashboard": {"type": dashboard},
        "type": "application",
    }


def test_an_account_may_be_described_by_its_controller(shop: stripe.StripeClient) -> None:
    controller = {"fees": {"payer": "application"}, "losses": {"payments": "application"}}
    made = opened(shop, controller={**controller, "stripe_dashboard": {"type": "express"}})
    assert made.controller is not None
    assert made.controller.fees is not None
    assert (made.type, made.controller.fees.payer, made.controller.requirement_collection) == (
        "none",
        "application",
        "stripe",
    )


@pytest.mark.parametrize(
    "controller",
    [
        pytest.param({"requirement_collection": "application"}, id="with a dashboard"),
        pytest.param({"stripe_dashboard": {"type": "none"}}, id="without anybody who asks"),
        pytest.param(
            {"requirement_collection": "application", "stripe_dashboard": {"type": "none"}}, id="Stripe bears losses"
        ),
    ],
)
def test_a_controller_that_cannot_be_is_refused(shop: stripe.StripeClient, controller: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="application"):
        opened(shop, controller=controller)


def test_type_and_controller_exclude_one_another(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        opened(shop, type="custom", controller={"fees": {"payer": "account"}})
    assert refused.value.code == "parameters_exclusive"


def test_the_currency_follows_the_country(shop: stripe.StripeClient) -> None:
    assert opened(shop, country="DE").default_currency == "eur"


def test_a_custom_account_may_charge_once_it_is_known(mock: Mock, shop: stripe.StripeClient) -> None:
    made = opened(shop, type="custom", capabilities=CARDS)
    assert made.requirements is not None
    assert (made.charges_enabled, made.requirements.disabled_reason) == (False, "requirements.past_due")
    assert made.requirements.currently_due == [
        "business_profile.mcc",
        "business_profile.url",
        "business_type",
        "tos_acceptance.date",
        "tos_acceptance.ip",
    ]
    with mock.expect_events():
        known = shop.v1.accounts.update(made.id, TOLD)
    assert known.requirements is not None
    assert (known.charges_enabled, known.details_submitted, known.requirements.currently_due) == (True, True, [])
    happened = shop.v1.events.list({}, as_(made)).data
    assert [(event.type, event.account) for event in happened] == [
        ("account.updated", made.id),
        ("capability.updated", made.id),
    ]
    previous: Any = happened[0].data.previous_attributes
    assert previous["charges_enabled"] is False


def test_an_account_of_stripes_accepts_the_terms_itself(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        opened(shop, type="express", tos_acceptance=TOLD["tos_acceptance"])
    assert refused.value.param == "tos_acceptance"


def test_a_capability_is_asked_for_and_given_up(shop: stripe.StripeClient) -> None:
    made = opened(shop, type="custom", **TOLD)
    asked = shop.v1.accounts.capabilities.update(made.id, "sepa_debit_payments", {"requested": True})
    assert (asked.requested, asked.status, asked.account) == (True, "active", made.id)
    assert [one.id for one in shop.v1.accounts.capabilities.list(made.id).data] == ["sepa_debit_payments"]
    dropped = shop.v1.accounts.capabilities.update(made.id, "sepa_debit_payments", {"requested": False})
    assert (dropped.requested, dropped.status) == (False, "unrequested")
    assert shop.v1.accounts.retrieve(made.id).charges_enabled is False


def test_an_unknown_capability_is_missing(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.accounts.capabilities.retrieve(opened(shop).id, "flying")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_a_rejected_account_may_do_nothing_until_it_is_unrejected(shop: stripe.StripeClient) -> None:
    made = opened(shop, type="custom", capabilities=CARDS, **TOLD)
    rejected = shop.v1.accounts.reject(made.id, {"reason": "fraud_other"})
    assert rejected.requirements is not None
    assert (rejected.charges_enabled, rejected.requirements.disabled_reason) == (False, "rejected.fraud")
    assert shop.v1.accounts.unreject(made.id).charges_enabled is True


def test_a_standard_account_cannot_be_rejected(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="losses"):
        shop.v1.accounts.reject(opened(shop).id, {"reason": "other"})


def test_ones_own_account_is_there_and_is_not_changed_by_the_api(shop: stripe.StripeClient) -> None:
    own = shop.v1.accounts.retrieve_current()
    assert (own.charges_enabled, own.id[:6]) == (True, "acct_1")
    with pytest.raises(stripe.InvalidRequestError, match="Dashboard"):
        shop.v1.accounts.update(own.id, {"business_type": "company"})


def test_connected_accounts_are_listed_newest_first(shop: stripe.StripeClient) -> None:
    first, second = opened(shop), opened(shop)
    assert [one.id for one in shop.v1.accounts.list().data] == [second.id, first.id]


def test_a_deleted_account_cannot_be_reached(shop: stripe.StripeClient) -> None:
    made = opened(shop)
    assert shop.v1.accounts.delete(made.id).deleted is True
    for call in (lambda: shop.v1.accounts.retrieve(made.id), lambda: shop.v1.customers.list({}, as_(made))):
        with pytest.raises(stripe.PermissionError) as refused:
            call()
        answer: Any = refused.value.json_body
        assert answer["error"]["code"] == "account_invalid"
    assert shop.v1.accounts.list().data == []


def test_every_account_has_its_own_data(shop: stripe.StripeClient) -> None:
    one, other = opened(shop), opened(shop)
    jenny = shop.v1.customers.create({"name": "Jenny"}, as_(one))
    assert [found.id for found in shop.v1.customers.list({}, as_(one)).data] == [jenny.id]
    assert shop.v1.customers.list({}, as_(other)).data == shop.v1.customers.list().data == []
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.customers.retrieve(jenny.id)
    assert shop.v1.accounts.retrieve_current({}, as_(one)).id == one.id


def test_a_connected_account_connects_nobody(shop: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Stripe-Account"):
        shop.v1.accounts.create({}, as_(opened(shop)))


def test_a_stranger_does_not_reach_it(mock: Mock, shop: stripe.StripeClient) -> None:
    made = opened(shop)
    stranger = stripe.StripeClient("sk_test_stranger", http_client=mock.transport)
    for call in (lambda: stranger.v1.accounts.retrieve(made.id), lambda: stranger.v1.customers.list({}, as_(made))):
        with pytest.raises(stripe.PermissionError):
            call()


def test_a_connect_endpoint_is_told_what_happens_on_connected_accounts_alone(shop: stripe.StripeClient) -> None:
    made = opened(shop)
    own: Any = {"url": "https://shop.example/own", "enabled_events": ["*"]}
    shop.v1.webhook_endpoints.create(own)
    shop.v1.webhook_endpoints.create({**own, "url": "https://shop.example/connect", "connect": True})
    there = shop.v1.customers.create({"name": "Jenny"}, as_(made))
    shop.v1.customers.create({"name": "Lee"})
    [event] = shop.v1.events.list({"type": "customer.created"}, as_(made)).data
    [at_home] = shop.v1.events.list({"type": "customer.created"}).data
    assert (event.account, event.pending_webhooks, event.data.object["id"]) == (made.id, 1, there.id)
    assert ("account" in at_home, at_home.pending_webhooks) == (False, 1)


def test_an_account_link_leads_to_a_page_for_five_minutes(shop: stripe.StripeClient) -> None:
    made = opened(shop, type="express")
    where: Any = {"refresh_url": f"{SHOP}/again", "return_url": f"{SHOP}/done"}
    link = shop.v1.account_links.create({"account": made.id, "type": "account_onboarding", **where})
    assert link.expires_at - link.created == 300
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.v1.account_links.create({"account": made.id, "type": "account_update", **where})
    assert refused.value.param == "type"


def test_an_account_session_switches_on_what_was_asked_for(shop: stripe.StripeClient) -> None:
    made = opened(shop)
    wanted: Any = {"payments": {"enabled": True, "features": {"refund_management": True}}}
    session = shop.v1.account_sessions.create({"account": made.id, "components": wanted})
    assert session.client_secret.startswith("accs_secret_")
    payments = session.components.payments
    assert (payments.enabled, payments.features.refund_management, payments.features.dispute_management) == (
        True,
        True,
        False,
    )
    assert session.components.payouts.enabled is False


def test_a_portal_link_of_a_connected_account_shows_its_own_customer(mock: Mock, shop: stripe.StripeClient) -> None:
    made = opened(shop)
    jenny = shop.v1.customers.create({"name": "Jenny", "email": "jenny@example.com"}, as_(made))
    session = shop.v1.billing_portal.sessions.create({"customer": jenny.id}, as_(made))
    page = mock.app.test_client().get(session.url.partition("stripe.com")[2], follow_redirects=True)
    assert (page.status_code, "jenny@example.com" in page.get_data(as_text=True)) == (200, True)
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.billing_portal.sessions.create({"customer": jenny.id})


def test_emptying_a_platform_empties_what_is_connected_to_it(mock: Mock, shop: stripe.StripeClient) -> None:
    made = opened(shop)
    shop.v1.customers.create({"name": "Jenny"}, as_(made))
    answer = mock.app.test_client().post("/_mock/reset", headers={"Authorization": "Bearer sk_test_mock"})
    assert answer.status_code == 200
    with pytest.raises(stripe.PermissionError):
        shop.v1.customers.list({}, as_(made))


def test_an_address_for_support_has_all_its_keys(shop: stripe.StripeClient) -> None:
    made = opened(shop, type="custom", business_profile={"support_address": {"city": "Berlin"}})
    shop.v1.accounts.update(made.id, {"business_profile": {"support_address": {"country": "DE"}}})
    profile: Any = shop.v1.accounts.retrieve(made.id).business_profile
    address = profile.support_address
    assert (address.city, address.country, address.line1, address.postal_code) == ("Berlin", "DE", None, None)
