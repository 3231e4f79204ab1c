"""`payment_method_options`: what an intent wants of one type of payment method, and what follows from it.

Source: docs.stripe.com/api/payment_intents/create, docs.stripe.com/api/setup_intents/create
"""

from __future__ import annotations

from collections.abc import Iterable

from flask_portal.wire import errors
from flask_portal.wire.params import Bool, Hash, ListOf, OneOf, Params, Str, Url
from flask_portal.wire.scalars import Parameter
from mock_server.core.call import Body
from mock_server.core.params import NotBuilt, params_of

from .payment_method_types import NO_OPTIONS_OF_PAYMENT, NO_OPTIONS_OF_SETUP

NETWORKS = (
    "amex",
    "cartes_bancaires",
    "diners",
    "discover",
    "eftpos_au",
    "girocard",
    "interac",
    "jcb",
    "link",
    "mastercard",
    "unionpay",
    "unknown",
    "visa",
)
CREDENTIALS = ("installment", "recurring", "unscheduled")
LATER_DEBIT = "A debit on a day of choice"
CONNECTIONS = "Financial Connections"


def wanted() -> OneOf:
    return OneOf("if_available", "never")


def by_hand() -> OneOf:
    return OneOf("manual", nullable=True)


def kept_for(*, on_session: bool = True) -> OneOf:
    """`setup_future_usage` of one type. on_session: whether that type knows it."""
    values = ("none", "off_session", "on_session") if on_session else ("none", "off_session")
    return OneOf(*values, nullable=True)


class CardOfSetup(Params):
    mandate_options = NotBuilt("Mandates of cards from India")
    moto = NotBuilt("Payments by mail or telephone")
    network = OneOf(*NETWORKS)
    request_three_d_secure = OneOf("any", "automatic", "challenge")
    setup_credential_usage = OneOf(*CREDENTIALS)
    three_d_secure = NotBuilt("The result of 3-D Secure of another provider")


class Card(CardOfSetup):
    capture_method = by_hand()
    cvc_token = NotBuilt("Tokens of a security code")
    installments = NotBuilt("Payment in instalments")
    request_extended_authorization = wanted()
    request_incremental_authorization = wanted()
    request_multicapture = wanted()
    request_overcapture = wanted()
    require_cvc_recollection = Bool()
    setup_future_usage = kept_for()
    statement_descriptor_suffix_kana = NotBuilt("Statement descriptors in Japanese")
    statement_descriptor_suffix_kanji = NotBuilt("Statement descriptors in Japanese")
    stored_credential_usage = OneOf(*CREDENTIALS)


class Wallet(Params):
    capture_method = by_hand()
    setup_future_usage = kept_for(on_session=False)


class CashApp(Wallet):
    setup_future_usage = kept_for()


class Link(Wallet):
    persistent_token = NotBuilt("Tokens of Link")


class PayPal(Wallet):
    preferred_locale = NotBuilt("The language of PayPal's pages")
    reference = Str()
    risk_correlation_id = Str()


class Prefix(Params):
    reference_prefix = Str(max_length=12, nullable=True)


class PrefixedOfSetup(Params):
    mandate_options = Hash(Prefix)


class Debit(Params):
    setup_future_usage = kept_for()
    target_date = NotBuilt(LATER_DEBIT)


class Prefixed(Debit, PrefixedOfSetup):
    """A debit whose mandate's reference may begin with letters of choice."""


class AcssMandate(Params):
    custom_mandate_url = Url(nullable=True)
    interval_description = Str(max_length=500)
    payment_schedule = OneOf("combined", "interval", "sporadic")
    transaction_type = OneOf("business", "personal")


class AcssMandateOfSetup(AcssMandate):
    default_for = ListOf(OneOf("invoice", "subscription"))


class AcssOfSetup(Params):
    currency = OneOf("cad", "usd")
    mandate_options = Hash(AcssMandateOfSetup)
    verification_method = OneOf("automatic", "instant", "microdeposits")


class Acss(Debit):
    mandate_options = Hash(AcssMandate)
    verification_method = OneOf("automatic", "instant", "microdeposits")


class PaperMandate(Params):
    collection_method = OneOf("paper", nullable=True)


class UsBankAccountOfSetup(Params):
    financial_connections = NotBuilt(CONNECTIONS)
    mandate_options = Hash(PaperMandate)
    networks = NotBuilt("A choice of networks of bank transfers")
    verification_method = OneOf("automatic", "instant", "microdeposits")


class UsBankAccount(Debit, UsBankAccountOfSetup):
    transaction_purpose = OneOf("goods", "other", "services", "unspecified", nullable=True)


def of_types(built: dict[str, Parameter], others: Iterable[str]) -> type[Params]:
    """The parameters of options by type. others: types that are refused with their name."""
    refused = {name: NotBuilt(f"Options of the payment method type {name}") for name in others}
    return params_of("PaymentMethodOptions", {**built, **refused})


OfPayment = of_types(
    {
        "acss_debit": Hash(Acss, nullable=True),
        "amazon_pay": Hash(Wallet, nullable=True),
        "au_becs_debit": Hash(Debit, nullable=True),
        "bacs_debit": Hash(Prefixed, nullable=True),
        "card": Hash(Card, nullable=True),
        "cashapp": Hash(CashApp, nullable=True),
        "link": Hash(Link, nullable=True),
        "nz_bank_account": Hash(Debit, nullable=True),
        "paypal": Hash(PayPal, nullable=True),
        "sepa_debit": Hash(Prefixed, nullable=True),
        "us_bank_account": Hash(UsBankAccount, nullable=True),
    },
    NO_OPTIONS_OF_PAYMENT,
)


class NoOptions(Params):
    """A type without options."""


OfSetup = of_types(
    {
        "acss_debit": Hash(AcssOfSetup),
        "amazon_pay": Hash(NoOptions),
        "bacs_debit": Hash(PrefixedOfSetup),
        "card": Hash(CardOfSetup),
        "sepa_debit": Hash(PrefixedOfSetup),
        "us_bank_account": Hash(UsBankAccountOfSetup),
    },
    NO_OPTIONS_OF_SETUP,
)


UNTOLD = frozenset({"risk_correlation_id"})
"""What is meant for PayPal alone, and stands in no answer."""


def take(body: Body, sent: Body) -> None:
    """Put the options that were sent into an intent; null removes those of a type, or one of them."""
    kept = body["payment_method_options"]
    for kind, options in sent.items():
        if options is None:
            kept.pop(kind, None)
            continue
        together = kept.get(kind, {}) | options
        kept[kind] = {name: value for name, value in together.items() if value is not None and name not in UNTOLD}


def of(intent: Body, kind: str) -> Body:
    """What an intent wants of this type of method."""
    found: Body = intent["payment_method_options"].get(kind) or {}
    return found


def future_usage(intent: Body, kind: str) -> str | None:
    """Whether a method of this type is kept for later: as wanted for the type, else for all; None for not."""
    usage: str | None = of(intent, kind).get("setup_future_usage") or intent.get("setup_future_usage")
    return None if usage == "none" else usage


def challenge_wanted(intent: Body) -> bool:
    """Whether cards are to ask for 3-D Secure even if their bank does not."""
    return of(intent, "card").get("request_three_d_secure") in ("any", "challenge")


def is_verified(intent: Body, kind: str, known: bool) -> bool:
    """Whether a bank account need not be verified by deposits. known: that it is its owner's.

    StripeError 400 where it is to be verified at once, for which there is nobody here to ask.
    """
    how = of(intent, kind).get("verification_method", "automatic")
    if how == "instant" and not known:
        raise errors.not_built("Verifying a bank account at once")
    return known and how != "microdeposits"


def check_network(intent: Body, method: Body) -> None:
    """The network that is wanted must be one of the card's."""
    wanted_network = of(intent, "card").get("network")
    if method["type"] == "card" and wanted_network not in (None, *method["card"]["networks"]["available"]):
        param = "payment_method_options[card][network]"
        raise errors.invalid(f"This card cannot be used on the network {wanted_network}.", param)
