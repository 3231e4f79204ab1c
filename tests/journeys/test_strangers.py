"""A customer's portal shows and changes what is theirs, and nothing else."""

from __future__ import annotations

import re

import pytest

from tests.journeys.shop import Shop, Visitor

SESSION_ARGUMENT = "session_id"


@pytest.fixture(scope="module")
def shop() -> Shop:
    return Shop()


def foreign_ids(shop: Shop, customer: str, subscription: str) -> list[str]:
    """Every id of another customer that an address might be tried with."""
    v1 = shop.client.v1
    invoice = v1.invoices.list({"customer": customer}).data[0].id
    method = v1.payment_methods.list({"customer": customer}).data[0].id
    tax_id = v1.customers.tax_ids.create(customer, {"type": "eu_vat", "value": "DE123456789"}).id
    return [customer, subscription, str(invoice), method, tax_id]


def test_another_customers_ids_lead_nowhere_on_any_route_and_change_nothing(shop: Shop) -> None:
    """Every portal route with an id in it, read and posted to, with every kind of id of a second customer."""
    mine, theirs = shop.reader("jenny@example.com"), shop.reader("omar@example.com")
    ids = foreign_ids(shop, theirs.customer, theirs.subscription)
    # The tax id is verified before anybody looks, and not somewhere in between.
    shop.mock.clock.advance(3600)
    visitor = shop.visit(mine)
    token = visitor.token("/details")
    before = shop.events()
    tried = 0
    for rule in shop.mock.app.url_map.iter_rules():
        if not rule.endpoint.startswith("portal_link.") or rule.arguments == {SESSION_ARGUMENT}:
            continue
        for id in ids:
            below = rule.rule.partition(">")[2]
            for argument in rule.arguments - {SESSION_ARGUMENT}:
                below = re.sub(rf"<(\w+:)?{argument}>", id, below)
            for method in rule.methods & {"GET", "POST"}:
                answer = answer_to(visitor, method, visitor.home + below, token)
                assert answer == 404, f"{method} {below} answered {answer}"
                tried += 1
    assert tried >= 8 * len(ids)
    assert shop.events() == before


def answer_to(visitor: Visitor, method: str, path: str, token: str) -> int:
    if method == "GET":
        return visitor.browser.get(path).status_code
    form = {"csrf_token": token, "form_id": "f" * 32}
    return visitor.post(path, form, follow=False).status_code


def test_the_address_of_another_session_is_no_way_in(shop: Shop) -> None:
    mine, theirs = shop.reader("ann@example.com"), shop.reader("bob@example.com")
    visitor, other = shop.visit(mine), shop.visit(theirs)
    assert visitor.get(f"{other.home}/").status_code == 403


def test_a_customer_in_the_request_changes_nothing(shop: Shop) -> None:
    mine, theirs = shop.reader("carl@example.com"), shop.reader("dora@example.com")
    visitor = shop.visit(mine)
    page = visitor.go(f"/?customer={theirs.customer}")
    assert "dora@example.com" not in page.get_data(as_text=True)


def test_a_link_that_was_made_up_opens_nothing(shop: Shop) -> None:
    reader = shop.reader("eve@example.com")
    link = shop.link(reader)
    forged = link[:-4] + ("0000" if not link.endswith("0000") else "1111")
    assert shop.browser().get(forged).status_code == 404


def test_a_post_without_a_token_changes_nothing(shop: Shop) -> None:
    reader = shop.reader("frank@example.com")
    visitor = shop.visit(reader)
    before = shop.events()
    path = f"{visitor.home}/subscriptions/{reader.subscription}/cancel"
    assert visitor.post(path, {}, follow=False).status_code == 403
    assert shop.events() == before


def test_a_post_from_another_site_changes_nothing(shop: Shop) -> None:
    reader = shop.reader("gina@example.com")
    visitor = shop.visit(reader)
    token = visitor.token(f"/subscriptions/{reader.subscription}/cancel")
    before = shop.events()
    answer = visitor.browser.post(
        f"{visitor.home}/subscriptions/{reader.subscription}/cancel",
        data={"csrf_token": token},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert shop.events() == before
