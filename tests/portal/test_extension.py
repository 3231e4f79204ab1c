"""Putting the portal into an application: order, tables, several applications, and errors that name the remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from flask_portal import Portal
from flask_portal.api.plain import OWN_ACCOUNT
from flask_portal.config import ConfigurationError
from flask_portal.models import Base
from tests.portal.api.shop import CUSTOMER, KEY

OUR_TABLES = set(Base.metadata.tables)


def bare(**config: Any) -> Flask:
    app = Flask("shop")
    app.config.update(SECRET_KEY="kept by the shop", TESTING=True)
    app.config.update(config)
    return app


def portal_first(app: Flask, db: SQLAlchemy) -> None:
    Portal(app)
    db.init_app(app)


def database_first(app: Flask, db: SQLAlchemy) -> None:
    db.init_app(app)
    Portal().init_app(app)


@pytest.mark.parametrize("set_up", [portal_first, database_first])
def test_create_all_of_the_application_makes_our_tables(
    set_up: Callable[[Flask, SQLAlchemy], None], sqlite_url: str
) -> None:
    app, db = bare(SQLALCHEMY_DATABASE_URI=sqlite_url), SQLAlchemy()
    set_up(app, db)
    with app.app_context():
        db.create_all()
        assert set(sa.inspect(db.engine).get_table_names()) == OUR_TABLES
        db.engine.dispose()


def test_one_database_object_can_serve_two_applications(tmp_path: Path) -> None:
    db = SQLAlchemy()
    apps = [bare(SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/{name}.db") for name in ("one", "two")]
    for app in apps:
        db.init_app(app)
        Portal(app)
    for app in apps:
        with app.app_context():
            db.create_all()
            assert set(sa.inspect(db.engine).get_table_names()) == OUR_TABLES
            db.engine.dispose()


def test_one_portal_object_can_serve_two_applications(tmp_path: Path) -> None:
    portal = Portal()
    apps = [
        bare(PORTAL_API_KEYS=[KEY], PORTAL_DATABASE_URI=f"sqlite:///{tmp_path}/{name}.db") for name in ("one", "two")
    ]
    for app in apps:
        portal.init_app(app)
    for app in apps:
        assert app.test_cli_runner().invoke(args=["portal", "init-db"]).exit_code == 0
    headers = {"Authorization": f"Bearer {KEY}"}
    bodies = [app.test_client().get("/v1/billing_portal/configurations", headers=headers).json for app in apps]
    assert bodies[0]["data"][0]["id"] != bodies[1]["data"][0]["id"]
    for app in apps:
        dispose(app)


def dispose(app: Flask) -> None:
    with app.app_context():
        app.extensions["portal"].host.database.engine().dispose()


def test_without_a_secret_key_the_remedy_is_named() -> None:
    with pytest.raises(ConfigurationError, match="SECRET_KEY"):
        Portal(bare(SECRET_KEY=None))


def test_an_application_has_one_portal() -> None:
    app = bare()
    Portal(app)
    with pytest.raises(ConfigurationError, match="once"):
        Portal(app)


def test_without_a_database_the_remedy_is_named() -> None:
    app = bare()
    Portal(app)
    result = app.test_cli_runner().invoke(args=["portal", "init-db"])
    assert result.exit_code == 1
    assert "PORTAL_DATABASE_URI" in result.output


def test_without_tables_the_remedy_is_named(sqlite_url: str) -> None:
    app = bare(PORTAL_API_KEYS=[KEY], PORTAL_DATABASE_URI=sqlite_url)
    Portal(app)
    with pytest.raises(ConfigurationError, match="flask portal init-db"):
        app.test_client().get("/v1/billing_portal/configurations", headers={"Authorization": f"Bearer {KEY}"})
    dispose(app)


def test_a_database_of_its_own_wins_over_that_of_the_application(tmp_path: Path) -> None:
    app = bare(
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/shop.db", PORTAL_DATABASE_URI=f"sqlite:///{tmp_path}/portal.db"
    )
    SQLAlchemy(app)
    Portal(app)
    assert app.test_cli_runner().invoke(args=["portal", "init-db"]).exit_code == 0
    with app.app_context():
        assert app.extensions["portal"].host.database.engine().url.database == f"{tmp_path}/portal.db"
    dispose(app)


def test_without_api_keys_there_is_no_api() -> None:
    app = bare()
    Portal(app)
    assert not [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/v1")]


def test_the_api_can_answer_elsewhere(sqlite_url: str) -> None:
    app = bare(PORTAL_API_KEYS=[KEY], PORTAL_DATABASE_URI=sqlite_url, PORTAL_API_PREFIX="/api/portal")
    Portal(app)
    app.test_cli_runner().invoke(args=["portal", "init-db"])
    headers = {"Authorization": f"Bearer {KEY}"}
    body = app.test_client().get("/api/portal/configurations", headers=headers).json
    assert body["url"] == "/api/portal/configurations"
    dispose(app)


@pytest.mark.parametrize("csrf_first", [True, False])
def test_the_csrf_protection_of_the_application_does_not_judge_the_api(csrf_first: bool) -> None:
    app = bare(PORTAL_API_KEYS=[KEY])
    steps: list[Callable[[Flask], object]] = [CSRFProtect, Portal] if csrf_first else [Portal, CSRFProtect]
    for step in steps:
        step(app)
    response = app.test_client().post("/v1/billing_portal/sessions", headers={"Authorization": f"Bearer {KEY}"})
    assert response.status_code == 400
    assert response.json is not None
    assert response.json["error"]["param"] == "customer"


def test_a_customer_loader_can_be_named_before_and_after_the_application() -> None:
    portal, app = Portal(), bare()
    portal.init_app(app)
    assert app.extensions["portal"].customer_loader is None

    @portal.customer_loader
    def current_customer() -> str:
        return CUSTOMER

    assert app.extensions["portal"].customer_loader is current_customer


@pytest.mark.parametrize(("key", "livemode"), [("sk_test_1", False), ("sk_live_1", True), ("rk_live_1", True)])
def test_the_mode_follows_from_the_key(key: str, livemode: bool) -> None:
    app = bare(PORTAL_STRIPE_API_KEY=key)
    Portal(app)
    principal = app.extensions["portal"].host.own_principal()
    assert (principal.account, principal.livemode) == (OWN_ACCOUNT, livemode)


def test_branding_comes_from_the_configuration() -> None:
    app = bare(PORTAL_COMPANY="Northwind Press", PORTAL_BRAND_PRIMARY_COLOR="#0A2540")
    Portal(app)
    with app.app_context():
        branding = app.extensions["portal"].host.branding(OWN_ACCOUNT)
    assert (branding.name, branding.primary_color, branding.logo) == ("Northwind Press", "#0a2540", None)


def test_without_a_company_the_application_is_named() -> None:
    app = bare()
    Portal(app)
    with app.app_context():
        assert app.extensions["portal"].host.branding(OWN_ACCOUNT).name == "shop"


def test_a_template_of_the_application_wins_over_ours(tmp_path: Path) -> None:
    (tmp_path / "flask_portal").mkdir()
    (tmp_path / "flask_portal" / "base.html").write_text("theirs")
    app = Flask("shop", template_folder=str(tmp_path))
    app.config.update(SECRET_KEY="kept by the shop")
    Portal(app)
    with app.app_context():
        assert app.jinja_env.get_template("flask_portal/base.html").render() == "theirs"


def test_outside_of_a_portal_the_remedy_is_named() -> None:
    with bare().app_context(), pytest.raises(ConfigurationError, match="init_app"):
        Portal().create_session(customer=CUSTOMER)
