"""A shop on every kind of host database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.portal.api.shop import Shop, application, opened


@pytest.fixture(params=["flask-sqlalchemy", "own"])
def shop(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[Shop]:
    """The application has Flask-SQLAlchemy, or no database of its own."""
    with opened(application(request.param, sqlite_url)) as found:
        yield found


@pytest.fixture
def one_shop(sqlite_url: str) -> Iterator[Shop]:
    """For promises that do not depend on the database."""
    with opened(application("own", sqlite_url)) as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def shop_anywhere(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """For promises that the database keeps: on SQLite and on PostgreSQL."""
    url = str(request.getfixturevalue(f"{request.param}_url"))
    with opened(application("own", url)) as found:
        yield found
