"""`flask portal explain cus_...`"""

from __future__ import annotations

from pathlib import Path

from click.testing import Result

from flask_portal import Refusal
from tests.journeys.host import HostApp
from tests.journeys.shop import Shop


def run(host: HostApp, *words: str) -> Result:
    return host.app.test_cli_runner().invoke(args=["portal", "explain", *words])


def test_each_verdict_is_printed_with_its_reason(tmp_path: Path) -> None:
    shop = Shop()
    host = HostApp(shop, tmp_path)
    reader = shop.reader("jenny@example.com")
    result = run(host, reader.customer)
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0] == f"{reader.customer}  Jenny"
    assert "  edit email        yes" in lines
    assert "  edit shipping     no (field_off): This detail cannot be changed here. Please contact us." in lines
    assert f"{reader.subscription}  Magazine, active" in lines
    assert "  cancel            yes" in lines
    assert "  pause             no (pause_off): Subscriptions cannot be paused here. Please contact us." in lines
    start = "  start again       no (start_not_ended): "
    assert f"{start}This subscription has not ended, so there is nothing to start again." in lines
    host.close()


def test_a_policy_is_asked_and_named(tmp_path: Path) -> None:
    shop = Shop()
    host = HostApp(shop, tmp_path)
    host.portal.may_cancel(lambda _subscription, _view: Refusal("Your year is not over."))
    result = run(host, shop.reader("bound@example.com").customer)
    assert "  cancel            no by a policy (policy): Your year is not over." in result.output.splitlines()
    host.close()


def test_an_ended_subscription_is_asked_whether_it_could_begin_again(tmp_path: Path) -> None:
    shop = Shop()
    host = HostApp(shop, tmp_path)
    reader = shop.reader("gone@example.com")
    shop.client.v1.subscriptions.cancel(reader.subscription)
    assert "  start again       yes" in run(host, reader.customer).output.splitlines()
    host.close()


def test_an_unknown_customer_is_an_error_in_one_line(tmp_path: Path) -> None:
    host = HostApp(Shop(), tmp_path)
    result = run(host, "cus_none")
    assert result.exit_code == 1
    assert result.output == "Error: No such customer: 'cus_none'\n"
    host.close()
