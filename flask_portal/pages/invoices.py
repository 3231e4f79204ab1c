"""The customer's invoices, newest first: of one year or of all, a page at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from flask_portal import i18n
from flask_portal.i18n import _
from flask_portal.pages import invoice_words, reading, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.shell import Link, NavigationItem
from flask_portal.pages.visit import Visit
from flask_portal.pages.words import Chip
from flask_portal.upstream import invoice_reads
from flask_portal.upstream.invoice_reads import Part
from flask_portal.upstream.reads import Failed

PAGE = 24
MOST_YEARS = 12
_ID = re.compile(r"in_[A-Za-z0-9_]{1,250}")
_YEAR = re.compile(r"(19[7-9]|[2-8][0-9]{2})[0-9]")


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One line of the list.  view: None where the page is not open. download: None where Stripe gives no address.

    pay: None where nothing is open. receipt: what was paid, and how; None where nothing was.
    """

    date: str
    number: str | None
    amount: Markup
    chip: Chip
    view: Link | None
    download: Link | None
    pay: Link | None
    receipt: Link | None


@dataclass(frozen=True, slots=True)
class InvoicesPage:
    """rows: None when Stripe could not be asked.  years: the choice of one. files: all of them at once.

    newer: to the first page; None on it. older: None on the last one.
    """

    heading: str
    years: tuple[NavigationItem, ...]
    rows: tuple[InvoiceRow, ...] | None
    empty: str
    retry: Link
    files: tuple[Link, ...]
    newer: Link | None
    older: Link | None


def show() -> ResponseReturnValue:
    visit = visits.current()
    check(visit)
    year, after = asked_year(), _after()
    between = i18n.year_span(year) if year else None
    client, payer = visit.client, visit.customer_id
    found = reading.together(
        visit,
        invoices=lambda: invoice_reads.listed(client, payer, limit=PAGE, between=between, after=after),
    )
    customer = words.present(found["customer"])
    part: Part | Failed = found["invoices"]
    bodies = () if isinstance(part, Failed) else part.bodies
    shown = None if isinstance(part, Failed) else rows(visit, part.bodies)
    more = not isinstance(part, Failed) and part.has_more
    page = InvoicesPage(
        heading=_("Invoices"),
        years=_years(visit, customer, bodies, year),
        rows=shown,
        empty=_("There are no invoices in %(year)s.", year=year) if year else _("There are no invoices."),
        retry=words.retry(_url(year, after)),
        files=_files(year) if shown else (),
        newer=Link(_("Newest invoices"), _url(year)) if after else None,
        older=Link(_("Older invoices"), _url(year, bodies[-1]["id"])) if more else None,
    )
    return shell.render("invoices.html", page, title=page.heading, current="invoices", customer=customer)


def check(visit: Visit) -> None:
    """403 where the business does not show invoices."""
    if not visit.features["invoice_history"]["enabled"]:
        abort(403, "invoices_off")


def asked_year() -> int | None:
    """The year of the address; None for all. 404 for what is no year."""
    text = request.args.get("year", "")
    if not text:
        return None
    if not _YEAR.fullmatch(text):
        abort(404)
    return int(text)


def _after() -> str | None:
    text = request.args.get("after", "")
    if not text:
        return None
    if not _ID.fullmatch(text):
        abort(404)
    return text


def _url(year: int | None, after: str | None = None) -> str:
    return url_for(".invoices", year=year, after=after)


def _years(
    visit: Visit, customer: Any, bodies: Iterable[dict[str, Any]], chosen: int | None
) -> tuple[NavigationItem, ...]:
    """From the year in which the customer came to this one, newest first. One year alone is no choice."""
    known = [visit.now, *(invoice_words.issued_at(body) for body in bodies)]
    if customer is not None:
        known.append(customer["created"])
    first, last = i18n.year(min(known)), i18n.year(max(known))
    years = {*range(max(first, last - MOST_YEARS + 1), last + 1), *([chosen] if chosen else [])}
    if len(years) < 2:
        return ()
    each = [NavigationItem(str(year), _url(year), year == chosen) for year in sorted(years, reverse=True)]
    return (NavigationItem(_("All years"), _url(None), chosen is None), *each)


def _files(year: int | None) -> tuple[Link, ...]:
    """All of them at once: the PDFs, and a table for the bookkeeping."""
    names = {"zip": _("Download all as ZIP"), "csv": _("Download all as CSV")}
    if year:
        names = {"zip": _("Download %(year)s as ZIP", year=year), "csv": _("Download %(year)s as CSV", year=year)}
    return tuple(Link(name, url_for(".download_invoices", year=year, format=kind)) for kind, name in names.items())


def rows(visit: Visit, invoices: Any) -> tuple[InvoiceRow, ...] | None:
    """The lines to show; None when the invoices could not be read."""
    return None if isinstance(invoices, Failed) else tuple(row(visit, body) for body in visible(visit, invoices))


def visible(visit: Visit, invoices: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without drafts, and without those that are somebody else's business."""
    return [body for body in invoices if body["status"] not in (None, "draft") and reading.in_scope(visit, body)]


def is_owed(bodies: Iterable[dict[str, Any]]) -> bool:
    """Whether something of these is still to be paid."""
    return any(invoice_words.is_payable(body) for body in bodies)


def row(visit: Visit, body: dict[str, Any]) -> InvoiceRow:
    file = body.get("invoice_pdf")
    is_open = visit.features["invoice_history"]["enabled"] and visit.flow is None
    paid = is_open and body["amount_paid"] > 0
    return InvoiceRow(
        date=words.date(invoice_words.issued_at(body)),
        number=body.get("number"),
        amount=words.amount(body["total"], body["currency"]),
        chip=invoice_words.chip(body, visit.now),
        view=Link(_("View"), url_for(".invoice", id=body["id"])) if is_open else None,
        download=Link(_("Download PDF"), file) if file else None,
        pay=Link(_("Pay"), url_for(".pay_invoice", id=body["id"])) if invoice_words.is_payable(body) else None,
        receipt=Link(_("Receipt"), url_for(".invoice", id=body["id"], _anchor="payments")) if paid else None,
    )
