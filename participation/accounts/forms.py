"""Forms of accounts: signing in, staff and their roles, and what residents decide about themselves."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import DataRequired, Length

from participation.core.forms import BaseForm, as_choices
from participation.core.policy import Role, Space

from .labels import ROLES
from .passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD

#: Longest code or word that is looked at.
MOST_TYPED = 200
EVERYWHERE = "everywhere"


class SignInForm(BaseForm):
    """Address and password of somebody on the staff."""

    is_once = False  # sent twice it begins two sign-ins, of which the browser keeps one
    email = StringField(
        _l("Your e-mail address"), [DataRequired(_l("Please type your e-mail address.")), Length(max=MOST_TYPED)]
    )
    password = PasswordField(
        _l("Your password"), [DataRequired(_l("Please type your password.")), Length(max=LONGEST_PASSWORD)]
    )


class CodeForm(BaseForm):
    """A code of the authenticator app, or a recovery code."""

    is_once = False  # a code works once by itself
    code = StringField(_l("Your code"), [DataRequired(_l("Please type the code.")), Length(max=MOST_TYPED)])


class SetUpForm(BaseForm):
    """The first code of a new authenticator app."""

    code = StringField(
        _l("The six digits that the app shows now"), [DataRequired(_l("Please type the code.")), Length(max=MOST_TYPED)]
    )


class PasswordForm(BaseForm):
    """The password she has."""

    is_once = False  # hashing comes before any write
    password = PasswordField(
        _l("Your password"), [DataRequired(_l("Please type your password.")), Length(max=LONGEST_PASSWORD)]
    )


class NewPasswordForm(BaseForm):
    """A new password, typed twice."""

    is_once = False  # the same password chosen twice is chosen once
    password = PasswordField(
        _l("New password"),
        [
            DataRequired(_l("Please type a new password.")),
            Length(
                min=SHORTEST_PASSWORD,
                max=LONGEST_PASSWORD,
                message=_l("Please choose a password of 15 to 128 characters. A few words are easier to remember."),
            ),
        ],
    )
    again = PasswordField(_l("The same password once more"), [DataRequired(_l("Please type the password once more."))])

    def validate_again(self, field: PasswordField) -> None:
        """Both are the same."""
        if field.data != self.password.data:
            raise ValidationError(_("The two passwords are not the same. Please type them once more."))


class ChangePasswordForm(NewPasswordForm):
    """The password she has, and a new one."""

    current = PasswordField(
        _l("Your password until now"), [DataRequired(_l("Please type your password.")), Length(max=LONGEST_PASSWORD)]
    )


class ButtonForm(BaseForm):
    """One button: the deed stands in the form's address, and its token is good for that deed only."""


class GrantForm(BaseForm):
    """A role, and where it holds."""

    role = SelectField(_l("Role"), [DataRequired(_l("Please choose a role."))])
    space = SelectField(_l("Where"), validate_choice=True)

    def __init__(self, *args: Any, spaces: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        """`spaces` are keys and titles of the places she may choose from."""
        super().__init__(*args, **kwargs)
        # nobody becomes something by an answer that stood there already
        roles = [(role.value, label) for role, (label, _help) in ROLES.items()]
        self.role.choices = as_choices([("", _("Choose a role")), *roles])
        self.space.choices = as_choices([(EVERYWHERE, _("Everywhere")), *spaces])

    def chosen(self) -> tuple[Role, Space | None]:
        """The role and the place that were chosen; no place means everywhere."""
        kind, _colon, number = (self.space.data or EVERYWHERE).partition(":")
        return Role(self.role.data), None if kind == EVERYWHERE else Space(kind, int(number))


class InviteForm(GrantForm):
    """Somebody new on the staff, with a first role."""

    name = StringField(
        _l("Name"), [DataRequired(_l("Please type the name that colleagues know.")), Length(max=MOST_TYPED)]
    )
    email = StringField(
        _l("E-mail address"), [DataRequired(_l("Please type an e-mail address.")), Length(max=MOST_TYPED)]
    )


class ComeBackForm(BaseForm):
    """A return code, typed on another device."""

    code = StringField(
        _l("Your return code"), [DataRequired(_l("Please type your return code.")), Length(max=MOST_TYPED)]
    )
    is_shared = BooleanField(_l("Other people use this device too"))


class DeviceForm(BaseForm):
    """Whose device this is."""

    is_shared = RadioField(
        _l("Who uses this device?"),
        choices=as_choices([("no", _l("Only I use it")), ("yes", _l("Other people use it too"))]),
        validators=[DataRequired(_l("Please choose one."))],
    )


class EraseForm(BaseForm):
    """A word typed by hand, so that nobody erases herself by a slip."""

    word = StringField(_l("Type the word here"), [Length(max=MOST_TYPED)])

    def validate_word(self, field: StringField) -> None:
        """It is the word that the page asks for."""
        if _plain(field.data or "") != _plain(erase_word()):
            raise ValidationError(_("Please type the word %(word)s to go on. Nothing was erased.", word=erase_word()))


def erase_word() -> str:
    """The word to be typed, in the reader's language."""
    return str(_("erase"))


def _plain(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip(" .“”\"'«»\u200e\u200f").casefold()
