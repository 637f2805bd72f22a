"""Pages by which staff come in and leave: password, code, one-time links, first set-up."""

from __future__ import annotations

from typing import Any

import segno
from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from participation.city import get_city
from participation.core.clock import now
from participation.core.errors import DomainError, Invalid, NotAllowed, NotFound
from participation.core.forms import BaseForm, check_origin
from participation.core.languages import current_language
from participation.core.limits import limiter, network
from participation.core.pages import Caching, go_to, render, safe_next
from participation.core.policy import PUBLIC, Actor, allow, current_actor

from . import authenticator, links, signing_in, staff_identity
from .blueprint import bp
from .cookies import cookie_name, settings
from .forms import ButtonForm, CodeForm, NewPasswordForm, PasswordForm, SetUpForm, SignInForm
from .limits import (
    ACCOUNT_HERE_LIMIT,
    ACCOUNT_LIMIT,
    CODE_LIMIT,
    NETWORK_LIMIT,
    account_here_key,
    account_key,
    failed,
    person_key,
)
from .models import Door, LinkPurpose, OneTimeLink, Staff
from .services import hash_key
from .signing_in import Step

STEPS = {
    Step.CHOOSE_PASSWORD: "accounts.choose_password",
    Step.GIVE_PASSWORD: "accounts.give_password",
    Step.SET_UP_AUTHENTICATOR: "accounts.set_up_authenticator",
    Step.GIVE_CODE: "accounts.give_code",
    Step.ASK_FOR_LINK: "accounts.ask_for_link",
}


@bp.route("/<lang>/sign-in", methods=["GET", "POST"])
@limiter.limit(NETWORK_LIMIT, key_func=network, methods=["POST"], deduct_when=failed)
@limiter.limit(ACCOUNT_HERE_LIMIT, key_func=account_here_key, methods=["POST"], deduct_when=failed)
@limiter.limit(ACCOUNT_LIMIT, key_func=account_key, methods=["POST"], deduct_when=failed)
@allow(PUBLIC)
def sign_in() -> Response | BaseResponse:
    """Address and password. Who is signed in already goes on."""
    if current_actor().staff_id is not None and request.method == "GET":
        return redirect(_wanted(), 303)
    if _comes_from_elsewhere():
        return render("participation/accounts/come_in.html", caching=Caching.NEVER, here=_here("accounts.sign_in"))
    form = SignInForm.receive()
    if form.is_sent():
        staff_id = signing_in.check_password(form.email.data or "", form.password.data or "")
        if staff_id is not None:
            staff_identity.know_staff(signing_in.begin(staff_id, Door.PASSWORD, at=now(), has_password=True))
            return redirect(_here("accounts.go_on"), 303)
        form.refuse(Invalid(_("Address and password do not fit together. Please check both and try again.")))
    return _page("sign_in", form, here=_here("accounts.sign_in"))


@bp.get("/<lang>/sign-in/next")
@allow(PUBLIC)
def go_on() -> BaseResponse:
    """To the step that a sign-in under way needs next."""
    pending = staff_identity.pending_sign_in()
    return redirect(_here(STEPS[pending.step] if pending else "accounts.sign_in"), 303)


@bp.get("/<lang>/sign-in/ask")
@allow(PUBLIC)
def ask_for_link() -> Response | BaseResponse:
    """The password was right, but there is no authenticator: an administrator has to help."""
    if (led := _led_elsewhere(Step.ASK_FOR_LINK)) is not None:
        return led
    return render("participation/accounts/ask_for_link.html", caching=Caching.NEVER)


@bp.route("/<lang>/sign-in/code", methods=["GET", "POST"])
@limiter.limit(CODE_LIMIT, key_func=person_key, methods=["POST"], deduct_when=failed)
@allow(PUBLIC)
def give_code() -> Response | BaseResponse:
    """The second proof."""
    if (led := _led_elsewhere(Step.GIVE_CODE)) is not None:
        return led
    form = CodeForm.receive()
    pending = _pending()
    if form.is_sent():
        if signing_in.take_code(pending.staff, form.code.data or "", secret=settings().secret_key, at=now()):
            return _come_in(pending)
        form.refuse(Invalid(_wrong_code(), field="code"))
    return _page("give_code", form, here=_here("accounts.give_code"))


@bp.route("/<lang>/sign-in/password", methods=["GET", "POST"])
@allow(PUBLIC)
def choose_password() -> Response | BaseResponse:
    """A first or new password, after a one-time link."""
    if (led := _led_elsewhere(Step.CHOOSE_PASSWORD)) is not None:
        return led
    form = NewPasswordForm.receive()
    pending = _pending()
    if form.is_sent():
        try:
            signing_in.choose_password(
                pending.staff, form.password.data or "", about_city=city_name(), by=pending.actor, at=now()
            )
            return _with_password(pending)
        except DomainError as trouble:
            form.refuse(trouble)
    return _page("choose_password", form, here=_here("accounts.choose_password"), email=pending.staff.email)


@bp.route("/<lang>/sign-in/known-password", methods=["GET", "POST"])
@limiter.limit(CODE_LIMIT, key_func=person_key, methods=["POST"], deduct_when=failed)
@allow(PUBLIC)
def give_password() -> Response | BaseResponse:
    """The password she has, when only her authenticator is set up anew."""
    if (led := _led_elsewhere(Step.GIVE_PASSWORD)) is not None:
        return led
    form = PasswordForm.receive()
    pending = _pending()
    if form.is_sent():
        if signing_in.is_her_password(pending.staff, form.password.data or ""):
            return _with_password(pending)
        form.refuse(Invalid(_("This is not your password. Please try again."), field="password"))
    return _page("give_password", form, here=_here("accounts.give_password"), email=pending.staff.email)


@bp.route("/<lang>/sign-in/authenticator", methods=["GET", "POST"])
@limiter.limit(CODE_LIMIT, key_func=person_key, methods=["POST"], deduct_when=failed)
@allow(PUBLIC)
def set_up_authenticator() -> Response | BaseResponse:
    """The picture for the app, its first code, and then the recovery codes: shown in this one answer only."""
    if (led := _led_elsewhere(Step.SET_UP_AUTHENTICATOR)) is not None:
        return led
    form = SetUpForm.receive()
    pending = _pending()
    secret, seed = settings().secret_key, authenticator.seed_from(pending.session.token_hash)
    if form.is_sent():
        try:
            signing_in.set_up_authenticator(
                pending.staff, seed, form.code.data or "", secret=secret, by=pending.actor, at=now()
            )
            made = signing_in.make_recovery_codes(pending.staff.id, form.key, secret=secret, by=pending.actor, at=now())
            _come_in(pending)
            return show_recovery_codes(made, _wanted(), is_first=True)
        except DomainError as trouble:
            form.refuse(trouble)
    address = authenticator.address_of(seed, secret=secret, email=pending.staff.email, issuer=city_name())
    return _page(
        "set_up_authenticator",
        form,
        here=_here("accounts.set_up_authenticator"),
        address=address,
        picture=segno.make(address, error="m").svg_data_uri(scale=6, border=3, dark="#000", light="#fff"),
        typed=authenticator.secret_of(seed, secret=secret),
    )


@bp.route("/<lang>/sign-out", methods=["GET", "POST"])
@allow(PUBLIC)
def sign_out() -> Response | BaseResponse:
    """Ends the sign-in here and in the database; the browser clears what it kept."""
    form = ButtonForm.receive(about="sign-out")
    actor = current_actor()
    if request.method == "POST":
        check_origin()  # a sign-in that never got as far as a token can be left too, but by our own page only
    if request.method == "POST" and (actor.staff_id is None or form.is_sent()):
        if actor.staff_id is not None and "everywhere" in request.form:
            signing_in.end_sessions(actor.staff_id)
        staff_identity.forget_staff()
        response = go_to("accounts.sign_in", **{"signed-out": 1})
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
    return render(
        "participation/accounts/sign_out.html",
        caching=Caching.NEVER,
        status=form.status,
        form=form,
        is_signed_in=actor.staff_id is not None,
    )


@bp.route("/<lang>/enter/<token>", methods=["GET", "POST"])
@limiter.limit(NETWORK_LIMIT, key_func=network)
@allow(PUBLIC)
def enter(token: str) -> Response | BaseResponse:
    """A one-time link: looking at it uses nothing up (mail scanners look), the button does."""
    try:
        link, staff = links.find_link(token, secret=settings().secret_key, at=now())
    except NotFound:
        if request.method == "POST" and (staff_identity.pending_sign_in() or current_actor().staff_id is not None):
            return redirect(url_for("accounts.go_on"), 303)  # the button was pressed twice
        raise
    _require_own_machine(link, staff)
    form = ButtonForm.receive(about=f"enter:{link.token_hash[:16]}")
    if form.is_sent():
        return _enter_by(link, staff)
    return _page(
        "enter",
        form,
        here=url_for("accounts.enter", token=token),
        name=staff.name,
        purpose=str(link.purpose),
    )


def _require_own_machine(link: OneTimeLink, staff: Staff) -> None:
    """A link of the demo is none unless this is the demo's own machine."""
    is_at_home = settings().demo and staff.is_demo and staff_identity.is_on_this_machine()
    if link.purpose == LinkPurpose.DEMO and not is_at_home:
        raise NotAllowed(_("The demo’s links work only on the machine where the demo runs."))


def _enter_by(link: OneTimeLink, staff: Staff) -> BaseResponse:
    is_demo = link.purpose == LinkPurpose.DEMO
    token = links.redeem(link, at=now())
    if is_demo:
        session, by = signing_in.get_session(hash_key(token)), Actor(staff_id=staff.id, name=staff.name)
        token = signing_in.finish(session, terms=staff_identity.staff_terms(), by=by, at=now())
    staff_identity.know_staff(token)
    return redirect(url_for("accounts.show_staff_home" if is_demo else "accounts.go_on"), 303)


def show_recovery_codes(made: list[str], next_url: str, *, is_first: bool) -> Response:
    """Ten codes to print or write down; they are not shown again."""
    return render(
        "participation/accounts/show_recovery_codes.html",
        caching=Caching.NEVER,
        codes=made,
        next_url=next_url,
        is_first=is_first,
    )


def city_name() -> str:
    """The city's name in the reader's language."""
    return get_city().name.read(current_language().tag).text


def _pending() -> staff_identity.Pending:
    pending = staff_identity.pending_sign_in()
    if pending is None:
        raise NotAllowed
    return pending


def _led_elsewhere(step: Step) -> BaseResponse | None:
    """A redirect when the sign-in under way needs another step than `step`, or there is none."""
    pending = staff_identity.pending_sign_in()
    if pending is not None and pending.step is step:
        return None
    if pending is None and current_actor().staff_id is not None:
        return redirect(_wanted(), 303)
    return redirect(_here("accounts.go_on"), 303)


def _with_password(pending: staff_identity.Pending) -> BaseResponse:
    staff_identity.know_staff(signing_in.note_password(pending.session, at=now()))
    return redirect(_here("accounts.go_on"), 303)


def _come_in(pending: staff_identity.Pending) -> BaseResponse:
    terms = staff_identity.staff_terms()
    staff_identity.know_staff(signing_in.finish(pending.session, terms=terms, by=pending.actor, at=now()))
    return redirect(_wanted(), 303)


def _page(template: str, form: BaseForm, **context: Any) -> Response:
    return render(
        f"participation/accounts/{template}.html", caching=Caching.NEVER, status=form.status, form=form, **context
    )


def _wanted() -> str:
    """Where she wanted to go, when that is a place of ours; else the staff's first page."""
    return safe_next(request.args.get("next", ""), url_for("accounts.show_staff_home"))


def _here(endpoint: str) -> str:
    """The address of a step, which remembers where she wanted to go."""
    wanted = safe_next(request.args.get("next", ""), "")
    return url_for(endpoint, next=wanted or None)


def _comes_from_elsewhere() -> bool:
    """Whether another site led here, so that the browser kept the staff's cookie back (SameSite=Strict)."""
    return (
        request.method == "GET"
        and request.headers.get("Sec-Fetch-Site") == "cross-site"
        and cookie_name("staff") not in request.cookies
    )


def _wrong_code() -> str:
    return str(_("This code does not work. Codes change every 30 seconds and work once: please type the newest one."))
