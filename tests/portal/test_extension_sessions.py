"""`Portal.create_session` in a view of the application, and its place in the application's own transaction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import stripe
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from flask_portal import signals
from flask_portal.models import PortalSession
from flask_portal.wire.errors import StripeError
from tests.portal.api.shop import CUSTOMER, Shop, application, opened


def stored(shop: Shop) -> int:
    """The sessions that another connection sees."""
    with shop.host.session_factory() as db:
        return db.scalar(sa.select(sa.func.count()).select_from(PortalSession)) or 0


def test_the_session_has_the_attributes_of_the_api(shop: Shop) -> None:
    with shop.app.test_request_context():
        session = shop.portal.create_session(
            customer=CUSTOMER,
            return_url="https://shop.example/account",
            locale="de",
            on_behalf_of="acct_2",
            flow_data={"type": "customer_update", "after_completion": {"type": "portal_homepage"}},
        )
    assert isinstance(session, stripe.billing_portal.Session)
    assert (session.customer, session.locale, session.on_behalf_of) == (CUSTOMER, "de", "acct_2")
    assert session.flow is not None
    assert session.flow.after_completion.type == "portal_homepage"
    assert session.url.startswith("https://shop.example/billing/session/bps_")


def test_it_needs_no_request_when_the_address_is_known(shop: Shop) -> None:
    with shop.app.app_context():
        assert shop.portal.create_session(customer=CUSTOMER).url.startswith("https://shop.example/")


def test_it_is_refused_for_the_reasons_of_the_api(shop: Shop) -> None:
    with shop.app.app_context(), pytest.raises(StripeError, match="No such customer") as refused:
        shop.portal.create_session(customer="cus_nobody")
    assert refused.value.param == "customer"


def test_it_is_committed_at_once(shop: Shop) -> None:
    with shop.app.app_context():
        shop.portal.create_session(customer=CUSTOMER)
        assert stored(shop) == 1


@pytest.fixture
def host_shop(sqlite_url: str) -> Iterator[tuple[Shop, SQLAlchemy, Any]]:
    """A shop with a table of orders of its own."""
    app = application("flask-sqlalchemy", sqlite_url)
    db: SQLAlchemy = app.extensions["sqlalchemy"]
    order = type("Order", (db.Model,), {"__tablename__": "orders", "id": sa.Column(sa.Integer, primary_key=True)})
    with opened(app) as shop:
        with app.app_context():
            db.create_all()
        yield shop, db, order


HostShop = tuple[Shop, SQLAlchemy, Any]


def write_waiting(db: SQLAlchemy, order: Any) -> None:
    db.session.add(order(id=1))


def write_flushed(db: SQLAlchemy, order: Any) -> None:
    db.session.add(order(id=1))
    db.session.flush()


def write_by_statement(db: SQLAlchemy, order: Any) -> None:
    db.session.execute(sa.insert(order).values(id=1))


def write_by_text(db: SQLAlchemy, order: Any) -> None:
    db.session.execute(sa.text("INSERT INTO orders (id) VALUES (1)"))


WRITES = [write_waiting, write_flushed, write_by_statement, write_by_text]


@pytest.mark.parametrize("write", WRITES)
def test_changes_of_the_application_are_not_committed_for_it(host_shop: HostShop, write: Any) -> None:
    shop, db, order = host_shop
    with shop.app.app_context():
        write(db, order)
        shop.portal.create_session(customer=CUSTOMER)
        assert stored(shop) == 0
        db.session.commit()
        assert stored(shop) == 1


@pytest.mark.parametrize("write", WRITES)
def test_the_session_goes_with_the_application_when_it_rolls_back(host_shop: HostShop, write: Any) -> None:
    shop, db, order = host_shop
    heard: list[str] = []

    def hear(app: Flask, session: dict[str, Any]) -> None:
        heard.append(session["id"])

    with shop.app.app_context(), signals.session_created.connected_to(hear, shop.app):
        write(db, order)
        shop.portal.create_session(customer=CUSTOMER)
        db.session.rollback()
        db.session.add(order(id=2))
        db.session.commit()
        assert (stored(shop), heard) == (0, [])


def test_what_the_application_has_only_read_does_not_hold_the_session_back(host_shop: HostShop) -> None:
    shop, db, order = host_shop
    with shop.app.app_context():
        assert db.session.scalars(sa.select(order)).all() == []
        shop.portal.create_session(customer=CUSTOMER)
        assert stored(shop) == 1


def test_a_commit_before_it_is_done_with(host_shop: HostShop) -> None:
    shop, db, order = host_shop
    with shop.app.app_context():
        db.session.add(order(id=1))
        db.session.commit()
        shop.portal.create_session(customer=CUSTOMER)
        assert stored(shop) == 1


def test_a_savepoint_of_the_application_that_rolls_back_leaves_the_rest_waiting(host_shop: HostShop) -> None:
    shop, db, order = host_shop
    with shop.app.app_context():
        db.session.add(order(id=1))
        savepoint = db.session.begin_nested()
        db.session.add(order(id=2))
        savepoint.rollback()
        shop.portal.create_session(customer=CUSTOMER)
        assert stored(shop) == 0
        db.session.rollback()
        assert stored(shop) == 0


def test_the_signal_follows_the_commit_and_may_ask_the_database(host_shop: HostShop) -> None:
    shop, db, order = host_shop
    heard: list[tuple[int, int]] = []

    def hear(app: Flask, session: dict[str, Any]) -> None:
        heard.append((stored(shop), len(db.session.scalars(sa.select(order)).all())))

    with shop.app.app_context(), signals.session_created.connected_to(hear, shop.app):
        db.session.add(order(id=1))
        shop.portal.create_session(customer=CUSTOMER)
        assert heard == []
        db.session.commit()
        assert heard == [(1, 1)]


def test_without_a_database_of_the_application_the_signal_follows_too(one_own_shop: Shop) -> None:
    heard: list[int] = []

    def hear(app: Flask, session: dict[str, Any]) -> None:
        heard.append(stored(one_own_shop))

    with one_own_shop.app.app_context(), signals.session_created.connected_to(hear, one_own_shop.app):
        one_own_shop.portal.create_session(customer=CUSTOMER)
    assert heard == [1]


@pytest.fixture
def one_own_shop(sqlite_url: str) -> Iterator[Shop]:
    with opened(application("own", sqlite_url)) as found:
        yield found


@pytest.fixture(params=["flask-sqlalchemy", "own"])
def shop(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[Shop]:
    """The application has Flask-SQLAlchemy, or no database of its own."""
    with opened(application(request.param, sqlite_url)) as found:
        yield found
