"""What the portal lets a customer do, and why not: for whoever looks after the shop.

The words are those of the portal's pages, in English, each with the reason word of its rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import stripe

from flask_portal.pages import refusing
from flask_portal.rules import methods, pauses, policies, returns, updates, verdicts
from flask_portal.rules.subscriptions import SubscriptionView
from flask_portal.rules.verdict import Verdict
from flask_portal.upstream import reads

Body = Mapping[str, Any]

_FIELDS = ("name", "email", "phone", "address", "shipping", "tax_id")
_SHOWN = (("invoices", "invoice_history", "invoices_off"), ("payment methods", "payment_method_update", "methods_off"))


def explain(client: stripe.StripeClient, account: str, customer: str, features: Body, start_again: bool) -> list[str]:
    """One line for each verdict, subscription by subscription.

    features: of the portal configuration. start_again: PORTAL_START_AGAIN. Raises the errors of the `stripe` package.
    """
    body = reads.customer(client, customer)
    if body.get("deleted"):
        return [f"{customer} is deleted: the portal does not open for this customer."]
    listed = reads.subscriptions(client, customer)
    types = {each["id"]: methods.MethodView.of(each).type for each in reads.payment_methods(client, customer)}
    products = {item["price"]["product"] for each in listed for item in each["items"]["data"]}
    names = reads.product_names(client, account, sorted(products))
    views = [SubscriptionView.of(each, body, names) for each in listed]
    lines = [f"{customer}  {body.get('name') or body.get('email') or ''}".rstrip()]
    lines += [f"  {line}" for line in _of_customer(features)]
    for view in views:
        lines += ["", f"{view.id}  {view.title or 'Subscription'}, {view.status}"]
        found = _of_subscription(client, view, views, features, types, start_again)
        lines += [f"  {_line(name, verdict)}" for name, verdict in found]
    return lines


def _of_customer(features: Body) -> Iterator[str]:
    for field in _FIELDS:
        yield _line(f"edit {field}", verdicts.may_edit(features, field))
    for name, feature, reason in _SHOWN:
        yield _line(f"see {name}", Verdict.yes() if features[feature]["enabled"] else Verdict.no(reason))


def _of_subscription(
    client: stripe.StripeClient,
    view: SubscriptionView,
    views: list[SubscriptionView],
    features: Body,
    types: Mapping[str, str],
    start_again: bool,
) -> Iterator[tuple[str, Verdict]]:
    yield "change plan", updates.may_update(view, features, types.get(view.method_id or ""))
    yield "take change back", updates.may_undo_update(view, features)
    yield "cancel", verdicts.may_cancel(view, features)
    yield "keep", verdicts.may_undo(view, features)
    yield "pause", pauses.may_pause(view, features)
    yield "resume", pauses.may_resume(view, features)
    verdict = returns.may_look(view, start_again)
    if verdict.ok:
        prices = [reads.price(client, item.price) for item in view.items]
        verdict = returns.may_start(view, start_again, views, prices, features)
    yield "start again", verdict


def _line(name: str, verdict: Verdict) -> str:
    if verdict.ok:
        return f"{name:<17} yes"
    by = " by a policy" if verdict.reason == policies.POLICY else ""
    return f"{name:<17} no{by} ({verdict.reason}): {refusing.sentence(verdict)}"
