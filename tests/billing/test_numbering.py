"""Invoice numbers."""

from __future__ import annotations

import pytest

from mock_server.billing.numbering import credit_note_number, invoice_number, prefix_from


@pytest.mark.parametrize(
    ("sequence", "number"), [(1, "ABCD1234-0001"), (9999, "ABCD1234-9999"), (10000, "ABCD1234-10000")]
)
def test_a_number_has_four_digits_and_grows(sequence: int, number: str) -> None:
    assert invoice_number("ABCD1234", sequence) == number


def test_a_sequence_starts_at_one() -> None:
    with pytest.raises(ValueError, match="starts at 1"):
        invoice_number("ABCD1234", 0)


def test_a_credit_note_is_numbered_within_its_invoice() -> None:
    assert credit_note_number("ABCD1234-0001", 1) == "ABCD1234-0001-CN-01"


def test_a_prefix_is_eight_capitals_and_digits() -> None:
    assert prefix_from(b"\x00" * 8) == "AAAAAAAA"
    prefix = prefix_from(b"some bytes of chance")
    assert len(prefix) == 8
    assert prefix.isalnum()
    assert prefix == prefix.upper()
