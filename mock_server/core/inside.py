"""What stands inside stored documents, for conditions on keys that have no column of their own.

Such a condition looks at every row that the others leave; what is asked often gets a column.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class Document(FunctionElement[Any]):
    """The text of a document as JSON: SQLite reads it as it is, PostgreSQL wants to be told."""

    type = sa.JSON()
    inherit_cache = True


@compiles(Document)
def _as_it_is(element: Document, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(Document, "postgresql")
def _cast(element: Document, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS JSONB)"


def at(table: sa.Table, *path: str) -> Any:
    """The value at this path of keys, to be read by `.as_string()`, `.as_integer()` or `.as_boolean()`."""
    return Document(table.c.body)[path]
