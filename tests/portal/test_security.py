"""The guard around our pages, inside applications that have guards of their own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Blueprint, Flask, render_template_string
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect
from werkzeug.test import TestResponse

from flask_portal import security
from flask_portal.security import check_return_url, session_id_of, session_token

FORM = '<form method="post"><input name="csrf_token" value="{{ csrf_token() }}"></form><b>{{ csp_nonce() }}</b>'


def pages() -> Blueprint:
    portal = Blueprint("portal", __name__, url_prefix="/billing", static_folder=".", static_url_path="/static")
    security.protect(portal)

    @portal.route("/form", methods=["GET", "POST"])
    def form() -> str:
        return render_template_string(FORM)

    @portal.get("/leaving")
    def leaving() -> str:
        security.allow_form_redirect("https://shop.example:8443/account?x=1")
        security.allow_form_redirect("myapp://account")
        security.allow_image("https://cdn.example/logo.png")
        return ""

    return portal


def shop(*before: Callable[[Flask], object], **config: object) -> Flask:
    app = Flask("shop")
    app.config.update(SECRET_KEY="kept by the shop", TESTING=True, **config)
    for step in before:
        step(app)
    security.init_app(app)
    app.register_blueprint(pages())
    app.add_url_rule("/own", "own", lambda: "own", methods=["GET", "POST"])
    return app


@pytest.fixture
def client() -> FlaskClient:
    return shop().test_client()


def token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/billing/form").text)
    assert found
    return found[1]


def send(client: FlaskClient, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/billing/form", data={"csrf_token": token(client)}, headers=named)


def policy(response: TestResponse) -> dict[str, str]:
    parts = (part.partition(" ") for part in response.headers["Content-Security-Policy"].split("; "))
    return {name: rest for name, _, rest in parts}


def test_a_form_with_its_token_is_taken(client: FlaskClient) -> None:
    assert send(client).status_code == 200


@pytest.mark.parametrize("sent", [{}, {"csrf_token": ""}, {"csrf_token": "nonsense"}])
def test_a_form_without_its_token_is_refused(client: FlaskClient, sent: dict[str, str]) -> None:
    token(client)
    assert client.post("/billing/form", data=sent).status_code == 403


def test_a_token_of_another_visitor_is_refused() -> None:
    app = shop()
    foreign, client = token(app.test_client()), app.test_client()
    token(client)
    assert client.post("/billing/form", data={"csrf_token": foreign}).status_code == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_the_browsers_word_that_the_form_comes_from_elsewhere_is_enough(client: FlaskClient, site: str) -> None:
    assert send(client, Sec_Fetch_Site=site, Origin="http://localhost").status_code == 403


def test_the_browsers_word_that_the_form_is_ours_outweighs_the_origin(client: FlaskClient) -> None:
    """Behind a proxy the application may not know its own scheme; the browser does."""
    assert send(client, Sec_Fetch_Site="same-origin", Origin="https://localhost").status_code == 200


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost", 200),
        ("http://localhost:81", 403),
        ("https://localhost", 403),
        ("http://evil.example", 403),
        ("null", 403),
    ],
)
def test_without_that_word_the_origin_must_be_ours(client: FlaskClient, origin: str, status: int) -> None:
    assert send(client, Origin=origin).status_code == status


def test_the_configured_address_is_ours_too() -> None:
    client = shop(PORTAL_BASE_URL="https://shop.example/inside").test_client()
    assert send(client, Origin="https://shop.example").status_code == 200


@pytest.mark.parametrize("portal_first", [True, False])
def test_the_hosts_own_protection_does_not_judge_our_forms(portal_first: bool) -> None:
    app = shop() if portal_first else shop(CSRFProtect)
    if portal_first:
        CSRFProtect(app)
    client = app.test_client()
    assert send(client).status_code == 200
    assert client.post("/own").status_code == 400


def test_our_forms_are_checked_where_the_host_checks_nothing() -> None:
    client = shop(CSRFProtect, WTF_CSRF_ENABLED=False).test_client()
    assert client.post("/billing/form").status_code == 403


def test_the_hosts_names_for_its_tokens_do_not_change_ours() -> None:
    client = shop(CSRFProtect, WTF_CSRF_FIELD_NAME="_csrf", WTF_CSRF_SECRET_KEY="another").test_client()
    assert send(client).status_code == 200


def test_every_page_has_the_headers(client: FlaskClient) -> None:
    headers = client.get("/billing/form").headers
    expected = {
        "Referrer-Policy": "no-referrer, same-origin",
        "Cache-Control": "no-store",
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }
    assert {name: headers[name] for name in expected} == expected


def test_a_refusal_has_them_too(client: FlaskClient) -> None:
    response = client.post("/billing/form")
    assert (response.status_code, response.headers["X-Frame-Options"]) == (403, "DENY")


def test_the_policy_allows_our_own_files_and_nothing_else(client: FlaskClient) -> None:
    response = client.get("/billing/form")
    nonce = response.text.partition("<b>")[2].partition("</b>")[0]
    assert policy(response) == {
        "default-src": "'none'",
        "style-src": f"'self' 'nonce-{nonce}'",
        "script-src": "'self'",
        "img-src": "'self' data:",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
    }


def test_the_nonce_is_new_for_every_answer(client: FlaskClient) -> None:
    assert policy(client.get("/billing/form"))["style-src"] != policy(client.get("/billing/form"))["style-src"]


def test_a_page_may_name_where_its_forms_lead_and_whose_pictures_it_shows(client: FlaskClient) -> None:
    found = policy(client.get("/billing/leaving"))
    assert found["form-action"] == "'self' https://shop.example:8443 myapp:"
    assert found["img-src"] == "'self' data: https://cdn.example"
    assert policy(client.get("/billing/form"))["form-action"] == "'self'"


@pytest.mark.parametrize(
    ("url", "source"),
    [
        pytest.param("https://shop.example;script-src", "'self'", id="ends the directive"),
        pytest.param("https://shop.example,x", "'self'", id="ends the policy"),
        pytest.param("https://*.example/", "'self'", id="wildcard"),
        pytest.param("javascript:alert(1)", "'self'", id="script"),
        pytest.param("https://[::1]/", "'self'", id="IPv6 has no place in a policy"),
        pytest.param("https://me:secret@shop.example/", "'self' https://shop.example", id="password"),
        pytest.param("https://bücher.example/", "'self' https://xn--bcher-kva.example", id="umlaut"),
        pytest.param("https://" + "ü" * 80 + ".example/", "'self'", id="a name that is too long"),
    ],
)
def test_no_address_can_widen_the_policy(url: str, source: str) -> None:
    app = shop()

    def leaving() -> str:
        security.allow_form_redirect(url)
        return ""

    app.view_functions["portal.leaving"] = leaving
    assert policy(app.test_client().get("/billing/leaving"))["form-action"] == source


def test_headers_of_the_host_do_not_replace_ours() -> None:
    app = shop()

    @app.after_request
    def talisman(response: object) -> object:
        response.headers["X-Frame-Options"] = "SAMEORIGIN"  # type: ignore[attr-defined]
        return response

    client = app.test_client()
    assert client.get("/billing/form").headers["X-Frame-Options"] == "DENY"
    assert client.get("/own").headers["X-Frame-Options"] == "SAMEORIGIN"


def test_pages_of_the_host_get_none_of_our_headers(client: FlaskClient) -> None:
    assert not {"Content-Security-Policy", "Cache-Control", "X-Robots-Tag"} & set(client.get("/own").headers.keys())


def test_a_file_for_everybody_may_be_kept_by_the_browser(client: FlaskClient) -> None:
    with client.get("/billing/static/test_security.py") as response:
        assert response.status_code == 200
        assert "no-store" not in response.headers["Cache-Control"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/account?a=1#b",
        "http://localhost:5000",
        "https://[::1]:8000/",
        "myapp://account",
        "com.example.app:/oauth",
    ],
)
def test_an_absolute_address_can_be_returned_to(url: str) -> None:
    assert check_return_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/account",
        "//evil.example",
        "nonsense",
        "localhost:5000/account",
        "https://",
        "https:///path",
        "https:/path",
        "myapp://",
        "javascript:alert(1)",
        "JavaScript://x/%0aalert(1)",
        "java\nscript://x",
        "data://text/html,x",
        "vbscript://x",
        "file:///etc/passwd",
        "blob:https://shop.example/1",
        "blob://x/1",
        " https://shop.example",
        "https://shop.example/\x01",
        "https://shop.example/\x7f",
        "https://shop.example/\u2028",
        "https://shop.example\\@evil.example",
        "https://shop.example:port/",
        "https://[shop.example/",
    ],
)
def test_what_leads_nowhere_or_runs_something_cannot(url: str) -> None:
    assert not check_return_url(url)


def test_a_token_names_its_session_and_is_signed_with_the_key() -> None:
    # printf bps_1abc | openssl dgst -sha256 -hmac key
    signature = "744a749c03451a27fbe28a93d8df043d3ba7d9c6d53866533296229110c46a63"
    assert session_token("key", "bps_1abc") == f"bps_1abc_{signature}"
    assert session_token(b"key", "bps_1abc") == f"bps_1abc_{signature}"
    assert session_id_of("key", f"bps_1abc_{signature}") == "bps_1abc"


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "_",
        "bps_1abc",
        "bps_1abc_",
        "bps_1abc_" + "0" * 64,
        session_token("another key", "bps_1abc"),
        session_token("key", "bps_1abc").replace("1abc", "1abd"),
        session_token("key", "bps_1abc").upper(),
        session_token("key", ""),
        "bps_1abc_ü",
        "bps_\ud800_\udfff",
    ],
)
def test_any_other_token_names_nothing(wrong: str) -> None:
    assert session_id_of("key", wrong) is None
