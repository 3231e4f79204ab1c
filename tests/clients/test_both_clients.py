"""The official clients for Python and Node, untouched, get the same answers to the same long script."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.clients import long_script
from tests.server.command import Command

HERE = Path(__file__).parent
PATIENCE_SECONDS = 120

pytestmark = pytest.mark.xdist_group("clients")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A mock in a process of its own."""
    with Command("--memory", folder=tmp_path_factory.mktemp("clients")) as command:
        yield command.ready()


@pytest.fixture(scope="module")
def by_python(url: str) -> list[list[Any]]:
    """The protocol of the client for Python, as JSON would bring it."""
    return list(json.loads(json.dumps(long_script.run(url, "sk_test_python"))))


@pytest.fixture(scope="module")
def by_node(url: str) -> list[list[Any]]:
    """The protocol of the client for Node."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    if not (HERE / "node_modules" / "stripe").is_dir():
        pytest.skip("the client for Node is not installed: run `npm ci` in tests/clients")
    where = urlsplit(url)
    command = [node, "long_script.mjs", str(where.hostname), str(where.port), "sk_test_node"]
    done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=PATIENCE_SECONDS)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def step(protocol: list[list[Any]], name: str) -> list[Any]:
    """What a step said, without its name; the only one of this name."""
    [found] = [values for said, *values in protocol if said == name]
    return list(found)


def test_both_clients_get_the_same_answers(by_python: list[list[Any]], by_node: list[list[Any]]) -> None:
    assert by_node == by_python


def test_the_script_goes_the_way_that_is_meant(by_python: list[list[Any]]) -> None:
    """30 dollars; from 16 January, 12:00, half of it comes back and half of 60 is paid; 60 in February."""
    expected: dict[str, list[Any]] = {
        "signed up": ["active", 3000, "paid"],
        "changed": [1500, 1500, "paid"],
        "failed": ["past_due", True, "open", 6000, 6000],
        "declined": [402, "card_error", "card_declined", None, "generic_decline"],
        "recovered": ["paid", "jenny@example.com", "active", False, "paid", 6000, 0],
        "leaving": ["active", True, "unused"],
        "gone": ["canceled", long_script.at("2031-03-01"), "cancellation_requested"],
        "canceled twice": [404, "invalid_request_error", "resource_missing", "id", None],
        "customers": [[*(f"Customer {number}" for number in range(6, -1, -1))]],
        "invoices": [
            [
                ["subscription_cycle", 6000, "jenny@example.com"],
                ["subscription_update", 1500, "jenny@example.com"],
                ["subscription_create", 3000, "jenny@example.com"],
            ]
        ],
        "events": [["customer.subscription.deleted", *["invoice.paid"] * 3]],
        "unknown": [400, "invalid_request_error", "parameter_unknown", "nmae", None],
        "another": [400, "idempotency_error", None, None, None],
        "the same": [True],
        "version": [1, "2025-03-31.basil"],
    }
    assert {name: step(by_python, name) for name in expected} == expected
