"""The portal's own tables: sessions, configurations, history, login codes, declarations, idempotency.

They stand on a declarative base of their own, so that they work with any Flask-SQLAlchemy setup and without one.
`copy_into` copies the tables into a host's metadata, so that its `create_all` and its migrations see them. Times are
Unix seconds.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Integer, MetaData, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

Json = JSON(none_as_null=True)
Id = String(255)
"""Stripe's ids may grow to 255 characters."""


class Base(DeclarativeBase):
    # Flask-SQLAlchemy picks the engine by this key; None is its default database.
    metadata = MetaData(info={"bind_key": None})


class PortalSession(Base):
    """One temporary entry for one customer. The secret of its address is not stored."""

    __tablename__ = "portal_sessions"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    account: Mapped[str] = mapped_column(Id, index=True)
    livemode: Mapped[bool]
    application: Mapped[str | None] = mapped_column(Id)
    customer: Mapped[str] = mapped_column(Id, index=True)
    customer_account: Mapped[str | None] = mapped_column(Id)
    configuration: Mapped[str] = mapped_column(Id)
    """The id of the configuration in effect, also when the default was used."""
    flow: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """`flow` as the API serves it, or null for the whole portal."""
    after_expiration: Mapped[dict[str, Any] | None] = mapped_column(Json)
    locale: Mapped[str | None] = mapped_column(String(16))
    on_behalf_of: Mapped[str | None] = mapped_column(Id)
    return_url: Mapped[str | None] = mapped_column(Text)
    created: Mapped[int] = mapped_column(BigInteger)
    first_used_at: Mapped[int | None] = mapped_column(BigInteger)
    last_active_at: Mapped[int | None] = mapped_column(BigInteger)
    origin: Mapped[str] = mapped_column(String(32), default="api")
    """How it began: `api`, or `login` for the no-code link, where the email address cannot be changed."""


class PortalConfiguration(Base):
    """What customers may do in a session. At most one is the default of an account and mode; an index sees to it."""

    __tablename__ = "portal_configurations"
    __table_args__ = (
        Index(
            "ux_portal_configurations_default",
            "account",
            "livemode",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
        Index("ix_portal_configurations_order", "account", "livemode", "seq"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    """Grows with each new configuration; lists are ordered by it, newest first."""
    account: Mapped[str] = mapped_column(Id)
    livemode: Mapped[bool]
    application: Mapped[str | None] = mapped_column(Id)
    active: Mapped[bool] = mapped_column(default=True)
    is_default: Mapped[bool] = mapped_column(default=False)
    created: Mapped[int] = mapped_column(BigInteger)
    updated: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str | None] = mapped_column(Text)
    default_return_url: Mapped[str | None] = mapped_column(Text)
    login_id: Mapped[str | None] = mapped_column(String(64), unique=True)
    """The last part of the no-code link's address while it works; a new one each time it is switched on."""
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    """`features`, `business_profile`, `login_page` and `metadata` as the API serves them, products included."""


class AuditEntry(Base):
    """One change that somebody made in the portal, kept for the customer's history and for the shop's questions."""

    __tablename__ = "portal_audit_entries"
    __table_args__ = (Index("ix_portal_audit_entries_customer", "account", "livemode", "customer", "id"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    account: Mapped[str] = mapped_column(Id)
    livemode: Mapped[bool]
    customer: Mapped[str] = mapped_column(Id)
    session: Mapped[str | None] = mapped_column(Id)
    """The portal session in which it happened; null for a signed-in user of the host application."""
    action: Mapped[str] = mapped_column(String(64))
    """What was done, such as `subscription.cancel` or `customer.update`."""
    object_id: Mapped[str | None] = mapped_column(Id)
    subject: Mapped[str | None] = mapped_column(Text)
    """What the object was called on that day, such as the title of a subscription."""
    details: Mapped[dict[str, Any] | None] = mapped_column(Json)
    key: Mapped[str | None] = mapped_column(String(80), unique=True)
    """The idempotency key of the change: one form is one entry, however often it is sent."""
    created: Mapped[int] = mapped_column(BigInteger)


class LoginCode(Base):
    """A one-time code that was mailed to somebody who asked to sign in. Only its hash is stored."""

    __tablename__ = "portal_login_codes"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    account: Mapped[str] = mapped_column(Id)
    livemode: Mapped[bool]
    configuration: Mapped[str] = mapped_column(Id)
    session: Mapped[str | None] = mapped_column(Id)
    """The expired session that the code replaces; null for the no-code link."""
    customer: Mapped[str | None] = mapped_column(Id)
    """Whose code it is; null as long as nobody with this address was found, and then no code fits."""
    email: Mapped[str] = mapped_column(String(512), index=True)
    browser: Mapped[str] = mapped_column(String(64))
    """SHA-256, in hex, of the cookie of the browser that asked: in another one the code does not work."""
    code_hash: Mapped[str] = mapped_column(String(128))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created: Mapped[int] = mapped_column(BigInteger)
    expires_at: Mapped[int] = mapped_column(BigInteger, index=True)
    used_at: Mapped[int | None] = mapped_column(BigInteger)
    """When it was used, or became void by a newer one."""
    opened: Mapped[str | None] = mapped_column(Id)
    """The portal session that it has opened: a form that is sent twice leads there twice."""


class PublicRequest(Base):
    """A cancellation or a withdrawal that was declared without a login. It is kept whoever it came from."""

    __tablename__ = "portal_public_requests"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """The reference that the receipt names."""
    account: Mapped[str] = mapped_column(Id, index=True)
    livemode: Mapped[bool]
    kind: Mapped[str] = mapped_column(String(32))
    """`cancellation` or `withdrawal`."""
    state: Mapped[str] = mapped_column(String(32), index=True)
    """A word of `flask_portal.rules.declarations`."""
    manner: Mapped[str | None] = mapped_column(String(32))
    """`ordinary` or `extraordinary`; null for a withdrawal."""
    reason: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    contract: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(String(512))
    ends_at: Mapped[int | None] = mapped_column(BigInteger)
    """The end that is wished for; null for the earliest one."""
    locale: Mapped[str] = mapped_column(String(16))
    facts: Mapped[list[list[str]]] = mapped_column(Json)
    """The receipt: labels and values, in the language in which it was declared."""
    customer: Mapped[str | None] = mapped_column(Id)
    subscription: Mapped[str | None] = mapped_column(Id)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    """One form is one declaration, however often it is sent."""
    created: Mapped[int] = mapped_column(BigInteger)


class IdempotencyRecord(Base):
    """The saved answer of a POST with an idempotency key. Its row is the claim, in the call's own transaction."""

    __tablename__ = "portal_idempotency_records"
    __table_args__ = (UniqueConstraint("account", "key", name="ux_portal_idempotency_records_key"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    account: Mapped[str] = mapped_column(Id)
    key: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(64))
    """SHA-256 of method, path and parameters, in hex."""
    request_id: Mapped[str] = mapped_column(Id)
    status: Mapped[int] = mapped_column(Integer)
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    created: Mapped[int] = mapped_column(BigInteger, index=True)


def copy_into(metadata: MetaData) -> None:
    """Add the portal's tables to `metadata`; a table that is there already stays as it is."""
    for table in Base.metadata.sorted_tables:
        if table.name not in metadata.tables:
            table.to_metadata(metadata)
