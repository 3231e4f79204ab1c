"""The portal inside somebody else's application: below /billing, for the user whom that application has signed in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel, get_locale
from flask_wtf import CSRFProtect

from flask_portal import Portal, signals
from flask_portal.models import AuditEntry
from mock_server import mock_stripe
from tests.journeys.host import HostApp
from tests.journeys.shop import FEEDBACK, Reader, Shop


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture
def reader(shop: Shop) -> Reader:
    return shop.reader("jenny@example.com")


@pytest.fixture
def host(shop: Shop, tmp_path: Path) -> Iterator[HostApp]:
    made = HostApp(shop, tmp_path)
    yield made
    made.close()


def test_a_signed_in_user_needs_no_link(host: HostApp, reader: Reader) -> None:
    page = host.visit(reader)
    page.go("/")
    assert (page.status, page.heading) == (200, "All is well, Jenny")
    assert "Harbour Books" in page.text


@pytest.mark.parametrize("below", ["/", "/details", "/invoices", "/payment-methods", "/subscriptions/sub_none/cancel"])
def test_nobody_signed_in_is_asked_to_sign_in(host: HostApp, below: str) -> None:
    page = host.visit(None)
    page.go(below)
    assert page.status == 401
    assert page.heading == "Please sign in"


def test_a_post_of_nobody_is_no_way_in(host: HostApp, reader: Reader, shop: Shop) -> None:
    page = host.visit(reader)
    token = page.token(f"/subscriptions/{reader.subscription}/cancel")
    host.signed_in = None
    before = shop.events()
    form = {"csrf_token": token, "form_id": "f" * 32}
    assert page.post(f"/billing/subscriptions/{reader.subscription}/cancel", form).status_code == 401
    assert shop.events() == before


def test_another_user_s_subscription_is_not_there(host: HostApp, shop: Shop, reader: Reader) -> None:
    theirs = shop.reader("omar@example.com")
    page = host.visit(reader)
    token = page.token("/details")
    before = shop.events()
    for below in ("", "/cancel", "/renew", "/result"):
        assert page.go(f"/subscriptions/{theirs.subscription}{below}").status_code == 404
    for below in ("/cancel", "/renew", "/reason"):
        form = {"csrf_token": token, "form_id": "f" * 32}
        assert page.post(f"/billing/subscriptions/{theirs.subscription}{below}", form).status_code == 404
    assert shop.events() == before


def test_a_user_cancels_and_the_history_knows(host: HostApp, shop: Shop, reader: Reader) -> None:
    page = host.visit(reader)
    page.go(f"/subscriptions/{reader.subscription}/cancel")
    page.submit(FEEDBACK, **{FEEDBACK: "unused"})
    assert page.heading == "Magazine is canceled"
    assert shop.subscription(reader).cancel_at is not None
    with host.host.session_factory() as db:
        entry = db.query(AuditEntry).filter_by(customer=reader.customer).one()
    assert (entry.action, entry.object_id) == ("subscription.cancel_scheduled", reader.subscription)
    assert entry.details == {"feedback": "unused"}


def test_an_old_form_that_comes_again_writes_no_history_and_sends_no_signal(host: HostApp, reader: Reader) -> None:
    """Canceled, taken back, and the first form once more: nothing was canceled, so nobody is told that it was."""
    told: list[str] = []
    page = host.visit(reader)
    page.go(f"/subscriptions/{reader.subscription}/cancel")
    where, form = page.form(FEEDBACK)
    with signals.subscription_cancel_scheduled.connected_to(lambda app, **_: told.append("scheduled"), host.app):
        page.post(where, form)
        page.go(f"/subscriptions/{reader.subscription}/renew")
        page.submit("form_id")
        page.post(where, form)
    with host.host.session_factory() as db:
        actions = [entry.action for entry in db.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions == ["subscription.cancel_scheduled", "subscription.renew"]
    assert told == ["scheduled"]


def test_a_link_that_the_application_makes_opens_without_signing_in(host: HostApp, reader: Reader) -> None:
    with host.app.test_request_context():
        url = host.portal.create_session(customer=reader.customer, return_url="https://books.example/").url
    page = host.visit(None)
    page.get(url)
    assert (page.status, page.heading) == (200, "All is well, Jenny")
    assert "https://books.example/" in page.text


def test_a_template_of_the_application_replaces_ours(host: HostApp, reader: Reader, tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "flask_portal"
    folder.mkdir(parents=True)
    own = '{% extends "flask_portal/layout.html" %}{% block main %}<h1>Our own {{ page.heading }}</h1>{% endblock %}'
    (folder / "overview.html").write_text(own)
    page = host.visit(reader)
    page.go("/")
    assert page.heading == "Our own All is well, Jenny"


@pytest.mark.parametrize("portal_first", [True, False], ids=["portal first", "portal last"])
def test_the_application_s_own_form_protection_and_language_stay_its_own(
    shop: Shop, reader: Reader, tmp_path: Path, portal_first: bool
) -> None:
    """The application asks for a token of another name, and speaks French."""
    app = Flask("host")
    app.config.update(WTF_CSRF_FIELD_NAME="theirs", BABEL_DEFAULT_LOCALE="fr")
    app.add_url_rule("/own", "own", lambda: str(get_locale()), methods=["GET", "POST"])
    if not portal_first:
        protect_and_translate(app)
    host = HostApp(shop, tmp_path, app)
    if portal_first:
        CSRFProtect(app)
    page = host.visit(reader)
    page.go(f"/subscriptions/{reader.subscription}/cancel")
    page.submit(FEEDBACK)
    assert (page.status, page.heading) == (200, "Magazine is canceled")
    assert page.get("/own").text == "fr"
    assert page.browser.post("/own").status_code == 400
    host.close()


def protect_and_translate(app: Flask) -> None:
    CSRFProtect(app)
    Babel(app, locale_selector=lambda: "fr")


def test_two_applications_in_one_process_do_not_meet(shop: Shop, tmp_path: Path) -> None:
    readers = [shop.reader("one@example.com"), shop.reader("two@example.com")]
    hosts = []
    for name, reader in zip(("one", "two"), readers, strict=True):
        (tmp_path / name).mkdir()
        host = HostApp(shop, tmp_path / name)
        hosts.append(host)
        host.visit(reader)
    pages = [host.visit(reader) for host, reader in zip(hosts, readers, strict=True)]
    for page in pages:
        page.go("/")
    assert [page.heading for page in pages] == ["All is well, One", "All is well, Two"]
    with hosts[0].app.test_request_context():
        link = hosts[0].portal.create_session(customer=readers[0].customer).url
    assert pages[1].get(link).status_code == 404
    for host in hosts:
        host.close()


@pytest.mark.parametrize("below", ["/", "/invoices", "/payment-methods", "/details"])
def test_with_mock_stripe_an_ordinary_application_needs_nothing_else(tmp_path: Path, below: str) -> None:
    """No transport of its own: the client that the portal makes for itself is answered in this process."""
    app = Flask("ordinary")
    app.config.update(
        SECRET_KEY="kept by the shop",
        PORTAL_DATABASE_URI=f"sqlite:///{tmp_path}/portal.db",
        PORTAL_STRIPE_API_KEY="sk_test_mock",
    )
    portal = Portal(app)
    with mock_stripe() as mock, app.app_context():
        assert app.test_cli_runner().invoke(args=["portal", "init-db"]).exit_code == 0
        customer = mock.client.v1.customers.create({"name": "Jenny", "email": "jenny@example.com"})
        portal.customer_loader(lambda: customer.id)
        answer = app.test_client().get(f"/billing{below}")
        app.extensions["portal"].host.database.engine().dispose()
    assert answer.status_code == 200
    assert "jenny@example.com" in answer.text
