"""Portal sessions that a mailed code opens."""

from __future__ import annotations

from sqlalchemy.orm import Session

from flask_portal.models import PortalConfiguration, PortalSession
from flask_portal.pages import visit as visits
from flask_portal.wire import ids


def replacement(db: Session, expired: str, now: int) -> str:
    """A new session in place of an expired one: everything is kept but what is used up of its flow."""
    old = db.get_one(PortalSession, expired)
    row = PortalSession(
        id=ids.new("bps"),
        account=old.account,
        livemode=old.livemode,
        application=old.application,
        customer=old.customer,
        customer_account=old.customer_account,
        configuration=old.configuration,
        flow=visits.open_flow(db, old),
        after_expiration=old.after_expiration,
        locale=old.locale,
        on_behalf_of=old.on_behalf_of,
        return_url=old.return_url,
        created=now,
        origin=old.origin,
    )
    db.add(row)
    db.flush()
    return row.id


def by_login(db: Session, configuration: PortalConfiguration, customer: str, return_url: str | None, now: int) -> str:
    """A session of the no-code link.  return_url: where no address stands in the configuration."""
    row = PortalSession(
        id=ids.new("bps"),
        account=configuration.account,
        livemode=configuration.livemode,
        application=configuration.application,
        customer=customer,
        configuration=configuration.id,
        return_url=configuration.default_return_url or return_url,
        created=now,
        origin="login",
    )
    db.add(row)
    db.flush()
    return row.id
