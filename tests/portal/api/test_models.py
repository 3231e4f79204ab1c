"""The portal's tables: what the database itself sees to, and their way into a host's metadata."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from flask_portal.models import Base, PortalConfiguration, copy_into
from tests.portal.api.shop import START, Shop


def configuration(id: str, **values: Any) -> PortalConfiguration:
    usual = {"account": "acct_1", "livemode": False, "is_default": True, "seq": 1, "created": START, "updated": START}
    return PortalConfiguration(id=id, body={}, **{**usual, **values})


def test_the_database_refuses_a_second_default_configuration(shop_anywhere: Shop) -> None:
    with shop_anywhere.app.app_context(), shop_anywhere.host.session_factory() as db:
        db.add(configuration("bpc_1"))
        db.commit()
        db.add(configuration("bpc_2"))
        with pytest.raises(IntegrityError):
            db.commit()


@pytest.mark.parametrize("other", [{"account": "acct_2"}, {"livemode": True}, {"is_default": False}])
def test_each_account_and_mode_has_its_own_default(shop_anywhere: Shop, other: dict[str, Any]) -> None:
    with shop_anywhere.app.app_context(), shop_anywhere.host.session_factory() as db:
        db.add_all([configuration("bpc_1"), configuration("bpc_2", **other)])
        db.commit()


def test_copies_of_the_tables_keep_their_constraints(sqlite_url: str) -> None:
    """A host's `create_all` must make what ours makes."""
    metadata = sa.MetaData()
    copy_into(metadata)
    copy_into(metadata)
    assert metadata.tables.keys() == Base.metadata.tables.keys()
    engine = sa.create_engine(sqlite_url)
    metadata.create_all(engine)
    indexes = {index["name"]: index for index in sa.inspect(engine).get_indexes("portal_configurations")}
    assert indexes["ux_portal_configurations_default"]["unique"]
    engine.dispose()


def test_every_table_is_named_as_ours() -> None:
    assert all(name.startswith("portal_") for name in Base.metadata.tables)
