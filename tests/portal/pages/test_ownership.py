"""Whatever address a customer types, only the customer's own things are found, and nothing else is changed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.routing import Rule

from tests.portal.pages.conftest import Shop, Visitor

TOKEN_PAGE = "details"


def theirs(shop: Shop) -> dict[str, str]:
    """Another customer's things: a running subscription, one that ends, a tax id, a card, and an open invoice."""
    other = shop.customer(name="Somebody else", email="other@example.com")
    shop.configure(other, customer_update={"allowed_updates": ["name", "email", "tax_id"]})
    ending = shop.subscription(other)
    shop.client.v1.subscriptions.update(ending.id, {"cancel_at": ending["items"].data[0].current_period_end})
    tax_id = shop.client.v1.customers.tax_ids.create(other, {"type": "eu_vat", "value": "DE123456789"})
    return {
        "customer": other,
        "running": shop.subscription(other).id,
        "ending": ending.id,
        "tax_id": tax_id.id,
        "method": shop.client.v1.customers.payment_methods.list(other).data[0].id,
        "invoice": shop.open_invoice(other),
    }


def snapshot(shop: Shop, things: dict[str, str]) -> list[Any]:
    other = things["customer"]
    return [
        shop.client.v1.customers.retrieve(other, {"expand": ["tax_ids"]}).to_dict(),
        *(shop.client.v1.subscriptions.retrieve(things[name]).to_dict() for name in ("running", "ending")),
        shop.client.v1.payment_methods.retrieve(things["method"]).to_dict(),
        shop.client.v1.invoices.retrieve(things["invoice"]).to_dict(),
    ]


def addresses(shop: Shop) -> list[Rule]:
    return [
        rule
        for rule in shop.app.url_map.iter_rules()
        if rule.endpoint.startswith("portal_link.") and "id" in rule.arguments
    ]


def test_every_address_with_somebody_elses_id_is_404_and_changes_nothing(shop: Shop) -> None:
    things = theirs(shop)
    visitor = shop.visitor(shop.customer())
    before = snapshot(shop, things)
    tried, ids = 0, (*things.values(), "nothing", "%2e%2e")
    for rule in addresses(shop):
        for method in sorted({"GET", "POST"} & (rule.methods or set())):
            for id in ids:
                path = re.sub(r"<\w+:id>", id, rule.rule.partition(">")[2].lstrip("/"))
                assert _status(visitor, method, path) == 404, (method, path)
                tried += 1
    # Sixteen of a subscription, six of a payment method, four of an invoice, one of a tax id; there may be more.
    assert tried >= (16 + 6 + 4 + 1) * len(ids)
    assert snapshot(shop, things) == before
    assert shop.history() == []


def _status(visitor: Visitor, method: str, path: str) -> int:
    return visitor.get(path).status_code if method == "GET" else visitor.post(path, page=TOKEN_PAGE).status_code


def test_on_behalf_of_hides_what_belongs_to_others(shop: Shop) -> None:
    customer = shop.customer()
    made = shop.subscription(customer)
    visitor = shop.visitor(customer, on_behalf_of="acct_somebody")
    assert "You have no subscription." in visitor.get().text
    assert "There are no invoices." in visitor.get("invoices").text
    assert visitor.get(f"subscriptions/{made.id}").status_code == 404


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_form_of_another_site_is_refused(shop: Shop, site: str) -> None:
    visitor = shop.visitor(shop.customer())
    answer = visitor.browser.post(f"{visitor.base}details", headers={"Sec-Fetch-Site": site})
    assert answer.status_code == 403
