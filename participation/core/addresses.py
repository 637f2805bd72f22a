"""What comes in addresses: numbers that a row can have and no others, and text that databases can look for.

Databases refuse a number that does not fit its column, and PostgreSQL any text with a NUL in it, with an error of their
own; whoever types one into an address gets the same answer as for any page that does not exist.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

#: Largest number of a row, in both databases.
LARGEST = 2**31 - 1


class RowNumber(IntegerConverter):
    """Takes `<int:…>` parts of addresses; a larger number is no address of ours."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any) -> None:
        """As Werkzeug's, with an upper end."""
        super().__init__(map, *args, **{"max": LARGEST, **kwargs})


def start_addresses(app: Flask) -> None:
    """Let addresses take only what a row can have. Before any address is added."""
    app.url_map.converters["int"] = RowNumber
    app.before_request(_refuse_nul)


def _refuse_nul() -> None:
    if "\x00" in request.path or b"%00" in request.query_string or b"\x00" in request.query_string:
        abort(404)


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
