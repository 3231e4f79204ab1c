"""The page of a Checkout session, without script: what is paid there, and what follows."""

from __future__ import annotations

import re
from typing import Any

import pytest
import stripe

from mock_server.testing import Mock
from tests.hosted.browser import Visitor
from tests.resources.checkout import line, monthly, session
from tests.resources.sales import payer

JENNY = "jenny@example.com"
VISA = "pm_card_visa"
DECLINED = "pm_card_visa_chargeDeclined"
CHALLENGED = "pm_card_threeDSecure2Required"
BANK = "pm_usBankAccount_success"
BANK_FAILS = "pm_usBankAccount_insufficientFunds"

PAID = ("payment_intent.created", "charge.succeeded", "payment_intent.succeeded")
SUBSCRIBED = (
    "payment_method.attached",
    "customer.subscription.created",
    "invoice.created",
    "invoice.finalized",
    "invoice.updated",
    "invoice.paid",
    "invoice.payment_succeeded",
    "invoice_payment.paid",
    "customer.subscription.updated",
    "checkout.session.completed",
)


@pytest.fixture
def visitor(mock: Mock) -> Visitor:
    return Visitor(mock)


def now(shop: stripe.StripeClient, made: stripe.checkout.Session) -> stripe.checkout.Session:
    """The session as it is now."""
    return shop.v1.checkout.sessions.retrieve(made.id)


def pay(visitor: Visitor, made: stripe.checkout.Session, method: str = VISA, **typed: str) -> Any:
    """Fill in the page and send it."""
    return visitor.answer(str(made.url), **{"email": JENNY, "payment_method": method, **typed})


def text_of(visitor: Visitor, made: stripe.checkout.Session) -> str:
    """What the page says, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", visitor.open(str(made.url)).get_data(as_text=True)).split())


def test_a_payment_leads_back_with_the_sessions_id(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = session(shop, line(2050, quantity=2), payment_intent_data={"metadata": {"order": "7"}})
    with mock.expect_events(*PAID, "checkout.session.completed"):
        answer = pay(visitor, made, name="Jenny Rosen")
    assert (answer.status_code, answer.location) == (303, f"https://shop.example/done?session={made.id}")
    done = now(shop, made)
    assert (done.status, done.payment_status, done.url, done.customer) == ("complete", "paid", None, None)
    assert done.customer_details is not None
    assert (done.customer_details.email, done.customer_details.name) == (JENNY, "Jenny Rosen")
    intent = shop.v1.payment_intents.retrieve(str(done.payment_intent))
    assert (intent.amount, intent.metadata and intent.metadata.to_dict()) == (4100, {"order": "7"})


def test_a_guest_becomes_a_customer_where_that_is_wanted(shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = session(shop, line(), customer_creation="always")
    pay(visitor, made)
    assert shop.v1.customers.retrieve(str(now(shop, made).customer)).email == JENNY


def test_a_payment_can_have_an_invoice(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    jenny = payer(shop, None, balance=-500)
    made = session(shop, line(2000), customer=jenny, invoice_creation={"enabled": True})
    with mock.expect_events(
        *PAID,
        "invoiceitem.created",
        "invoice.created",
        "invoice.finalized",
        "invoice.updated",
        "invoice.paid",
        "invoice.payment_succeeded",
        "invoice_payment.paid",
        "checkout.session.completed",
    ):
        pay(visitor, made)
    paper = shop.v1.invoices.retrieve(str(now(shop, made).invoice))
    assert (paper.status, paper.amount_paid, paper.starting_balance) == ("paid", 2000, 0)
    assert shop.v1.customers.retrieve(jenny).balance == -500, "a payment in Checkout leaves the balance alone"


def test_a_subscription_begins_after_its_payment(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = session(shop, monthly(1500), mode="subscription", subscription_data={"metadata": {"from": "page"}})
    with mock.expect_events("customer.created", *PAID, *SUBSCRIBED):
        pay(visitor, made)
    done = now(shop, made)
    begun = shop.v1.subscriptions.retrieve(str(done.subscription))
    assert (begun.status, begun.customer, begun.metadata.to_dict()) == ("active", done.customer, {"from": "page"})
    paid = shop.v1.invoice_payments.list({"invoice": str(done.invoice)}).data
    assert [(one.amount_paid, one.payment.payment_intent) for one in paid] == [(1500, done.payment_intent)]
    methods = shop.v1.payment_methods.list({"customer": str(done.customer)}).data
    assert [one.id for one in methods] == [begun.default_payment_method]


def test_credit_on_the_balance_is_used_by_a_subscription(shop: stripe.StripeClient, visitor: Visitor) -> None:
    jenny = payer(shop, None, balance=-500)
    made = session(shop, monthly(1500), mode="subscription", customer=jenny)
    assert "From your balance −$5.00 Due today $10.00" in text_of(visitor, made)
    pay(visitor, made)
    done = now(shop, made)
    assert done.amount_total == 1500
    assert shop.v1.payment_intents.retrieve(str(done.payment_intent)).amount == 1000
    assert shop.v1.invoices.retrieve(str(done.invoice)).status == "paid"


def test_a_trial_saves_the_payment_method_first(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = session(shop, monthly(), mode="subscription", subscription_data={"trial_period_days": 7})
    with mock.expect_events(
        "customer.created",
        "setup_intent.created",
        "setup_intent.succeeded",
        "payment_method.attached",
        "customer.subscription.created",
        "invoice.created",
        "invoice.finalized",
        "invoice.paid",
        "invoice.payment_succeeded",
        "checkout.session.completed",
    ):
        pay(visitor, made)
    done = now(shop, made)
    assert done.payment_status == "no_payment_required"
    begun = shop.v1.subscriptions.retrieve(str(done.subscription))
    assert begun.status == "trialing"
    assert begun.default_payment_method is not None


def test_a_trial_may_do_without_a_payment_method(shop: stripe.StripeClient, visitor: Visitor) -> None:
    trial: Any = {"trial_period_days": 7, "trial_settings": {"end_behavior": {"missing_payment_method": "cancel"}}}
    made = session(
        shop, monthly(), mode="subscription", payment_method_collection="if_required", subscription_data=trial
    )
    assert "Payment method" not in text_of(visitor, made)
    visitor.answer(str(made.url), email=JENNY)
    begun = shop.v1.subscriptions.retrieve(str(now(shop, made).subscription))
    assert (begun.status, begun.default_payment_method) == ("trialing", None)


def test_a_declined_card_leaves_the_session_open(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = session(shop, monthly(), mode="subscription")
    with mock.expect_events(
        "customer.created", "payment_intent.created", "charge.failed", "payment_intent.payment_failed"
    ):
        answer = pay(visitor, made, DECLINED)
    assert (answer.status_code, "Your card was declined." in answer.text, JENNY in answer.text) == (402, True, True)
    still = now(shop, made)
    assert (still.status, still.subscription, still.customer) == ("open", None, None)
    with mock.expect_events("charge.succeeded", "payment_intent.succeeded", *SUBSCRIBED):
        pay(visitor, made)
    assert len(shop.v1.customers.list().data) == 1


@pytest.mark.parametrize(("mode", "bought"), [("payment", line()), ("subscription", monthly())])
def test_a_bank_may_ask_for_the_customer_first(
    shop: stripe.StripeClient, visitor: Visitor, mode: str, bought: dict[str, Any]
) -> None:
    made = session(shop, bought, mode=mode)
    asked = pay(visitor, made, CHALLENGED)
    assert "/3ds/pi_" in asked.location
    assert now(shop, made).status == "open"
    back = visitor.answer(asked.location, answer="complete")
    page = visitor.open(back.location).get_data(as_text=True)
    assert f'content="0; url=https://shop.example/done?session={made.id}"' in page
    assert (now(shop, made).status, now(shop, made).payment_status) == ("complete", "paid")


def test_who_is_not_recognised_can_choose_another_card(shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = session(shop, line())
    asked = pay(visitor, made, CHALLENGED)
    back = visitor.answer(asked.location, answer="fail")
    assert "could not" in visitor.open(back.location).text or "unable" in visitor.open(back.location).text
    assert pay(visitor, made).location.startswith("https://shop.example/done")


def test_a_bank_debit_comes_through_later(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = session(shop, line())
    with mock.expect_events(
        "payment_intent.created",
        "charge.pending",
        "payment_intent.processing",
        "checkout.session.completed",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ):
        pay(visitor, made, BANK)
        mock.clock.advance(600)
    assert now(shop, made).payment_status == "paid"


def test_a_bank_debit_may_fail_later(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = session(shop, line())
    with mock.expect_events(
        "payment_intent.created",
        "charge.pending",
        "payment_intent.processing",
        "checkout.session.completed",
        "charge.failed",
        "payment_intent.payment_failed",
        "checkout.session.async_payment_failed",
    ):
        pay(visitor, made, BANK_FAILS)
        mock.clock.advance(600)
    assert (now(shop, made).status, now(shop, made).payment_status) == ("complete", "unpaid")


def test_a_setup_saves_a_method_for_the_customer(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    jenny = payer(shop, None)
    made = session(shop, mode="setup", customer=jenny)
    assert "Save a payment method Nothing is charged now." in text_of(visitor, made)
    with mock.expect_events("setup_intent.succeeded", "payment_method.attached", "checkout.session.completed"):
        pay(visitor, made)
    assert len(shop.v1.payment_methods.list({"customer": jenny}).data) == 1


def test_a_saved_method_pays_without_being_typed_again(shop: stripe.StripeClient, visitor: Visitor) -> None:
    jenny = payer(shop)
    own = shop.v1.payment_methods.list({"customer": jenny}).data[0].id
    made = session(shop, line(), customer=jenny)
    assert f'value="{own}" checked' in visitor.open(str(made.url)).text
    pay(visitor, made, own)
    assert shop.v1.payment_intents.retrieve(str(now(shop, made).payment_intent)).payment_method == own


def test_nobody_pays_with_somebody_elses_method(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    foreign = shop.v1.payment_methods.list({"customer": payer(shop)}).data[0].id
    made = session(shop, line(), customer=payer(shop, None))
    with mock.expect_events():
        assert pay(visitor, made, foreign).status_code == 400


def test_the_number_of_a_test_card_is_taken_and_no_other(
    mock: Mock, shop: stripe.StripeClient, visitor: Visitor
) -> None:
    made = session(shop, line())
    with mock.expect_events():
        refused = pay(visitor, made, "number", number="4111111111111111")
    assert refused.status_code == 402
    assert pay(visitor, made, "number", number="378282246310005").status_code == 303


def test_a_promotion_code_reduces_the_price(shop: stripe.StripeClient, visitor: Visitor) -> None:
    coupon = shop.v1.coupons.create({"percent_off": 25}).id
    code = shop.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon}, "code": "SPRING"}).id
    made = session(shop, line(2000), allow_promotion_codes=True)
    wrong = visitor.answer(str(made.url), action="use", code="AUTUMN")
    assert (wrong.status_code, "This code cannot be used here." in wrong.text) == (400, True)
    assert visitor.answer(str(made.url), action="use", code="spring").status_code == 303
    assert now(shop, made).amount_total == 1500
    assert "SPRING" in text_of(visitor, made)
    assert shop.v1.promotion_codes.retrieve(code).times_redeemed == 0
    visitor.answer(str(made.url), action="forget")
    assert now(shop, made).amount_total == 2000
    visitor.answer(str(made.url), action="use", code="SPRING")
    pay(visitor, made)
    assert shop.v1.payment_intents.retrieve(str(now(shop, made).payment_intent)).amount == 1500
    assert shop.v1.promotion_codes.retrieve(code).times_redeemed == 1


def test_a_code_is_not_taken_where_none_is_asked_for(shop: stripe.StripeClient, visitor: Visitor) -> None:
    coupon = shop.v1.coupons.create({"percent_off": 25}).id
    shop.v1.promotion_codes.create({"promotion": {"type": "coupon", "coupon": coupon}, "code": "SPRING"})
    made = session(shop, line(2000))
    assert visitor.answer(str(made.url), action="use", code="SPRING").status_code == 400
    assert now(shop, made).amount_total == 2000


FIELDS: Any = [
    {"key": "size", "label": {"type": "custom", "custom": "Size"}, "type": "text", "text": {"minimum_length": 2}},
    {"key": "note", "label": {"type": "custom", "custom": "Note"}, "type": "numeric", "optional": True},
]


def test_fields_of_the_business_are_asked_and_kept(shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = session(shop, line(), custom_fields=FIELDS)
    wrong = pay(visitor, made, **{"field-size": "X", "field-note": "abc"})
    assert wrong.status_code == 400
    assert "2 details need another look" in wrong.text
    pay(visitor, made, **{"field-size": "XL"})
    found = now(shop, made).custom_fields
    assert [(one.text or one.numeric).value for one in found if one.text or one.numeric] == ["XL", None]  # type: ignore[union-attr]


def test_an_address_decides_automatic_tax(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    shop.v1.tax.settings.update({"head_office": {"address": {"country": "DE"}}})
    options: Any = {"de": {"type": "standard", "standard": {"place_of_supply_scheme": "standard"}}}
    shop.v1.tax.registrations.create({"country": "DE", "country_options": options, "active_from": "now"})
    taxed = line(2000, recurring={"interval": "month"}, tax_behavior="exclusive")
    made = session(shop, taxed, mode="subscription", automatic_tax={"enabled": True})
    assert pay(visitor, made).status_code == 400, "there is no country yet"
    where = {"country": "DE", "line1": "Hauptstr. 1", "postal_code": "10115", "city": "Berlin"}
    typed = {f"address[{name}]": text for name, text in where.items()}
    with mock.expect_events("customer.created"):
        asked = pay(visitor, made, **typed)
    assert (asked.status_code, "You have not paid yet" in asked.text) == (409, True), "the price was not shown before"
    assert "Due today $23.80" in text_of(visitor, made)
    assert pay(visitor, made, **typed).status_code == 303
    done = now(shop, made)
    assert (done.status, done.amount_total) == ("complete", 2380)  # 2000 and 19 % of it


def test_nothing_is_charged_but_what_was_shown(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = session(shop, line(2000))
    with mock.expect_events():
        assert pay(visitor, made, due="1999").status_code == 409


def test_the_same_form_sent_twice_pays_once(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = session(shop, line())
    pay(visitor, made)
    token = (
        visitor.open(str(session(shop, line()).url)).text.partition('name="csrf_token" value="')[2].partition('"')[0]
    )
    with mock.expect_events():
        again = visitor.client.post(
            str(made.url).partition("stripe.com")[2], data={"csrf_token": token, "payment_method": VISA}
        )
    assert again.location == f"https://shop.example/done?session={made.id}"


def test_looking_at_the_page_changes_nothing(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = session(shop, line())
    with mock.expect_events():
        page = visitor.open(str(made.url))
    assert (page.status_code, page.headers["X-Frame-Options"]) == (200, "DENY")
    assert "form-action 'self' https://shop.example" in page.headers["Content-Security-Policy"]


def test_what_is_over_says_so(shop: stripe.StripeClient, visitor: Visitor) -> None:
    paid, lost = session(shop, line()), session(shop, line())
    pay(visitor, paid)
    shop.v1.checkout.sessions.expire(lost.id)
    assert "All done" in text_of(visitor, paid)
    assert "This page has expired" in text_of(visitor, lost)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda url: url.replace("merchant=acct_", "merchant=acct_x"), id="account"),
        pytest.param(lambda url: url.replace("/cs_test_", "/cs_test_x"), id="session"),
        pytest.param(lambda url: url.replace("/cs_test_", "/cs_test_%00"), id="NUL"),
        pytest.param(lambda url: url.partition("?")[0], id="no account"),
    ],
)
def test_who_does_not_know_the_address_finds_nothing(shop: stripe.StripeClient, visitor: Visitor, wrong: Any) -> None:
    assert visitor.open(wrong(str(session(shop, line()).url))).status_code == 404


def test_a_form_without_its_token_changes_nothing(mock: Mock, shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = session(shop, line())
    with mock.expect_events():
        refused = visitor.client.post(str(made.url).partition("stripe.com")[2], data={"payment_method": VISA})
    assert refused.status_code == 403


def test_the_page_speaks_the_sessions_language(shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = session(shop, line(2000), locale="de")
    page = visitor.open(str(made.url), headers={"Accept-Language": "en"}).text
    assert '<html lang="de"' in page
    assert "Bestellung abschließen" in page


def test_an_expired_session_is_taken_up_again(shop: stripe.StripeClient, visitor: Visitor) -> None:
    made = session(shop, line(2050), customer_email=JENNY, after_expiration={"recovery": {"enabled": True}})
    over = shop.v1.checkout.sessions.expire(made.id)
    assert over.after_expiration is not None
    assert over.after_expiration.recovery is not None
    answer = visitor.answer(str(over.after_expiration.recovery.url))
    found = shop.v1.checkout.sessions.list().data[0]
    assert answer.location.partition("?")[0].endswith(found.id)
    assert (found.recovered_from, found.amount_total, found.customer_email) == (made.id, 2050, JENNY)
