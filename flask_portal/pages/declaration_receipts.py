"""The receipt of a declaration: on a page, as a file and by mail, with the same content."""

from __future__ import annotations

from dataclasses import dataclass

from flask_portal.i18n import _
from flask_portal.models import PublicRequest
from flask_portal.pages.letters import Letter
from flask_portal.pages.shell import Link
from flask_portal.rules.declarations import CANCELLATION


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """note: what else happens. facts: content of the declaration, and when it came."""

    heading: str
    lead: str
    note: str
    facts: tuple[Row, ...]
    download: Link


def page(row: PublicRequest, *, is_mailed: bool, text_url: str) -> ReceiptPage:
    """The same page for everybody: it does not say whether there is such a contract.  is_mailed: mail is set up."""
    return ReceiptPage(
        heading=_heading(row),
        lead=_lead(row, is_mailed),
        note=_what_follows(),
        facts=tuple(Row(label, tuple(value.splitlines())) for label, value in row.facts),
        download=Link(_("Save as a file"), text_url),
    )


def letter(row: PublicRequest) -> Letter:
    """The words of the mail."""
    if row.kind == CANCELLATION:
        subject = _("Your cancellation has been received: %(reference)s", reference=row.id)
    else:
        subject = _("Your withdrawal has been received: %(reference)s", reference=row.id)
    return Letter(
        subject=subject,
        paragraphs=(_("This confirms that we have received the following declaration."),),
        facts=tuple((label, value) for label, value in row.facts),
        closing=(_what_follows(), _("If you did not send it, please tell us, and name the reference.")),
    )


def _heading(row: PublicRequest) -> str:
    if row.kind == CANCELLATION:
        return _("Your cancellation has been received")
    return _("Your withdrawal has been received")


def _lead(row: PublicRequest, is_mailed: bool) -> str:
    if is_mailed:
        return _("A confirmation is on its way to %(email)s. You can also print or save this page.", email=row.email)
    return _("Please print or save this page: it is your confirmation.")


def _what_follows() -> str:
    return _("We match it with your contract and write to you if something is missing.")
