"""The customer's payment methods, to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, url_for
from flask.typing import ResponseReturnValue

from flask_portal import i18n
from flask_portal.i18n import _
from flask_portal.pages import reading, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.pages.words import Chip
from flask_portal.rules.methods import MethodView, expiry
from flask_portal.rules.subscriptions import default_method
from flask_portal.upstream import reads
from flask_portal.upstream.reads import Failed


@dataclass(frozen=True, slots=True)
class MethodRow:
    label: str
    note: str
    chips: tuple[Chip, ...]


@dataclass(frozen=True, slots=True)
class PaymentMethodsPage:
    """rows: None when Stripe could not be asked."""

    heading: str
    rows: tuple[MethodRow, ...] | None
    retry: Link


def show() -> ResponseReturnValue:
    visit = visits.current()
    if not visit.features["payment_method_update"]["enabled"]:
        abort(403, "methods_off")
    client, customer_id = visit.client, visit.customer_id
    found = reading.together(visit, methods=lambda: reads.payment_methods(client, customer_id))
    customer = words.present(found["customer"])
    page = PaymentMethodsPage(
        heading=_("Payment methods"),
        rows=rows(visit, found["methods"], customer),
        retry=words.retry(url_for(".payment_methods")),
    )
    return shell.render("payment_methods.html", page, title=page.heading, current="payment_methods", customer=customer)


def rows(visit: Visit, methods: Any, customer: Mapping[str, Any] | None) -> tuple[MethodRow, ...] | None:
    """The lines to show; None when the methods could not be read."""
    if isinstance(methods, Failed):
        return None
    default = default_method(customer or {})
    return tuple(_row(visit, MethodView.of(body), default) for body in methods)


def _row(visit: Visit, view: MethodView, default: str | None) -> MethodRow:
    today = words.today(visit)
    chips = [Chip(_("Default"), "plain")] if view.id == default else []
    state = expiry(view, today.year, today.month)
    if state != "ok":
        chips.append(Chip(_("Expired"), "bad") if state == "expired" else Chip(_("Expires soon"), "warn"))
    return MethodRow(words.method(view), _note(view), tuple(chips))


def _note(view: MethodView) -> str:
    if view.exp_year is not None and view.exp_month is not None:
        return _("valid until %(month)s", month=i18n.month(view.exp_year, view.exp_month))
    return view.email or ""
