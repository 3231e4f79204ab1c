"""What keeps the portal's pages safe: CSRF, response headers, the check of addresses to return to, and link tokens.

Everything here acts on our own blueprints alone. A host application may protect its pages with Flask-WTF's CSRFProtect
or send headers with Flask-Talisman; neither disturbs the portal, and the portal does not disturb them.
"""

from __future__ import annotations

import hmac
import logging
import re
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from flask.blueprints import BlueprintSetupState
from flask_wtf import CSRFProtect
from flask_wtf.csrf import ValidationError, generate_csrf, validate_csrf
from itsdangerous import BadData, URLSafeSerializer

CSRF_FIELD = "csrf_token"
"""The name of the hidden field in every form."""

CSRF_SECONDS = 24 * 3600
"""How long a form may stay open. The portal session ends earlier; a signed-in user of the host may take a day."""

_CSRF_KEY = "portal_csrf_token"
"""Where the token lies in Flask's session: apart from the host's, whose configuration may rename or disable its own."""

_PACKAGE = "flask_portal"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_FORBIDDEN_SCHEMES = frozenset({"javascript", "data", "vbscript", "file", "blob"})
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/")
_CSP_HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?(:[0-9]{1,5})?")

_log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    """Put our two functions before all others, so that the host's order of extensions does not matter."""
    app.before_request_funcs.setdefault(None, []).insert(0, _exempt_from_host_csrf)
    # Functions after a request run in reverse: the first one has the last word.
    app.after_request_funcs.setdefault(None, []).insert(0, _send_headers)


def protect(blueprint: Blueprint) -> None:
    """Guard every page of `blueprint`: changes need a token and our own origin, answers get the headers.

    Its templates get `csrf_token()` and `csp_nonce()`. A request that fails the check ends in `abort(403)`.
    """
    blueprint.record(_remember)
    blueprint.before_request(_check_change)
    blueprint.context_processor(lambda: {"csrf_token": csrf_token, "csp_nonce": csp_nonce})


def _remember(setup: BlueprintSetupState) -> None:
    name = f"{setup.name_prefix}.{setup.name}".lstrip(".")
    setup.app.extensions.setdefault("portal_protected", set()).add(name)


def _is_protected() -> bool:
    protected: set[str] = current_app.extensions.get("portal_protected", set())
    return request.blueprint in protected


def _exempt_from_host_csrf() -> None:
    """Pages have a check of their own, and the API is called with a key: the host's CSRFProtect must judge neither."""
    host = current_app.extensions.get("csrf")
    blueprint = current_app.blueprints.get(request.blueprint or "")
    if not isinstance(host, CSRFProtect) or blueprint is None:
        return
    if _is_protected() or blueprint.import_name.partition(".")[0] == _PACKAGE:
        host.exempt(blueprint)


def csrf_token() -> str:
    """The token of this visitor's forms, for the hidden field `csrf_token`."""
    token: str = generate_csrf(secret_key=current_app.secret_key, token_key=_CSRF_KEY)
    return token


def _check_change() -> None:
    if request.method in _SAFE_METHODS:
        return
    if not _comes_from_us():
        _log.info("A form was refused: it was sent from another origin.")
        abort(403)
    try:
        validate_csrf(
            request.form.get(CSRF_FIELD),
            secret_key=current_app.secret_key,
            time_limit=CSRF_SECONDS,
            token_key=_CSRF_KEY,
        )
    except ValidationError as error:
        _log.info("A form was refused: %s", error)
        abort(403)


def _comes_from_us() -> bool:
    """What the browser says about the sender; a client that says nothing is left to the token."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin in _own_origins()


def _own_origins() -> set[str | None]:
    configured = current_app.config.get("PORTAL_BASE_URL")
    return {_origin(request.host_url), _origin(configured) if configured else None} - {None}


def _origin(url: str) -> str | None:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower() if parts.netloc else None


def csp_nonce() -> str:
    """The word that allows the page's one `<style nonce>`: a new one for every answer."""
    if "portal_csp_nonce" not in g:
        g.portal_csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.portal_csp_nonce
    return nonce


def allow_form_redirect(url: str) -> None:
    """Let the forms of this answer lead to the origin of `url`: browsers check the redirect after a POST, too.

    A URL that `check_return_url` refuses, or whose host the policy cannot name (IPv6), is not added.
    """
    _allow("portal_form_action", url)


def is_form_target(url: str) -> bool:
    """Whether a form of this answer may lead to `url`: it is ours, or was allowed before."""
    return _origin(url) in _own_origins() or _csp_source(url) in g.get("portal_form_action", [])


def may_be_form_target(url: str) -> bool:
    """Whether a page's policy can name the origin of `url`, so that a form may end there."""
    return _csp_source(url) is not None


def allow_image(url: str) -> None:
    """Let this answer show pictures from the origin of `url`, such as the logo of the business."""
    _allow("portal_img_src", url)


def _allow(directive: str, url: str) -> None:
    source = _csp_source(url)
    if source is not None:
        sources: list[str] = g.setdefault(directive, [])
        if source not in sources:
            sources.append(source)


def _csp_source(url: str) -> str | None:
    """The origin in the grammar of a policy; nothing that could end the directive gets through."""
    if not check_return_url(url):
        return None
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        return f"{parts.scheme}:"
    host = parts.netloc.rpartition("@")[2]
    try:
        host = host.encode("idna").decode("ascii") if not host.isascii() else host
    except UnicodeError:
        return None
    return f"{parts.scheme}://{host}".lower() if _CSP_HOST.fullmatch(host) else None


def _policy() -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src 'self' 'nonce-{csp_nonce()}'",
            "script-src 'self'",
            " ".join(["img-src 'self' data:", *g.get("portal_img_src", [])]),
            " ".join(["form-action 'self'", *g.get("portal_form_action", [])]),
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def _send_headers(response: Response) -> Response:
    if not _is_protected():
        return response
    # With a bare `no-referrer` Chromium sends `Origin: null` on our own forms.
    response.headers["Referrer-Policy"] = "no-referrer, same-origin"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Content-Security-Policy"] = _policy()
    # Only pages hold what nobody else may see; style sheet and script are the same for everybody.
    if not (request.endpoint or "").endswith(".static"):
        response.headers["Cache-Control"] = "no-store"
    return response


def check_return_url(url: str) -> bool:
    """Whether a browser may be sent to `url`: absolute, with a host, or with the scheme of somebody's own app.

    Schemes that run or read something (`javascript`, `data`, `vbscript`, `file`, `blob`) are refused, and so is any
    control character, white space or backslash, which browsers read in ways of their own.
    """
    if any(each in " \\" or not each.isprintable() for each in url) or not _ABSOLUTE.match(url):
        return False
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    if parts.scheme in ("http", "https"):
        return bool(host)
    return parts.scheme not in _FORBIDDEN_SCHEMES and bool(parts.netloc or parts.path.strip("/"))


def seal(key: str | bytes, value: Any, purpose: str) -> str:
    """A JSON value as text that only we can write; everybody can read it.  purpose: what it may be used for."""
    return str(URLSafeSerializer(key, salt=f"flask-portal.{purpose}").dumps(value))


def unseal(key: str | bytes, text: str, purpose: str) -> Any:
    """The value in such a text; None for any other text."""
    try:
        return URLSafeSerializer(key, salt=f"flask-portal.{purpose}").loads(text)
    except BadData:
        return None


def session_token(key: str | bytes, session_id: str) -> str:
    """The secret part of a session's address: `<id>_<HMAC-SHA256 of the id, in hex>`. It is stored nowhere."""
    return f"{session_id}_{_signature(key, session_id)}"


def session_id_of(key: str | bytes, token: str) -> str | None:
    """The id in a token that was made with `key`; None for any other text. Takes the same time for each wrong one."""
    session_id, _, signature = token.rpartition("_")
    matches = hmac.compare_digest(_bytes(signature), _bytes(_signature(key, session_id)))
    return session_id if session_id and matches else None


def _signature(key: str | bytes, session_id: str) -> str:
    return hmac.new(key if isinstance(key, bytes) else key.encode(), _bytes(session_id), "sha256").hexdigest()


def _bytes(text: str) -> bytes:
    """Text from an address may hold halves of characters; they match nothing, and raise nothing either."""
    return text.encode("utf-8", "surrogatepass")
