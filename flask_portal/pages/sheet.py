"""A table as CSV that spreadsheets read as it was meant: nothing in it is taken for a formula, and UTF-8 is seen."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

Cell = str | Decimal | None

BYTE_ORDER_MARK = "\ufeff"
"""Without it a spreadsheet takes the text for something else than UTF-8."""

_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


def csv_of(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table in UTF-8, with lines as RFC 4180 has them."""
    text = io.StringIO(BYTE_ORDER_MARK, newline="")
    text.seek(0, io.SEEK_END)
    writer = csv.writer(text)
    writer.writerow([_written(cell) for cell in head])
    writer.writerows([_written(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


def _written(cell: Cell) -> str:
    """A number as it is; text that would be a formula gets an apostrophe before it.

    Source: owasp.org/www-community/attacks/CSV_Injection
    """
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    is_formula = cell[:1] in _FORMULA or cell.lstrip()[:1] in _FORMULA
    return f"'{cell}" if cell and is_formula else cell
