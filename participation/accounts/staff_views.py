"""Pages of administrators: who works here, what each may do, and help for those who lost a proof."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from participation.core.clock import now
from participation.core.errors import DomainError, NotFound
from participation.core.forms import AlreadyDone
from participation.core.languages import current_language
from participation.core.pages import Caching, render
from participation.core.policy import allow, current_actor, is_administrator

from . import links, queries, staff, staff_identity
from .blueprint import bp
from .cookies import settings
from .forms import ButtonForm, GrantForm, InviteForm
from .labels import ROLES
from .models import LinkPurpose, Staff
from .showing import by_role, held_roles, list_spaces, state_of
from .staff_identity import require_proof

#: deed → (heading of its page, what happens, words on its button, tone of the button)
DEEDS = {
    "lock": (
        _l("Lock this account?"),
        _l("All sign-ins end now. Nothing lets this person in until you unlock the account. Roles stay as they are."),
        _l("Lock the account"),
        "danger",
    ),
    "unlock": (
        _l("Unlock this account?"),
        _l("This person can sign in again, with the roles from before."),
        _l("Unlock the account"),
        "primary",
    ),
    "sign-out": (
        _l("Sign out everywhere?"),
        _l("All sign-ins of this person end now. Signing in again works as before."),
        _l("Sign out everywhere"),
        "primary",
    ),
    "new-link": (
        _l("Make a new invitation?"),
        _l("You get a new link to hand over. Links from before stop working."),
        _l("Make a new link"),
        "primary",
    ),
    "new-password": (
        _l("Reset the password?"),
        _l("The password stops working now and all sign-ins end. You get a link to hand over, which lets this person "
           "choose a new password. The code of the app is needed as before."),
        _l("Reset the password"),
        "danger",
    ),
    "new-authenticator": (
        _l("Reset the authenticator?"),
        _l("The app and the recovery codes stop working now and all sign-ins end. You get a link to hand over, which "
           "lets this person set up the app again. The password is needed as before."),
        _l("Reset the authenticator"),
        "danger",
    ),
}  # fmt: skip
_DEED = '<any("lock", "unlock", "sign-out", "new-link", "new-password", "new-authenticator"):deed>'


@dataclass(frozen=True)
class Deed:
    """What an administrator is about to do to one account."""

    person: Staff
    name: str


@bp.get("/<lang>/staff/people")
@allow(is_administrator)
def list_people() -> Response:
    """Everybody who works here or did, with her roles."""
    people = queries.list_staff()
    held = held_roles(queries.list_grants_of([each.id for each in people]))
    return render(
        "participation/accounts/list_people.html",
        people=[(each, state_of(each), by_role(held[each.id])) for each in people],
    )


@bp.route("/<lang>/staff/people/invite", methods=["GET", "POST"])
@allow(is_administrator)
def invite_person() -> Response | BaseResponse:
    """Somebody new; shows the link to hand over in this one answer."""
    require_proof()
    form = InviteForm.receive(spaces=list_spaces())
    try:
        if form.is_sent():
            return _show_link(_invite(form), is_new=True)
    except AlreadyDone as done:
        return _show_link_again(done)
    except DomainError as trouble:
        form.refuse(trouble)
    return render(
        "participation/accounts/invite_person.html",
        caching=Caching.NEVER,
        status=form.status,
        form=form,
        roles=list(ROLES.values()),
    )


def load_person(staff_id: int) -> Staff:
    """The member of staff in the address."""
    return queries.get_staff(staff_id)


@bp.get("/<lang>/staff/people/<int:staff_id>")
@allow(is_administrator, of=load_person)
def show_person(person: Staff) -> Response:
    """One member of staff: her roles, and what an administrator can do for her."""
    return _draw_person(person, GrantForm(spaces=list_spaces(), about=f"grant:{person.id}"))


@bp.post("/<lang>/staff/people/<int:staff_id>/roles")
@allow(is_administrator, of=load_person)
def grant_role(person: Staff) -> Response | BaseResponse:
    """Gives one role in one place."""
    require_proof(url_for("accounts.show_person", staff_id=person.id))
    form = GrantForm.receive(spaces=list_spaces(), about=f"grant:{person.id}")
    staff_id = person.id
    if form.is_sent():
        try:
            role, space = form.chosen()
            staff.grant_role(person, role, space, by=current_actor(), at=now())
            return redirect(url_for("accounts.show_person", staff_id=staff_id, done="granted"), 303)
        except DomainError as trouble:
            form.refuse(trouble)
    return _draw_person(queries.get_staff(staff_id), form)


@bp.post("/<lang>/staff/people/<int:staff_id>/roles/<int:grant_id>/revoke")
@allow(is_administrator)
def revoke_role(staff_id: int, grant_id: int) -> Response | BaseResponse:
    """Takes one role back."""
    require_proof(url_for("accounts.show_person", staff_id=staff_id))
    person = queries.get_staff(staff_id)
    form = ButtonForm.receive(about=f"revoke:{grant_id}")
    if form.is_sent():
        held = [each.as_grant() for each in queries.list_grants(staff_id) if each.id == grant_id]
        for role, space in held:
            staff.revoke_role(person, role, space, by=current_actor(), at=now())
    return redirect(url_for("accounts.show_person", staff_id=staff_id, done="revoked"), 303)


def load_deed(staff_id: int, deed: str) -> Deed:
    """The deed in the address and whom it is about; only deeds that make sense now."""
    person = queries.get_staff(staff_id)
    if deed not in _deeds_for(person):
        raise NotFound
    return Deed(person, deed)


@bp.route(f"/<lang>/staff/people/<int:staff_id>/{_DEED}", methods=["GET", "POST"])
@allow(is_administrator, of=load_deed)
def change_person(deed: Deed) -> Response | BaseResponse:
    """Says what will happen, and does it."""
    require_proof()
    form = ButtonForm.receive(about=f"{deed.name}:{deed.person.id}")
    staff_id = deed.person.id
    try:
        if form.is_sent():
            token = _do(deed, form.key)
            if token:
                return _show_link((token, queries.get_staff(staff_id)), is_new=False)
            return redirect(url_for("accounts.show_person", staff_id=staff_id, done=deed.name), 303)
    except AlreadyDone as done:
        return _show_link_again(done)
    except DomainError as trouble:
        form.refuse(trouble)
    heading, text, button, tone = DEEDS[deed.name]
    return render(
        "participation/accounts/change_person.html",
        status=form.status,
        form=form,
        person=queries.get_staff(staff_id),
        here=url_for("accounts.change_person", staff_id=staff_id, deed=deed.name),
        heading=heading,
        text=text,
        button=button,
        tone=tone,
    )


def _invite(form: InviteForm) -> tuple[str, Staff]:
    by, at = current_actor(), now()
    person = staff.invite(form.email.data or "", form.name.data or "", by=by, at=at)
    role, space = form.chosen()
    staff.grant_role(person, role, space, by=by, at=at)
    return staff.make_invitation(person, secret=settings().secret_key, at=at, form_key=form.key), person


def _do(deed: Deed, form_key: str) -> str:
    """Do it; gives the secret part of a link where there is one to hand over."""
    by, at, secret, person = current_actor(), now(), settings().secret_key, deed.person
    if deed.name == "new-link":
        return staff.make_invitation(person, secret=secret, at=at, form_key=form_key)
    if deed.name == "new-password":
        return staff.reset_password(person, secret=secret, by=by, at=at, form_key=form_key)
    if deed.name == "new-authenticator":
        return staff.reset_authenticator(person, secret=secret, by=by, at=at, form_key=form_key)
    if deed.name == "sign-out":
        here = staff_identity.staff_session().token_hash if person.id == by.staff_id else ""
        staff.sign_out_everywhere(person, by=by, at=at, but=here)
    else:
        change = staff.deactivate if deed.name == "lock" else staff.reactivate
        change(person, by=by, at=at)
    return ""


def _deeds_for(person: Staff) -> list[str]:
    """What can be done for this account as it is now."""
    if not person.is_active:
        return ["unlock"]
    deeds = ["sign-out"]
    if not person.is_demo:
        deeds += ["new-password", "new-authenticator"] if person.password_hash and person.totp_secret else ["new-link"]
    return [*deeds, "lock"]


def _show_link(made: tuple[str, Staff], *, is_new: bool) -> Response:
    token, person = made
    purpose = LinkPurpose.INVITATION if not person.password_hash and not person.totp_secret else LinkPurpose.RESET
    return render(
        "participation/accounts/show_link.html",
        caching=Caching.NEVER,
        person=person,
        link=staff_identity.link_address(token, current_language().tag),
        days=links.LINK_LASTS[purpose].days,
        is_new=is_new,
    )


def _show_link_again(done: AlreadyDone) -> Response | BaseResponse:
    """The button was pressed twice: the same link once more, while it is unused."""
    found = links.link_of_form(done.key, secret=settings().secret_key, at=now())
    if found is None:
        return redirect(done.location or url_for("accounts.list_people"), 303)
    return _show_link((found[0], found[1]), is_new=False)


def _draw_person(person: Staff, form: GrantForm) -> Response:
    held = held_roles({person.id: list(queries.list_grants(person.id))})[person.id]
    return render(
        "participation/accounts/show_person.html",
        status=form.status,
        form=form,
        person=person,
        state=state_of(person),
        held=[(each, ButtonForm(about=f"revoke:{each.id}")) for each in held],
        roles=list(ROLES.values()),
        deeds=[(deed, DEEDS[deed][2]) for deed in _deeds_for(person)],
        is_herself=person.id == current_actor().staff_id,
        done=_done(request.args.get("done", "")),
    )


def _done(deed: str) -> str:
    """What to say after a deed; the words come from here, never from the address."""
    sentences = {
        "granted": _("The role is given. It holds from the next sign-in on."),
        "revoked": _("The role is taken back. All sign-ins of this person have ended."),
        "lock": _("The account is locked. All sign-ins have ended."),
        "unlock": _("The account is unlocked."),
        "sign-out": _("All sign-ins of this person have ended."),
    }
    return str(sentences.get(deed, ""))
