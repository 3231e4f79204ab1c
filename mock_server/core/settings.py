"""What an account can set about billing, where Stripe has pages of its Dashboard: when payments are tried again, what
follows when they keep failing, how long before a renewal it is announced, and how webhooks are delivered.

Source: docs.stripe.com/billing/revenue-recovery/smart-retries, docs.stripe.com/billing/subscriptions/webhooks
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from flask_portal.wire import errors

from . import json_text
from .prepared import Prepared
from .store import account_state

DEFAULTS: Mapping[str, Any] = {
    "retry_after_days": [1, 2, 2, 2, 2, 2, 2, 1],
    "subscription_after_retries": "cancel",
    "invoice_after_retries": "open",
    "upcoming_invoice_days": 7,
    "webhook_retry_after_seconds": [60, 3600],
    "webhook_order": "as_happened",
    "webhook_duplicates": False,
}
"""As new accounts of Stripe have them: eight more attempts within two weeks, then the subscription is canceled.

Stripe chooses the hours of the attempts by what it has learnt; here they are the same every time.
retry_after_days: days from each failed attempt to the next.  subscription_after_retries, invoice_after_retries: what
becomes of them after the last.  upcoming_invoice_days: days before a renewal; 0 for no announcement.
webhook_retry_after_seconds: pauses after each failed delivery; by default three tries over about an hour, as a sandbox
of Stripe's has.  webhook_order, webhook_duplicates: Stripe promises neither order nor that an event comes once, and
a receiver can be tested for that.
"""

MOST_RETRIES = 8
LONGEST_PAUSE_DAYS = 60
LONGEST_NOTICE_DAYS = 45
MOST_DELIVERIES = 16
LONGEST_WEBHOOK_PAUSE = 3 * 86_400

_stored = Prepared(sa.select(account_state.c.settings).where(account_state.c.account == sa.bindparam("own_account")))


def of(connection: Connection, account: str) -> dict[str, Any]:
    """The settings of an account."""
    text = _stored.first(connection, {"own_account": account})
    return {**DEFAULTS, **json_text.load(text or "{}")}


def changed(settings: Mapping[str, Any], sent: Mapping[str, Any]) -> dict[str, Any]:
    """`settings` with what was sent; StripeError for what is no setting, or no value of it."""
    unknown = sorted(sent.keys() - DEFAULTS.keys())
    if unknown:
        raise errors.unknown_parameters(unknown, known=sorted(DEFAULTS))
    for name, value in sent.items():
        fits, meaning = VALUES[name]
        if not fits(value):
            raise errors.invalid(f"{name} is {meaning}.", name)
    return {**settings, **sent}


def _whole(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _pauses(value: Any, many: int, longest: int) -> bool:
    few = isinstance(value, list) and len(value) <= many
    return few and all(_whole(pause, 1, longest) for pause in value)


VALUES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "retry_after_days": (
        lambda value: _pauses(value, MOST_RETRIES, LONGEST_PAUSE_DAYS),
        f"a list of at most {MOST_RETRIES} numbers of days, each from 1 to {LONGEST_PAUSE_DAYS}",
    ),
    "subscription_after_retries": (
        lambda value: value in ("cancel", "unpaid", "past_due", "pause"),
        "cancel, unpaid, past_due or pause",
    ),
    "invoice_after_retries": (lambda value: value in ("open", "uncollectible"), "open or uncollectible"),
    "upcoming_invoice_days": (
        lambda value: _whole(value, 0, LONGEST_NOTICE_DAYS),
        f"a number of days from 0 to {LONGEST_NOTICE_DAYS}",
    ),
    "webhook_retry_after_seconds": (
        lambda value: _pauses(value, MOST_DELIVERIES, LONGEST_WEBHOOK_PAUSE),
        f"a list of at most {MOST_DELIVERIES} numbers of seconds, each from 1 to {LONGEST_WEBHOOK_PAUSE}",
    ),
    "webhook_order": (lambda value: value in ("as_happened", "shuffled"), "as_happened or shuffled"),
    "webhook_duplicates": (lambda value: isinstance(value, bool), "true or false"),
}
