"""Test IBANs by outcome and country, and the parts of an IBAN.

Source: docs.stripe.com/payments/sepa-debit/accept-a-payment
"""

from __future__ import annotations

from types import MappingProxyType

SUCCESS = {
    "AT": "AT611904300234573201", "BE": "BE62510007547061", "HR": "HR7624020064583467589",
    "EE": "EE382200221020145685", "FI": "FI2112345600000785", "FR": "FR1420041010050500013M02606",
    "DE": "DE89370400440532013000", "GI": "GI60MPFS599327643783385", "IE": "IE29AIBK93115212345678",
    "LI": "LI0508800636123378777", "LT": "LT121000011101001000", "LU": "LU280019400644750000",
    "NL": "NL39RABO0300065264", "NO": "NO9386011117947", "PT": "PT50000201231234567890154",
    "ES": "ES0700120345030000067890", "SE": "SE3550000000054910000003", "CH": "CH9300762011623852957",
    "GB": "GB82WEST12345698765432",
}  # fmt: skip

OTHERS = {
    "successDelayed": (
        "DE08370400440532013003", "FR3020041010050500013M02609", "AT321904300235473204", "NL55RABO0300065267",
        "IE24AIBK93115212345671", "ES2300120345030000067893", "GB98WEST12345698765435", "BE78510007547064",
    ),
    "failed": (
        "DE62370400440532013001", "FR8420041010050500013M02607", "AT861904300235473202", "NL91ABNA0417164300",
        "IE02AIBK93115212345679", "ES9121000418450200051332", "GB55WEST12345698765433", "BE68539007547034",
    ),
    "failedDelayed": (
        "DE78370400440532013004", "FR7920041010050500013M02600", "AT051904300235473205", "NL28RABO0300065268",
        "IE94AIBK93115212345672", "ES9300120345030000067894", "GB71WEST12345698765436", "BE51510007547065",
    ),
    "disputed": (
        "DE35370400440532013002", "FR5720041010050500013M02608", "AT591904300235473203", "NL82RABO0300065266",
        "IE51AIBK93115212345670", "ES5000120345030000067892", "GB28WEST12345698765434", "BE08510007547063",
    ),
    "exceedsWeeklyVolumeLimit": (
        "DE65370400440000343434", "FR9720041010050000000343434", "AT981904300000343434",
    ),
    "exceedsWeeklyTransactionLimit": (
        "DE27370400440000121212", "FR5920041010050000000121212", "AT601904300000121212",
    ),
    "insufficientFunds": (
        "DE65370400440002222227", "FR9720041010050000002222227", "AT981904300002222227",
    ),
}  # fmt: skip

IBANS = MappingProxyType(
    {"success": SUCCESS} | {name: {iban[:2]: iban for iban in row} for name, row in OTHERS.items()}
)
"""The published IBANs by outcome and country."""

BANK_AND_BRANCH = {
    "AT": (5, 0), "BE": (3, 0), "HR": (7, 0), "EE": (2, 2), "FI": (6, 0), "FR": (5, 5), "DE": (8, 0), "GI": (4, 0),
    "IE": (4, 6), "LI": (5, 0), "LT": (5, 0), "LU": (3, 0), "NL": (4, 0), "NO": (4, 0), "PT": (4, 4), "ES": (4, 4),
    "SE": (3, 0), "CH": (5, 0), "GB": (4, 6),
}  # fmt: skip


def iban_of(outcome: str, country: str) -> str:
    """The published IBAN; where only an id is known for an outcome, the country's successful one is shown instead."""
    return IBANS[outcome].get(country) or SUCCESS[country]


def bank_and_branch(iban: str) -> tuple[str, str | None]:
    """The bank code and, in countries that have them, the branch code inside an IBAN."""
    bank, branch = BANK_AND_BRANCH.get(iban[:2], (4, 0))
    return iban[4 : 4 + bank], iban[4 + bank : 4 + bank + branch] or None


def is_iban(text: str) -> bool:
    """Whether a text has an IBAN's form and its two check digits are right."""
    if not (text.isascii() and text.isalnum() and 15 <= len(text) <= 34 and text[:2].isalpha() and text[2:4].isdigit()):
        return False
    return int("".join(str(int(character, 36)) for character in text[4:] + text[:4])) % 97 == 1
