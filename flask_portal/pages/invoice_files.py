"""All invoices of a year, or of all years, in one file: a table as CSV, or the PDFs with that table as ZIP."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from zipfile import ZipFile, ZipInfo

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from flask_portal import i18n
from flask_portal.i18n import _
from flask_portal.pages import invoice_words, invoices, reading, sheet
from flask_portal.pages import visit as visits
from flask_portal.pages.invoice_words import Body
from flask_portal.pages.sheet import Cell
from flask_portal.pages.visit import Visit
from flask_portal.upstream import invoice_reads, reads
from flask_portal.upstream.files import Files
from flask_portal.upstream.invoice_reads import Part
from flask_portal.upstream.reads import Failed

MOST_ROWS = 2_000
MOST_FILES = 300
MOST_BYTES = 256 * 1024 * 1024
"""Of all PDFs in one ZIP."""
AT_ONCE = 4
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One PDF to fetch.  name: in the ZIP. title: of the invoice, for a list of what is missing."""

    name: str
    title: str
    url: str | None
    at: int


@dataclass(frozen=True, slots=True)
class Archive:
    """What a ZIP is made of. Its words are chosen before it is sent: then the request is over.

    head: what the list of the missing begins with.
    """

    table: bytes
    wanted: tuple[Wanted, ...]
    head: str
    missing_name: str
    now: int


def download() -> ResponseReturnValue:
    """403 where invoices are not shown or are too many for one file, 404 for an unknown format, 502 without Stripe."""
    visit = visits.current()
    invoices.check(visit)
    kind, year = request.args.get("format", ""), invoices.asked_year()
    if kind not in ("csv", "zip"):
        abort(404)
    bodies = _read(visit, year)
    name = f"invoices-{year}" if year else "invoices"
    table = sheet.csv_of(_head(), (_row(visit, body) for body in bodies))
    if kind == "csv":
        return _file(table, f"{name}.csv", "text/csv; charset=utf-8")
    archive = Archive(table, tuple(_wanted(body) for body in bodies), *_missing_words(), visit.now)
    parts = streamed(archive, visit.host.files(visit.principal.account), visit.host.parallel_reads)
    return _file(parts, f"{name}.zip", "application/zip")


def _read(visit: Visit, year: int | None) -> list[Body]:
    """The invoices of the file, newest first."""
    client, payer = visit.client, visit.customer_id
    between = i18n.year_span(year) if year else None
    found: Part | Failed = reading.together(
        visit, invoices=lambda: invoice_reads.all_of(client, payer, most=MOST_ROWS, between=between)
    )["invoices"]
    if isinstance(found, Failed):
        abort(502)
    if found.has_more:
        abort(403, "too_many_invoices")
    return invoices.visible(visit, found.bodies)


def _file(content: bytes | Iterator[bytes], name: str, kind: str) -> Response:
    return Response(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _head() -> tuple[str, ...]:
    return (
        _("Date of issue"),
        _("Invoice number"),
        _("Status"),
        _("Currency"),
        _("Subtotal"),
        _("Discount"),
        _("Tax"),
        _("Total"),
        _("Paid"),
        _("Amount due"),
        _("Date due"),
        _("Period from"),
        _("Period until"),
        _("Description"),
        _("Reference"),
    )


def _row(visit: Visit, body: Body) -> tuple[Cell, ...]:
    """Dates in ISO's form, amounts as plain decimals of the currency's main unit."""

    def amount(minor: int) -> Decimal:
        return Decimal(minor).scaleb(-i18n.decimals(body["currency"]))

    return (
        i18n.iso_day(invoice_words.issued_at(body)),
        body["number"],
        invoice_words.chip(body, visit.now).text,
        body["currency"].upper(),
        amount(body["subtotal"]),
        amount(-sum(one["amount"] for one in body["total_discount_amounts"] or ())),
        amount(sum(one["amount"] for one in body["total_taxes"] or ())),
        amount(body["total"]),
        amount(body["amount_paid"]),
        amount(body["amount_remaining"]),
        i18n.iso_day(body["due_date"]) if body["due_date"] is not None else None,
        i18n.iso_day(body["period_start"]),
        i18n.iso_day(body["period_end"]),
        body["description"],
        body["id"],
    )


def _wanted(body: Body) -> Wanted:
    day, number = i18n.iso_day(invoice_words.issued_at(body)), body["number"] or body["id"]
    name = f"{day}-{_UNSAFE.sub('-', number)}-{body['id']}.pdf"
    return Wanted(
        name, f"{number} ({i18n.day(invoice_words.issued_at(body))})", body.get("invoice_pdf"), body["created"]
    )


def _missing_words() -> tuple[str, str]:
    """The head and the name of the list of PDFs that are not there."""
    head = _("The PDFs of these invoices could not be fetched. They are on the page of each invoice:")
    return head, f"{_UNSAFE.sub('-', _('missing'))}.txt"


def streamed(archive: Archive, files: Files, parallel: bool) -> Iterator[bytes]:
    """The ZIP, piece by piece: no more than a few PDFs are held at a time."""
    out = _Pieces()
    missing: list[Wanted] = []
    total = 0
    with ZipFile(out, "w") as made:
        made.writestr(_entry("invoices.csv", archive.now), archive.table)
        for start in range(0, len(archive.wanted), AT_ONCE):
            group = archive.wanted[start : start + AT_ONCE]
            room = start < MOST_FILES and total < MOST_BYTES
            for wanted, content in zip(group, _fetched(files, group, parallel, room), strict=True):
                if content is None:
                    missing.append(wanted)
                    continue
                total += len(content)
                made.writestr(_entry(wanted.name, wanted.at), content)
            yield out.taken()
        if missing:
            lines = [archive.head, "", *(wanted.title for wanted in missing), ""]
            made.writestr(_entry(archive.missing_name, archive.now), "\r\n".join(lines).encode())
    yield out.taken()


def _fetched(files: Files, group: tuple[Wanted, ...], parallel: bool, room: bool) -> list[bytes | None]:
    """The PDFs of a few invoices, side by side where that is quicker; None for each that is not there."""
    thunks = {wanted.name: partial(files.pdf, wanted.url) for wanted in group if wanted.url and room}
    found = reads.gather(parallel, **thunks)
    return [found.get(wanted.name) for wanted in group]


def _entry(name: str, at: int) -> ZipInfo:
    """A ZIP knows no time before 1980, and no zone."""
    moment = datetime.fromtimestamp(at, UTC)
    return ZipInfo(name, max((1980, 1, 1, 0, 0, 0), moment.timetuple()[:6]))


class _Pieces(io.RawIOBase):
    """A file that is read while it is written."""

    def __init__(self) -> None:
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object, /) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._held += piece
        return len(piece)

    def taken(self) -> bytes:
        """What was written since the last time."""
        held, self._held = bytes(self._held), bytearray()
        return held
