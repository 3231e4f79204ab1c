"""The Alembic revisions make the tables that the models describe, beside revisions of the application's own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from flask_portal.models import Base

ENVIRONMENT = """
from alembic import context
import sqlalchemy as sa

engine = sa.create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=sa.pool.NullPool)
with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
OWN = """
from alembic import op
import sqlalchemy as sa

revision = "shop_1"
down_revision = None


def upgrade():
    op.create_table("shop_readers", sa.Column("id", sa.Integer, primary_key=True))


def downgrade():
    op.drop_table("shop_readers")
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database. On PostgreSQL it is a schema of its own: other tests leave their tables in theirs."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/shop.db"
        return
    database: sa.URL = request.getfixturevalue("postgresql_database")
    schema = f"m{uuid.uuid4().hex}"
    engine = sa.create_engine(database, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    yield database.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def config(tmp_path: Path, url: str) -> Config:
    """Of an application with a revision of its own, as `flask db init` lays it out."""
    (tmp_path / "versions").mkdir()
    (tmp_path / "env.py").write_text(ENVIRONMENT)
    (tmp_path / "versions" / "shop_1.py").write_text(OWN)
    made = Config()
    made.set_main_option("script_location", str(tmp_path))
    made.set_main_option("path_separator", "space")
    made.set_main_option("version_locations", f"{tmp_path}/versions flask_portal.migrations:versions")
    made.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return made


@pytest.fixture
def engine(url: str) -> Iterator[sa.Engine]:
    made = sa.create_engine(url, poolclass=sa.NullPool)
    yield made
    made.dispose()


def names(engine: sa.Engine) -> set[str]:
    return set(sa.inspect(engine).get_table_names()) - {"alembic_version"}


def test_upgrading_makes_the_tables_of_the_models(config: Config, engine: sa.Engine) -> None:
    command.upgrade(config, "heads")
    assert names(engine) == {*Base.metadata.tables, "shop_readers"}
    with engine.connect() as connection:
        # The application's own tables are none of the portal's business.
        options = {"include_name": lambda name, kind, _parents: kind != "table" or str(name).startswith("portal_")}
        context = MigrationContext.configure(connection, opts={"compare_type": True, **options})
        assert compare_metadata(context, Base.metadata) == []


def test_the_portal_is_a_branch_of_its_own(config: Config, engine: sa.Engine) -> None:
    command.upgrade(config, "flask_portal@head")
    assert names(engine) == set(Base.metadata.tables)
    command.upgrade(config, "heads")
    command.downgrade(config, "flask_portal@base")
    assert names(engine) == {"shop_readers"}


def test_a_database_that_has_the_tables_already_is_stamped(config: Config, engine: sa.Engine) -> None:
    Base.metadata.create_all(engine)
    command.stamp(config, "flask_portal@head")
    command.upgrade(config, "heads")
    assert names(engine) == {*Base.metadata.tables, "shop_readers"}


def test_there_is_one_newest_revision(config: Config) -> None:
    heads = ScriptDirectory.from_config(config).get_revisions("flask_portal@head")
    assert len(heads) == 1
