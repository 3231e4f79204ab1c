"""The portal on the mock itself: a session that is made here has an address that opens here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import flask
import stripe
from flask.typing import ResponseReturnValue
from sqlalchemy import orm
from werkzeug.wrappers import Response

from flask_portal.host import Body, Branding, Host, Operation, Principal
from flask_portal.mail import MailSender, Message
from flask_portal.upstream.files import Files
from flask_portal.wire import errors
from flask_portal.wire.params import Params
from mock_server.core import accounts, mailbox
from mock_server.core.call import Call
from mock_server.core.state import State
from mock_server.http.answer import Work, respond
from mock_server.http.request import IN_PROCESS_ACCOUNT, Received, base_url
from mock_server.http.transport import InProcessTransport

CLIENTS_KEPT = 256


class OwnTransport(InProcessTransport):
    """The portal's way to the mock that it is mounted on.

    What is answered names pages (Checkout, a bank's) by the host that the visitor has come to.
    """

    def environ(self) -> dict[str, Any]:
        if not flask.has_request_context():
            return super().environ()
        own, came = super().environ(), flask.request
        return own | {"HTTP_HOST": came.host, "wsgi.url_scheme": came.scheme}


class MockHost(Host):
    """What the mock answers for the portal that is mounted on it."""

    has_users = False
    parallel_reads = False

    def __init__(self, app: flask.Flask, state: State, works_beside: bool) -> None:
        self._app = app
        self._state = state
        self.works_beside = works_beside
        self._client = lru_cache(maxsize=CLIENTS_KEPT)(self._new_client)

    def principal(self, request: flask.Request) -> Principal:
        key = accounts.authenticate(request.headers.get("Authorization"))
        if key.publishable:
            raise errors.forbidden("This API call cannot be made with a publishable API key.", "secret_key_required")
        return Principal(key.account)

    def client(self, account: str) -> stripe.StripeClient:
        return self._client(account)

    def _new_client(self, account: str) -> stripe.StripeClient:
        transport = OwnTransport(self._app.wsgi_app, environ={IN_PROCESS_ACCOUNT: account})
        # The key goes no further than the transport, which says by itself whom it acts for.
        return stripe.StripeClient("sk_test_in_process", http_client=transport, max_network_retries=0)

    def files(self, account: str) -> Files:
        return Files(self.base_url(), InProcessTransport(self._app.wsgi_app))

    def base_url(self) -> str | None:
        # A mock is reached under many names, and its links are for whoever asked: checking Host protects nobody.
        return base_url(flask.request) if flask.has_request_context() else self._state.public_url

    def now(self, account: str) -> int:
        return self._state.now(account)

    def branding(self, account: str) -> Branding:
        return Branding(name="Northwind Press")

    def envelope(self, operation: Operation) -> Callable[..., ResponseReturnValue]:
        def view(**ids: str) -> Response:
            return respond(self._state, work_of(operation, ids), flask.request)

        return view

    def recorded(self, kind: str, body: Body, before: Mapping[str, Any] | None = None) -> None:
        call: Call = flask.g.mock_server_call
        if before is not None:
            call.shown[(body["object"], body["id"])] = dict(before)
            call.emit_changed(kind, body)
            return
        call.emit(kind, body)

    def mail_sender(self) -> MailSender | None:
        return self._keep_mail

    def _keep_mail(self, message: Message) -> None:
        mail = asdict(message)
        account = mail.pop("account")
        mailbox.keep(self._state.store, account, self._state.now(account), mail)

    def session_factory(self) -> orm.Session:
        return orm.Session(self._state.store.engine.execution_options(mock_writes=True))


def work_of(operation: Operation, ids: dict[str, str]) -> Work:
    """An operation of the portal's API as work of the mock's: read first, then written in the call's transaction."""

    def read(received: Received, sent: Body) -> Any:
        return operation.read(Principal(received.account), sent, ids)

    def run(call: Call, plan: Any) -> Body:
        if operation.write is None:
            return dict(plan)
        flask.g.mock_server_call = call
        # The session joins the call's transaction: it flushes, and the call commits.
        with orm.Session(call.connection, join_transaction_mode="rollback_only") as session:
            body = operation.write(session, Principal(call.account), plan)
            session.flush()
        return body

    return Work(operation.params or Params, operation.writes, run, read, operation.reveal)
