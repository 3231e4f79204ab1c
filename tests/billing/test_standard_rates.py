"""The table of standard rates."""

from __future__ import annotations

import pytest

from mock_server.billing.standard_rates import EU, of


@pytest.mark.parametrize(
    ("country", "state", "expected"),
    [
        pytest.param("FI", None, [("vat", "25.5")], id="value added tax"),
        pytest.param("NZ", None, [("gst", "15")], id="goods and services tax"),
        pytest.param("JP", None, [("jct", "10")], id="consumption tax"),
        pytest.param("US", "TX", [("sales_tax", "6.25")], id="sales tax of a state"),
        pytest.param("US", None, [], id="no state"),
        pytest.param("CA", "NS", [("hst", "14")], id="harmonised tax"),
        pytest.param("CA", "BC", [("gst", "5"), ("pst", "7")], id="federal and provincial tax"),
        pytest.param("CA", "AB", [("gst", "5")], id="federal tax alone"),
        pytest.param("CA", "TX", [], id="no province"),
        pytest.param("AQ", None, [], id="a country that the table does not know"),
    ],
)
def test_a_place_has_these_taxes(country: str, state: str | None, expected: list[tuple[str, str]]) -> None:
    assert [(one.type, one.percentage) for one in of(country, state)] == expected


def test_every_member_of_the_union_has_a_rate() -> None:
    assert len(EU) == 27
    assert all(len(of(country, None)) == 1 for country in EU)


@pytest.mark.parametrize(("state", "country", "name"), [("NY", "US", "Sales Tax"), (None, "DE", "VAT")])
def test_a_tax_has_a_name(state: str | None, country: str, name: str) -> None:
    assert of(country, state)[0].name == name
