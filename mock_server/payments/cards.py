"""Test cards: what each one does, and how it is found by id, token or number.

Source: docs.stripe.com/testing
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from mock_server.payments.numbers import brand_of

Funding = Literal["credit", "debit", "prepaid"]
Check = Literal["pass", "fail", "unchecked"]
Risk = Literal["normal", "elevated", "highest"]
Challenge = Literal["unsupported", "optional", "once", "required", "on_session", "always"]


@dataclass(frozen=True, slots=True)
class Checks:
    """What the bank said about address and security code; None where there was nothing to look at."""

    address_line1_check: Check | None = None
    address_postal_code_check: Check | None = None
    cvc_check: Check | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A test card: what is printed on it, and how its bank behaves.

    id: the `pm_card_...` that stands for it, or None where only the number (or `own_token`) is known.
    decline: the decline code it gives.  declines_at: `attach` refuses everything; `charge` attaches and is set up, and
    fails when it has to pay; `lookup` fails in the 3-D Secure lookup; `challenge` fails after a passed challenge.
    challenge: `once` until it is set up; `required` on-session, and off-session unless set up; `on_session` never
    off-session; `always` off-session too; `optional` supported and not asked for.
    fixed_checks: checks that come out like this whatever is typed.  dispute: a key of `disputes.KINDS`; with refund,
    what follows a charge.  frictionless: its bank knows the customer without asking them.
    """

    number: str
    id: str | None = None
    funding: Funding = "credit"
    country: str = "US"
    own_token: str | None = None
    cobrand: str | None = None
    decline: str | None = None
    declines_at: Literal["attach", "charge", "lookup", "challenge"] | None = None
    challenge: Challenge = "optional"
    risk: Risk = "normal"
    blocked: bool = False
    fixed_checks: Checks = Checks()
    dispute: str | None = None
    early_fraud_warning: bool = False
    refund: Literal["pending", "failing"] | None = None
    available_at_once: bool = False
    frictionless: bool = False

    @property
    def type(self) -> Literal["card"]:
        return "card"

    @property
    def token(self) -> str | None:
        """The `tok_...` that stands for the same card."""
        if self.own_token or self.id is None:
            return self.own_token
        return "tok_" + self.id.removeprefix("pm_card_")

    @property
    def brand(self) -> str:
        return brand_of(self.number)

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def networks(self) -> tuple[str, ...]:
        """Every network that can carry it, a local one first."""
        return (self.cobrand, self.brand) if self.cobrand else (self.brand,)

    @property
    def supports_3ds(self) -> bool:
        return self.challenge != "unsupported"

    def checks(self, *, line1: bool = False, postal_code: bool = False, cvc: bool = True) -> Checks:
        """How its checks come out when line 1, postal code or security code were given."""
        fixed = self.fixed_checks
        return Checks(
            fixed.address_line1_check or ("pass" if line1 else None),
            fixed.address_postal_code_check or ("pass" if postal_code else None),
            (fixed.cvc_check or "pass") if cvc else "unchecked",
        )


@dataclass(frozen=True, slots=True)
class CardIndex:
    """Cards by id, token and number; the first of several with the same key counts."""

    by_id: Mapping[str, Card]
    by_token: Mapping[str, Card]
    by_number: Mapping[str, Card]

    @classmethod
    def of(cls, cards: Iterable[Card]) -> CardIndex:
        by_id: dict[str, Card] = {}
        by_token: dict[str, Card] = {}
        by_number: dict[str, Card] = {}
        for card in cards:
            by_number.setdefault(card.number, card)
            if card.id:
                by_id.setdefault(card.id, card)
            if card.token:
                by_token.setdefault(card.token, card)
        return cls(MappingProxyType(by_id), MappingProxyType(by_token), MappingProxyType(by_number))


BRANDS = (
    Card("4242424242424242", "pm_card_visa"),
    Card("4000056655665556", "pm_card_visa_debit", "debit"),
    Card("5555555555554444", "pm_card_mastercard"),
    Card("2223003122003222", "pm_card_mastercard"),
    Card("5200828282828210", "pm_card_mastercard_debit", "debit"),
    Card("5105105105105100", "pm_card_mastercard_prepaid", "prepaid"),
    Card("378282246310005", "pm_card_amex"),
    Card("371449635398431", "pm_card_amex"),
    Card("6011111111111117", "pm_card_discover"),
    Card("6011000990139424", "pm_card_discover"),
    Card("6011981111111113", "pm_card_discover", "debit"),
    Card("3056930009020004", "pm_card_diners"),
    Card("36227206271667", "pm_card_diners"),
    Card("6555900000604105"),
    Card("3566002020360505", "pm_card_jcb"),
    Card("6200000000000005", "pm_card_unionpay"),
    Card("6200000000000047", "pm_card_unionpay", "debit"),
    Card("6205500000000000004", "pm_card_unionpay"),
    Card("4000002500001001", "pm_card_visa_cartesBancaires", country="FR", cobrand="cartes_bancaires"),
    Card("5555552500001001", "pm_card_mastercard_cartesBancaires", country="FR", cobrand="cartes_bancaires"),
    Card("4000050360000001", "pm_card_visa_debit_eftposAuCoBranded", "debit", "AU", cobrand="eftpos_au"),
    Card("5555050360000080", "pm_card_mastercard_debit_eftposAuCoBranded", "debit", "AU", cobrand="eftpos_au"),
    Card("4000051230000072", "pm_card_debit_visaFsaProductCode", "debit"),
    Card("4000051230000072", "pm_card_debit_visaHsaProductCode", "debit"),
    Card("5200828282828897", "pm_card_mastercard_debit_mastercardFsaProductCode", "debit"),
)

COUNTRY_NUMBERS = {
    "US": "4242424242424242", "AR": "4000000320000021", "BR": "4000000760000002", "CA": "4000001240000000",
    "CL": "4000001520000001", "CO": "4000001700000003", "CR": "4000001880000005", "EC": "4000002180000000",
    "MX": "4000004840008001", "PA": "4000005910000000", "PY": "4000006000000066", "PE": "4000006040000068",
    "UY": "4000008580000003", "AE": "4000007840000001", "AT": "4000000400000008", "BE": "4000000560000004",
    "BG": "4000001000000000", "BY": "4000001120000005", "HR": "4000001910000009", "CY": "4000001960000008",
    "CZ": "4000002030000002", "DK": "4000002080000001", "EE": "4000002330000009", "FI": "4000002460000001",
    "FR": "4000002500000003", "DE": "4000002760000016", "GI": "4000002920000005", "GR": "4000003000000030",
    "HU": "4000003480000005", "IE": "4000003720000005", "IT": "4000003800000008", "LV": "4000004280000005",
    "LI": "4000004380000004", "LT": "4000004400000000", "LU": "4000004420000006", "MT": "4000004700000007",
    "NL": "4000005280000002", "NO": "4000005780000007", "PL": "4000006160000005", "PT": "4000006200000007",
    "RO": "4000006420000001", "SA": "4000006820000007", "SI": "4000007050000006", "SK": "4000007030000001",
    "ES": "4000007240000007", "SE": "4000007520000008", "CH": "4000007560000009", "GB": "4000008260000000",
    "AU": "4000000360000006", "CN": "4000001560000002", "HK": "4000003440000004", "IN": "4000003560000008",
    "JP": "4000003920000003", "MY": "4000004580000002", "NZ": "4000005540000008", "SG": "4000007020000003",
    "TW": "4000001580000008", "TH": "4000007640000003",
}  # fmt: skip

COUNTRIES = (
    *(Card(number, f"pm_card_{country.lower()}", country=country) for country, number in COUNTRY_NUMBERS.items()),
    Card("5062210000000009", country="MX"),
    Card("5200007840000022", country="AE"),
    Card("4000058260000005", funding="debit", country="GB"),
    Card("5555558265554449", country="GB"),
    Card("3530111333300000", country="JP"),
    Card("4000057640000008", funding="debit", country="TH"),
)


def _declining(number: str, name: str, decline: str) -> Card:
    return Card(number, f"pm_card_{name}", decline=decline, declines_at="attach")


DECLINES = (
    _declining("4000000000000002", "visa_chargeDeclined", "generic_decline"),
    _declining("4000000000009995", "visa_chargeDeclinedInsufficientFunds", "insufficient_funds"),
    _declining("4000000000009987", "visa_chargeDeclinedLostCard", "lost_card"),
    _declining("4000000000009979", "visa_chargeDeclinedStolenCard", "stolen_card"),
    _declining("4000000000000069", "chargeDeclinedExpiredCard", "expired_card"),
    _declining("4000000000000127", "chargeDeclinedIncorrectCvc", "incorrect_cvc"),
    _declining("4000000000000119", "chargeDeclinedProcessingError", "processing_error"),
    Card("4242424242424241", decline="incorrect_number", declines_at="attach"),
    _declining("4000000000006975", "visa_chargeDeclinedVelocityLimitExceeded", "card_velocity_exceeded"),
    Card("4000000000000341", "pm_card_chargeCustomerFail", decline="generic_decline", declines_at="charge"),
    # No numbers are published for the three tokens; they borrow those of the rows that they resemble.
    Card(
        "4000000000000341",
        own_token="tok_visa_chargeCustomerFailLostCard",  # noqa: S106
        decline="lost_card",
        declines_at="charge",
    ),
    Card(
        "4000000000000341",
        own_token="tok_visa_chargeCustomerFailStolenCard",  # noqa: S106
        decline="stolen_card",
        declines_at="charge",
    ),
    Card(
        "4000000000000002",
        own_token="tok_visa_chargeDeclinedFraudulent",  # noqa: S106
        decline="fraudulent",
        declines_at="attach",
    ),
)

CVC_FAILS = Checks(cvc_check="fail")
POSTAL_CODE_FAILS = Checks(address_postal_code_check="fail")
LINE1_FAILS = Checks(address_line1_check="fail", address_postal_code_check="pass")
ADDRESS_FAILS = Checks(address_line1_check="fail", address_postal_code_check="fail")
ADDRESS_UNCHECKED = Checks(address_line1_check="unchecked", address_postal_code_check="unchecked")

RISKS = (
    Card("4100000000000019", "pm_card_radarBlock", decline="fraudulent", risk="highest", blocked=True),
    Card("4000000000004954", "pm_card_riskLevelHighest", decline="generic_decline", risk="highest", blocked=True),
    Card("4000000000009235", "pm_card_riskLevelElevated", risk="elevated"),
    Card("4000008400000407", "pm_card_highFraudDisputeScore", risk="elevated"),
    Card("4000008400000159", "pm_card_highEfwScore", risk="elevated"),
    Card("4000008400001017", "pm_card_radarDynamicRiskThreshold", risk="elevated"),
    Card("4001858821843804", "pm_card_freeTrialAbuseBlock", decline="generic_decline", risk="highest", blocked=True),
    Card("4000008405600003", "pm_card_adaptive3dsChallenge", challenge="required"),
    Card("4000000000000101", "pm_card_cvcCheckFail", fixed_checks=CVC_FAILS),
    Card("4000000000000036", "pm_card_avsZipFail", fixed_checks=POSTAL_CODE_FAILS),
    Card("4000058400307872", "pm_card_cvcCheckFailElevatedRisk", risk="elevated", fixed_checks=CVC_FAILS),
    Card("4000058400306072", "pm_card_avsZipFailElevatedRisk", risk="elevated", fixed_checks=POSTAL_CODE_FAILS),
    Card("4000000000000028", "pm_card_avsLine1Fail", fixed_checks=LINE1_FAILS),
    Card("4000000000000010", "pm_card_avsFail", fixed_checks=ADDRESS_FAILS),
    Card("4000000000000044", "pm_card_avsUnchecked", fixed_checks=ADDRESS_UNCHECKED),
)

DISPUTES = (
    Card("4000000000000259", "pm_card_createDispute", dispute="fraudulent"),
    Card("4000000000002685", "pm_card_createDisputeProductNotReceived", dispute="product_not_received"),
    Card("4000000000001976", "pm_card_createDisputeInquiry", dispute="inquiry"),
    Card("4000000000005423", "pm_card_createIssuerFraudRecord", early_fraud_warning=True),
    Card("4000000404000079", "pm_card_createMultipleDisputes", dispute="multiple"),
    Card("4000000404000038", "pm_card_createCe3EligibleDispute", dispute="ce3_eligible"),
    Card("4000008400000779", "pm_card_createComplianceDispute", dispute="compliance"),
    Card("5105008400000002", "pm_card_createMastercardComplianceDispute", dispute="compliance"),
    Card("4000000001000043", "pm_card_createAutoRepresentmentEligibleDispute", dispute="auto_representment"),
    Card("4000000404004816", dispute="resolution"),
    Card("4000000404005649", dispute="block"),
    Card("5105000300000018", dispute="resolution"),
)

REFUNDS = (
    Card("4000000000007726", "pm_card_pendingRefund", refund="pending"),
    Card("4000000000005126", "pm_card_refundFail", refund="failing"),
    Card("4000000000000077", "pm_card_bypassPending", available_at_once=True),
    Card("4000003720000278", "pm_card_bypassPendingInternational", country="IE", available_at_once=True),
)

THREE_D_SECURE = (
    Card("4000002500003155", "pm_card_authenticationRequiredOnSetup", country="FR", challenge="once"),
    Card("4000002760003184", "pm_card_authenticationRequired", country="DE", challenge="always"),
    Card("4000003800000446", "pm_card_authenticationRequiredSetupForOffSession", country="IT", challenge="on_session"),
    Card(
        "4000008260003178",
        "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
        country="GB",
        challenge="always",
        decline="insufficient_funds",
        declines_at="challenge",
    ),
    Card("4000000000003220", "pm_card_threeDSecure2Required", challenge="required"),
    Card("4000008400000027", challenge="required"),
    Card(
        "4000008400001629",
        "pm_card_threeDSecureRequiredChargeDeclined",
        challenge="required",
        decline="generic_decline",
        declines_at="challenge",
    ),
    Card("4000008400001280", challenge="required", decline="generic_decline", declines_at="lookup"),
    Card("4000000000003055", "pm_card_threeDSecureOptional"),
    Card("4000000000003097"),
    Card("378282246310005", "pm_card_amex_threeDSecureNotSupported", challenge="unsupported"),
    Card("4000000032200000", frictionless=True),
    *(
        Card(number, country="GB", challenge="required")
        for number in ("4000582600000094", "4000582600000045", "4000582600000102", "4000582600000110")
    ),
    *(Card(number, challenge="required") for number in ("4000000000001208", "4000000000003725")),
    *(
        Card(number, country=country)
        for number, country in (
            ("4001007020000002", "SG"),
            ("4000008260000075", "GB"),
            ("4001000360000005", "AU"),
            ("4000002760000008", "DE"),
        )
    ),
)

CARDS: tuple[Card, ...] = (*BRANDS, *COUNTRIES, *DECLINES, *RISKS, *DISPUTES, *REFUNDS, *THREE_D_SECURE)
INDEX = CardIndex.of(CARDS)


def by_payment_method_id(payment_method: str) -> Card | None:
    """The card that `pm_card_...` stands for."""
    return INDEX.by_id.get(payment_method)


def by_token(token: str) -> Card | None:
    """The card that `tok_...` stands for."""
    return INDEX.by_token.get(token)


def by_number(number: str) -> Card | None:
    """The card with this number, spaces allowed. Other numbers are no test cards: `outcomes.NOT_A_TEST_CARD`."""
    return INDEX.by_number.get(number.replace(" ", ""))
