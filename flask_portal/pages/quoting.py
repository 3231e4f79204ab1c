"""Asking what a change costs, and keeping the answer until the customer has accepted it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_portal import security
from flask_portal.pages import plans, reading
from flask_portal.pages.plans import Options
from flask_portal.pages.visit import Visit, server_key
from flask_portal.rules import updates
from flask_portal.rules.quotes import HOLDS_SECONDS, Quote
from flask_portal.rules.updates import Change
from flask_portal.upstream import reads
from flask_portal.upstream.reads import Failed

_PURPOSE = "quote"


def ask(visit: Visit, options: Options, change: Change, held: Mapping[str, Any] | None = None) -> Quote | Failed:
    """What the change costs. Failed when Stripe cannot say.

    held: a quote that was given before, whose moment of proration is taken again.
    """
    found, feature = options.found, plans.feature_of(visit)
    now = _now(visit, found.body)
    if isinstance(now, Failed):
        return now
    moment = now if held is None else held["at"]
    asked = updates.parameters(found.view, change, feature, moment, discount_ids(found.body))
    client, parallel = visit.client, visit.host.parallel_reads
    later = updates.is_postponed(found.view.items[0], change, feature)
    if later and held is not None and found.body["schedule"]:
        # The first half of the plan was made before the answer was lost. Nothing is charged before it comes.
        return Quote.given(found.view, held)
    # Where nothing is invoiced before, a discount that is given once is given there.
    dropped = None if later else change
    thunks: dict[str, Any] = {"recurring": lambda: reads.preview(client, _recurring(visit, found.body, asked, dropped))}
    if not later:
        thunks["upcoming"] = lambda: reads.preview(client, _preview(visit, found.body, asked))
    answers = reads.gather(parallel, **thunks)
    recurring = answers["recurring"]
    if later:
        balance = int((found.customer or {}).get("balance") or 0)
        return recurring if isinstance(recurring, Failed) else Quote.later(found.view, recurring, balance)
    upcoming = answers["upcoming"]
    if isinstance(upcoming, Failed):
        return upcoming
    return Quote.at_once(found.view, moment, now, upcoming, None if isinstance(recurring, Failed) else recurring)


def _now(visit: Visit, body: Mapping[str, Any]) -> int | Failed | None:
    """The present moment of a subscription. On a test clock that is another one than the visit's.

    None when the subscription's period is not of our time: the clock of a mock has been moved, and ours has not.
    """
    if body.get("test_clock") is None:
        item = body["items"]["data"][0]
        return visit.now if item["current_period_start"] <= visit.now < item["current_period_end"] else None
    return reading.moment(visit, dict(body))


def discount_ids(body: Mapping[str, Any]) -> list[str]:
    """The discounts that a subscription has."""
    return [each if isinstance(each, str) else each["id"] for each in body.get("discounts") or ()]


def _preview(visit: Visit, body: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of a change in the words of `invoices.create_preview`."""
    details = {name: value for name, value in asked.items() if name != "discounts"}
    wanted: dict[str, Any] = {"customer": visit.customer_id, "subscription": body["id"]}
    wanted |= {"subscription_details": details} if details else {}
    return wanted | ({"discounts": asked["discounts"]} if "discounts" in asked else {})


def _recurring(
    visit: Visit, body: Mapping[str, Any], asked: Mapping[str, Any], dropped: Change | None
) -> dict[str, Any]:
    """The same for what is paid again and again.

    dropped: the change whose first invoice uses up the discounts that are given once.
    """
    repeated = {name: value for name, value in asked.items() if name not in ("proration_behavior", "proration_date")}
    if dropped is not None:
        repeated = _without_single_discounts(body, repeated, dropped)
    return {**_preview(visit, body, repeated), "preview_mode": "recurring"}


def _without_single_discounts(body: Mapping[str, Any], asked: dict[str, Any], change: Change) -> dict[str, Any]:
    single: list[Mapping[str, str]] = [
        {"discount": each["id"]} for each in body.get("discounts") or () if _is_single(each)
    ]
    single += [change.discount] if change.discount is not None and change.is_single else []
    if not single:
        return asked
    known = asked.get("discounts", [{"discount": id} for id in discount_ids(body)])
    return {**asked, "discounts": [each for each in known if each not in single] or ""}


def _is_single(discount: Any) -> bool:
    coupon = (discount.get("source") or {}).get("coupon") if isinstance(discount, Mapping) else None
    return isinstance(coupon, Mapping) and coupon["duration"] == "once"


def sealed(visit: Visit, id: str, change: Change, quote: Quote) -> str:
    """A quote as a form carries it, so that nobody can write another one."""
    held = {
        "at": quote.at,
        "customer": visit.customer_id,
        "discount": dict(change.discount) if change.discount else None,
        "given": visit.now,
        "is_single": change.is_single,
        "next": quote.due_next,
        "price": change.plan.price,
        "quantity": change.quantity,
        "subscription": id,
        "today": quote.due_today,
    }
    return security.seal(server_key(), held, _PURPOSE)


def opened(visit: Visit, id: str, text: str) -> dict[str, Any] | None:
    """What such a form holds; None when it was not made here, for this customer and this subscription."""
    held: dict[str, Any] | None = security.unseal(server_key(), text, _PURPOSE)
    if held is None or (held["customer"], held["subscription"]) != (visit.customer_id, id):
        return None
    return held


def is_over(visit: Visit, held: Mapping[str, Any]) -> bool:
    return bool(visit.now > held["given"] + HOLDS_SECONDS)
