"""What happens to a declaration after its receipt: the mail, the search for its contract, and its execution.

None of it shows in the answer that the sender gets, nor in the time that the answer takes.
"""

from __future__ import annotations

import logging
from typing import Any, cast

import stripe
from flask import current_app
from sqlalchemy.exc import IntegrityError

from flask_portal import i18n, signals
from flask_portal.host import State
from flask_portal.models import AuditEntry, PublicRequest
from flask_portal.pages import changes, declaration_receipts, letters
from flask_portal.rules import declarations as rules
from flask_portal.rules.declarations import Candidate
from flask_portal.rules.subscriptions import SubscriptionView
from flask_portal.upstream import actions, reads
from flask_portal.upstream.actions import Done, Outcome

_log = logging.getLogger(__name__)

MOST_CUSTOMERS = 10
"""With one address. Whoever has more is matched by people."""


def process(id: str) -> None:
    """Confirm a declaration by mail, find its contract, and execute it where that is allowed. Everybody is told.

    A failure on the way leaves it as it is, for `flask portal requests`.
    """
    row = get(id)
    i18n.use_locale(row.locale)
    confirm(row)
    try:
        executed = _match(row)
    except stripe.StripeError as error:
        _log.error("The contract of request %s could not be looked for: %s", row.id, error)
        executed = False
    _tell(row, executed)


def _match(row: PublicRequest) -> bool:
    """Whether the declaration was executed."""
    found = find(row)
    if found is None:
        _settle(row, rules.UNMATCHED)
        return False
    belongs_to(row, found)
    _remember(row, f"{row.kind}.requested", f"{row.key}-requested", found.view.title)
    wanted = _state().settings.public_execute and rules.may_execute(row.kind, row.manner, found.view)
    if wanted and isinstance(execute(row, found.view), Done):
        return True
    _settle(row, rules.QUEUED)
    return False


def belongs_to(row: PublicRequest, found: Candidate) -> None:
    """Note whose declaration it is; it is stored with the next state."""
    row.customer, row.subscription = found.customer, found.view.id


def confirm(row: PublicRequest) -> None:
    """Mail the receipt. To whom it goes is what was typed, and says nothing about customers."""
    branding = _state().host.branding(row.account)
    sent = letters.send(
        declaration_receipts.letter(row),
        to=row.email,
        kind=f"{row.kind}_receipt",
        account=row.account,
        branding=branding,
        customer=None,
    )
    if not sent:
        _log.error("The receipt of request %s was not mailed: is PORTAL_MAIL_SERVER set?", row.id)


def find(row: PublicRequest) -> Candidate | None:
    """The one subscription that a declaration can mean. Raises stripe.StripeError."""
    client = _client(row)
    customers = {
        each["id"]: each for email in _spellings(row.email) for each in reads.customers_by_email(client, email)
    }
    if len(customers) > MOST_CUSTOMERS:
        return None
    candidates = []
    for customer in customers.values():
        for body in reads.subscriptions(client, customer["id"]):
            products = {str(item["price"]["product"]) for item in body["items"]["data"]}
            names = reads.product_names(client, row.account, sorted(products))
            candidates.append(Candidate(customer["id"], SubscriptionView.of(body, customer, names)))
    return rules.match(row.contract, candidates)


def _spellings(email: str) -> tuple[str, ...]:
    """Stripe compares letter by letter, and people type their own address in more than one way."""
    return tuple(dict.fromkeys((email, email.lower())))


def execute(row: PublicRequest, view: SubscriptionView) -> Outcome:
    """Schedule the end of the subscription, and write the history. The same declaration does it once."""
    client, key = _client(row), f"{row.key}-cancel"
    at = rules.end_of(row.ends_at, view)
    if at is not None:
        outcome = actions.cancel_at(client, view.id, at, key=key)
    else:
        outcome = actions.schedule_cancel(client, reads.subscription(client, view.id), details=None, key=key)
    if isinstance(outcome, Done):
        _settle(row, rules.EXECUTED)
        if _remember(row, "subscription.cancel_scheduled", key, view.title):
            changes.tell(signals.subscription_cancel_scheduled, subscription=outcome.body, customer=str(row.customer))
    return outcome


def get(id: str) -> PublicRequest:
    """LookupError when there is no such declaration."""
    with _state().host.session_factory() as db:
        row = db.get(PublicRequest, id)
    if row is None:
        raise LookupError(f"There is no request {id}.")
    return row


def close(row: PublicRequest) -> None:
    """Somebody has seen to it."""
    _settle(row, rules.CLOSED)


def _settle(row: PublicRequest, state: str) -> None:
    row.state = state
    with _state().host.session_factory() as db:
        stored = db.get_one(PublicRequest, row.id)
        stored.state, stored.customer, stored.subscription = row.state, row.customer, row.subscription
        db.commit()


def _remember(row: PublicRequest, action: str, key: str, title: str) -> bool:
    """Write the customer's history. False when it stands there already."""
    entry = AuditEntry(
        account=row.account,
        livemode=row.livemode,
        customer=row.customer,
        session=None,
        action=action,
        object_id=row.subscription,
        subject=title or None,
        details={"request": row.id},
        key=key,
        created=_state().host.now(row.account),
    )
    with _state().host.session_factory() as db:
        db.add(entry)
        try:
            db.commit()
        except IntegrityError:
            return False
    return True


def _tell(row: PublicRequest, executed: bool) -> None:
    is_cancellation = row.kind == rules.CANCELLATION
    signal = signals.cancellation_requested if is_cancellation else signals.withdrawal_requested
    changes.tell(
        signal, request=represent(row), customer=row.customer, subscription=row.subscription, executed=executed
    )


def represent(row: PublicRequest) -> dict[str, Any]:
    """A declaration as a dict, without what is ours alone."""
    names = [column.key for column in PublicRequest.__table__.columns if column.key != "key"]
    return {name: getattr(row, name) for name in names}


def _client(row: PublicRequest) -> stripe.StripeClient:
    return _state().host.client(row.account)


def _state() -> State:
    return cast(State, current_app.extensions["portal"])
