"""Mending what is wrong: pay one invoice or all of them, with a card of one's choice. It is January 15, 2035."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.host import HostApp
from tests.journeys.outside import answer_bank
from tests.journeys.shop import Reader, Shop, Visitor

PAYS = [
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
]
"""What happens when an invoice that has failed before is paid."""

DECLINES = ["charge.failed", "payment_intent.payment_failed", "invoice.payment_failed"]


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


@pytest.fixture
def host(shop: Shop, tmp_path: Path) -> Iterator[HostApp]:
    made = HostApp(shop, tmp_path)
    yield made
    made.close()


def broken(shop: Shop, email: str) -> Reader:
    """A reader whose subscription is past due with $29.00."""
    reader = shop.reader(email)
    shop.refuse_payment(reader)
    return reader


def attach(shop: Shop, reader: Reader, card: str) -> str:
    return shop.client.v1.payment_methods.attach(card, {"customer": reader.customer}).id


def good_card(shop: Shop, reader: Reader) -> str:
    cards = shop.client.v1.customers.payment_methods.list(reader.customer).data
    return next(card.id for card in cards if card.card and card.card.last4 == "4242")


def bill(shop: Shop, reader: Reader, amount: int, **more: Any) -> str:
    """The id of one more open invoice, which the customer has to pay."""
    v1 = shop.client.v1
    given: Any = {"customer": reader.customer, "collection_method": "send_invoice", "days_until_due": 30, **more}
    made = str(v1.invoices.create(given).id)
    item: Any = {"customer": reader.customer, "invoice": made, "amount": amount, "currency": "usd"}
    v1.invoice_items.create(item)
    return str(v1.invoices.finalize_invoice(made).id)


def unpaid(shop: Shop, reader: Reader) -> list[str]:
    return [str(each.id) for each in shop.client.v1.invoices.list({"customer": reader.customer, "status": "open"}).data]


def default(shop: Shop, reader: Reader) -> str:
    settings = shop.client.v1.customers.retrieve(reader.customer).invoice_settings
    assert settings is not None
    return str(settings.default_payment_method)


def charges(shop: Shop, reader: Reader) -> list[int]:
    """What the customer has paid, newest first."""
    made = shop.client.v1.charges.list({"customer": reader.customer}).data
    return [charge.amount for charge in made if charge.paid]


def at_fix(shop: Shop, reader: Reader, **more: Any) -> Visitor:
    page = shop.visit(reader, **more)
    page.go("/fix")
    return page


def test_the_overview_says_what_is_wrong_and_points_to_the_one_page_that_mends_it(shop: Shop) -> None:
    reader = broken(shop, "wrong@example.com")
    page = shop.visit(reader)
    assert page.heading == "One thing needs you"
    assert "$29.00 from January 15, 2035 is unpaid." in page.said
    assert f'href="{page.home}/fix">Fix my payment</a>' in page.text


def test_several_open_payments_are_one_thing_with_one_button(shop: Shop) -> None:
    reader = broken(shop, "several@example.com")
    bill(shop, reader, 1200)
    page = shop.visit(reader)
    assert page.heading == "One thing needs you"
    # $29.00 + $12.00
    assert "2 payments are missing: $41.00 together." in page.said
    assert page.text.count("Fix my payment") == 1


def test_the_page_says_why_and_what_the_button_does(shop: Shop) -> None:
    page = at_fix(shop, broken(shop, "why@example.com"))
    assert page.heading == "Fix my payment"
    assert "One payment is open: $29.00." in page.said
    assert "Your bank declined the payment and gave no reason." in page.said
    assert "Visa ending in 0341 (declined the last time, your default) Visa ending in 4242" in page.said
    assert "Pay $29.00 and use it from now on" in page.said


def test_a_card_that_was_not_declined_is_chosen_beforehand(shop: Shop) -> None:
    reader = broken(shop, "likely@example.com")
    page = at_fix(shop, reader)
    assert page.form("shown")[1]["payment_method"] == good_card(shop, reader)


def test_one_press_pays_makes_the_card_the_default_and_clears_what_would_win_over_it(shop: Shop) -> None:
    reader = broken(shop, "mended@example.com")
    bad = default(shop, reader)
    shop.client.v1.subscriptions.update(reader.subscription, {"default_payment_method": bad})
    page = at_fix(shop, reader)
    assert "It becomes your default, also for Magazine, which has had one of its own until now." in page.said
    before = shop.events()
    page.submit("shown")
    assert page.heading == "Paid, thank you"
    assert "$29.00 is paid. Visa ending in 4242 is used from now on." in page.said
    assert shop.since(before) == [
        *PAYS,
        "customer.updated",
        "customer.subscription.updated",
        "customer.updated",
        "customer.subscription.updated",
    ]
    kept = shop.subscription(reader)
    assert (kept.status, kept.default_payment_method) == ("active", None)
    assert default(shop, reader) == good_card(shop, reader)


def test_everything_that_is_open_is_paid_together(shop: Shop) -> None:
    reader = broken(shop, "all@example.com")
    bill(shop, reader, 1200)
    page = at_fix(shop, reader)
    assert "2 payments are open: $41.00 together." in page.said
    page.submit("shown")
    assert "$41.00 is paid." in page.said
    assert unpaid(shop, reader) == []
    assert sorted(charges(shop, reader)) == [1200, 2900, 2900]


def test_a_decline_changes_nothing_and_says_why(shop: Shop) -> None:
    reader = broken(shop, "poor@example.com")
    poor = attach(shop, reader, "pm_card_chargeCustomerFail")
    before_default = default(shop, reader)
    page = at_fix(shop, reader)
    before = shop.events()
    page.submit("shown", payment_method=poor)
    assert page.heading == "The payment was declined"
    assert "Your bank declined the payment and gave no reason." in page.said
    assert shop.since(before) == DECLINES
    assert default(shop, reader) == before_default
    assert shop.subscription(reader).status == "past_due"
    page.go("/fix")
    assert page.status == 200


def test_of_several_payments_it_is_told_which_were_made(shop: Shop, host: HostApp) -> None:
    """The line breaks before the second one."""
    reader = broken(shop, "partly@example.com")
    second = bill(shop, reader, 1200)
    page = host.visit(reader)
    page.go("/fix")
    host.line.lose_writes = f"/v1/invoices/{second}/pay"
    page.submit("shown")
    assert page.heading == "One payment is still missing"
    assert "$29.00 is paid." in page.said
    assert "$29.00 Paid" in page.said
    assert "$12.00 Open" in page.said
    assert unpaid(shop, reader) == [second]
    host.line.lose_writes = None
    page.go("/fix")
    page.submit("shown")
    assert page.heading == "Paid, thank you"
    assert sorted(charges(shop, reader)) == [1200, 2900, 2900]


def test_a_second_click_charges_nothing(shop: Shop) -> None:
    reader = broken(shop, "double@example.com")
    page = at_fix(shop, reader)
    where, form = page.form("shown")
    for _ in range(2):
        page.post(where, form)
        assert page.heading == "Paid, thank you"
    assert charges(shop, reader) == [2900, 2900]


def test_what_was_not_shown_is_not_charged(shop: Shop) -> None:
    reader = broken(shop, "meanwhile@example.com")
    page = at_fix(shop, reader)
    where, form = page.form("shown")
    bill(shop, reader, 1200)
    before = shop.events()
    page.post(where, form)
    assert page.status == 409
    assert "What is open has changed in the meantime." in page.said
    assert "2 payments are open: $41.00 together." in page.said
    assert shop.events() == before


def test_the_card_of_another_customer_pays_nothing(shop: Shop) -> None:
    reader, other = broken(shop, "mine@example.com"), shop.reader("theirs@example.com")
    page = at_fix(shop, reader)
    before = shop.events()
    page.submit("shown", payment_method=good_card(shop, other))
    assert page.status == 400
    assert "Choose one of your payment methods." in page.said
    assert shop.events() == before


def test_the_result_of_another_customers_payment_is_not_there(shop: Shop) -> None:
    reader, other = broken(shop, "own@example.com"), broken(shop, "foreign@example.com")
    page = shop.visit(reader)
    mine, theirs = unpaid(shop, reader)[0], unpaid(shop, other)[0]
    assert page.go(f"/fix/result?invoices={mine}").status_code == 200
    for named in (theirs, f"{mine},{theirs}", "in_none", "", "../x"):
        assert page.go(f"/fix/result?invoices={named}").status_code == 404, named


@pytest.mark.parametrize(
    ("answer", "heading", "status"),
    [("complete", "Paid, thank you", "active"), ("fail", "The payment was declined", "past_due")],
)
def test_the_bank_asks_the_customer_in_between(shop: Shop, answer: str, heading: str, status: str) -> None:
    reader = broken(shop, f"bank-{answer}@example.com")
    asked = attach(shop, reader, "pm_card_authenticationRequired")
    page = at_fix(shop, reader)
    page.submit("shown", payment_method=asked)
    assert page.heading == "Your bank wants you to confirm"
    assert "$29.00 Needs confirmation Confirm with your bank" in page.said
    answer_bank(page, answer)
    assert page.path.endswith("/fix/result")
    assert page.heading == heading
    assert shop.subscription(reader).status == status


def test_a_debit_that_takes_some_days_is_not_asked_for_twice(shop: Shop) -> None:
    reader = broken(shop, "debit@example.com")
    setup: Any = {
        "customer": reader.customer,
        "payment_method": "pm_usBankAccount_processing",
        "confirm": True,
        "mandate_data": {"customer_acceptance": {"type": "offline"}},
    }
    bank = str(shop.client.v1.setup_intents.create(setup).payment_method)
    page = at_fix(shop, reader)
    page.submit("shown", payment_method=bank)
    assert page.heading == "Your payment is on its way"
    assert "Use another payment method" not in page.said
    page.go("/")
    assert "Fix my payment" not in page.said
    page.go("/fix")
    assert page.heading == "Nothing is open"
    assert "A payment is on its way." in page.said
    invoice = unpaid(shop, reader)[0]
    page.go(f"/invoices/{invoice}/pay")
    assert page.path.endswith(f"/invoices/{invoice}/result")


def test_without_a_card_the_page_offers_to_add_one(shop: Shop) -> None:
    reader = broken(shop, "bare@example.com")
    for card in shop.client.v1.customers.payment_methods.list(reader.customer).data:
        shop.client.v1.payment_methods.detach(card.id)
    page = at_fix(shop, reader)
    assert "No payment method is saved that could pay. Add a payment method" in page.said


def test_where_nothing_is_open_the_page_says_so(shop: Shop) -> None:
    page = at_fix(shop, shop.reader("well@example.com"))
    assert page.heading == "Nothing is open"
    assert "Use it from now on" in page.said


def test_where_methods_are_not_managed_only_the_payment_is_made(shop: Shop) -> None:
    reader = broken(shop, "plain@example.com")
    before = default(shop, reader)
    page = at_fix(shop, reader, configuration=shop.configuration(invoice_history={"enabled": True}))
    assert "Pay $29.00" in page.said
    assert "from now on" not in page.said
    page.submit("shown", payment_method=good_card(shop, reader))
    assert page.heading == "Paid, thank you"
    assert default(shop, reader) == before


def test_where_neither_invoices_nor_methods_are_shown_nothing_can_be_paid(shop: Shop) -> None:
    reader = broken(shop, "off@example.com")
    page = at_fix(shop, reader, configuration=shop.configuration(customer_update={"enabled": False}))
    assert page.status == 403
    assert "Nothing can be paid here." in page.said
    for below in ("pay", "result"):
        assert page.go(f"/invoices/{unpaid(shop, reader)[0]}/{below}").status_code == 403


def test_an_invoice_that_the_business_has_given_up_can_still_be_paid_on_its_own_page(shop: Shop) -> None:
    reader = broken(shop, "given-up@example.com")
    invoice = unpaid(shop, reader)[0]
    shop.client.v1.invoices.mark_uncollectible(invoice)
    page = at_fix(shop, reader)
    assert page.heading == "Nothing is open"
    page.go(f"/invoices/{invoice}/pay")
    page.submit("shown")
    assert page.heading == "Paid, thank you"


def test_one_invoice_is_paid_with_a_chosen_card_and_nothing_else_changes(shop: Shop) -> None:
    reader = broken(shop, "one@example.com")
    before_default, invoice = default(shop, reader), unpaid(shop, reader)[0]
    page = shop.visit(reader)
    page.go("/invoices")
    assert f'href="{page.home}/invoices/{invoice}/pay"' in page.text
    page.go(f"/invoices/{invoice}/pay")
    assert page.heading == "Pay $29.00"
    before = shop.events()
    page.submit("shown")
    assert page.path.endswith(f"/invoices/{invoice}/result")
    assert page.heading == "Paid, thank you"
    assert shop.since(before) == [*PAYS, "customer.updated", "customer.subscription.updated"]
    assert default(shop, reader) == before_default


def test_an_invoice_that_was_paid_in_another_tab_is_not_paid_again(shop: Shop) -> None:
    reader = broken(shop, "tabs@example.com")
    invoice = unpaid(shop, reader)[0]
    first, second = shop.visit(reader), shop.visit(reader)
    for tab in (first, second):
        tab.go(f"/invoices/{invoice}/pay")
    for tab in (first, second):
        tab.submit("shown")
        assert tab.heading == "Paid, thank you"
    assert charges(shop, reader) == [2900, 2900]


def test_a_payment_without_an_answer_says_so_and_is_not_made_twice(shop: Shop, host: HostApp) -> None:
    reader = broken(shop, "outage@example.com")
    page = host.visit(reader)
    page.go("/fix")
    where, form = page.form("shown")
    host.line.refuse_writes = True
    page.post(where, form)
    assert page.status == 502
    assert "Our payment service did not answer." in page.said
    host.line.refuse_writes = False
    page.post(where, form)
    assert page.heading == "Paid, thank you"
    assert charges(shop, reader) == [2900, 2900]


def test_an_answer_that_is_lost_after_the_payment_charges_once(shop: Shop, host: HostApp) -> None:
    """Stripe has done it, and the line breaks before it can say so."""
    reader = broken(shop, "lost@example.com")
    page = host.visit(reader)
    page.go("/fix")
    where, form = page.form("shown")
    host.line.lose_answers = "/pay"
    page.post(where, form)
    assert page.status == 502
    host.line.lose_answers = None
    assert unpaid(shop, reader) == []
    page.post(where, form)
    assert page.heading == "Paid, thank you"
    assert charges(shop, reader) == [2900, 2900]
    assert default(shop, reader) == good_card(shop, reader)


def test_a_default_that_could_not_be_set_after_the_payment_is_told(shop: Shop, host: HostApp) -> None:
    reader = broken(shop, "half@example.com")
    page = host.visit(reader)
    page.go("/fix")
    where, form = page.form("shown")
    host.line.lose_writes = "/v1/customers/"
    page.post(where, form)
    assert page.heading == "Paid, thank you"
    assert "Visa ending in 4242 is not your default yet. Choose it now" in page.said
