"""Customer balance transactions: every change of a customer's balance, in order, with the balance after it.

Credit is negative, debt positive. Entries are never changed or removed.
Source: docs.stripe.com/api/customer_balance_transactions, docs.stripe.com/billing/customer/balance
"""

from __future__ import annotations

from flask_portal.wire import errors
from flask_portal.wire.params import Currency, Metadata, Money, Params, Ref, Str
from mock_server.core.call import Body, Call
from mock_server.core.resource import Resource, merge, metadata_of

from .common import ListByCreation
from .customer import customer

DEFAULT_CURRENCY = "usd"
"""The currency of the mock's accounts, in which a balance is kept until the customer has a currency."""

customer_balance_transaction = Resource(
    "customer_balance_transaction",
    prefix="cbtxn",
    label="customer balance transaction",
    search=("customer", "invoice"),
    expands={"credit_note": "credit_note", "customer": "customer", "invoice": "invoice"},
)


class Update(Params):
    description = Str(max_length=350)
    metadata = Metadata(nullable=True)


class Create(Update):
    amount = Money(required=True)
    currency = Currency(required=True)


class List(ListByCreation):
    invoice = Ref("invoice")


def represent(call: Call, payer: Body, amount: int, kind: str, more: Body) -> Body:
    """The object of an entry; the balance of `payer` is what it is after it. more: further keys with their values."""
    return {
        "id": customer_balance_transaction.new_id(),
        "object": "customer_balance_transaction",
        "amount": amount,
        "checkout_session": None,
        "created": call.now,
        "credit_note": None,
        "currency": payer["currency"] or DEFAULT_CURRENCY,
        "customer": payer["id"],
        "customer_account": None,
        "description": None,
        "ending_balance": payer["balance"],
        "invoice": None,
        "livemode": call.livemode,
        "metadata": {},
        "type": kind,
    } | more


def write(call: Call, payer: Body, amount: int, kind: str, **more: object) -> Body:
    """Change a customer's balance by an entry, and store both.

    amount: minor units; negative gives credit.  kind: the entry's `type`.  more: `invoice` and the like.
    """
    payer["balance"] += amount
    customer.save(call, payer)
    return customer_balance_transaction.add(call, represent(call, payer, amount, kind, dict(more)))


@customer.on("balance_set")
def note(call: Call, payer: Body, before: int, kind: str) -> None:
    """A customer's balance was set by the customer's own call."""
    if payer["balance"] != before:
        customer_balance_transaction.add(call, represent(call, payer, payer["balance"] - before, kind, {}))


@customer_balance_transaction.endpoint("POST", "/v1/customers/{customer}/balance_transactions", Create)
def create(call: Call, ids: dict[str, str], sent: Body) -> Body:
    payer = customer.get(call, ids["customer"])
    if payer["currency"] not in (None, sent["currency"]):
        message = f"The balance of this customer is kept in {payer['currency']}, not in {sent['currency']}."
        raise errors.invalid(message, "currency")
    payer["currency"] = sent["currency"]
    told = {"description": sent.get("description"), "metadata": metadata_of(sent)}
    body = write(call, payer, sent["amount"], "adjustment", **told)
    if call.changed(payer):
        call.emit("customer.updated", payer)
    return body


def of(call: Call, ids: dict[str, str]) -> Body:
    """The entry of an address, which names its customer too."""
    owner = customer.get(call, ids["customer"])["id"]
    body = customer_balance_transaction.get(call, ids["id"])
    if body["customer"] != owner:
        raise customer_balance_transaction.missing(ids["id"])
    return body


@customer_balance_transaction.endpoint("POST", "/v1/customers/{customer}/balance_transactions/{id}", Update)
def update(call: Call, ids: dict[str, str], sent: Body) -> Body:
    return customer_balance_transaction.save(call, merge(of(call, ids), sent))


@customer_balance_transaction.endpoint("GET", "/v1/customers/{customer}/balance_transactions/{id}")
def retrieve(call: Call, ids: dict[str, str], _sent: Body) -> Body:
    return of(call, ids)


@customer_balance_transaction.endpoint("GET", "/v1/customers/{customer}/balance_transactions", List)
def list_of_customer(call: Call, ids: dict[str, str], sent: Body) -> Body:
    owner = customer.get(call, ids["customer"])["id"]
    keys = {"customer": owner} | {name: sent[name] for name in ("invoice",) if name in sent}
    return customer_balance_transaction.page(call, f"/v1/customers/{owner}/balance_transactions", sent, **keys)
