"""Every row of Stripe's tables of test cards, by its id and by its number: what is shown, and how it pays.

The rows are written out as docs.stripe.com/testing has them, apart from the mock's own tables.
"""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from mock_server.testing import Mock

from .sales import DAY, payer
from .test_payment_intent import intend

SHOWN = """
4242424242424242    pm_card_visa                                   visa       credit  US
4000056655665556    pm_card_visa_debit                             visa       debit   US
5555555555554444    pm_card_mastercard                             mastercard credit  US
2223003122003222    -                                              mastercard credit  US
5200828282828210    pm_card_mastercard_debit                       mastercard debit   US
5105105105105100    pm_card_mastercard_prepaid                     mastercard prepaid US
378282246310005     pm_card_amex                                   amex       credit  US
371449635398431     -                                              amex       credit  US
6011111111111117    pm_card_discover                               discover   credit  US
6011000990139424    -                                              discover   credit  US
6011981111111113    -                                              discover   debit   US
3056930009020004    pm_card_diners                                 diners     credit  US
36227206271667      -                                              diners     credit  US
6555900000604105    -                                              discover   credit  US
3566002020360505    pm_card_jcb                                    jcb        credit  US
6200000000000005    pm_card_unionpay                               unionpay   credit  US
6200000000000047    -                                              unionpay   debit   US
6205500000000000004 -                                              unionpay   credit  US
4000002500001001    pm_card_visa_cartesBancaires                   visa       credit  FR
5555552500001001    pm_card_mastercard_cartesBancaires             mastercard credit  FR
4000050360000001    pm_card_visa_debit_eftposAuCoBranded           visa       debit   AU
5555050360000080    pm_card_mastercard_debit_eftposAuCoBranded     mastercard debit   AU
4000051230000072    pm_card_debit_visaFsaProductCode               visa       debit   US
-                   pm_card_debit_visaHsaProductCode               visa       debit   US
5200828282828897    pm_card_mastercard_debit_mastercardFsaProductCode mastercard debit US
5062210000000009    -                                              unknown    credit  MX
5200007840000022    -                                              mastercard credit  AE
4000058260000005    -                                              visa       debit   GB
5555558265554449    -                                              mastercard credit  GB
3530111333300000    -                                              jcb        credit  JP
4000057640000008    -                                              visa       debit   TH
"""

COUNTRIES = """
US 4242424242424242 AR 4000000320000021 BR 4000000760000002 CA 4000001240000000 CL 4000001520000001
CO 4000001700000003 CR 4000001880000005 EC 4000002180000000 MX 4000004840008001 PA 4000005910000000
PY 4000006000000066 PE 4000006040000068 UY 4000008580000003 AE 4000007840000001 AT 4000000400000008
BE 4000000560000004 BG 4000001000000000 BY 4000001120000005 HR 4000001910000009 CY 4000001960000008
CZ 4000002030000002 DK 4000002080000001 EE 4000002330000009 FI 4000002460000001 FR 4000002500000003
DE 4000002760000016 GI 4000002920000005 GR 4000003000000030 HU 4000003480000005 IE 4000003720000005
IT 4000003800000008 LV 4000004280000005 LI 4000004380000004 LT 4000004400000000 LU 4000004420000006
MT 4000004700000007 NL 4000005280000002 NO 4000005780000007 PL 4000006160000005 PT 4000006200000007
RO 4000006420000001 SA 4000006820000007 SI 4000007050000006 SK 4000007030000001 ES 4000007240000007
SE 4000007520000008 CH 4000007560000009 GB 4000008260000000 AU 4000000360000006 CN 4000001560000002
HK 4000003440000004 IN 4000003560000008 JP 4000003920000003 MY 4000004580000002 NZ 4000005540000008
SG 4000007020000003 TW 4000001580000008 TH 4000007640000003
"""

DECLINES = """
4000000000000002 pm_card_visa_chargeDeclined                      card_declined    generic_decline
4000000000009995 pm_card_visa_chargeDeclinedInsufficientFunds     card_declined    insufficient_funds
4000000000009987 pm_card_visa_chargeDeclinedLostCard              card_declined    lost_card
4000000000009979 pm_card_visa_chargeDeclinedStolenCard            card_declined    stolen_card
4000000000000069 pm_card_chargeDeclinedExpiredCard                expired_card     expired_card
4000000000000127 pm_card_chargeDeclinedIncorrectCvc               incorrect_cvc    incorrect_cvc
4000000000000119 pm_card_chargeDeclinedProcessingError            processing_error processing_error
4000000000006975 pm_card_visa_chargeDeclinedVelocityLimitExceeded card_declined    card_velocity_exceeded
-                tok_visa_chargeDeclinedFraudulent                card_declined    fraudulent
"""

MESSAGES = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
}

ATTACHED_AND_DECLINED = """
4000000000000341 pm_card_chargeCustomerFail                generic_decline
-                tok_visa_chargeCustomerFailLostCard       lost_card
-                tok_visa_chargeCustomerFailStolenCard     stolen_card
"""

RISKS = """
4100000000000019 pm_card_radarBlock              blocked    highest
4000000000004954 pm_card_riskLevelHighest        blocked    highest
4001858821843804 pm_card_freeTrialAbuseBlock     blocked    highest
4000000000009235 pm_card_riskLevelElevated       authorized elevated
4000008400000407 pm_card_highFraudDisputeScore   authorized elevated
4000008400000159 pm_card_highEfwScore            authorized elevated
4000008400001017 pm_card_radarDynamicRiskThreshold authorized elevated
4242424242424242 pm_card_visa                    authorized normal
"""

CHECKS = """
4000000000000101 pm_card_cvcCheckFail              pass      pass      fail
4000000000000036 pm_card_avsZipFail                pass      fail      pass
4000058400307872 pm_card_cvcCheckFailElevatedRisk  pass      pass      fail
4000058400306072 pm_card_avsZipFailElevatedRisk    pass      fail      pass
4000000000000028 pm_card_avsLine1Fail              fail      pass      pass
4000000000000010 pm_card_avsFail                   fail      fail      pass
4000000000000044 pm_card_avsUnchecked              unchecked unchecked pass
4242424242424242 pm_card_visa                      pass      pass      pass
"""


def each(table: str) -> list[Any]:
    """The rows of a table, once by their id and once by their number."""
    rows = [line.split() for line in table.strip().splitlines()]
    by_number = [pytest.param(row[0], *row[2:], id=row[0]) for row in rows if row[0] != "-"]
    return by_number + [pytest.param(row[1], *row[2:], id=row[1]) for row in rows if row[1] != "-"]


def countries() -> list[Any]:
    words = COUNTRIES.split()
    pairs = list(zip(words[::2], words[1::2], strict=True))
    named = [pytest.param(f"pm_card_{name.lower()}", name, number[-4:], id=name) for name, number in pairs]
    tokens = [pytest.param(f"tok_{name.lower()}", name, number[-4:], id=f"tok {name}") for name, number in pairs]
    return named + tokens + [pytest.param(number, name, number[-4:], id=number) for name, number in pairs]


def card(shop: stripe.StripeClient, what: str, **billing: Any) -> str:
    """A payment method of a test id, token or number; test ids stand for themselves."""
    if what.startswith("pm_"):
        return what
    cvc = "1234" if what.startswith(("34", "37")) else "123"
    typed = {"token": what} if what.startswith("tok_") else {"number": what, "cvc": cvc, "exp_month": 12}
    described = {"type": "card", "card": typed | ({} if "token" in typed else {"exp_year": 2034}), **billing}
    params: Any = described
    return shop.v1.payment_methods.create(params).id


def attached(shop: stripe.StripeClient, what: str) -> stripe.PaymentMethod:
    return shop.v1.payment_methods.attach(card(shop, what), {"customer": payer(shop, None)})


def pay(shop: stripe.StripeClient, method: stripe.PaymentMethod, **sent: Any) -> stripe.PaymentIntent:
    return intend(shop, customer=method.customer, payment_method=method.id, confirm=True, **sent)


def course(shop: stripe.StripeClient, method: stripe.PaymentMethod, **sent: Any) -> str:
    """How a payment goes, in a word of the table."""
    try:
        status = pay(shop, method, **sent).status
    except stripe.CardError as refused:
        return "refuses" if refused.code == "authentication_required" else "declines"
    return {"requires_action": "asks", "succeeded": "pays"}[status]


def refused_at(call: Any) -> tuple[str | None, str | None, int | None, str]:
    """Code, decline code, HTTP status and sentence of a refusal."""
    with pytest.raises(stripe.CardError) as refused:
        call()
    error = refused.value.error
    assert error is not None
    return refused.value.code, error.decline_code, refused.value.http_status, str(error.message)


@pytest.mark.parametrize(("what", "brand", "funding", "country"), each(SHOWN))
def test_a_card_is_shown_as_it_is_and_pays(
    shop: stripe.StripeClient, what: str, brand: str, funding: str, country: str
) -> None:
    method = attached(shop, what)
    assert method.card is not None
    assert (method.card.brand, method.card.funding, method.card.country) == (brand, funding, country)
    if what.isdigit():
        assert method.card.last4 == what[-4:]
    assert course(shop, method) == course(shop, method, off_session=True) == "pays"


@pytest.mark.parametrize(("what", "country", "last4"), countries())
def test_every_country_has_a_card(shop: stripe.StripeClient, what: str, country: str, last4: str) -> None:
    method = attached(shop, what)
    assert method.card is not None
    assert (method.card.country, method.card.last4, method.card.funding) == (country, last4, "credit")
    assert course(shop, method, off_session=True) == "pays"


@pytest.mark.parametrize(("what", "code", "decline_code"), each(DECLINES))
def test_a_declining_card_is_refused_at_once(
    shop: stripe.StripeClient, what: str, code: str, decline_code: str
) -> None:
    method, jenny = card(shop, what), payer(shop, None)
    ways: tuple[Any, ...] = (
        lambda: shop.v1.payment_methods.attach(method, {"customer": jenny}),
        lambda: shop.v1.setup_intents.create({"customer": jenny, "payment_method": method, "confirm": True}),
        lambda: intend(shop, payment_method=method, confirm=True),
        lambda: intend(shop, payment_method=method, confirm=True, off_session=True),
    )
    for way in ways:
        answer = refused_at(way)
        assert answer[:3] == (code, decline_code, 402)
        assert answer[3] == MESSAGES.get(decline_code, answer[3])
    assert shop.v1.customers.payment_methods.list(jenny).data == []


@pytest.mark.parametrize(("what", "decline_code"), each(ATTACHED_AND_DECLINED))
def test_a_card_may_be_attached_and_never_pay(shop: stripe.StripeClient, what: str, decline_code: str) -> None:
    method = attached(shop, what)
    for sent in ({}, {"off_session": True}):
        answer = refused_at(lambda sent=sent: pay(shop, method, **sent))
        assert answer[:3] == ("card_declined", decline_code, 402)
    [charge, _] = shop.v1.charges.list({"customer": str(method.customer)}).data
    assert (charge.status, charge.failure_code, charge.paid) == ("failed", "card_declined", False)


def test_a_wrong_number_is_told(shop: stripe.StripeClient) -> None:
    answer = refused_at(lambda: card(shop, "4242424242424241"))
    assert answer == ("incorrect_number", None, 402, "Your card number is incorrect.")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"exp_month": 13}, "invalid_expiry_month"),
        ({"exp_year": 95}, "invalid_expiry_year"),
        ({"exp_year": 2001}, "invalid_expiry_year"),
        ({"cvc": "99"}, "invalid_cvc"),
        ({"number": "4242abcd42424242"}, "invalid_number"),
    ],
)
def test_invalid_data_is_told(shop: stripe.StripeClient, typed: Any, code: str) -> None:
    described: Any = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123", **typed}
    answer = refused_at(lambda: shop.v1.payment_methods.create({"type": "card", "card": described}))
    assert answer[:3] == (code, None, 402)


@pytest.mark.parametrize(("what", "type", "level"), each(RISKS))
def test_risk_is_assessed(shop: stripe.StripeClient, what: str, type: str, level: str) -> None:
    method = attached(shop, what)
    for sent in ({}, {"off_session": True}):
        assert course(shop, method, **sent) == ("declines" if type == "blocked" else "pays")
    for charge in shop.v1.charges.list({"customer": str(method.customer)}).data:
        assert charge.outcome is not None
        assert (charge.outcome.type, charge.outcome.risk_level) == (type, level)


def test_the_blocked_card_is_declined_as_fraudulent(shop: stripe.StripeClient) -> None:
    answer = refused_at(lambda: pay(shop, attached(shop, "pm_card_radarBlock")))
    assert answer == ("card_declined", "fraudulent", 402, "Your card was declined.")


@pytest.mark.parametrize(("what", "line1", "postal_code", "cvc"), each(CHECKS))
def test_checks_come_out_as_the_row_says_and_stop_nothing(
    shop: stripe.StripeClient, what: str, line1: str, postal_code: str, cvc: str
) -> None:
    billing = {"billing_details": {"address": {"line1": "Main Street 1", "postal_code": "94107"}}}
    id = card(shop, what, **billing)
    method = shop.v1.payment_methods.attach(id, {"customer": payer(shop, None)})
    if what.startswith("pm_"):
        params: Any = billing
        method = shop.v1.payment_methods.update(method.id, params)
    assert method.card is not None
    assert method.card.checks is not None
    checks = method.card.checks
    found = (checks.address_line1_check, checks.address_postal_code_check, checks.cvc_check)
    assert found == (line1, postal_code, cvc)
    assert course(shop, method) == course(shop, method, off_session=True) == "pays"


def test_a_code_that_is_left_out_is_unchecked(shop: stripe.StripeClient) -> None:
    typed: Any = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2034}
    made = shop.v1.payment_methods.create({"type": "card", "card": typed})
    assert made.card is not None
    assert made.card.checks is not None
    assert made.card.checks.cvc_check == "unchecked"


@pytest.mark.parametrize(
    ("what", "status", "later"),
    [
        ("pm_card_pendingRefund", "pending", "succeeded"),
        ("4000000000007726", "pending", "succeeded"),
        ("pm_card_refundFail", "succeeded", "failed"),
        ("4000000000005126", "succeeded", "failed"),
        ("pm_card_visa", "succeeded", "succeeded"),
    ],
)
def test_refunds_go_as_the_row_says(mock: Mock, what: str, status: str, later: str) -> None:
    shop = mock.client
    paid = pay(shop, attached(shop, what))
    made = shop.v1.refunds.create({"payment_intent": paid.id})
    assert made.status == status
    mock.clock.advance(DAY)
    assert shop.v1.refunds.retrieve(made.id).status == later


@pytest.mark.parametrize(
    ("what", "country", "at_once"),
    [
        ("pm_card_bypassPending", "US", True),
        ("4000000000000077", "US", True),
        ("pm_card_bypassPendingInternational", "IE", True),
        ("4000003720000278", "IE", True),
        ("pm_card_visa", "US", False),
    ],
)
def test_some_payments_are_available_at_once(shop: stripe.StripeClient, what: str, country: str, at_once: bool) -> None:
    method = attached(shop, what)
    assert method.card is not None
    assert method.card.country == country
    pay(shop, method)
    [found] = shop.v1.balance_transactions.list().data
    assert found.available_on - found.created == (0 if at_once else 2 * DAY)
    assert found.status == ("available" if at_once else "pending")


@pytest.mark.parametrize("number", ["4001007020000002", "4000008260000075", "4001000360000005", "4000002760000008"])
def test_cards_with_a_pin_pay_without_it(shop: stripe.StripeClient, number: str) -> None:
    assert course(shop, attached(shop, number)) == "pays"


def test_any_other_number_is_no_test_card(shop: stripe.StripeClient) -> None:
    assert refused_at(lambda: card(shop, "4111111111111111"))[:2] == ("card_declined", "test_mode_live_card")
