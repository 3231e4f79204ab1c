"""The host's own signed-in users need no link."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from flask_portal.models import PortalConfiguration
from tests.portal.pages.conftest import Shop, Visitor

SignIn = Callable[[str | None], Visitor]


def test_a_signed_in_user_sees_the_portal(shop: Shop, sign_in: SignIn) -> None:
    answer = sign_in(shop.customer()).get()
    assert answer.status_code == 200
    assert "Jenny Rosen" in answer.text


def test_nobody_signed_in_is_asked_to_sign_in(sign_in: SignIn) -> None:
    assert sign_in(None).get().status_code == 401


def test_without_a_customer_loader_there_is_nothing(shop: Shop) -> None:
    assert shop.app.test_client().get("/billing/").status_code == 404


def test_looking_stores_no_configuration(shop: Shop, sign_in: SignIn) -> None:
    sign_in(shop.customer()).get()
    with shop.host.session_factory() as db:
        assert db.scalar(sa.select(sa.func.count()).select_from(PortalConfiguration)) == 0


def test_the_customer_never_comes_from_the_request(shop: Shop, sign_in: SignIn) -> None:
    other = shop.customer(name="Mallory", email="mallory@example.com")
    answer = sign_in(shop.customer()).get(f"?customer={other}&customer_id={other}")
    assert "mallory@example.com" not in answer.text


def test_a_signed_in_user_can_cancel(shop: Shop, sign_in: SignIn) -> None:
    customer = shop.customer()
    subscription = shop.subscription(customer)
    visitor = sign_in(customer)
    answer = visitor.post(f"subscriptions/{subscription.id}/cancel")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/billing/subscriptions/{subscription.id}/result")
    assert shop.client.v1.subscriptions.retrieve(subscription.id).cancel_at is not None
    assert [entry.session for entry in shop.history()] == [None]
