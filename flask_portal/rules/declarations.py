"""What somebody without a login declares: that a contract shall end, or that they withdraw from it.

Source: § 312k BGB for cancellations; Directive (EU) 2023/2673, article 11a of Directive 2011/83/EU, for withdrawals
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask_portal.rules.subscriptions import SubscriptionView

CANCELLATION = "cancellation"
WITHDRAWAL = "withdrawal"

ORDINARY = "ordinary"
EXTRAORDINARY = "extraordinary"

RECEIVED = "received"
"""Stored and confirmed; not looked at yet."""
EXECUTED = "executed"
QUEUED = "queued"
"""It fits one subscription, and somebody has to decide."""
UNMATCHED = "unmatched"
"""It fits none, or more than one."""
CLOSED = "closed"

OPEN = (RECEIVED, QUEUED, UNMATCHED)
"""The states in which somebody of the business has to look at it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A subscription of somebody with the declared email address."""

    customer: str
    view: SubscriptionView


def match(contract: str, candidates: Iterable[Candidate]) -> Candidate | None:
    """The one live subscription that can be meant; None when there is none, or a choice.

    contract: how the declaration names it, in free words. Where several live, one whose name or id stands there counts.
    """
    live = [each for each in candidates if each.view.is_live]
    named = [each for each in live if _is_named(each.view, contract.casefold())]
    found = named or live
    return found[0] if len(found) == 1 else None


def _is_named(view: SubscriptionView, contract: str) -> bool:
    names = [item.name for item in view.items if item.name]
    return view.id.casefold() in contract or any(name.casefold() in contract for name in names)


def may_execute(kind: str, manner: str | None, view: SubscriptionView) -> bool:
    """Whether a program may do what is declared.

    Only an ordinary cancellation: it ends nothing at once and can be taken back. A reason to leave without notice, and
    a withdrawal, after which money goes back, are for people to judge.
    """
    is_ordinary = kind == CANCELLATION and manner == ORDINARY
    return is_ordinary and view.status != "incomplete" and view.ends_at is None and not view.has_schedule


def end_of(wished: int | None, view: SubscriptionView) -> int | None:
    """When it ends, if later than what is paid for; None for the end of that.  wished: Unix seconds."""
    earliest = view.last_period_end
    return wished if wished is not None and earliest is not None and wished > earliest else None
