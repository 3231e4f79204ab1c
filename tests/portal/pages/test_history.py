"""The customer's history: each change in words, with a receipt, and nothing of anybody else's."""

from __future__ import annotations

import ast
import html
import re

import pytest

from flask_portal.mail import Message
from flask_portal.models import AuditEntry
from flask_portal.pages import change_words, history
from tests.architecture.modules import modules, tree_of
from tests.portal.pages.conftest import Shop, Visitor

ACTION = re.compile(r"(customer|invoice|payment_method|subscription|tax_id)\.(?!html$)[a-z_]+")
REASON = "cancellation_details[feedback]"
COMMENT = "cancellation_details[comment]"


def words(page: str) -> str:
    main = page.partition("<main")[2].partition("</main>")[0].partition(">")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def entry(shop: Shop, customer: str, action: str, **values: object) -> int:
    """An entry that stands in the history."""
    given = {"livemode": False, "account": "acct_own", "created": 2_052_561_600, **values}
    with shop.host.session_factory() as db:
        made = AuditEntry(customer=customer, action=action, **given)
        db.add(made)
        db.commit()
        return made.id


@pytest.fixture
def jenny(shop: Shop) -> str:
    return shop.customer()


@pytest.fixture
def canceled(shop: Shop, jenny: str) -> Visitor:
    """Jenny, who has just left."""
    visitor = shop.visitor(jenny)
    made = shop.subscription(jenny)
    visitor.post(f"subscriptions/{made.id}/cancel", {REASON: "unused", COMMENT: "Too slow."})
    return visitor


def test_a_change_stands_in_the_history_in_words(canceled: Visitor) -> None:
    assert "Magazine was canceled for the end of its period" in words(canceled.get("history").text)


def test_the_result_leads_to_the_receipt(shop: Shop, canceled: Visitor) -> None:
    [kept] = shop.history()
    result = canceled.get(f"subscriptions/{kept.object_id}/result").text
    assert f"/history/{kept.id}" in result
    receipt = words(canceled.get(f"history/{kept.id}").text)
    assert "Magazine was canceled for the end of its period Receipt from Northwind Press" in receipt
    assert f"Receipt number {kept.id} Reference {kept.object_id} Customer Jenny Rosen" in receipt
    assert "Reason I no longer need it Comment Too slow." in receipt


def test_a_receipt_tells_the_moment_with_its_zone(shop: Shop, jenny: str) -> None:
    number = entry(shop, jenny, "tax_id.add", object_id="txi_1")
    # 2052561600 is noon of January 16, 2035.
    shown = words(shop.visitor(jenny).get(f"history/{number}").text)
    assert "When January 16, 2035, 12:00:00 PM UTC Receipt number" in shown


def test_the_fields_that_were_changed_are_named(shop: Shop, jenny: str) -> None:
    visitor = shop.visitor(jenny)
    shop.configure(jenny, customer_update={"allowed_updates": ["name", "email"]})
    visitor.post("details", {"name": "Jenny R.", "email": "j@example.com"})
    [kept] = shop.history()
    assert f"/history/{kept.id}" in visitor.get("details/result").text
    assert "Changed Email Name" in words(visitor.get(f"history/{kept.id}").text)


def test_newest_changes_come_first_a_page_at_a_time(shop: Shop, jenny: str) -> None:
    numbers = [entry(shop, jenny, "tax_id.add") for _ in range(history.PAGE + 2)]
    visitor = shop.visitor(jenny)
    first = re.findall(r"/history/(\d+)", visitor.get("history").text)
    assert first == [str(number) for number in numbers[:1:-1]]
    older = visitor.get(f"history?before={first[-1]}").text
    assert re.findall(r"/history/(\d+)", older) == [str(numbers[1]), str(numbers[0])]
    assert "Older changes" not in older
    assert "Newest changes" in older


@pytest.mark.parametrize("before", ["x", "-1", "²", "9" * 30, "9999999999"])
def test_a_strange_page_number_breaks_nothing(shop: Shop, jenny: str, before: str) -> None:
    entry(shop, jenny, "tax_id.add")
    assert shop.visitor(jenny).get("history", query_string={"before": before}).status_code == 200


def test_nobody_reads_the_receipt_of_somebody_else(shop: Shop, jenny: str) -> None:
    other = shop.customer(name="Somebody else")
    own = entry(shop, jenny, "tax_id.add")
    theirs = entry(shop, other, "tax_id.add")
    elsewhere = entry(shop, jenny, "tax_id.add", account="acct_other")
    visitor = shop.visitor(jenny)
    assert visitor.get(f"history/{own}").status_code == 200
    for number in (theirs, elsewhere, own + 100, 2**31, 10**30):
        assert visitor.get(f"history/{number}").status_code == 404, number
    assert re.findall(r"/history/(\d+)", visitor.get("history").text) == [str(own)]


def test_a_visit_for_one_connected_account_sees_what_such_visits_have_changed(shop: Shop, jenny: str) -> None:
    entry(shop, jenny, "tax_id.add", session="bps_other")
    visitor = shop.visitor(jenny, on_behalf_of="acct_somebody")
    assert "Nothing was changed here so far." in visitor.get("history").text
    entry(shop, jenny, "tax_id.add", session=shop.session_row().id)
    assert "A tax ID was added" in visitor.get("history").text


def test_a_flow_shows_the_receipt_of_its_own_change_alone(shop: Shop, jenny: str) -> None:
    made = shop.subscription(jenny)
    before = entry(shop, jenny, "subscription.renew", object_id=made.id)
    flow = {"type": "subscription_cancel", "subscription_cancel": {"subscription": made.id}}
    visitor = shop.visitor(jenny, flow_data=flow)
    visitor.post(f"subscriptions/{made.id}/cancel")
    own = shop.history()[-1].id
    assert f"/history/{own}" in visitor.get(f"subscriptions/{made.id}/result").text
    assert [visitor.get(f"history/{number}").status_code for number in (own, before)] == [200, 404]
    assert visitor.get("history").status_code == 404


def test_what_the_application_wrote_by_itself_has_a_general_sentence(shop: Shop, jenny: str) -> None:
    entry(shop, jenny, "loyalty.points")
    assert "Your account was changed" in shop.visitor(jenny).get("history").text


def test_a_subject_with_markup_in_it_stays_text(shop: Shop, jenny: str) -> None:
    number = entry(shop, jenny, "subscription.renew", subject="<script>alert(1)</script>")
    visitor = shop.visitor(jenny)
    for page in ("history", f"history/{number}"):
        assert "<script" not in visitor.get(page).text


def test_every_action_of_the_pages_has_a_sentence(shop: Shop) -> None:
    """What a page writes into the history is a constant, named or in place."""
    actions = {
        node.value
        for module in modules()
        if module.startswith("flask_portal.pages") and not module.endswith("change_words")
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ACTION.fullmatch(node.value)
    }
    assert len(actions) >= 8
    with shop.app.test_request_context():
        assert actions <= change_words.sentences("Magazine").keys()


@pytest.fixture
def outgoing(shop: Shop) -> list[Message]:
    """The mail that the application was asked to send."""
    sent: list[Message] = []
    shop.portal.mail_sender(sent.append)
    return sent


def test_each_change_sends_a_receipt(shop: Shop, outgoing: list[Message], canceled: Visitor) -> None:
    [mail] = outgoing
    assert (mail.to, mail.kind, mail.locale) == ("jenny@example.com", "receipt", "en")
    assert mail.subject == "Receipt: Magazine was canceled for the end of its period"
    assert "Reason: I no longer need it" in mail.text
    assert f"Reference: {shop.history()[0].object_id}" in mail.text
    assert "Magazine was canceled for the end of its period" in mail.html
    assert "bps_" not in mail.text + mail.html


def test_a_second_click_sends_no_second_receipt(shop: Shop, outgoing: list[Message], canceled: Visitor) -> None:
    canceled.post(f"subscriptions/{shop.history()[0].object_id}/cancel", page="details")
    assert len(outgoing) == 1


def test_a_new_address_is_told_to_the_old_one_as_well(shop: Shop, outgoing: list[Message], jenny: str) -> None:
    visitor = shop.visitor(jenny)
    shop.configure(jenny, customer_update={"allowed_updates": ["email"]})
    visitor.post("details", {"email": "new@example.com"})
    assert [mail.to for mail in outgoing] == ["jenny@example.com", "new@example.com"]


def test_a_receipt_is_written_in_the_language_of_the_visit(shop: Shop, outgoing: list[Message], jenny: str) -> None:
    made = shop.subscription(jenny)
    shop.visitor(jenny, locale="de").post(f"subscriptions/{made.id}/cancel")
    assert outgoing[0].locale == "de"
    assert outgoing[0].subject == "Beleg: Magazine wurde zum Ende des Zeitraums gekündigt"


def test_a_mail_that_fails_breaks_neither_page_nor_history(shop: Shop, jenny: str) -> None:
    def fail(_message: Message) -> None:
        raise OSError("jenny@example.com is not reachable")

    shop.portal.mail_sender(fail)
    made = shop.subscription(jenny)
    answer = shop.visitor(jenny).post(f"subscriptions/{made.id}/cancel")
    assert answer.status_code == 303
    assert [kept.action for kept in shop.history()] == ["subscription.cancel_scheduled"]


def test_a_customer_without_an_address_gets_no_mail(shop: Shop, outgoing: list[Message]) -> None:
    nobody = shop.customer(email="")
    made = shop.subscription(nobody)
    assert shop.visitor(nobody).post(f"subscriptions/{made.id}/cancel").status_code == 303
    assert outgoing == []


def test_the_command_counts_why_customers_have_left(shop: Shop, jenny: str) -> None:
    for reason, at in (("unused", 100), ("unused", 200), ("other", 90_000), (None, 90_000)):
        details = {"feedback": reason} if reason else {"comment": "Too slow."}
        entry(shop, jenny, "subscription.cancel_scheduled", details=details, created=at)
    entry(shop, jenny, "subscription.renew", created=90_000)
    entry(shop, jenny, "subscription.cancel", details={"feedback": "unused"}, account="acct_other")
    run = shop.app.test_cli_runner().invoke
    assert run(args=["portal", "reasons"]).output.splitlines() == [
        "     2  unused",
        "     1  (no reason)",
        "     1  other",
    ]
    # The second day of 1970 begins after 86400 seconds.
    later = run(args=["portal", "reasons", "--since", "1970-01-02"]).output
    assert later.splitlines() == ["     1  (no reason)", "     1  other"]
