"""The example shop, as its README says it works."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import stripe
from flask.testing import FlaskClient

from mock_server import mock_stripe

SHOP = Path(__file__).resolve().parents[2] / "examples" / "shop" / "shop.py"


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The example's module, loaded afresh."""
    monkeypatch.delenv("STRIPE_API_KEY", raising=False)
    monkeypatch.setattr(stripe, "api_key", stripe.api_key)
    spec = importlib.util.spec_from_file_location("example_shop", SHOP)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "example_shop", module)
    spec.loader.exec_module(module)
    yield module
    # The example mocks Stripe for as long as its process lives.
    mock_stripe().__exit__()


@pytest.fixture
def visitor(shop: ModuleType) -> FlaskClient:
    app = shop.create_app()
    app.testing = True
    client: FlaskClient = app.test_client()
    client.post("/sign-in", data={"email": "jenny@example.com"})
    return client


def test_a_member_subscribes_and_a_webhook_says_so(visitor: FlaskClient) -> None:
    assert "Subscription: none" in visitor.get("/").text
    visitor.post("/subscribe")
    assert "Subscription: active" in visitor.get("/").text
    assert "Subscribe for" not in visitor.get("/").text


def test_a_member_is_sent_to_the_portal_and_sees_the_plan(visitor: FlaskClient) -> None:
    visitor.post("/subscribe")
    page = visitor.post("/manage", follow_redirects=True)
    assert page.status_code == 200
    assert "Northwind Magazine" in page.text
    assert "$9.00" in page.text


def test_a_signed_in_member_opens_the_portal_without_a_link(visitor: FlaskClient) -> None:
    visitor.post("/subscribe")
    assert "Northwind Magazine" in visitor.get("/billing/").text


def test_a_webhook_that_is_not_signed_is_refused(visitor: FlaskClient) -> None:
    assert visitor.post("/webhook", data=b"{}").status_code == 400


def test_what_happens_in_the_portal_reaches_the_shop(visitor: FlaskClient) -> None:
    visitor.post("/subscribe")
    subscription = stripe.Subscription.list().data[0]
    stripe.Subscription.cancel(subscription.id)
    visitor.get("/")
    assert "Subscription: canceled" in visitor.get("/").text
