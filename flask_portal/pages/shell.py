"""What stands around every page: brand, navigation, the link back, the footer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, render_template, url_for

from flask_portal import security
from flask_portal.host import Branding
from flask_portal.i18n import _
from flask_portal.pages import visit as visits
from flask_portal.pages.brand import Brand
from flask_portal.pages.visit import Visit


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class NavigationItem:
    label: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Shell:
    """The frame of one page.  navigation: empty in a flow, where only one task is open."""

    title: str
    brand: Brand
    headline: str | None
    navigation: tuple[NavigationItem, ...]
    back: Link | None
    links: tuple[Link, ...]
    signed_in: str | None


def render(
    template: str,
    page: Any,
    *,
    title: str,
    current: str = "",
    customer: Mapping[str, Any] | None = None,
    status: int = 200,
) -> Response:
    """The page in its frame.  page: the template's only value. current: endpoint of the chosen navigation item."""
    visit = visits.current()
    shell = Shell(
        title=f"{title} · {visit.branding.name}",
        brand=Brand.of(visit.branding),
        headline=visit.configuration.business_profile["headline"],
        navigation=_navigation(visit, current),
        back=back_link(visit.return_url, visit.branding),
        links=_links(visit),
        signed_in=_signed_in(customer),
    )
    return _response(template, page, shell, status)


def render_outside(
    template: str, page: Any, *, title: str, branding: Branding, return_url: str | None, status: int
) -> Response:
    """The same for somebody who was not let in, without anything of the portal's inside."""
    back = back_link(return_url, branding)
    shell = Shell(f"{title} · {branding.name}", Brand.of(branding), None, (), back, (), None)
    return _response(template, page, shell, status)


def _response(template: str, page: Any, shell: Shell, status: int) -> Response:
    return make_response(render_template(f"flask_portal/{template}", page=page, shell=shell), status)


def back_link(url: str | None, branding: Branding) -> Link | None:
    """The way back to the business, if there is one that is safe to follow."""
    if url is None or not security.check_return_url(url):
        return None
    return Link(_("Return to %(business)s", business=branding.name), url)


def leave(visit: Visit, label: str) -> Link | None:
    """The way out of a task that changes nothing: home, or out of the flow; None in a flow that knows no way back."""
    if visit.flow is None:
        return Link(label, url_for(".overview"))
    back = back_link(visit.return_url, visit.branding)
    return Link(label, back.url) if back else None


def _navigation(visit: Visit, current: str) -> tuple[NavigationItem, ...]:
    if visit.flow is not None:
        return ()
    features = visit.features
    items = [("overview", _("Overview"), True)]
    items.append(("invoices", _("Invoices"), features["invoice_history"]["enabled"]))
    items.append(("payment_methods", _("Payment methods"), features["payment_method_update"]["enabled"]))
    items.append(("details", _("Billing details"), features["customer_update"]["enabled"]))
    items.append(("history", _("History"), True))
    return tuple(NavigationItem(label, url_for(f".{name}"), name == current) for name, label, on in items if on)


def _links(visit: Visit) -> tuple[Link, ...]:
    profile, branding = visit.configuration.business_profile, visit.branding
    privacy = profile["privacy_policy_url"] or branding.privacy_policy_url
    wanted = ((_("Privacy"), privacy), (_("Terms"), terms_url(visit)))
    return tuple(Link(label, url) for label, url in wanted if url and security.check_return_url(url))


def terms_url(visit: Visit) -> str | None:
    """Where the business's terms of service are; None when it names none that is safe to follow."""
    configured = visit.configuration.business_profile["terms_of_service_url"]
    url: str | None = configured or visit.branding.terms_of_service_url
    return url if url and security.check_return_url(url) else None


def _signed_in(customer: Mapping[str, Any] | None) -> str | None:
    email = customer.get("email") if customer else None
    return _("Signed in as %(email)s", email=email) if email else None
