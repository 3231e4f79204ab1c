"""The portal's tables: sessions, configurations, history, login codes, declarations and idempotency.

Written out, and never changed: what a later release adds gets a revision of its own.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "portal_0001"
down_revision = None
branch_labels = ("flask_portal",)
depends_on = None

Id = sa.String(255)


def upgrade() -> None:
    _sessions()
    _configurations()
    _history()
    _login_codes()
    _public_requests()
    _idempotency()


def downgrade() -> None:
    for table in (
        "portal_idempotency_records",
        "portal_public_requests",
        "portal_login_codes",
        "portal_audit_entries",
        "portal_configurations",
        "portal_sessions",
    ):
        op.drop_table(table)


def _sessions() -> None:
    op.create_table(
        "portal_sessions",
        sa.Column("id", Id, primary_key=True),
        sa.Column("account", Id, nullable=False, index=True),
        sa.Column("livemode", sa.Boolean, nullable=False),
        sa.Column("application", Id),
        sa.Column("customer", Id, nullable=False, index=True),
        sa.Column("customer_account", Id),
        sa.Column("configuration", Id, nullable=False),
        sa.Column("flow", sa.JSON),
        sa.Column("after_expiration", sa.JSON),
        sa.Column("locale", sa.String(16)),
        sa.Column("on_behalf_of", Id),
        sa.Column("return_url", sa.Text),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("first_used_at", sa.BigInteger),
        sa.Column("last_active_at", sa.BigInteger),
        sa.Column("origin", sa.String(32), nullable=False),
    )


def _configurations() -> None:
    op.create_table(
        "portal_configurations",
        sa.Column("id", Id, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("account", Id, nullable=False),
        sa.Column("livemode", sa.Boolean, nullable=False),
        sa.Column("application", Id),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("is_default", sa.Boolean, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("updated", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("default_return_url", sa.Text),
        sa.Column("login_id", sa.String(64), unique=True),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_index(
        "ux_portal_configurations_default",
        "portal_configurations",
        ["account", "livemode"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )
    op.create_index("ix_portal_configurations_order", "portal_configurations", ["account", "livemode", "seq"])


def _history() -> None:
    op.create_table(
        "portal_audit_entries",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("account", Id, nullable=False),
        sa.Column("livemode", sa.Boolean, nullable=False),
        sa.Column("customer", Id, nullable=False),
        sa.Column("session", Id),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("object_id", Id),
        sa.Column("subject", sa.Text),
        sa.Column("details", sa.JSON),
        sa.Column("key", sa.String(80), unique=True),
        sa.Column("created", sa.BigInteger, nullable=False),
    )
    op.create_index(
        "ix_portal_audit_entries_customer", "portal_audit_entries", ["account", "livemode", "customer", "id"]
    )


def _login_codes() -> None:
    op.create_table(
        "portal_login_codes",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("account", Id, nullable=False),
        sa.Column("livemode", sa.Boolean, nullable=False),
        sa.Column("configuration", Id, nullable=False),
        sa.Column("session", Id),
        sa.Column("customer", Id),
        sa.Column("email", sa.String(512), nullable=False, index=True),
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("code_hash", sa.String(128), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("used_at", sa.BigInteger),
        sa.Column("opened", Id),
    )


def _public_requests() -> None:
    op.create_table(
        "portal_public_requests",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("account", Id, nullable=False, index=True),
        sa.Column("livemode", sa.Boolean, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False, index=True),
        sa.Column("manner", sa.String(32)),
        sa.Column("reason", sa.Text),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("contract", sa.Text, nullable=False),
        sa.Column("email", sa.String(512), nullable=False),
        sa.Column("ends_at", sa.BigInteger),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("facts", sa.JSON, nullable=False),
        sa.Column("customer", Id),
        sa.Column("subscription", Id),
        sa.Column("key", sa.String(80), nullable=False, unique=True),
        sa.Column("created", sa.BigInteger, nullable=False),
    )


def _idempotency() -> None:
    op.create_table(
        "portal_idempotency_records",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("account", Id, nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("request_id", Id, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False, index=True),
        sa.UniqueConstraint("account", "key", name="ux_portal_idempotency_records_key"),
    )
