"""The staff's first page, proving again, and what each member of staff decides about her own account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from participation.core.clock import now
from participation.core.errors import DomainError, Invalid
from participation.core.limits import limiter
from participation.core.pages import Caching, go_to, render, safe_next
from participation.core.policy import Actor, Role, allow, current_actor, is_staff
from participation.core.registry import Need, registry

from . import queries, signing_in, staff, staff_identity
from .blueprint import bp
from .cookies import settings
from .forms import ButtonForm, ChangePasswordForm, CodeForm
from .labels import DOORS
from .limits import CODE_LIMIT, failed, person_key
from .models import Staff, StaffSession
from .sign_in_views import city_name, show_recovery_codes
from .staff_identity import require_proof

#: What comes first on the staff's first page.
TONES = {"overdue": 0, "now": 1, "calm": 2}


@dataclass(frozen=True)
class Way:
    """A way from the staff's first page to a room."""

    label: str
    url: str


@bp.get("/<lang>/staff/")
@allow(is_staff)
def show_staff_home() -> Response:
    """What needs this person now, then the ways to every room."""
    actor = current_actor()
    needs = [need for ask in registry().needs for need in ask(actor) if need.count]
    return render(
        "participation/accounts/show_staff_home.html",
        needs=sorted(needs, key=_urgency),
        name=actor.name,
        ways=[
            Way(str(entry.label), url_for(entry.endpoint))
            for entry in registry().staff_navigation
            if entry.may_see(actor) and entry.endpoint != "accounts.show_staff_home"
        ]
        + [Way(_("My account"), url_for("accounts.show_account"))],
        has_roles=bool(actor.grants),
    )


@bp.route("/<lang>/staff/prove", methods=["GET", "POST"])
@limiter.limit(CODE_LIMIT, key_func=person_key, methods=["POST"], deduct_when=failed)
@allow(is_staff)
def prove() -> Response | BaseResponse:
    """One more code before the gravest deeds. The demo's people have none: there the button does."""
    person = _herself()
    form = ButtonForm.receive(about="prove") if _needs_no_code(person) else CodeForm.receive(about="prove")
    wanted = safe_next(request.args.get("next", ""), url_for("accounts.show_staff_home"))
    if form.is_sent():
        if isinstance(form, ButtonForm) or signing_in.take_code(
            person, form["code"].data or "", secret=settings().secret_key, at=now()
        ):
            staff_identity.know_staff(signing_in.prove_again(staff_identity.staff_session(), at=now()))
            return redirect(wanted, 303)
        form.refuse(Invalid(_("This code does not work. Please wait for a new one and type it."), field="code"))
    return render(
        "participation/accounts/prove.html",
        status=form.status,
        form=form,
        here=url_for("accounts.prove", next=wanted),
        needs_code=isinstance(form, CodeForm),
    )


@bp.get("/<lang>/staff/account")
@allow(is_staff)
def show_account() -> Response:
    """Her own account: where she is signed in, her password, her recovery codes, her keys."""
    person = _herself()
    here = staff_identity.staff_session()
    sessions = queries.list_sessions(person.id, at=now())
    return render(
        "participation/accounts/show_account.html",
        person=person,
        sessions=[_listed(each, here) for each in sessions if _is_alive(each)],
        codes_left=len(queries.list_recovery_codes(person.id)),
        has_password=bool(person.password_hash),
        shortcuts_form=ButtonForm(about="shortcuts"),
        end_forms={each.token_hash[:16]: ButtonForm(about=f"end:{each.token_hash[:16]}") for each in sessions},
        done=_done(request.args.get("done", "")),
    )


@bp.post("/<lang>/staff/account/sessions/<key>/end")
@allow(is_staff)
def end_session(key: str) -> Response | BaseResponse:
    """Ends one of her sign-ins."""
    form = ButtonForm.receive(about=f"end:{key}")
    if form.is_sent():
        signing_in.end_named_session(_herself().id, key)
    return go_to("accounts.show_account", done="ended")


@bp.post("/<lang>/staff/account/shortcuts")
@allow(is_staff)
def choose_shortcuts() -> Response | BaseResponse:
    """Switches single-letter keys on or off."""
    form = ButtonForm.receive(about="shortcuts")
    if form.is_sent():
        staff.use_shortcuts(_herself(), are_on=request.form.get("shortcuts") == "on")
    return go_to("accounts.show_account", done="shortcuts")


@bp.route("/<lang>/staff/account/password", methods=["GET", "POST"])
@limiter.limit(CODE_LIMIT, key_func=person_key, methods=["POST"], deduct_when=failed)
@allow(is_staff)
def change_password() -> Response | BaseResponse:
    """A new password; her other sign-ins end."""
    require_proof()
    form = ChangePasswordForm.receive()
    person, actor, session_hash = _herself(), current_actor(), staff_identity.staff_session().token_hash
    if form.is_sent():
        try:
            _change_password(person, form, actor)
            signing_in.end_sessions(person.id, but=session_hash)
            staff_identity.know_staff(signing_in.rotate(signing_in.get_session(session_hash), at=now()))
            return go_to("accounts.show_account", done="password")
        except DomainError as trouble:
            form.refuse(trouble)
    return render("participation/accounts/change_password.html", status=form.status, form=form, email=person.email)


@bp.route("/<lang>/staff/account/recovery-codes", methods=["GET", "POST"])
@allow(is_staff)
def renew_recovery_codes() -> Response | BaseResponse:
    """Ten new recovery codes, shown in this one answer only; the old ones are worth nothing any more."""
    require_proof()
    form = ButtonForm.receive(about="recovery-codes")
    if form.is_sent():
        made = signing_in.make_recovery_codes(
            _herself().id, form.key, secret=settings().secret_key, by=current_actor(), at=now()
        )
        return show_recovery_codes(made, url_for("accounts.show_account"), is_first=False)
    return render(
        "participation/accounts/renew_recovery_codes.html", caching=Caching.NEVER, status=form.status, form=form
    )


def _change_password(person: Staff, form: ChangePasswordForm, actor: Actor) -> None:
    if not signing_in.is_her_password(person, form.current.data or ""):
        raise Invalid(_("This is not your password until now. Please try again."), field="current")
    signing_in.choose_password(person, form.password.data or "", about_city=city_name(), by=actor, at=now())


def _herself() -> Staff:
    return queries.get_staff(current_actor().staff_id or 0)


def _needs_no_code(person: Staff) -> bool:
    return person.is_demo and not person.totp_secret and settings().demo and staff_identity.is_on_this_machine()


def _urgency(need: Need) -> int:
    return TONES.get(need.tone, len(TONES))


def _is_alive(session: StaffSession) -> bool:
    return session.seen_at > now() - staff_identity.staff_terms().idle


def _listed(session: StaffSession, here: StaffSession) -> dict[str, object]:
    return {
        "key": session.token_hash[:16],
        "began_at": session.created_at,
        "seen_at": session.seen_at,
        "door": DOORS[session.came_by],
        "is_here": session.token_hash == here.token_hash,
    }


def _done(deed: str) -> str:
    """What to say after a deed; the words come from here, never from the address."""
    sentences = {
        "ended": _("That sign-in is over."),
        "shortcuts": _("Saved. It holds from the next page on."),
        "password": _("Your password is changed. Everywhere else you are signed out."),
    }
    return str(sentences.get(deed, ""))


def needs_of(actor: Actor) -> Sequence[Need]:
    """What this room asks of an administrator: people who were invited and have not come yet."""
    if not actor.has_anywhere(Role.ADMINISTRATOR):
        return ()
    waiting = queries.count_invited()
    label = ngettext("person was invited and has not come yet", "people were invited and have not come yet", waiting)
    return (Need(label, waiting, url_for("accounts.list_people")),)
