"""Mail from the portal: the same words as text and as HTML, in the language of the page that caused it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template

from flask_portal import i18n, mail
from flask_portal.host import Branding
from flask_portal.mail import Message


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says.  code: shown large. facts: label and value. closing: the last words, before the sender."""

    subject: str
    paragraphs: tuple[str, ...]
    code: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    closing: tuple[str, ...] = ()


def send(letter: Letter, *, to: str, kind: str, account: str, branding: Branding, customer: str | None) -> bool:
    """False when it was not sent; the reason is in the log."""
    message = Message(
        to=to,
        subject=letter.subject,
        text=text(letter, branding),
        html=_html(letter, branding),
        locale=i18n.current_locale().replace("_", "-"),
        kind=kind,
        account=account,
        customer=customer,
    )
    return mail.send(message)


def text(letter: Letter, branding: Branding) -> str:
    """The words alone."""
    parts: Sequence[str] = (
        *letter.paragraphs,
        *([letter.code] if letter.code else []),
        *(["\n".join(f"{label}: {value}" for label, value in letter.facts)] if letter.facts else []),
        *letter.closing,
        branding.name,
    )
    return "\n\n".join(parts) + "\n"


def _html(letter: Letter, branding: Branding) -> str:
    return render_template("flask_portal/mail/letter.html", letter=letter, sender=branding.name, **i18n.words())
