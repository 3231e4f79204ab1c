"""Cancellation and withdrawal without a login: the same receipt for everybody, and the end where it fits."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from flask_portal import signals
from flask_portal.mail import Message
from flask_portal.models import PublicRequest
from tests.portal.pages.conftest import Shop

NOON = 2_052_734_400
"""2035-01-18 12:00:00 UTC."""

CANCEL = {"kind": "ordinary", "name": "Jenny Rosen", "contract": "Magazine", "email": "jenny@example.com"}
WITHDRAW = {"name": "Jenny Rosen", "contract": "Magazine", "email": "jenny@example.com"}


@dataclass
class Street:
    """Somebody from outside, and the mail that goes out."""

    shop: Shop
    mails: list[Message] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.shop.portal.mail_sender(self.mails.append)
        self.browser: FlaskClient = self.shop.app.test_client()

    def hidden(self, path: str) -> dict[str, str]:
        shown = self.browser.get(path).text
        return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', shown))

    def send(self, form: dict[str, str], path: str = "/billing/cancel", **more: str) -> TestResponse:
        return self.browser.post(path, data={**self.hidden(path), **form, **more})

    def rows(self) -> list[PublicRequest]:
        with self.shop.host.session_factory() as db:
            return list(db.scalars(sa.select(PublicRequest).order_by(PublicRequest.created)))

    def run(self, *arguments: str) -> tuple[int, str]:
        answer = self.shop.app.test_cli_runner().invoke(args=["portal", "requests", *arguments])
        return answer.exit_code, answer.output


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"PORTAL_PUBLIC_CANCEL": True, "PORTAL_PUBLIC_WITHDRAW": True}


@pytest.fixture
def street(shop: Shop) -> Street:
    return Street(shop)


@pytest.fixture
def executing(shop: Shop, settings: dict[str, Any]) -> Street:
    """The same where the business lets the program do it."""
    state = shop.app.extensions["portal"]
    shop.app.extensions["portal"] = replace(state, settings=replace(state.settings, public_execute=True))
    return Street(shop)


def test_the_button_stands_on_the_first_page(street: Street) -> None:
    assert "Cancel now</button>" in street.browser.get("/billing/cancel").text
    assert "Confirm withdrawal</button>" in street.browser.get("/billing/withdraw").text


def test_the_wording_of_the_german_button_is_the_laws(street: Street) -> None:
    german = {"Accept-Language": "de"}
    assert "Jetzt kündigen</button>" in street.browser.get("/billing/cancel", headers=german).text
    assert "Widerruf bestätigen</button>" in street.browser.get("/billing/withdraw", headers=german).text


@pytest.mark.parametrize("settings", [{}])
def test_both_pages_are_off_by_default(street: Street) -> None:
    for path in ("/billing/cancel", "/billing/withdraw", "/billing/receipts/C-1_00"):
        assert street.browser.get(path).status_code == 404


@pytest.mark.parametrize("settings", [{"PORTAL_PUBLIC_WITHDRAW": True}])
def test_each_page_has_its_own_switch(street: Street) -> None:
    assert street.browser.get("/billing/cancel").status_code == 404
    assert street.browser.get("/billing/withdraw").status_code == 200


def test_the_receipt_has_content_and_time_on_the_page_in_the_mail_and_as_a_file(street: Street) -> None:
    street.shop.host.stand_at(NOON)
    answer = street.send(CANCEL, ending="date", ends_on="2035-03-01")
    assert answer.status_code == 303
    where = answer.headers["Location"]
    page = html.unescape(street.browser.get(where).text)
    file = street.browser.get(where + "/text")
    [mail] = street.mails
    assert (mail.to, mail.kind) == ("jenny@example.com", "cancellation_receipt")
    reference = street.rows()[0].id
    said = [reference, "January 18, 2035", "12:00:00", "UTC", "Cancellation of a contract", "Ordinary cancellation"]
    for word in [*said, "Jenny Rosen", "Magazine", "March 1, 2035", "jenny@example.com"]:
        assert word in page
        assert word in mail.text
        assert word in html.unescape(mail.html)
    assert file.text == mail.text
    assert file.headers["Content-Disposition"] == f'attachment; filename="{reference}.txt"'


def test_the_receipt_is_in_the_language_of_the_form(street: Street) -> None:
    german = {"Accept-Language": "de"}
    hidden = dict(
        re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)">',
            street.browser.get("/billing/cancel", headers=german).text,
        )
    )
    street.browser.post("/billing/cancel", data={**hidden, **CANCEL}, headers=german)
    [mail] = street.mails
    assert mail.locale == "de"
    assert "Kündigung eines Vertrags" in mail.text


def test_a_stranger_gets_the_same_answer_as_a_customer(street: Street) -> None:
    street.shop.host.stand_at(NOON)
    street.shop.subscription(street.shop.customer())
    texts = []
    for email in ("jenny@example.com", "nobody@example.com"):
        answer = street.send(CANCEL, email=email)
        page = street.browser.get(answer.headers["Location"]).text
        reference = re.findall(r"C-\w{12}", page)[0]
        token = answer.headers["Location"].rpartition("/")[2]
        texts.append(page.replace(token, "-").replace(reference, "-").replace(email, "-"))
    assert texts[0] == texts[1]
    assert len(street.mails) == 2
    assert {row.state for row in street.rows()} == {"queued", "unmatched"}


def test_what_fits_is_queued_with_its_customer_and_nothing_is_changed(street: Street) -> None:
    customer = street.shop.customer()
    subscription = street.shop.subscription(customer)
    street.send(CANCEL)
    [row] = street.rows()
    assert (row.state, row.customer, row.subscription) == ("queued", customer, subscription.id)
    assert street.shop.client.v1.subscriptions.retrieve(subscription.id).cancel_at is None
    assert [(entry.action, entry.customer) for entry in street.shop.history()] == [("cancellation.requested", customer)]


def test_the_address_may_be_typed_in_capitals(street: Street) -> None:
    street.shop.subscription(street.shop.customer())
    street.send(CANCEL, email="Jenny@Example.com")
    assert street.rows()[0].state == "queued"


def test_an_ordinary_cancellation_that_fits_is_executed_where_that_is_set(executing: Street) -> None:
    customer = executing.shop.customer()
    subscription = executing.shop.subscription(customer)
    told: list[dict[str, Any]] = []

    def hear(_sender: object, **values: Any) -> None:
        told.append({name: values[name] for name in ("customer", "subscription", "executed")})

    with signals.cancellation_requested.connected_to(hear, executing.shop.app):
        executing.send(CANCEL)
    now = executing.shop.client.v1.subscriptions.retrieve(subscription.id)
    assert now.cancel_at == now["items"].data[0].current_period_end
    assert executing.rows()[0].state == "executed"
    assert told == [{"customer": customer, "subscription": subscription.id, "executed": True}]
    assert [entry.action for entry in executing.shop.history()] == [
        "cancellation.requested",
        "subscription.cancel_scheduled",
    ]


def test_a_later_date_is_kept(executing: Street) -> None:
    subscription = executing.shop.subscription(executing.shop.customer())
    executing.send(CANCEL, ending="date", ends_on=wished(executing, 60))
    end = executing.shop.client.v1.subscriptions.retrieve(subscription.id).cancel_at
    assert end == executing.rows()[0].ends_at


def wished(street: Street, days: int) -> str:
    return datetime.fromtimestamp(street.shop.host.now("") + days * 86400, UTC).date().isoformat()


@pytest.mark.parametrize(
    ("form", "path"),
    [
        pytest.param({**CANCEL, "kind": "extraordinary", "reason": "It never came."}, "/billing/cancel", id="reason"),
        pytest.param(WITHDRAW, "/billing/withdraw", id="withdrawal"),
    ],
)
def test_what_people_have_to_judge_is_queued_always(executing: Street, form: dict[str, str], path: str) -> None:
    subscription = executing.shop.subscription(executing.shop.customer())
    executing.send(form, path)
    assert executing.rows()[0].state == "queued"
    assert executing.shop.client.v1.subscriptions.retrieve(subscription.id).cancel_at is None


def test_a_withdrawal_is_confirmed_and_told(street: Street) -> None:
    told: list[str] = []

    def hear(_sender: object, **values: Any) -> None:
        told.append(values["request"]["kind"])

    with signals.withdrawal_requested.connected_to(hear, street.shop.app):
        street.send(WITHDRAW, "/billing/withdraw")
    assert told == ["withdrawal"]
    assert [mail.kind for mail in street.mails] == ["withdrawal_receipt"]
    assert street.rows()[0].id.startswith("W-")


def test_a_form_that_is_sent_twice_is_one_declaration(executing: Street) -> None:
    executing.shop.subscription(executing.shop.customer())
    form = {**executing.hidden("/billing/cancel"), **CANCEL}
    first, second = (executing.browser.post("/billing/cancel", data=form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert (len(executing.rows()), len(executing.mails)) == (1, 1)


def test_another_text_in_the_same_form_is_another_declaration(street: Street) -> None:
    form = {**street.hidden("/billing/cancel"), **CANCEL}
    street.browser.post("/billing/cancel", data=form)
    street.browser.post("/billing/cancel", data={**form, "contract": "Atlas"})
    assert {row.contract for row in street.rows()} == {"Magazine", "Atlas"}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Enter your name."),
        ({"contract": " "}, "Say which contract you mean."),
        ({"email": "jenny at example"}, "Enter an email address such as name@example.com."),
        ({"email": "a@example.com, b@example.com"}, "Enter an email address such as name@example.com."),
        ({"kind": "extraordinary"}, "Say why it should end without notice."),
        ({"kind": "strange"}, "Choose one of these."),
        ({"ending": "never"}, "Choose one of these."),
        ({"ending": "date", "ends_on": ""}, "Enter a date from today on, such as 2035-01-18."),
        ({"ending": "date", "ends_on": "2035-01-17"}, "Enter a date from today on, such as 2035-01-18."),
        ({"ending": "date", "ends_on": "2046-01-01"}, "Enter a date from today on, such as 2035-01-18."),
        ({"ending": "date", "ends_on": "tomorrow"}, "Enter a date from today on, such as 2035-01-18."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(
    street: Street, wrong: dict[str, str], sentence: str
) -> None:
    street.shop.host.stand_at(NOON)
    answer = street.send({**CANCEL, "name": "Jenny Rosen"}, **wrong)
    assert answer.status_code == 400
    assert answer.text.count(sentence) == 2
    assert 'value="Magazine"' in answer.text or "contract" in wrong
    assert (street.rows(), street.mails) == ([], [])


def test_when_stripe_does_not_answer_the_declaration_is_kept_and_confirmed(street: Street) -> None:
    street.shop.transport.cut = "/v1/customers"
    assert street.send(CANCEL).status_code == 303
    assert [row.state for row in street.rows()] == ["received"]
    assert len(street.mails) == 1


def test_when_stripe_refuses_the_change_it_waits_for_people(executing: Street) -> None:
    subscription = executing.shop.subscription(executing.shop.customer())
    executing.shop.transport.cut_changes = True
    assert executing.send(CANCEL).status_code == 303
    assert [row.state for row in executing.rows()] == ["queued"]
    executing.shop.transport.cut_changes = False
    assert executing.shop.client.v1.subscriptions.retrieve(subscription.id).cancel_at is None


def test_without_mail_the_page_is_the_confirmation(street: Street) -> None:
    street.shop.portal._mail_sender = None
    answer = street.send(CANCEL)
    assert "it is your confirmation" in street.browser.get(answer.headers["Location"]).text


def test_the_sixth_receipt_to_one_address_in_a_day_is_refused(street: Street) -> None:
    sent = [street.send(CANCEL, contract=str(turn)).status_code for turn in range(6)]
    assert sent == [303] * 5 + [429]
    assert len(street.mails) == 5


@pytest.mark.parametrize("token", ["C-1", "C-1_00", "nonsense"])
def test_a_receipt_needs_its_address(street: Street, token: str) -> None:
    assert street.browser.get(f"/billing/receipts/{token}").status_code == 404
    assert street.browser.get(f"/billing/receipts/{token}/text").status_code == 404


def test_a_form_without_its_token_declares_nothing(street: Street) -> None:
    assert street.browser.post("/billing/cancel", data=CANCEL).status_code == 403
    assert street.rows() == []


def test_open_requests_are_listed_executed_and_closed_from_the_command_line(street: Street) -> None:
    subscription = street.shop.subscription(street.shop.customer())
    street.send(CANCEL)
    street.send(CANCEL, email="nobody@example.com")
    fits, stranger = (row.id for row in sorted(street.rows(), key=lambda row: row.email))
    assert {line.split()[0] for line in street.run("list")[1].splitlines()} == {fits, stranger}
    assert street.run("show", fits)[1].count(subscription.id) == 1
    assert street.run("execute", fits) == (
        0,
        f"{subscription.id} of {street.rows()[0].customer or ''} is set to end.\n",
    )
    assert street.shop.client.v1.subscriptions.retrieve(subscription.id).cancel_at is not None
    assert street.run("execute", stranger)[0] == 1
    assert street.run("close", stranger) == (0, f"{stranger} is closed.\n")
    assert street.run("list") == (0, "")
    assert len(street.run("list", "--all")[1].splitlines()) == 2


def test_what_is_done_is_not_done_again(street: Street) -> None:
    street.shop.subscription(street.shop.customer())
    street.send(CANCEL)
    [row] = street.rows()
    street.run("close", row.id)
    code, said = street.run("execute", row.id)
    assert (code, "is closed already" in said) == (1, True)


def test_a_withdrawal_is_not_executed_by_the_command(street: Street) -> None:
    subscription = street.shop.subscription(street.shop.customer())
    street.send(WITHDRAW, "/billing/withdraw")
    code, said = street.run("execute", street.rows()[0].id)
    assert (code, subscription.id in said) == (1, True)


def test_an_unknown_reference_is_said(street: Street) -> None:
    assert street.run("show", "C-NONE") == (1, "Error: There is no request C-NONE.\n")
