"""The parameters of the calls on connected accounts.

Source: docs.stripe.com/api/accounts
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Unpack

import stripe

from flask_portal.wire import errors
from flask_portal.wire.nested import checked_mapping
from flask_portal.wire.params import (
    Bool,
    Country,
    Currency,
    Email,
    Hash,
    Int,
    ListOf,
    Metadata,
    Money,
    OneOf,
    Params,
    Ref,
    Str,
    Timestamp,
    Url,
)
from flask_portal.wire.problems import refusal
from flask_portal.wire.scalars import Options
from mock_server.core.params import NotBuilt

from .common import Address

CAPABILITIES = tuple(name for name in vars(stripe.Account.Capabilities)["__annotations__"] if name[0] != "_")
"""The capabilities that the API knows."""

FILES = "Files of connected accounts"
PEOPLE = "The people and the company behind a connected account"


class Revenue(Params):
    amount = Money(required=True)
    currency = Currency(required=True)


class YearsRevenue(Revenue):
    fiscal_year_end = Str(required=True)


class BusinessProfile(Params):
    annual_revenue = Hash(YearsRevenue)
    estimated_worker_count = Int(minimum=0)
    mcc = Str(max_length=4)
    minority_owned_business_designation = ListOf(
        OneOf(
            "lgbtqi_owned_business",
            "minority_owned_business",
            "none_of_these_apply",
            "prefer_not_to_answer",
            "women_owned_business",
        )
    )
    monthly_estimated_revenue = Hash(Revenue)
    name = Str()
    product_description = Str(max_length=40_000)
    specified_commercial_transactions_act_url = Url(nullable=True)
    support_address = Hash(Address)
    support_email = Email()
    support_phone = Str()
    support_url = Url(nullable=True)
    url = Str()


class Asked(Params):
    requested = Bool()


Capabilities = type("Capabilities", (Params,), {name: Hash(Asked) for name in CAPABILITIES})


class Fees(Params):
    payer = OneOf("account", "application")


class Losses(Params):
    payments = OneOf("application", "stripe")


class Dashboard(Params):
    type = OneOf("express", "full", "none")


class Controller(Params):
    fees = Hash(Fees)
    losses = Hash(Losses)
    requirement_collection = OneOf("application", "stripe")
    stripe_dashboard = Hash(Dashboard)


class Groups(Params):
    payments_pricing = Str(nullable=True)


class Branding(Params):
    icon = Ref("file", nullable=True)
    logo = Ref("file", nullable=True)
    primary_color = Str()
    secondary_color = Str()


class DeclineOn(Params):
    avs_failure = Bool()
    cvc_failure = Bool()


class CardPayments(Params):
    decline_on = Hash(DeclineOn)
    statement_descriptor_prefix = Str(max_length=10)
    statement_descriptor_prefix_kana = Str(nullable=True)
    statement_descriptor_prefix_kanji = Str(nullable=True)


class Invoices(Params):
    hosted_payment_method_save = OneOf("always", "never", "offer")


class InvoicesOnUpdate(Invoices):
    default_account_tax_ids = NotBuilt("Tax ids of connected accounts")


class Payments(Params):
    statement_descriptor = Str(max_length=22)
    statement_descriptor_kana = Str()
    statement_descriptor_kanji = Str()


class Schedule(Params):
    delay_days = NotBuilt("Payouts")
    interval = NotBuilt("Payouts")
    monthly_anchor = NotBuilt("Payouts")
    monthly_payout_days = NotBuilt("Payouts")
    weekly_anchor = NotBuilt("Payouts")
    weekly_payout_days = NotBuilt("Payouts")


class Payouts(Params):
    debit_negative_balances = Bool()
    schedule = Hash(Schedule)
    statement_descriptor = Str(max_length=22)


class Settings(Params):
    bacs_debit_payments = NotBuilt("Settings of single payment methods")
    branding = Hash(Branding)
    card_issuing = NotBuilt("Issuing cards")
    card_payments = Hash(CardPayments)
    invoices = Hash(Invoices)
    payments = Hash(Payments)
    payouts = Hash(Payouts)
    paypay_payments = NotBuilt("Settings of single payment methods")
    sepa_debit_payments = NotBuilt("Settings of single payment methods")
    treasury = NotBuilt("Treasury")


class SettingsOnUpdate(Settings):
    invoices = Hash(InvoicesOnUpdate)


DEBIT_CARDS = "A debit card as an external account"
DESTINATIONS = ("bank_account", "card")


class BankAccount(Params):
    account_holder_name = Str()
    account_holder_type = OneOf("company", "individual")
    account_number = Str(max_length=64)
    country = Country()
    currency = Currency()
    object = OneOf(*DESTINATIONS, required=True)
    routing_number = Str(max_length=32)


class Kind(Params):
    """What an object says that it is."""

    object = OneOf(*DESTINATIONS, required=True)


class Destination(Hash):
    """Where an account is paid out to: a bank account, or a token that stands for one.

    A debit card has parameters of its own, so it is refused as a whole before they are looked at.
    """

    def __init__(self, **options: Unpack[Options]) -> None:
        super().__init__(BankAccount, **options)

    def read(self, value: Any) -> Any:
        if isinstance(value, str):
            return value
        sent = checked_mapping(value)
        if "object" in sent and Hash(Kind).read({"object": sent["object"]})["object"] == "card":
            raise refusal(partial(errors.not_built, DEBIT_CARDS))
        return super().read(sent)


TOKENS: Mapping[str, dict[str, str]] = {
    name: {"account_number": "000123456789", "country": "US", "currency": "usd", "routing_number": "110000000"}
    for name in ("btok_us", "btok_us_verified")
}
"""The test tokens of bank accounts that can be paid out to."""


class Acceptance(Params):
    date = Timestamp()
    ip = Str(max_length=45)
    service_agreement = Str()
    user_agent = Str()


class Fields(Params):
    account_token = NotBuilt("Account tokens")
    business_profile = Hash(BusinessProfile)
    business_type = OneOf("company", "government_entity", "individual", "non_profit")
    capabilities = Hash(Capabilities)
    company = NotBuilt(PEOPLE)
    default_currency = Currency()
    documents = NotBuilt(FILES)
    email = Email()
    external_account = Destination()
    groups = Hash(Groups)
    individual = NotBuilt(PEOPLE)
    metadata = Metadata(nullable=True)
    settings = Hash(Settings)
    tos_acceptance = Hash(Acceptance)


class Create(Fields):
    exclusive = (("type", "controller"),)
    controller = Hash(Controller)
    country = Country()
    type = OneOf("custom", "express", "standard")


class Update(Fields):
    external_account = Destination(nullable=True)
    settings = Hash(SettingsOnUpdate)


class Reject(Params):
    payouts_action = OneOf("none", "pause")
    reason = OneOf(
        "credit",
        "fraud_no_intent_to_fulfill",
        "fraud_other",
        "fraud_payment_method_casher",
        "fraud_payment_method_tester",
        "other",
        "terms_of_service",
        required=True,
    )
