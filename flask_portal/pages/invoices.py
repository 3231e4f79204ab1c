"""The customer's invoices, newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from flask_portal.i18n import _
from flask_portal.pages import reading, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.pages.words import Chip
from flask_portal.upstream import reads
from flask_portal.upstream.reads import Failed

FIRST = 24
MOST = 100
"""How many invoices the page shows at first, and when all are asked for."""


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One line of the list.  view, download: None where Stripe gives no address. pay: None where nothing is open."""

    date: str
    number: str | None
    amount: Markup
    chip: Chip
    view: Link | None
    download: Link | None
    pay: Link | None


@dataclass(frozen=True, slots=True)
class InvoicesPage:
    """rows: None when Stripe could not be asked.  more: the link to older ones."""

    heading: str
    rows: tuple[InvoiceRow, ...] | None
    retry: Link
    more: Link | None


def show() -> ResponseReturnValue:
    visit = visits.current()
    if not visit.features["invoice_history"]["enabled"]:
        abort(403, "invoices_off")
    everything = request.args.get("show") == "all"
    limit = MOST if everything else FIRST
    client, customer_id = visit.client, visit.customer_id
    found = reading.together(visit, invoices=lambda: reads.invoices(client, customer_id, limit))
    invoices = found["invoices"]
    more = not everything and not isinstance(invoices, Failed) and len(invoices) >= FIRST
    page = InvoicesPage(
        heading=_("Invoices"),
        rows=rows(visit, invoices),
        retry=words.retry(url_for(".invoices")),
        more=Link(_("Show older invoices"), url_for(".invoices", show="all")) if more else None,
    )
    return shell.render(
        "invoices.html", page, title=page.heading, current="invoices", customer=words.present(found["customer"])
    )


def rows(visit: Visit, invoices: Any) -> tuple[InvoiceRow, ...] | None:
    """The lines to show; None when the invoices could not be read."""
    return None if isinstance(invoices, Failed) else tuple(row(body) for body in visible(visit, invoices))


def visible(visit: Visit, invoices: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without drafts, and without those that are somebody else's business."""
    return [body for body in invoices if body["status"] not in (None, "draft") and reading.in_scope(visit, body)]


def row(body: dict[str, Any]) -> InvoiceRow:
    view, file = body.get("hosted_invoice_url"), body.get("invoice_pdf")
    date = words.date(body.get("effective_at") or body["created"])
    return InvoiceRow(
        date=date,
        number=body.get("number"),
        amount=words.amount(body["total"], body["currency"]),
        chip=_chip(body),
        view=Link(_("View"), view) if view else None,
        download=Link(_("Download PDF"), file) if file else None,
        pay=Link(_("Pay"), url_for(".pay_invoice", id=body["id"])) if _is_open(body) else None,
    )


def _is_open(body: dict[str, Any]) -> bool:
    return body["status"] in ("open", "uncollectible") and body["amount_remaining"] > 0


def _chip(body: dict[str, Any]) -> Chip:
    status = body["status"]
    if status == "open":
        return Chip(_("Open"), "warn") if not body.get("attempted") else Chip(_("Unpaid"), "bad")
    known = {
        "paid": Chip(_("Paid"), "good"),
        "void": Chip(_("Void"), "plain"),
        "uncollectible": Chip(_("Unpaid"), "bad"),
    }
    return known.get(status, Chip(status, "plain"))
