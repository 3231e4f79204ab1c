"""`flask portal ...`"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from click.testing import Result

from tests.portal.api.shop import CUSTOMER, Shop, application, opened


@pytest.fixture(params=["flask-sqlalchemy", "own"])
def shop(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[Shop]:
    """The application has Flask-SQLAlchemy, or no database of its own."""
    with opened(application(request.param, sqlite_url)) as found:
        yield found


def run(shop: Shop, *words: str) -> Result:
    return shop.app.test_cli_runner().invoke(args=["portal", *words])


def test_tables_can_be_made_twice(shop: Shop) -> None:
    assert [run(shop, "init-db").exit_code, run(shop, "init-db").exit_code] == [0, 0]


def test_a_link_is_printed(shop: Shop) -> None:
    result = run(shop, "session", CUSTOMER, "--return-url", "https://shop.example/account")
    assert result.exit_code == 0
    assert result.output.startswith("https://shop.example/billing/session/bps_")


def test_without_an_address_a_link_cannot_be_made_outside_of_a_request(sqlite_url: str) -> None:
    with opened(application("own", sqlite_url, PORTAL_BASE_URL=None)) as shop:
        result = run(shop, "session", CUSTOMER)
    assert result.exit_code == 1
    assert "PORTAL_BASE_URL" in result.output


def test_a_link_for_nobody_is_refused_in_one_line(shop: Shop) -> None:
    result = run(shop, "session", "cus_nobody")
    assert (result.exit_code, result.output) == (1, "Error: No such customer: 'cus_nobody'\n")


def test_configurations_are_listed(shop: Shop) -> None:
    named = shop.post("/configurations", {"name": "Magazine", "features": {"invoice_history": {"enabled": True}}})
    retired = shop.configuration()
    shop.post(f"/configurations/{retired['id']}", {"active": False})
    default = shop.get("/configurations", {"is_default": True})["data"][0]
    assert run(shop, "configuration", "list").output.splitlines() == [
        f"{retired['id']}  inactive",
        f"{named['id']}  active  Magazine",
        f"{default['id']}  active, default",
    ]


def test_a_configuration_is_shown_as_the_api_serves_it(shop: Shop) -> None:
    named = shop.configuration()
    shown = json.loads(run(shop, "configuration", "show", named["id"]).output)
    assert shown["features"]["subscription_update"].pop("products") is None
    assert shown == named


def test_an_unknown_configuration_is_refused(shop: Shop) -> None:
    assert run(shop, "configuration", "show", "bpc_none").output == "Error: No such configuration: 'bpc_none'\n"
