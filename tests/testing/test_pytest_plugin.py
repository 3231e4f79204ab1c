"""The pytest fixtures of the plugin."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from pathlib import Path

import stripe

from mock_server.testing import Mock, ServedMock


def test_the_fixture_mocks_the_package(stripe_mock: Mock) -> None:
    customer = stripe.Customer.create()
    assert stripe_mock.client.v1.customers.retrieve(customer.id).id == customer.id


def test_the_server_fixture_has_the_same_store_behind_a_port(stripe_mock: Mock, stripe_mock_server: ServedMock) -> None:
    customer = stripe.Customer.create()
    assert stripe_mock_server.url.startswith("http://127.0.0.1:")
    assert stripe_mock_server.client.v1.customers.retrieve(customer.id).id == customer.id
    assert stripe_mock_server.events[0].type == "customer.created"


def test_the_server_answers_programs_that_are_not_python(stripe_mock_server: ServedMock) -> None:
    with urllib.request.urlopen(f"{stripe_mock_server.url}/healthz", timeout=5) as answer:
        assert answer.status == 200


def test_the_plugin_imports_only_pytest_until_a_fixture_is_used(tmp_path: Path) -> None:
    script = (
        "import sys; before = set(sys.modules); import mock_server.pytest_plugin; "
        "print([m for m in set(sys.modules) - before if m.partition('.')[0] in ('flask', 'stripe', 'sqlalchemy')])"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=20)
    assert ended.stdout.strip() == "[]"
