"""Numbers as they come in addresses and forms: those that a row can have, and no others.

Databases refuse numbers that do not fit their columns with an error of their own; whoever types one into an address
gets the same answer as for any row that does not exist.
"""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

#: Largest number of a row, in both databases.
LARGEST = 2**31 - 1


class RowNumber(IntegerConverter):
    """Takes `<int:…>` parts of addresses; a larger number is no address of ours."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        """As Werkzeug's, with an upper end."""
        super().__init__(map, *args, **{"max": LARGEST, **kwargs})


def start_addresses(app: Flask) -> None:
    """Let addresses take only numbers that a row can have. Before any address is added."""
    app.url_map.converters["int"] = RowNumber


def row_number(text: str) -> int:
    """The number that was typed (for `request.args.get(…, type=row_number)`).

    Raises:
        ValueError: it is none, or none that a row can have.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST)) and int(text) <= LARGEST):
        raise ValueError("no number of a row")
    return int(text)


def number_or_zero(text: str | None) -> int:
    """The number that was typed; 0, which no row has, for anything else."""
    try:
        return row_number(text or "")
    except ValueError:
        return 0
