"""What was changed in the customer's account through the portal, and the receipt of each change."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from flask_portal import i18n
from flask_portal.host import Principal
from flask_portal.i18n import _
from flask_portal.models import AuditEntry, PortalSession
from flask_portal.pages import change_words, completion, reading, shell, words
from flask_portal.pages import visit as visits
from flask_portal.pages.change_words import Change
from flask_portal.pages.shell import Link
from flask_portal.pages.visit import Visit
from flask_portal.pages.words import Fact

PAGE = 25
_LEAVING = ("subscription.cancel", "subscription.cancel_scheduled", "subscription.reason")
_MOST = 2**31 - 1
"""More than an entry's number can be, and as much as every database compares it with."""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    text: str
    moment: str
    receipt: Link


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """newer: to the first page; None on it. older: None on the last one."""

    heading: str
    lead: str
    rows: tuple[HistoryRow, ...]
    newer: Link | None
    older: Link | None


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """business, customer: who says so, and to whom. back: None in a flow."""

    heading: str
    lead: str
    facts: tuple[Fact, ...]
    back: Link | None
    way_on: Link | None


def show() -> ResponseReturnValue:
    visit = visits.current()
    customer = words.present(reading.together(visit)["customer"])
    before = _before()
    found = _changes(visit, *((AuditEntry.id < before,) if before else ()), limit=PAGE + 1)
    shown = found[:PAGE]
    page = HistoryPage(
        heading=_("History"),
        lead=_("What was changed here, and when. Each change has its receipt."),
        rows=tuple(_row(change) for change in shown),
        newer=Link(_("Newest changes"), url_for(".history")) if before else None,
        older=Link(_("Older changes"), url_for(".history", before=shown[-1].id)) if len(found) > PAGE else None,
    )
    return shell.render("history.html", page, title=page.heading, current="history", customer=customer)


def receipt(entry: int) -> ResponseReturnValue:
    """What was done, when, and by which reference it is found again. 404 for somebody else's."""
    visit = visits.current()
    found = _changes(visit, AuditEntry.id == entry, limit=1) if entry <= _MOST else []
    if not found or not _is_of_flow(visit, found[0]):
        abort(404)
    customer = words.present(reading.together(visit)["customer"])
    name = customer.get("name") or customer.get("email") if customer else None
    facts = change_words.facts(found[0])
    page = ReceiptPage(
        heading=change_words.sentence(found[0]),
        lead=_("Receipt from %(business)s", business=visit.branding.name),
        facts=(*facts, Fact(_("Customer"), (name,))) if name else facts,
        back=None if visit.flow else Link(_("History"), url_for(".history")),
        way_on=completion.way_on(visit),
    )
    return shell.render("receipt.html", page, title=page.heading, current="history", customer=customer)


def receipt_of(visit: Visit, object_id: str) -> Link | None:
    """The receipt of the newest change of an object; None where nothing was changed here."""
    found = [each for each in _changes(visit, AuditEntry.object_id == object_id, limit=1) if _is_of_flow(visit, each)]
    return _receipt(found[0]) if found else None


def reasons(db: Session, principal: Principal, since: int) -> list[tuple[str, int]]:
    """How often each reason for leaving was given, most frequent first.  since: Unix seconds.

    A reason that was given afterwards counts like one that was given at once; a comment alone is `(no reason)`.
    """
    given = select(AuditEntry.details).where(
        AuditEntry.account == principal.account,
        AuditEntry.livemode == principal.livemode,
        AuditEntry.action.in_(_LEAVING),
        AuditEntry.created >= since,
        AuditEntry.details.is_not(None),
    )
    counted = Counter(details.get("feedback") or "(no reason)" for details in db.scalars(given) if details)
    return sorted(counted.items(), key=lambda each: (-each[1], each[0]))


def _is_of_flow(visit: Visit, change: Change) -> bool:
    """A session for one task shows what was done in it, and nothing else."""
    return visit.flow is None or (visit.entry is not None and change.session == visit.entry.id)


def _row(change: Change) -> HistoryRow:
    return HistoryRow(change_words.sentence(change), i18n.moment(change.created), _receipt(change))


def _receipt(change: Change) -> Link:
    return Link(_("Receipt"), url_for(".receipt", entry=change.id))


def _before() -> int | None:
    """The number of the entry that the page ends before; None for the first page."""
    text = request.args.get("before", "")
    return min(int(text), _MOST) if text.isascii() and text.isdigit() and len(text) <= len(str(_MOST)) else None


def _changes(visit: Visit, *conditions: ColumnElement[bool], limit: int) -> list[Change]:
    """The customer's own changes, newest first."""
    mine = [
        AuditEntry.account == visit.principal.account,
        AuditEntry.livemode == visit.principal.livemode,
        AuditEntry.customer == visit.customer_id,
    ]
    if visit.on_behalf_of is not None:
        # This visit sees one connected account's things alone, and only such visits have changed them.
        alike = select(PortalSession.id).where(PortalSession.on_behalf_of == visit.on_behalf_of)
        mine.append(AuditEntry.session.in_(alike))
    query = select(AuditEntry).where(*mine, *conditions).order_by(AuditEntry.id.desc()).limit(limit)
    with visit.host.session_factory() as db:
        return [Change.of(entry) for entry in db.scalars(query)]
