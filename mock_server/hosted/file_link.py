"""`/links/<account>/<token>`: a file that was shared by a link."""

from __future__ import annotations

import flask
from flask.typing import ResponseReturnValue

from mock_server.core.state import State
from mock_server.resources import file, file_link

from . import frame


def blueprint(state: State) -> flask.Blueprint:
    """The file itself; 404 for what is no link, or no longer one."""
    pages = frame.blueprint("mock_file_links", __name__)

    @pages.get("/links/<account>/<token>", endpoint="show")
    def show(account: str, token: str) -> ResponseReturnValue:
        with state.reading(frame.account(account)) as call:
            found = file_link.by_token(call, frame.account(token))
            if found is None:
                flask.abort(404)
            blob = file.blob(call, found)
        response = flask.Response(blob.content)
        response.headers.update(blob.headers())
        return response

    return pages
