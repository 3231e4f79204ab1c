"""Payment methods: see them, add one, choose one, correct one, remove one. The shop's day is January 15, 2035."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journeys.outside import add_card, leave, save_at_checkout
from tests.journeys.shop import Reader, Shop, Visitor

MENDS = "Use it for everything and pay $29.00"


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


def attach(shop: Shop, reader: Reader, card: str) -> str:
    return shop.client.v1.payment_methods.attach(card, {"customer": reader.customer}).id


def default(shop: Shop, reader: Reader) -> str | None:
    settings = shop.client.v1.customers.retrieve(reader.customer).invoice_settings
    assert settings is not None
    chosen = settings.default_payment_method
    return None if chosen is None else str(chosen)


def own(shop: Shop, reader: Reader) -> str | None:
    chosen = shop.subscription(reader).default_payment_method
    return None if chosen is None else str(chosen)


def only_card(shop: Shop, reader: Reader) -> str:
    return shop.client.v1.customers.payment_methods.list(reader.customer).data[-1].id


def open_method(shop: Shop, reader: Reader, id: str) -> Visitor:
    page = shop.visit(reader)
    page.go(f"/payment-methods/{id}")
    return page


def test_the_list_says_what_is_paid_with_which(shop: Shop) -> None:
    reader = shop.reader("list@example.com")
    amex = attach(shop, reader, "pm_card_amex")
    shop.client.v1.subscriptions.update(reader.subscription, {"default_payment_method": amex})
    page = shop.visit(reader)
    page.go("/payment-methods")
    assert "Visa ending in 4242 · valid until December 2039 Default" in page.said
    assert (
        "American Express ending in 0005 · valid until December 2039 Pays for Magazine, which does not use your default"
        in page.said
    )


def test_a_card_is_added_on_stripes_page_and_asked_about(shop: Shop) -> None:
    reader = shop.reader("adds@example.com")
    before = shop.events()
    page = shop.visit(reader)
    page.go("/payment-methods")
    save_at_checkout(page)
    assert page.heading == "Mastercard ending in 4444 is saved"
    assert "Do you want to use it for everything from now on?" in page.said
    assert [each for each in shop.since(before) if each != "billing_portal.session.created"] == [
        "setup_intent.created",
        "setup_intent.succeeded",
        "payment_method.attached",
        "checkout.session.completed",
    ]
    page.submit("/default")
    assert page.heading == "Mastercard ending in 4444 is your default"
    assert default(shop, reader) == only_mastercard(shop, reader)


def only_mastercard(shop: Shop, reader: Reader) -> str:
    cards = shop.client.v1.customers.payment_methods.list(reader.customer).data
    return next(card.id for card in cards if card.card and card.card.brand == "mastercard")


def test_reading_the_page_after_checkout_changes_nothing(shop: Shop) -> None:
    reader = shop.reader("reads@example.com")
    before = default(shop, reader)
    page = shop.visit(reader)
    add_card(page)
    events = shop.events()
    page.get(page.path + "?" + page.page.request.query_string.decode())  # type: ignore[union-attr]
    assert page.heading == "Mastercard ending in 4444 is saved"
    assert default(shop, reader) == before
    assert shop.events() == events


def test_somebody_elses_checkout_shows_nothing(shop: Shop) -> None:
    page = shop.visit(shop.reader("first@example.com"))
    add_card(page)
    query = page.page.request.query_string.decode()  # type: ignore[union-attr]
    other = shop.visit(shop.reader("second@example.com"))
    assert other.go(f"/payment-methods/added?{query}").status_code == 404
    assert other.go("/payment-methods/added?checkout=../customers").status_code == 404
    assert other.go("/payment-methods/added").status_code == 404


def test_a_checkout_that_was_not_finished_says_so(shop: Shop) -> None:
    page = shop.visit(shop.reader("leaves@example.com"))
    page.go("/payment-methods/add")
    session = leave(page).partition("/c/pay/")[2].partition("?")[0]
    page.go(f"/payment-methods/added?checkout={session}")
    assert page.status == 200
    assert "Nothing was saved yet." in page.said


def test_sending_the_form_twice_opens_one_checkout(shop: Shop) -> None:
    page = shop.visit(shop.reader("twice@example.com"))
    page.go("/payment-methods/add")
    where, form = page.form("form_id")
    assert len({page.post(where, form, follow=False).location for _ in range(2)}) == 1


def test_a_new_default_leaves_a_subscriptions_own_method(shop: Shop) -> None:
    reader = shop.reader("keeps@example.com")
    amex, discover = attach(shop, reader, "pm_card_amex"), attach(shop, reader, "pm_card_discover")
    shop.client.v1.subscriptions.update(reader.subscription, {"default_payment_method": amex})
    page = open_method(shop, reader, discover)
    before = shop.events()
    page.submit("/default")
    assert page.heading == "Discover ending in 1117 is your default"
    assert (default(shop, reader), own(shop, reader)) == (discover, amex)
    assert shop.since(before) == ["customer.updated"]


def test_using_it_for_everything_takes_a_subscriptions_own_method_away(shop: Shop) -> None:
    reader = shop.reader("everything@example.com")
    amex, discover = attach(shop, reader, "pm_card_amex"), attach(shop, reader, "pm_card_discover")
    shop.client.v1.subscriptions.update(reader.subscription, {"default_payment_method": amex})
    page = open_method(shop, reader, discover)
    before = shop.events()
    page.submit("Use it for everything")
    assert page.heading == "Discover ending in 1117 is your default"
    assert "Pays for Magazine" in page.said
    assert (default(shop, reader), own(shop, reader)) == (discover, None)
    assert shop.since(before) == ["customer.updated", "customer.subscription.updated"]


def test_using_it_for_everything_pays_what_is_open(shop: Shop) -> None:
    reader = shop.reader("pays@example.com")
    shop.refuse_payment(reader)
    page = shop.visit(reader)
    add_card(page)
    assert "and pay the $29.00 that is open?" in page.said
    assert MENDS in page.said
    page.submit("shown")
    assert page.heading == "Paid, thank you"
    assert "Mastercard ending in 4444 is used from now on." in page.said
    assert shop.subscription(reader).status == "active"


def test_the_last_method_of_a_subscription_stays(shop: Shop) -> None:
    reader = shop.reader("last@example.com")
    id = only_card(shop, reader)
    page = open_method(shop, reader, id)
    assert "It is the only payment method that still works" in page.said
    where, form = f"{page.home}/payment-methods/{id}/remove", page.form("form_id")[1]
    before = shop.events()
    assert page.post(where, form, follow=False).status_code == 403
    assert shop.events() == before


def test_a_method_that_a_subscription_is_paid_with_stays_until_another_is_chosen(shop: Shop) -> None:
    reader = shop.reader("needed@example.com")
    visa, amex = only_card(shop, reader), attach(shop, reader, "pm_card_amex")
    page = open_method(shop, reader, visa)
    assert "Make another payment method your default first." in page.said
    open_method(shop, reader, amex).submit("/default")
    page.go(f"/payment-methods/{visa}/remove")
    assert page.heading == "Remove Visa ending in 4242?"
    before = shop.events()
    page.submit("form_id")
    assert page.path.endswith("/payment-methods")
    assert "4242" not in page.said
    assert shop.since(before) == ["payment_method.detached"]


def test_removing_twice_is_removing_once(shop: Shop) -> None:
    reader = shop.reader("double@example.com")
    amex = attach(shop, reader, "pm_card_amex")
    page = shop.visit(reader)
    page.go(f"/payment-methods/{amex}/remove")
    where, form = page.form("form_id")
    before = shop.events()
    for _ in range(2):
        assert page.post(where, form).status_code == 200
        assert page.path.endswith("/payment-methods")
    assert shop.since(before) == ["payment_method.detached"]


def test_a_subscriptions_own_method_gives_way_to_the_default_when_it_is_removed(shop: Shop) -> None:
    reader = shop.reader("gives-way@example.com")
    amex = attach(shop, reader, "pm_card_amex")
    shop.client.v1.subscriptions.update(reader.subscription, {"default_payment_method": amex})
    page = shop.visit(reader)
    page.go(f"/payment-methods/{amex}/remove")
    assert "Magazine will be charged to your default payment method." in page.said
    before = shop.events()
    page.submit("form_id")
    assert shop.since(before) == ["customer.subscription.updated", "payment_method.detached"]
    assert own(shop, reader) is None


def test_a_cards_expiry_is_corrected(shop: Shop) -> None:
    reader = shop.reader("corrects@example.com")
    id = only_card(shop, reader)
    page = open_method(shop, reader, id)
    before = shop.events()
    page.submit("exp_month", **{"card[exp_month]": "7", "card[exp_year]": "2041", "billing_details[name]": "Jenny R."})
    assert "valid until July 2041" in page.said
    found = shop.client.v1.payment_methods.retrieve(id)
    assert found.card is not None
    assert (found.card.exp_month, found.card.exp_year, found.billing_details.name) == (7, 2041, "Jenny R.")
    assert shop.since(before) == ["payment_method.updated"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"card[exp_month]": "13"}, "Choose the month in which the card expires."),
        ({"card[exp_year]": "41"}, "Choose the year in which the card expires."),
        ({"card[exp_year]": "2034"}, "This could not be done"),
    ],
)
def test_a_wrong_expiry_is_told_and_kept(shop: Shop, typed: dict[str, str], said: str) -> None:
    reader = shop.reader("mistakes@example.com")
    page = open_method(shop, reader, only_card(shop, reader))
    before = shop.events()
    page.submit("exp_month", **{"billing_details[name]": "Jenny R.", **typed})
    assert page.status == 400
    assert said in page.said
    assert 'value="Jenny R."' in page.text
    assert shop.events() == before


def flow(**completion: Any) -> dict[str, Any]:
    return {"flow_data": {"type": "payment_method_update", **completion}}


def test_the_flow_makes_the_new_method_the_default(shop: Shop) -> None:
    reader = shop.reader("flow@example.com")
    page = shop.visit(reader, **flow())
    assert (page.heading, page.navigation) == ("Add a payment method", [])
    save_at_checkout(page)
    assert page.heading == "Mastercard ending in 4444 is saved"
    page.submit("form_id")
    assert page.heading == "Mastercard ending in 4444 is your default"
    assert page.navigation == []
    assert default(shop, reader) == only_mastercard(shop, reader)


def test_the_flow_opens_nothing_else(shop: Shop) -> None:
    reader = shop.reader("kept@example.com")
    page = shop.visit(reader, **flow())
    id = only_card(shop, reader)
    for below in ("/payment-methods", f"/payment-methods/{id}", f"/payment-methods/{id}/remove", "/fix", "/invoices"):
        assert page.go(below).status_code == 404, below
    page.go("/payment-methods/add")
    form = page.form("form_id")[1]
    assert page.post(f"{page.home}/payment-methods/{id}/default", form).status_code == 404


def test_the_flow_ends_where_it_was_told_to(shop: Shop) -> None:
    end = {"type": "redirect", "redirect": {"return_url": "https://shop.example/done"}}
    page = shop.visit(shop.reader("goes@example.com"), **flow(after_completion=end))
    save_at_checkout(page)
    where, form = page.form("form_id")
    answer = page.post(where, form, follow=False)
    assert (answer.status_code, answer.location) == (303, "https://shop.example/done")


def test_the_flow_can_end_in_the_whole_portal(shop: Shop) -> None:
    page = shop.visit(shop.reader("home@example.com"), **flow(after_completion={"type": "portal_homepage"}))
    save_at_checkout(page)
    page.submit("form_id")
    assert page.heading == "All is well, Home"
    assert "Payment methods" in page.navigation


def test_an_address_with_nothing_in_it_is_answered(shop: Shop) -> None:
    page = shop.visit(shop.reader("nothing@example.com"))
    assert page.go("/payment-methods/pm_none").status_code == 404
    assert "There is nothing here" in page.said
