"""Files as answers: sent in pieces, closed when the last piece is gone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import IO

from werkzeug.wrappers import Response

from participation.core.pages import Caching

_PIECE = 1 << 16


def send_zip(file: IO[bytes], name: str, caching: Caching) -> Response:
    """A ZIP to keep, under this name."""
    response = _send(_pieces(file), "application/zip", f"{name}.zip", caching)
    response.headers["Content-Length"] = str(file.seek(0, os.SEEK_END))
    file.seek(0)
    return response


def send_csv(pieces: Iterable[bytes], name: str, caching: Caching) -> Response:
    """A table to keep, under this name."""
    return _send(pieces, "text/csv; charset=utf-8", f"{name}.csv", caching)


def _send(pieces: Iterable[bytes], content_type: str, name: str, caching: Caching) -> Response:
    response = Response(pieces, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = caching.value
    return response


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece
