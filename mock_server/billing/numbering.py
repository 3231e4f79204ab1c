"""Invoice numbers: a prefix and a sequence that grows.

Source: docs.stripe.com/invoicing/customize
"""

from __future__ import annotations

PREFIX_LENGTH = 8
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


def invoice_number(prefix: str, sequence: int) -> str:
    """`ABCD1234-0001`: at least four digits, more when the sequence has outgrown them.

    ValueError for a sequence below 1.
    """
    if sequence < 1:
        raise ValueError(f"an invoice sequence starts at 1, not {sequence}")
    return f"{prefix}-{sequence:04}"


def credit_note_number(of_invoice: str, sequence: int) -> str:
    """`ABCD1234-0001-CN-01`: the number of an invoice's credit note, counted per invoice."""
    return f"{of_invoice}-CN-{sequence:02}"


def prefix_from(entropy: bytes) -> str:
    """Eight capitals and digits that a customer's invoices begin with; the same bytes give the same prefix."""
    value = int.from_bytes(entropy, "big")
    letters = []
    for _ in range(PREFIX_LENGTH):
        value, index = divmod(value, len(LETTERS))
        letters.append(LETTERS[index])
    return "".join(letters)
