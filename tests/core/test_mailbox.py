"""Mail on the mock: kept, listed and read, and never sent."""

from __future__ import annotations

import flask
import stripe

from flask_portal import mail
from flask_portal.mail import Message
from mock_server.core.accounts import account_of
from mock_server.core.state import State

from .conftest import KEY, Ask

ACCOUNT = account_of(KEY.removeprefix("sk_test_"))


def put(app: flask.Flask, subject: str, html: str = "<p>Hello</p>") -> None:
    with app.app_context():
        assert mail.send(Message("jenny@example.com", subject, "Hello", html, "en", "receipt", ACCOUNT, "cus_1"))


def test_mail_is_listed_newest_first(app: flask.Flask, ask: Ask) -> None:
    put(app, "First")
    put(app, "Second")
    status, body, _ = ask("GET", "/_mock/mail")
    assert status == 200
    assert [each["subject"] for each in body["data"]] == ["Second", "First"]
    first = body["data"][1]
    assert (first["to"], first["kind"], first["customer"]) == ("jenny@example.com", "receipt", "cus_1")


def test_a_mail_is_json_for_a_program_and_a_page_for_a_browser(app: flask.Flask, ask: Ask) -> None:
    put(app, "One", "<p>Hello, <b>Jenny</b></p>")
    id = ask("GET", "/_mock/mail")[1]["data"][0]["id"]
    assert ask("GET", f"/_mock/mail/{id}")[1]["text"] == "Hello"
    headers = {"Authorization": f"Bearer {KEY}", "Accept": "text/html,*/*;q=0.8"}
    page = app.test_client().get(f"/_mock/mail/{id}", headers=headers)
    assert page.text == "<p>Hello, <b>Jenny</b></p>"
    assert page.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_nobody_reads_the_mail_of_another_account(app: flask.Flask, ask: Ask) -> None:
    put(app, "Secret")
    id = ask("GET", "/_mock/mail")[1]["data"][0]["id"]
    assert ask("GET", "/_mock/mail", Authorization="Bearer sk_test_other")[1] == {"data": []}
    assert ask("GET", f"/_mock/mail/{id}", Authorization="Bearer sk_test_other")[0] == 404


def test_mail_goes_with_its_account_and_with_time(
    app: flask.Flask, ask: Ask, state: State, shop: stripe.StripeClient
) -> None:
    put(app, "Old")
    state.store.forget(state.clock.now() + 31 * 24 * 3600)
    assert ask("GET", "/_mock/mail")[1] == {"data": []}
    put(app, "New")
    ask("POST", "/_mock/reset")
    assert ask("GET", "/_mock/mail")[1] == {"data": []}
