"""Subscriptions: a customer pays for prices, period after period.

head: the resource. params, calls, item_calls: what can be asked, of subscriptions and of their items. represent: the
object. items: what is bought. billing: lines and prorations. start, change, ending: the three things that happen to
it. due, dunning: what happens by itself. connect: what a platform gets of its payments. joins: what happens elsewhere
and changes it.
Source: docs.stripe.com/api/subscriptions
"""

from __future__ import annotations

from . import calls, connect, due, dunning, item_calls, joins
from .head import subscription

__all__ = ["calls", "connect", "due", "dunning", "item_calls", "joins", "subscription"]
