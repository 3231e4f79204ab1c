"""Subscription schedules: a subscription goes through phases, each with its own items and terms.

head: the resource.  params, calls: what can be asked.  phases: what a phase is.  asks: what it asks of its
subscription.  run: what happens when phases begin and end.  joins: what happens to the subscription and changes it.
Source: docs.stripe.com/api/subscription_schedules
"""

from __future__ import annotations

from . import calls, joins, run
from .head import subscription_schedule

__all__ = ["calls", "joins", "run", "subscription_schedule"]
