"""The floor: a Flask app whose one view does nothing, on the same server as the mock."""

from __future__ import annotations

import flask

ANSWER = b'{"id":"cus_1","object":"customer"}'

app = flask.Flask(__name__)


@app.route("/", methods=["GET", "POST"])
def nothing() -> flask.Response:
    return flask.Response(ANSWER, content_type="application/json")
