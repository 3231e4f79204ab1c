"""The benchmarks' own parts, without measuring anything."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from benchmarks import load, report
from benchmarks.empty import app
from benchmarks.run import OPERATIONS, Measured
from benchmarks.subjects import Request, Subject


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        """Nothing on the test's own output."""


@pytest.fixture
def empty_view(tmp_path: Path) -> Iterator[Subject]:
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield Subject("empty", lambda _port, _folder: [], first="/", folder=tmp_path, port=server.server_port)
    server.shutdown()
    thread.join()
    server.server_close()


def test_without_wrk_our_own_client_counts_answers(empty_view: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert load.ask(empty_view, Request("POST", "/", {"a": "1"}), 0.1).answers > 0


def test_an_answer_that_is_no_success_ends_the_measuring(empty_view: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(RuntimeError, match="failed"):
        load.ask(empty_view, Request("GET", "/nowhere"), 0.1)


def measured() -> Measured:
    rates = {operation: 1000.0 * place for place, operation in enumerate(OPERATIONS, start=1)}
    found = Measured()
    for operation, rate in rates.items():
        found.raw[0, operation, "empty Flask view"] = 2 * rate
        found.raw[100, operation, "mock-server"] = rate
        found.raw[1000, operation, "mock-server"] = rate / 2
        found.client[operation, "mock-server"] = rate
        found.in_process |= {(100, operation): 0.5, (1000, operation): 0.6}
    found.renewals[1000] = 290.0
    found.first_answer["mock-server"], found.memory["mock-server"] = 1.2, 80.0
    return found


def test_the_report_shows_each_rate_with_its_share_of_the_empty_view() -> None:
    shown = report.markdown(measured(), (100, 1000), OPERATIONS)
    assert "| retrieve a customer, 100 stored | 2,000 | 1,000 (50%) |" in shown
    assert "| retrieve a customer, 1,000 stored | 2,000 | 500 (25%) |" in shown


def test_the_report_says_which_aims_were_met_and_which_were_missed() -> None:
    shown = report.markdown(measured(), (100, 1000), OPERATIONS)
    assert "| a raw retrieve, of the empty view's rate | >= 45 % | 50% | yes |" in shown
    assert "| first answer after the start | <= 1 s | 1.20 s | no |" in shown
    assert "| renewals of 1,000 subscriptions, a second of CPU time | >= 300 | 290 | no |" in shown
    # Half the rate is twice the cost.
    assert "worst: retrieve a customer | <= 20 % | 100% | no |" in shown
