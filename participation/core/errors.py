"""Named troubles of the domain, and the pages they become.

Services and policies raise these; only this module knows status codes. A `DomainError` carries a lazy, translatable
sentence for the person who met it.
"""

from __future__ import annotations

from typing import ClassVar


class DomainError(Exception):
    """Something the program expected might go wrong, with a sentence for the person."""

    #: HTTP status of the page it becomes.
    status: ClassVar[int] = 400

    def __init__(self, message: object = "", *, field: str | None = None) -> None:
        """`message` is a (lazy) sentence; `field` names the form field it belongs to, where there is one."""
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        """The sentence itself."""
        return str(self.message)


class NotFound(DomainError):
    """There is no such thing, or this person may not know that there is."""

    status = 404


class NotAllowed(DomainError):
    """This person may not do this."""

    status = 403


class Conflict(DomainError):
    """Somebody else was faster, or the moment has passed."""

    status = 409


class Invalid(DomainError):
    """What was typed cannot be taken; `field` says where."""

    status = 422
