"""Pages where residents meet their own words again: my page, coming back, this device, my data, erasing."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from flask import Response, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from participation.core.clock import now
from participation.core.errors import Invalid
from participation.core.jobs import shrink_log_after_response
from participation.core.languages import current_language
from participation.core.limits import limiter, network
from participation.core.pages import Caching, go_to, render
from participation.core.policy import PUBLIC, allow, current_actor, is_participant
from participation.core.registry import registry

from . import identity, own_data, queries, services
from .blueprint import bp
from .cookies import settings
from .forms import ButtonForm, ComeBackForm, DeviceForm, EraseForm, erase_word
from .limits import COME_BACK_LIMIT, failed
from .models import Participant


@bp.get("/<lang>/me")
@allow(PUBLIC)
def show_my_page() -> Response | BaseResponse:
    """Everything of hers; strangers are asked for their code."""
    if current_actor().participant_id is None:
        return redirect(url_for("accounts.come_back"), 302)
    participant = _herself()
    drawn = [draw(participant.id, current_language().tag) for draw in registry().my_panels]
    return render(
        "participation/accounts/show_my_page.html",
        panels=[Markup(render_template(panel[0], **panel[1])) for panel in drawn if panel is not None],  # noqa: S704
        code=services.return_code(participant, secret=settings().secret_key),
        is_shared=current_actor().is_shared_device,
    )


@bp.route("/<lang>/come-back", methods=["GET", "POST"])
@limiter.limit(COME_BACK_LIMIT, key_func=network, methods=["POST"], deduct_when=failed)
@allow(PUBLIC)
def come_back() -> Response | BaseResponse:
    """A return code brings her back on another device."""
    form = ComeBackForm.receive()
    if form.is_sent():
        is_shared = bool(form.is_shared.data)
        found = services.come_back(
            form.code.data or "",
            secret=settings().secret_key,
            at=now(),
            lasts=identity.device_lasts(is_shared=is_shared),
            is_shared=is_shared,
        )
        if found is not None:
            identity.know_this_device(found[0], found[1], is_shared=is_shared)
            return go_to("accounts.show_my_page")
        form.refuse(Invalid(_("We know no such code. Please compare it with your note, sign by sign."), field="code"))
    return render(
        "participation/accounts/come_back.html",
        status=form.status,
        form=form,
        is_known=current_actor().participant_id is not None,
    )


@bp.route("/<lang>/me/device", methods=["GET", "POST"])
@allow(is_participant)
def choose_device() -> Response | BaseResponse:
    """Whether others use this device too."""
    form = DeviceForm.receive(data={"is_shared": "yes" if current_actor().is_shared_device else "no"})
    if form.is_sent():
        identity.share_this_device(is_shared=form.is_shared.data == "yes")
        return go_to("accounts.show_my_page")
    return render(
        "participation/accounts/choose_device.html",
        status=form.status,
        form=form,
        minutes=settings().shared_device_minutes,
        days=settings().participant_days,
    )


@bp.route("/<lang>/me/leave", methods=["GET", "POST"])
@allow(PUBLIC)
def leave_device() -> Response | BaseResponse:
    """This device forgets her; her words stay, and her code brings her back."""
    if current_actor().participant_id is None:
        return go_to("accounts.show_left")
    form = ButtonForm.receive(about="leave")
    if form.is_sent():
        identity.forget_this_device()
        response = go_to("accounts.show_left")
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
    return render(
        "participation/accounts/leave_device.html",
        status=form.status,
        form=form,
        code=services.return_code(_herself(), secret=settings().secret_key),
    )


@bp.get("/<lang>/left")
@allow(PUBLIC)
def show_left() -> Response:
    """This device knows nobody now."""
    return render("participation/accounts/show_left.html")


@bp.get("/<lang>/me/data")
@allow(is_participant)
def show_my_data() -> Response:
    """Everything that is kept of hers, to read."""
    return render(
        "participation/accounts/show_my_data.html", parts=own_data.readable(_own_data()), caching=Caching.NEVER
    )


@bp.get("/<lang>/me/data.json")
@allow(is_participant)
def download_my_data() -> Response:
    """Everything that is kept of hers, for machines."""
    content = {"made_at": now().isoformat(), **dict(_own_data())}
    response = make_response(json.dumps(content, ensure_ascii=False, indent=2, default=_as_text))
    response.content_type = "application/json; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    response.headers["Cache-Control"] = Caching.NEVER.value
    return response


@bp.route("/<lang>/me/erase", methods=["GET", "POST"])
@allow(PUBLIC)
def erase_me() -> Response | BaseResponse:
    """Everything of hers is taken away, after a word typed by hand."""
    if current_actor().participant_id is None:
        return go_to("accounts.come_back")
    form = EraseForm.receive()
    if form.is_sent():
        services.erase_participant(_herself(), registry().erasers, at=now())
        identity.forget_this_device()
        shrink_log_after_response()
        response = go_to("accounts.show_erased")
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response
    return render("participation/accounts/erase_me.html", status=form.status, form=form, word=erase_word())


@bp.get("/<lang>/erased")
@allow(PUBLIC)
def show_erased() -> Response:
    """What was taken away, and what stays for how long."""
    return render("participation/accounts/show_erased.html")


def _herself() -> Participant:
    return queries.get_participant(current_actor().participant_id or 0)


def _own_data() -> list[tuple[str, list[dict[str, Any]]]]:
    participant_id = current_actor().participant_id or 0
    return [gather(participant_id) for gather in registry().own_data]


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)
