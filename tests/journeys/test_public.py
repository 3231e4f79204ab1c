"""Canceling and withdrawing without a login and without script, and what the business sees of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journeys.shop import Reader, Shop, Visitor, words
from tests.journeys.street import Street

Open = Callable[..., Street]


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def jenny(shop: Shop) -> Reader:
    return shop.reader("jenny@example.com")


@pytest.fixture
def open_street(shop: Shop, tmp_path: Path) -> Iterator[Open]:
    opened: list[Street] = []

    def open(*, executes: bool = False) -> Street:
        opened.append(Street(shop, tmp_path, executes=executes))
        return opened[-1]

    yield open
    for street in opened:
        street.host.close()


def cancel(street: Street, **typed: str) -> Visitor:
    visitor = street.passer_by()
    visitor.go("/cancel")
    visitor.submit("Cancel now", **{"name": "Jenny", "contract": "The magazine", "email": "jenny@example.com", **typed})
    return visitor


def test_a_cancellation_is_confirmed_at_once_and_the_contract_ends(
    shop: Shop, jenny: Reader, open_street: Open
) -> None:
    street = open_street(executes=True)
    visitor = cancel(street)
    assert (visitor.status, visitor.heading) == (200, "Your cancellation has been received")
    assert "Contract The magazine It should end as soon as possible Email jenny@example.com" in visitor.said
    [mail] = street.mails
    assert (mail.to, mail.kind) == ("jenny@example.com", "cancellation_receipt")
    subscription = shop.subscription(jenny)
    assert subscription.cancel_at == subscription["items"].data[0].current_period_end
    overview = street.host.visit(jenny)
    overview.go("/")
    assert overview.heading == "Magazine ends on February 15, 2035"


def test_the_customer_can_take_it_back(shop: Shop, jenny: Reader, open_street: Open) -> None:
    """Somebody else may have sent it: an address is no proof."""
    street = open_street(executes=True)
    cancel(street)
    visitor = street.host.visit(jenny)
    visitor.go(f"/subscriptions/{jenny.subscription}/renew")
    visitor.submit("form_id")
    assert shop.subscription(jenny).cancel_at is None


def test_what_is_not_executed_waits_for_the_business(shop: Shop, jenny: Reader, open_street: Open) -> None:
    street = open_street()
    cancel(street)
    assert shop.subscription(jenny).cancel_at is None
    command = street.host.app.test_cli_runner()
    [line] = command.invoke(args=["portal", "requests", "list"]).output.splitlines()
    command.invoke(args=["portal", "requests", "execute", line.split()[0]], catch_exceptions=False)
    assert shop.subscription(jenny).cancel_at is not None


def test_the_receipt_can_be_opened_again_and_saved(jenny: Reader, open_street: Open) -> None:
    street = open_street()
    visitor = cancel(street)
    before, path = visitor.said, visitor.path
    assert words(visitor.get(path).get_data(as_text=True)) != ""
    assert visitor.said == before
    file = visitor.browser.get(f"{path}/text")
    assert file.get_data(as_text=True) == street.mails[0].text


def test_a_withdrawal_is_confirmed(jenny: Reader, open_street: Open) -> None:
    street = open_street()
    visitor = street.passer_by()
    visitor.go("/withdraw")
    visitor.submit("Confirm withdrawal", name="Jenny", contract="The magazine", email="jenny@example.com")
    assert visitor.heading == "Your withdrawal has been received"
    assert [mail.kind for mail in street.mails] == ["withdrawal_receipt"]


def test_what_was_typed_is_kept_beside_the_error(jenny: Reader, open_street: Open) -> None:
    street = open_street()
    visitor = cancel(street, kind="extraordinary", contract="")
    assert visitor.status == 400
    assert "2 details need another look" in visitor.said
    visitor.submit("Cancel now", reason="It never came.", contract="The magazine")
    assert "Reason It never came." in visitor.said
