"""What a page reads from Stripe: together, and always with the customer, whose language the page speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from flask import abort, g, request

from flask_portal import i18n
from flask_portal.pages.visit import Visit
from flask_portal.rules.subscriptions import planned_product
from flask_portal.upstream import reads
from flask_portal.upstream.reads import Failed

Body = dict[str, Any]


def together(visit: Visit, **thunks: Callable[[], Any]) -> dict[str, Any]:
    """The customer under `customer`, and the answer of each thunk under its name; Failed where one failed.

    404 when the customer is not there any more.
    """
    client = visit.client
    parallel = visit.host.parallel_reads
    found = reads.gather(parallel, customer=lambda: reads.customer(client, visit.customer_id), **thunks)
    customer = found["customer"]
    if customer.reason == reads.MISSING if isinstance(customer, Failed) else customer.get("deleted"):
        abort(404)
    g.portal_customer = None if isinstance(customer, Failed) else customer
    speak(visit, g.portal_customer)
    return found


def known_customer() -> Body | None:
    """The customer as this request has read it; None when it has not, or could not."""
    return cast("Body | None", g.get("portal_customer"))


def call(id: str, name: str) -> None:
    """Note what an object is called, for the history of what this request changes."""
    g.setdefault("portal_called", {})[id] = name


def called(id: str) -> str | None:
    """What this request has found an object to be called."""
    return cast("str | None", g.get("portal_called", {}).get(id))


def customer(visit: Visit) -> Body:
    """The customer alone, for a page that is about nothing else. 502 when Stripe does not answer."""
    found = together(visit)["customer"]
    if isinstance(found, Failed):
        abort(502)
    return cast(Body, found)


def speak(visit: Visit, customer: Body | None) -> None:
    """Choose the page's language: the session's, the customer's, the browser's, English."""
    preferred = (customer or {}).get("preferred_locales")
    _speak(visit.entry.locale if visit.entry else None, preferred)


def speak_outside(locale: str | None) -> None:
    """The same where no customer is known.  locale: that of the session, if there was one."""
    _speak(locale, None)


def speak_to(locale: str | None, preferred: list[str] | None) -> None:
    """The same where the customer is known.  preferred: the customer's languages, best first."""
    _speak(locale, preferred)


def speak_if_silent(visit: Visit | None) -> None:
    """The same for an error that came before the customer was read."""
    if "portal_locale" not in g:
        speak_outside(visit.entry.locale if visit and visit.entry else None)


def _speak(locale: str | None, preferred: list[str] | None) -> None:
    i18n.use_locale(i18n.choose_locale(locale, preferred, request.accept_languages))


def moment(visit: Visit, body: Body) -> int | Failed:
    """The present moment of an object: on a test clock that is another one than the visit's."""
    clock = body.get("test_clock")
    if clock is None:
        return visit.now
    found: int | Failed = reads.gather(False, clock=lambda: reads.frozen_time(visit.client, id_of(clock)))["clock"]
    return found


def names(visit: Visit, subscriptions: Iterable[Body]) -> dict[str, str]:
    """The names of the products in these subscriptions, and of those that they are planned to change to, by id."""
    found = list(subscriptions)
    ids = {id_of(item["price"]["product"]) for each in found for item in each["items"]["data"]}
    ids |= {planned for planned in map(planned_product, found) if planned is not None}
    return reads.product_names(visit.client, visit.principal.account, sorted(ids)) if ids else {}


def id_of(reference: Any) -> str:
    """The id behind a field that may be expanded."""
    return str(reference["id"]) if isinstance(reference, dict) else str(reference)


def in_scope(visit: Visit, body: Body) -> bool:
    """Whether this visit may see a subscription or an invoice, given whose it is."""
    if id_of(body["customer"]) != visit.customer_id:
        return False
    if visit.on_behalf_of is None:
        return True
    account = body.get("on_behalf_of")
    return account is not None and id_of(account) == visit.on_behalf_of
