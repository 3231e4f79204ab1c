"""The customer's payment methods: what each is, whether it is still good, and what is paid with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from flask_portal import i18n
from flask_portal.i18n import _
from flask_portal.pages import add_method, cards, changes, reading, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.pages.words import Chip
from flask_portal.rules import verdicts
from flask_portal.rules.methods import MethodView, expiry, paid_with
from flask_portal.rules.subscriptions import SubscriptionView, default_method
from flask_portal.upstream import reads
from flask_portal.upstream.reads import Failed


@dataclass(frozen=True, slots=True)
class MethodRow:
    """One line of a list.  use: which subscriptions are paid with it; empty where there are none.

    url: its own page; None in a flow, which has none.
    """

    label: str
    note: str
    chips: tuple[Chip, ...]
    use: str
    url: str | None


@dataclass(frozen=True, slots=True)
class PaymentMethodsPage:
    """rows: None when Stripe could not be asked.  add_url: where the form leads that adds one."""

    heading: str
    rows: tuple[MethodRow, ...] | None
    retry: Link
    form_id: str
    add_url: str


def show() -> ResponseReturnValue:
    visit = visits.current()
    verdict = verdicts.may_manage_methods(visit.features)
    if not verdict.ok:
        abort(403, verdict.reason)
    client, customer_id = visit.client, visit.customer_id
    found = reading.together(
        visit,
        methods=lambda: reads.payment_methods(client, customer_id),
        subscriptions=lambda: reads.subscriptions(client, customer_id),
    )
    customer, subscriptions = words.present(found["customer"]), found["subscriptions"]
    views = [] if isinstance(subscriptions, Failed) else cards.views(visit, subscriptions, customer)
    add_method.announce(visit)
    page = PaymentMethodsPage(
        heading=_("Payment methods"),
        rows=rows(visit, found["methods"], customer, views),
        retry=words.retry(url_for(".payment_methods")),
        form_id=changes.new_form_id(),
        add_url=url_for(".do_add_method"),
    )
    return shell.render("payment_methods.html", page, title=page.heading, current="payment_methods", customer=customer)


def rows(
    visit: Visit,
    methods: Any,
    customer: Mapping[str, Any] | None,
    subscriptions: Sequence[SubscriptionView] = (),
) -> tuple[MethodRow, ...] | None:
    """The lines to show; None when the methods could not be read."""
    if isinstance(methods, Failed):
        return None
    default = default_method(customer or {})
    return tuple(row(visit, MethodView.of(body), default, subscriptions) for body in methods)


def row(visit: Visit, view: MethodView, default: str | None, subscriptions: Iterable[SubscriptionView]) -> MethodRow:
    return MethodRow(
        label=words.method(view),
        note=note(view),
        chips=chips(visit, view, default),
        use=use(view, default, subscriptions),
        url=url_for(".payment_method", id=view.id) if visit.flow is None else None,
    )


def chips(visit: Visit, view: MethodView, default: str | None) -> tuple[Chip, ...]:
    today = words.today(visit)
    found = [Chip(_("Default"), "plain")] if view.id == default else []
    state = expiry(view, today.year, today.month)
    if state != "ok":
        found.append(Chip(_("Expired"), "bad") if state == "expired" else Chip(_("Expires soon"), "warn"))
    return tuple(found)


def note(view: MethodView) -> str:
    if view.exp_year is not None and view.exp_month is not None:
        return _("valid until %(month)s", month=i18n.month(view.exp_year, view.exp_month))
    return view.email or ""


def use(view: MethodView, default: str | None, subscriptions: Iterable[SubscriptionView]) -> str:
    """What is paid with it, and whether that is the subscription's own choice, which wins over the default."""
    paid = paid_with(view.id, subscriptions)
    titles = ", ".join(dict.fromkeys(each.title or _("Subscription") for each in paid))
    if not titles:
        return ""
    if view.id != default:
        return _("Pays for %(titles)s, which does not use your default", titles=titles)
    return _("Pays for %(titles)s", titles=titles)
