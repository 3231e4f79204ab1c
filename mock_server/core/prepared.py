"""Statements that every call makes: their SQL text is built once, and goes to the driver as it is.

Building and compiling such a statement anew costs several times what SQLite needs to answer it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection


class Prepared:
    """A Core statement with bind parameters. Its transaction must have been begun; its errors are the driver's own."""

    def __init__(self, statement: sa.Executable) -> None:
        self.statement = statement
        self._compiled: dict[str, tuple[str, list[str] | None, dict[str, Any]]] = {}

    def execute(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The driver's cursor. values: one for each bind parameter."""
        text, order, constants = self._compiled.get(connection.dialect.name) or self._compile(connection)
        driver = driver_of(connection)
        given = {**constants, **values} if constants else values
        return driver.execute(text, given if order is None else [given[name] for name in order])

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """The first column of the first row, or None."""
        row = self.execute(connection, values).fetchone()
        return None if row is None else row[0]

    def _compile(self, connection: Connection) -> tuple[str, list[str] | None, dict[str, Any]]:
        compiled: Any = self.statement.compile(dialect=connection.dialect)  # type: ignore[attr-defined]
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        found = (str(compiled), compiled.positiontup, constants)
        self._compiled[connection.dialect.name] = found
        return found


def driver_of(connection: Connection) -> Any:
    """The driver's own connection, for statements that are the same text in every dialect."""
    return connection.connection.driver_connection
