"""One subscription: what is in it, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask.typing import ResponseReturnValue

from flask_portal.i18n import _
from flask_portal.pages import cards, shell
from flask_portal.pages import visit as visits
from flask_portal.pages.cards import Card
from flask_portal.pages.shell import Link


@dataclass(frozen=True, slots=True)
class SubscriptionPage:
    heading: str
    card: Card
    back: Link


def show(id: str) -> ResponseReturnValue:
    visit = visits.current()
    found = cards.find(visit, id)
    card = cards.card(visit, found.view, found.is_settled)
    page = SubscriptionPage(heading=card.title, card=card, back=Link(_("Overview"), url_for(".overview")))
    return shell.render("subscription.html", page, title=page.heading, customer=found.customer)
