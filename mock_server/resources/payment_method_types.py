"""Names of types of payment methods, as the calls on intents and configurations take them.

Source: docs.stripe.com/api/payment_intents/create, docs.stripe.com/api/payment_method_configurations
"""

from __future__ import annotations

EXCLUDABLE = (
    "acss_debit", "affirm", "afterpay_clearpay", "alipay", "alma", "amazon_pay", "au_becs_debit", "bacs_debit",
    "bancontact", "billie", "bizum", "blik", "boleto", "card", "cashapp", "crypto", "customer_balance", "eps",
    "fpx", "giropay", "grabpay", "ideal", "kakao_pay", "klarna", "konbini", "kr_card", "mb_way", "mobilepay",
    "multibanco", "naver_pay", "nz_bank_account", "oxxo", "p24", "pay_by_bank", "payco", "paynow", "paypal",
    "paypay", "payto", "pix", "promptpay", "revolut_pay", "samsung_pay", "satispay", "scalapay", "sepa_debit",
    "sequra", "sofort", "sunbit", "swish", "twint", "upi", "us_bank_account", "wechat_pay", "zip",
)  # fmt: skip
"""What an intent may exclude."""

RARE = (
    "boku_promptpay", "capchase_pay", "card_present", "check_scan", "click_to_pay", "demo_pay", "duitnow",
    "dummy_auth_push", "dummy_passthrough_card", "edenred", "gcash", "getbalance", "gift_card", "gopay",
    "id_bank_transfer", "interac_present", "knet", "kr_market", "kriya", "link", "momo", "mondu", "netbanking",
    "ng_bank", "ng_bank_transfer", "ng_card", "ng_market", "ng_ussd", "ng_wallet", "octopus", "paper_check",
    "qris", "rechnung", "shop_pay", "shopeepay", "south_korea_market", "stripe_balance", "tamara", "test_pay",
    "touch_n_go", "truemoney", "us_cash_voucher", "vipps", "wero",
)  # fmt: skip
"""What can only be allowed by name."""

ALLOWABLE = tuple(sorted((*EXCLUDABLE, *RARE)))

CONFIGURED = (
    "acss_debit", "affirm", "afterpay_clearpay", "alipay", "alma", "amazon_pay", "apple_pay", "apple_pay_later",
    "au_becs_debit", "bacs_debit", "bancontact", "billie", "bizum", "blik", "boleto", "card",
    "cartes_bancaires", "cashapp", "crypto", "customer_balance", "eps", "fpx", "fr_meal_voucher_conecs",
    "giropay", "google_pay", "grabpay", "ideal", "jcb", "kakao_pay", "klarna", "konbini", "kr_card", "link",
    "mb_way", "mobilepay", "multibanco", "naver_pay", "nz_bank_account", "oxxo", "p24", "pay_by_bank", "payco",
    "paynow", "paypal", "paypay", "payto", "pix", "promptpay", "revolut_pay", "samsung_pay", "satispay",
    "scalapay", "sepa_debit", "sequra", "sofort", "sunbit", "swish", "twint", "upi", "us_bank_account",
    "wechat_pay", "zip",
)  # fmt: skip
"""What a configuration turns on and off."""

NO_OPTIONS_OF_PAYMENT = (
    "affirm", "afterpay_clearpay", "alipay", "alma", "bancontact", "billie", "bizum", "blik", "boleto",
    "card_present", "crypto", "customer_balance", "eps", "fpx", "giropay", "grabpay", "ideal",
    "interac_present", "kakao_pay", "klarna", "konbini", "kr_card", "mb_way", "mobilepay", "multibanco",
    "naver_pay", "oxxo", "p24", "pay_by_bank", "payco", "paynow", "paypay", "payto", "pix", "promptpay",
    "revolut_pay", "samsung_pay", "satispay", "scalapay", "sequra", "sofort", "sunbit", "swish", "twint", "upi",
    "wechat_pay", "zip",
)  # fmt: skip
"""Types that have options in a payment intent, of which none is built."""

NO_OPTIONS_OF_SETUP = (
    "bizum", "blik", "card_present", "klarna", "link", "paypal", "payto", "pix", "upi",
)  # fmt: skip
"""The same in a setup intent."""
