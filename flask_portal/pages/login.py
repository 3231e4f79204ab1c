"""The no-code link: an email address, a code to it, and the portal opens in that link's configuration.

Nobody learns whether an address is a customer's: the answer is the same, and does not wait for the search.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import cast

from flask import Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from flask_portal import security
from flask_portal.host import Branding, State
from flask_portal.i18n import _
from flask_portal.models import PortalConfiguration
from flask_portal.pages import code_page, codes, detail_values, entrances, fields, later, reading, shell
from flask_portal.pages import visit as visits
from flask_portal.pages.codes import Door
from flask_portal.pages.fields import Field, Summary
from flask_portal.rules import signing_in
from flask_portal.upstream import reads


@dataclass(frozen=True, slots=True)
class LoginPage:
    heading: str
    lead: str
    errors: Summary | None
    email: Field


def show(login_id: str) -> ResponseReturnValue:
    """Ask for the email address; `prefilled_email` may stand in the link."""
    configuration = _configuration(login_id)
    return _page(configuration, request.args.get("prefilled_email", "")[: detail_values.MOST_EMAIL])


def send(login_id: str) -> ResponseReturnValue:
    """Go on to where the code is entered. Beside that, look for the customer, and mail the code if there is one."""
    configuration = _configuration(login_id)
    email = request.form.get("email", "").strip()
    if not detail_values.is_email(email):
        return _page(configuration, email, _("Enter an email address such as name@example.com."))
    if not codes.may_ask(configuration.account, email):
        abort(429)
    browser = codes.browser()
    id, code = codes.issue(_door(configuration), email, browser, None)
    later.run(partial(_mail, configuration.account, email, id, code))
    answer = cast(Response, redirect(url_for(".login_code", login_id=login_id), 303))
    codes.remember_browser(answer, browser)
    return answer


def ask(login_id: str) -> ResponseReturnValue:
    """The page where the code is entered."""
    return _code_page(login_id)


def enter(login_id: str) -> ResponseReturnValue:
    """Open the portal when the code is right."""
    configuration = _configuration(login_id)
    state = _state()
    now, return_url = state.host.now(configuration.account), state.settings.default_return_url

    def open_session(db: Session, customer: str) -> str:
        return entrances.by_login(db, configuration, customer, return_url, now)

    opened = codes.enter(_door(configuration), request.form.get("code", ""), open_session)
    if opened is None:
        return _code_page(login_id, is_wrong=True)
    return redirect(url_for(".follow", token=security.session_token(visits.server_key(), opened)), 303)


def address_for(account: str, configuration: str) -> str | None:
    """Where customers of this configuration sign in; None where its link is off."""
    with _state().host.session_factory() as db:
        row = db.get(PortalConfiguration, configuration)
    if row is None or row.account != account or row.login_id is None or not row.active:
        return None
    return url_for("portal_entrance.login", login_id=row.login_id)


def _mail(account: str, email: str, id: int, code: str) -> None:
    """Raises stripe.StripeError when the customer could not be looked for: no code is sent, and the log says why."""
    client = _state().host.client(account)
    spellings = dict.fromkeys((email, email.lower()))
    customers = {each["id"]: each for spelling in spellings for each in reads.customers_by_email(client, spelling)}
    customer = signing_in.chosen(customers.values(), lambda owner: reads.subscriptions(client, owner))
    if customer is None:
        return
    codes.belongs_to(id, customer)
    # To the address on file: the one that was typed may differ in its letters.
    codes.send(account, _branding(account), str(customers[customer]["email"]), code, customer)


def _page(configuration: PortalConfiguration, email: str, error: str = "") -> ResponseReturnValue:
    page = LoginPage(
        heading=_("Open your billing"),
        lead=_("Enter your email address. You get a code that opens your subscriptions and invoices."),
        errors=fields.summary({"email": error} if error else {}),
        email=Field(
            "email",
            _("Email"),
            email,
            "email",
            "email",
            required=True,
            error=error,
            max_length=detail_values.MOST_EMAIL,
        ),
    )
    return shell.render_outside(
        "login.html",
        page,
        title=page.heading,
        branding=_branding(configuration.account),
        return_url=configuration.default_return_url or _state().settings.default_return_url,
        status=400 if error else 200,
    )


def _code_page(login_id: str, *, is_wrong: bool = False) -> ResponseReturnValue:
    configuration = _configuration(login_id)
    email = codes.waiting_for(_door(configuration))
    if email is None:
        return redirect(url_for(".login", login_id=login_id), 303)
    again = url_for(".send_login_code", login_id=login_id)
    branding = _branding(configuration.account)
    return code_page.show(branding, email, again_url=again, typed_email=email, is_wrong=is_wrong)


def _configuration(login_id: str) -> PortalConfiguration:
    """The configuration of a link that works. 404 for any other."""
    reading.speak_outside(None)
    wanted = select(PortalConfiguration).where(PortalConfiguration.login_id == login_id)
    with _state().host.session_factory() as db:
        row = db.scalar(wanted)
    if row is None or not row.active:
        abort(404, "no_link")
    return row


def _door(configuration: PortalConfiguration) -> Door:
    return Door(configuration.account, configuration.livemode, configuration.id, None)


def _branding(account: str) -> Branding:
    return _state().host.branding(account)


def _state() -> State:
    return cast(State, current_app.extensions["portal"])
