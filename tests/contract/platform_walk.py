"""The part of the contract's walk that a platform makes: connected accounts, what is shared with them, and files."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from mock_server.core.accounts import account_of
from mock_server.resources import account
from mock_server.testing import Mock


def connect(client: Any) -> None:
    """A connected account that is asked who it is, told by updates, and deleted."""
    client.accounts.retrieve_current()
    wanted = {"card_payments": {"requested": True}, "transfers": {"requested": True}}
    made = client.accounts.create({"type": "custom", "country": "DE", "capabilities": wanted}).id
    client.accounts.update(made, {"business_profile": {"mcc": "5734"}, "settings": {"branding": {}}})
    client.accounts.list()
    client.accounts.capabilities.list(made)
    client.accounts.capabilities.update(made, "transfers", {"requested": False})
    client.accounts.reject(made, {"reason": "fraud_other"})
    where = {"refresh_url": "https://shop.example/again", "return_url": "https://shop.example/done"}
    client.account_links.create({"account": made, "type": "account_onboarding", **where})
    client.account_sessions.create({"account": made, "components": {"payments": {"enabled": True}}})
    shared = {"transfer_data": {"destination": made}, "application_fee_amount": 100, "on_behalf_of": made}
    sent = {"amount": 2000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    paid = client.payment_intents.create({**sent, **shared}).latest_charge
    client.charges.retrieve(paid, {"expand": ["application_fee", "transfer"]})
    client.application_fees.list({"charge": paid, "expand": ["data.account", "data.balance_transaction"]})
    client.transfers.list({"destination": made, "expand": ["data.source_transaction"]})
    bank = {"object": "bank_account", "country": "DE", "currency": "eur", "account_number": "DE89370400440532013000"}
    iban = client.accounts.external_accounts.create(made, {"external_account": bank}).id
    client.accounts.external_accounts.update(made, iban, {"metadata": {"for": "payouts"}})
    dollars = client.accounts.external_accounts.create(made, {"external_account": "btok_us"}).id
    client.accounts.retrieve(made)
    client.accounts.external_accounts.list(made)
    client.accounts.external_accounts.delete(made, dollars)
    client.application_fees.refunds.create(client.application_fees.list().data[0].id, {"amount": 10})
    back = client.refunds.create({"charge": paid, "reverse_transfer": True, "refund_application_fee": True}).id
    client.refunds.retrieve(back, {"expand": ["transfer_reversal"]})
    client.application_fees.list()
    client.transfers.list()
    client.events.list({}, {"stripe_account": made})
    client.accounts.delete(made)


def sign_in(mock: Mock, client: Any) -> None:
    """An Express account that has told everything, on its way to its dashboard."""
    guest = client.accounts.create({"type": "express"}).id
    boss = client.accounts.persons.create(guest, {"first_name": "Jenny", "relationship": {"representative": True}}).id
    client.accounts.persons.update(guest, boss, {"id_number": "000000000", "dob": {"day": 1, "month": 1, "year": 1901}})
    client.accounts.persons.list(guest)
    client.accounts.persons.delete(guest, boss)
    with mock.state.writing(account_of("contract")) as call:
        account.onboard(call, guest)
    client.accounts.login_links.create(guest)


def share(client: Any) -> None:
    """A file that is uploaded, and a link to it."""
    made = client.files.create({"file": BytesIO(b"\x89PNG\r\n\x1a\n"), "purpose": "business_logo"}).id
    link = client.file_links.create({"file": made, "expand": ["file"]}).id
    client.file_links.update(link, {"expires_at": "now", "metadata": {"for": "mail"}})
    client.files.retrieve(made)
    client.file_links.list({"file": made})
