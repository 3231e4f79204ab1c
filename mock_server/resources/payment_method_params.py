"""The parameters that describe a payment method, which intents take too.

Source: docs.stripe.com/api/payment_methods/create
"""

from __future__ import annotations

from flask_portal.wire.params import Email, Hash, Int, ListParams, Metadata, OneOf, Params, Ref, Str
from mock_server.core.params import NotBuilt

from .common import Address

DETAILED = (
    "acss_debit",
    "au_becs_debit",
    "bacs_debit",
    "card",
    "cashapp",
    "link",
    "nz_bank_account",
    "paypal",
    "sepa_debit",
    "us_bank_account",
)
"""Types whose sub-hash has keys."""

PLAIN = (
    "affirm",
    "afterpay_clearpay",
    "alipay",
    "alma",
    "amazon_pay",
    "bancontact",
    "billie",
    "customer_balance",
    "giropay",
    "grabpay",
    "kakao_pay",
    "konbini",
    "mb_way",
    "mobilepay",
    "multibanco",
    "oxxo",
    "pay_by_bank",
    "payco",
    "paynow",
    "paypay",
    "promptpay",
    "revolut_pay",
    "samsung_pay",
    "satispay",
    "scalapay",
    "sequra",
    "sunbit",
    "swish",
    "twint",
    "wechat_pay",
    "zip",
)
"""Types whose sub-hash is empty."""

NOT_BUILT = (
    "bizum",
    "blik",
    "boleto",
    "crypto",
    "custom",
    "eps",
    "fpx",
    "ideal",
    "klarna",
    "kr_card",
    "naver_pay",
    "p24",
    "payto",
    "pix",
    "sofort",
    "upi",
)
"""Types that Stripe has and this mock has not."""

TYPES = (*DETAILED, *PLAIN, *NOT_BUILT)
REDISPLAY = ("always", "limited", "unspecified")
HOLDERS = ("company", "individual")
ACCOUNTS = ("checking", "savings")
COBRANDS = ("cartes_bancaires", "mastercard", "visa")


class BillingDetails(Params):
    address = Hash(Address, nullable=True)
    email = Email(nullable=True)
    name = Str(nullable=True)
    phone = Str(nullable=True)
    tax_id = Str()


class Networks(Params):
    preferred = OneOf(*COBRANDS, nullable=True)


class Card(Params):
    exclusive = (("number", "token"),)

    cvc = Str(max_length=20)
    exp_month = Int()
    exp_year = Int()
    networks = Hash(Networks)
    number = Str(max_length=40)
    token = Ref("token")


class UsBankAccount(Params):
    account_holder_type = OneOf(*HOLDERS)
    account_number = Str(max_length=17)
    account_type = OneOf(*ACCOUNTS)
    financial_connections_account = NotBuilt("Financial Connections")
    routing_number = Str(max_length=9)


class SepaDebit(Params):
    iban = Str(max_length=42, required=True)


class BacsDebit(Params):
    account_number = Str(max_length=8)
    sort_code = Str(max_length=8)


class AuBecsDebit(Params):
    account_number = Str(max_length=9, required=True)
    bsb_number = Str(max_length=7, required=True)


class AcssDebit(Params):
    account_number = Str(max_length=17, required=True)
    institution_number = Str(max_length=3, required=True)
    transit_number = Str(max_length=5, required=True)


class NzBankAccount(Params):
    account_holder_name = Str()
    account_number = Str(max_length=7, required=True)
    bank_code = Str(max_length=2, required=True)
    branch_code = Str(max_length=4, required=True)
    reference = NotBuilt("The reference of a bank account")
    suffix = Str(max_length=4, required=True)


class Nothing(Params):
    """The hash of a type that takes no details."""


class RadarOptions(Params):
    session = NotBuilt("Radar")


class Data(Params):
    """`payment_method_data`: a method that is made along the way. Card numbers do not travel in it."""

    acss_debit = Hash(AcssDebit)
    affirm = Hash(Nothing)
    afterpay_clearpay = Hash(Nothing)
    alipay = Hash(Nothing)
    allow_redisplay = OneOf(*REDISPLAY)
    alma = Hash(Nothing)
    amazon_pay = Hash(Nothing)
    au_becs_debit = Hash(AuBecsDebit)
    bacs_debit = Hash(BacsDebit)
    bancontact = Hash(Nothing)
    billie = Hash(Nothing)
    billing_details = Hash(BillingDetails)
    bizum = NotBuilt("The payment method type bizum")
    blik = NotBuilt("The payment method type blik")
    boleto = NotBuilt("The payment method type boleto")
    cashapp = Hash(Nothing)
    crypto = NotBuilt("The payment method type crypto")
    customer_balance = Hash(Nothing)
    eps = NotBuilt("The payment method type eps")
    fpx = NotBuilt("The payment method type fpx")
    giropay = Hash(Nothing)
    grabpay = Hash(Nothing)
    ideal = NotBuilt("The payment method type ideal")
    kakao_pay = Hash(Nothing)
    klarna = NotBuilt("The payment method type klarna")
    konbini = Hash(Nothing)
    kr_card = NotBuilt("The payment method type kr_card")
    link = Hash(Nothing)
    mb_way = Hash(Nothing)
    metadata = Metadata()
    mobilepay = Hash(Nothing)
    multibanco = Hash(Nothing)
    naver_pay = NotBuilt("The payment method type naver_pay")
    nz_bank_account = Hash(NzBankAccount)
    oxxo = Hash(Nothing)
    p24 = NotBuilt("The payment method type p24")
    pay_by_bank = Hash(Nothing)
    payco = Hash(Nothing)
    paynow = Hash(Nothing)
    paypal = Hash(Nothing)
    paypay = Hash(Nothing)
    payto = NotBuilt("The payment method type payto")
    pix = NotBuilt("The payment method type pix")
    promptpay = Hash(Nothing)
    radar_options = Hash(RadarOptions)
    revolut_pay = Hash(Nothing)
    samsung_pay = Hash(Nothing)
    satispay = Hash(Nothing)
    scalapay = Hash(Nothing)
    sepa_debit = Hash(SepaDebit)
    sequra = Hash(Nothing)
    sofort = NotBuilt("The payment method type sofort")
    sunbit = Hash(Nothing)
    swish = Hash(Nothing)
    twint = Hash(Nothing)
    type = OneOf(*(name for name in TYPES if name not in ("card", "custom")), required=True)
    interac_present = NotBuilt("The payment method type interac_present")
    upi = NotBuilt("The payment method type upi")
    us_bank_account = Hash(UsBankAccount)
    wechat_pay = Hash(Nothing)
    zip = Hash(Nothing)


class Create(Data):
    card = Hash(Card)
    custom = NotBuilt("The payment method type custom")
    customer = NotBuilt("Copying a payment method to a connected account")
    payment_method = NotBuilt("Copying a payment method to a connected account")
    type = OneOf(*TYPES, required=True)


class CardUpdate(Params):
    exp_month = Int()
    exp_year = Int()
    networks = Hash(Networks)


class UsBankAccountUpdate(Params):
    account_holder_type = OneOf(*HOLDERS)
    account_type = OneOf(*ACCOUNTS)


class Update(Params):
    allow_redisplay = OneOf(*REDISPLAY)
    billing_details = Hash(BillingDetails)
    card = Hash(CardUpdate)
    metadata = Metadata(nullable=True)
    us_bank_account = Hash(UsBankAccountUpdate)


class Attach(Params):
    customer = Ref("customer", required=True)
    customer_account = NotBuilt("Customers of the second API")


class ListOfCustomer(ListParams):
    allow_redisplay = OneOf(*REDISPLAY)
    type = OneOf(*TYPES)


class List(ListOfCustomer):
    customer = Ref("customer")
    customer_account = NotBuilt("Customers of the second API")
