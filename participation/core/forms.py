"""The base of every form: one token, sent once.

Each form carries one signed token with three jobs:

- it proves that our own page made the form for this very person (no forged requests; security.md T4);
- its random part is the form's *key*: the same form sent twice – a double tap, a resend after a lost answer – finds the
  first sending's result and repeats nothing (rule P4);
- for somebody not known yet, the key is what her participant key is derived from, so that a resend without the cookie
  still meets the same person (`participation.accounts`).

An old token loses no word: the form comes back filled in, with a fresh token and a sentence (rule P9).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any, ClassVar, Self
from urllib.parse import parse_qsl

from flask import Flask, Request, Response, current_app, g, request
from flask_babel import lazy_gettext as _l
from itsdangerous import BadData, URLSafeTimedSerializer
from markupsafe import Markup, escape
from sqlalchemy import String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import MultiDict
from werkzeug.formparser import FormDataParser
from wtforms import Form
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older than it
from wtforms.i18n import DummyTranslations

from .clock import now
from .database import Base, db
from .errors import DomainError, NotAllowed
from .policy import Actor, current_actor

#: Seconds a form may stand open before its token is renewed (the words typed are kept).
TOKEN_SECONDS = 24 * 3600
#: Field that carries the token.
TOKEN_FIELD = "form_token"  # noqa: S105  a field's name
STRANGER = "stranger"
#: C0 and C1 but tab, line feed and carriage return.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class DamagedForm(DomainError):
    """Some text of the form is no text: half characters, or bytes that are no UTF-8."""

    status = 400


class WholeTextParser(FormDataParser):
    """Reads forms strictly: damaged text is refused, never guessed; control characters are left out."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """What was sent, without control characters."""
        stream, form, files = super().parse(*args, **kwargs)
        return stream, self.cls((name, _CONTROLS.sub("", value)) for name, value in form.items(multi=True)), files

    def _parse_urlencoded(self, stream: IO[bytes], *_facts: Any) -> Any:
        try:
            items = parse_qsl(stream.read().decode(), keep_blank_values=True, errors="strict")
        except UnicodeDecodeError:
            message = _l("Some signs arrived broken. Please go back and send your words once more.")
            raise DamagedForm(message) from None
        return stream, self.cls(items), self.cls()


class FormRequest(Request):
    """A request whose forms are read strictly."""

    form_data_parser_class = WholeTextParser


class FormReceipt(Base):
    """One row is one form that was sent and done: its key, and where its sender was led. Kept 35 days."""

    __tablename__ = "form_receipt"

    #: the form's key
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: address the sender was led to
    location: Mapped[str] = mapped_column(String(500), default="")
    #: when it was sent
    sent_at: Mapped[datetime] = mapped_column(index=True)


class AlreadyDone(DomainError):
    """This very form was sent before; its sender is led where the first sending led her."""

    status = 303

    def __init__(self, location: str, key: str) -> None:
        """`location` is where the first sending led; `key` is the form's."""
        super().__init__()
        self.location = location
        self.key = key


class BaseForm(Form):
    """A form with its token. `receive()` binds what was sent; `is_sent()` says whether it may be acted upon."""

    class Meta:
        """No translations by WTForms itself: every message comes from our own catalogue."""

        def get_translations(self, form: Form) -> DummyTranslations:
            """Messages are translated where they are shown."""
            return DummyTranslations()

    #: distinguishes forms, so that a token of one is no token of another
    purpose: ClassVar[str] = ""
    #: whether the general exactly-once mechanism applies; votes have a natural key of their own
    is_once: ClassVar[bool] = True

    def __init__(self, *args: Any, about: str = "", **kwargs: Any) -> None:
        """`about` binds the token to one thing (a question's id, say) besides the purpose."""
        super().__init__(*args, **kwargs)
        self.about = about
        #: the form's key once a good token came back
        self.key = ""
        #: sentences about the whole form rather than a field
        self.troubles: list[object] = []

    @classmethod
    def receive(cls, *, about: str = "", **kwargs: Any) -> Self:
        """The form filled with what was sent, or with `kwargs` (`obj=`, `data=`, fields) on a first visit."""
        sent: MultiDict[str, str] | None = request.form if request.method == "POST" else None
        return cls(sent, about=about, **kwargs)

    def is_sent(self) -> bool:
        """Whether the form was sent, is ours, is filled in well, and is not a repetition.

        Raises:
            NotAllowed: the request came from another site.
            AlreadyDone: this very form was sent before.
        """
        if request.method != "POST":
            return False
        check_origin()
        if not self._has_good_token():
            self.troubles.append(
                _l("This page was open for a long time. Your words are safe. Please send them once more.")
            )
            return False
        if not self.validate():
            return False
        if self.is_once:
            _claim(self.key)
        return True

    def refuse(self, trouble: DomainError) -> None:
        """Put a service's refusal where the person will see it: at its field, or above the form."""
        _release(self.key)
        field = self._fields.get(trouble.field or "")
        if field is None:
            self.troubles.append(trouble.message)
        else:
            field.errors = [*field.errors, str(trouble.message)]

    def keep(self) -> None:
        """Show the form once more with its words: nothing was done, and its key may be used again."""
        _release(self.key)

    @property
    def status(self) -> int:
        """HTTP status of the page that shows this form: 422 when something has to be put right."""
        return 422 if self.troubles or self.errors else 200

    def hidden_tag(self) -> Markup:
        """The token as a hidden input. A form that comes back with its words keeps its key."""
        return Markup('<input type="hidden" name="{}" value="{}">').format(TOKEN_FIELD, escape(self._make_token()))

    def _make_token(self) -> str:
        key = self.key or secrets.token_urlsafe(18)
        return _serializer().dumps([key, self._scope(), token_owner(current_actor())])

    def _scope(self) -> str:
        return f"{self.purpose or type(self).__name__}:{self.about}"

    def _has_good_token(self) -> bool:
        try:
            key, scope, owner = _serializer().loads(request.form.get(TOKEN_FIELD, ""), max_age=TOKEN_SECONDS)
        except (BadData, ValueError):
            return False
        if scope != self._scope() or owner not in {STRANGER, token_owner(current_actor())}:
            return False
        self.key = key
        return True


def as_choices(pairs: Iterable[tuple[object, object]]) -> list[SelectChoice]:
    """Values and labels as WTForms takes them for radio buttons, tick boxes and lists."""
    return [SelectChoice(value, label) for value, label in pairs]


def token_owner(actor: Actor) -> str:
    """Whom a token is made out to: this sign-in, this participant, or a stranger."""
    if "token_owner" in g:  # set by accounts: the hash of the very key in the cookie, so that it dies with it
        owner: str = g.token_owner
        return owner
    return STRANGER if actor.participant_id is None else f"participant:{actor.participant_id}"


def check_origin() -> None:
    """Refuse a form that another site sent (security.md T4).

    Raises:
        NotAllowed: neither `Sec-Fetch-Site` nor `Origin` says that our own page sent it.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site != "same-origin":
            raise NotAllowed(_l("This form was sent from another website. Please open it here and send it again."))
        return
    if request.headers.get("Origin") != request.host_url.rstrip("/"):
        raise NotAllowed(_l("This form was sent from another website. Please open it here and send it again."))


def start_forms(app: Flask) -> None:
    """Read forms strictly, and note where each led before the commit, so that a repetition is led there too."""
    app.request_class = FormRequest

    @app.after_request
    def note_location(response: Response) -> Response:
        if "claimed_form_key" in g and response.status_code == 303:
            remember_location(response.location or "")
        return response


def remember_location(location: str) -> None:
    """Note where a form's sender is led, for a repetition (called for every redirect after a form)."""
    key = g.pop("claimed_form_key", None)
    if key is not None:
        receipt = db.session.get(FormReceipt, key)
        if receipt is not None:
            receipt.location = location[:500]
            db.session.flush()


def _claim(key: str) -> None:
    """Take the key, or find out that it was taken. Waits for a sending under way (unique index)."""
    done = db.session.execute(select(FormReceipt.location).where(FormReceipt.key == key)).scalar_one_or_none()
    if done is not None:
        raise AlreadyDone(done, key)
    savepoint = db.session.begin_nested()
    try:
        db.session.add(FormReceipt(key=key, location="", sent_at=now()))
        savepoint.commit()
    except IntegrityError:
        savepoint.rollback()
        found = db.session.execute(select(FormReceipt.location).where(FormReceipt.key == key)).scalar_one()
        raise AlreadyDone(found, key) from None
    g.claimed_form_key = key


def _release(key: str) -> None:
    """Give a key back: the sending was refused, so a mended one may use it again."""
    g.pop("claimed_form_key", None)
    db.session.rollback()


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="form")
