"""Standard rates of value added, goods and services, and sales taxes, for tax that is worked out by itself.

One rate for each country or state: reduced rates, counties and cities are not known here.
Source: European Commission, "VAT rates applied in the member states"; tax authorities of the other countries, 2026
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

EU = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
        "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip
NEEDS_STATE = frozenset({"CA", "US"})

VAT: Mapping[str, str] = {
    "AT": "20", "BE": "21", "BG": "20", "CY": "19", "CZ": "21", "DE": "19", "DK": "25", "EE": "24", "ES": "21",
    "FI": "25.5", "FR": "20", "GR": "24", "HR": "25", "HU": "27", "IE": "23", "IT": "22", "LT": "21", "LU": "17",
    "LV": "21", "MT": "18", "NL": "21", "PL": "23", "PT": "23", "RO": "21", "SE": "25", "SI": "22", "SK": "23",
    "AE": "5", "BH": "10", "CH": "8.1", "CL": "19", "CO": "19", "EG": "14", "GB": "20", "ID": "11", "IS": "24",
    "KE": "16", "KR": "10", "MX": "16", "NG": "7.5", "NO": "25", "OM": "5", "PH": "12", "SA": "15", "TH": "7",
    "TR": "20", "UA": "20", "VN": "10", "ZA": "15",
}  # fmt: skip
GST: Mapping[str, str] = {"AU": "10", "IN": "18", "NZ": "15", "SG": "9"}
JCT = "10"

SALES_TAX: Mapping[str, str] = {
    "AL": "4", "AK": "0", "AZ": "5.6", "AR": "6.5", "CA": "7.25", "CO": "2.9", "CT": "6.35", "DC": "6", "DE": "0",
    "FL": "6", "GA": "4", "HI": "4", "ID": "6", "IL": "6.25", "IN": "7", "IA": "6", "KS": "6.5", "KY": "6",
    "LA": "5", "ME": "5.5", "MD": "6", "MA": "6.25", "MI": "6", "MN": "6.875", "MS": "7", "MO": "4.225", "MT": "0",
    "NE": "5.5", "NV": "6.85", "NH": "0", "NJ": "6.625", "NM": "4.875", "NY": "4", "NC": "4.75", "ND": "5",
    "OH": "5.75", "OK": "4.5", "OR": "0", "PA": "6", "RI": "7", "SC": "6", "SD": "4.2", "TN": "7", "TX": "6.25",
    "UT": "4.85", "VT": "6", "VA": "4.3", "WA": "6.5", "WV": "6", "WI": "5", "WY": "4",
}  # fmt: skip

HST: Mapping[str, str] = {"NB": "15", "NL": "15", "NS": "14", "ON": "13", "PE": "15"}
PST: Mapping[str, tuple[str, str]] = {
    "BC": ("pst", "7"),
    "MB": ("rst", "7"),
    "QC": ("qst", "9.975"),
    "SK": ("pst", "6"),
}
CANADIAN_GST = "5"
FEDERAL_ONLY = frozenset({"AB", "NT", "NU", "YT"})


@dataclass(frozen=True, slots=True)
class Standard:
    """One tax of a place. percentage: of 100.  type: as `tax_type` of a tax rate.  level: who levies it."""

    percentage: str
    type: str
    level: str = "country"

    @property
    def name(self) -> str:
        """What it is called on an invoice."""
        return "Sales Tax" if self.type == "sales_tax" else self.type.upper()


def of(country: str, state: str | None) -> tuple[Standard, ...]:
    """The taxes of a place; none where the table knows none."""
    if country == "US":
        return (Standard(SALES_TAX[state], "sales_tax", "state"),) if state and state in SALES_TAX else ()
    if country == "CA":
        return canadian(state or "")
    if country == "JP":
        return (Standard(JCT, "jct"),)
    for kind, table in (("vat", VAT), ("gst", GST)):
        if country in table:
            return (Standard(table[country], kind),)
    return ()


def canadian(province: str) -> tuple[Standard, ...]:
    """One harmonised tax, or the federal one with the province's own."""
    if province in HST:
        return (Standard(HST[province], "hst", "state"),)
    federal = Standard(CANADIAN_GST, "gst")
    if province not in PST:
        return (federal,) if province in FEDERAL_ONLY else ()
    kind, percentage = PST[province]
    return (federal, Standard(percentage, kind, "state"))
