"""Staff's pages of invitation codes: batches, letters to print, one export, handing out, stopping."""

from __future__ import annotations

import csv
import io
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import segno
from flask import Response, make_response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from participation.accounts import settings
from participation.core import codes
from participation.core.clock import now
from participation.core.errors import DomainError
from participation.core.languages import all_languages, current_language
from participation.core.pages import Caching, go_to, render
from participation.core.policy import allow, current_actor

from . import invitations, labels, pages, staff_pages
from .blueprint import bp
from .invitations import Code
from .models import InvitationBatch
from .staff_forms import BatchForm, ConfirmForm, PrintForm
from .staff_labels import done_sentences
from .staff_policy import BatchDesk, Desk, can_write
from .staff_views import HERE, find_desk


def find_batch(slug: str, batch_id: int, tag: str = "") -> BatchDesk:
    """One batch of the consultation."""
    desk = find_desk(slug)
    return BatchDesk(desk.consultation, invitations.get_batch(desk.consultation.id, batch_id))


@bp.get(HERE + "/invitations")
@allow(can_write, of=find_desk)
def list_invitations(desk: Desk) -> Response:
    """All batches, with how many codes were used."""
    counts = invitations.list_batches(desk.consultation.id)
    return render(
        "participation/consultations/list_invitations.html",
        batches=[
            {
                "label": each.batch.label,
                "url": url_for("consultations.show_batch", slug=desk.slug, batch_id=each.batch.id),
                "size": each.batch.size,
                "used": each.used,
                "seats_filled": each.used * 12 // each.batch.size,
                "unused": each.unused,
                "last_day": labels.last_moment(each.batch.expires_at, staff_pages.zone()),
                "is_over": each.batch.expires_at <= now(),
                "is_handed_out": each.batch.handed_out_at is not None,
            }
            for each in counts
        ],
        is_invited=desk.consultation.audience == "invited",
        **staff_pages.desk_context(desk),
    )


@bp.route(HERE + "/new-invitations", methods=["GET", "POST"])
@allow(can_write, of=find_desk)
def make_invitations(desk: Desk) -> Response | BaseResponse:
    """A new batch."""
    form = BatchForm.receive(about=str(desk.consultation.id))
    if form.is_sent():
        try:
            batch = invitations.make_batch(
                desk.consultation,
                form.label_text.data or "",
                form.size.data or 0,
                expires_at=_end_of(form.last_day.data),
                secret=settings().secret_key,
                by=current_actor(),
                at=now(),
            )
            return go_to("consultations.show_batch", slug=desk.slug, batch_id=batch.id, done="made")
        except DomainError as trouble:
            form.refuse(trouble)
    return render(
        "participation/consultations/make_invitations.html",
        status=form.status,
        form=form,
        most=invitations.MOST_CODES,
        **staff_pages.desk_context(desk),
    )


@bp.get(HERE + "/invitations/<int:batch_id>")
@allow(can_write, of=find_batch)
def show_batch(desk: BatchDesk) -> Response:
    """One batch: what can be done with it still."""
    batch, number = desk.batch, desk.batch.id
    count = next(each for each in invitations.list_batches(desk.consultation.id) if each.batch.id == number)
    parts = range(1, batch.size + 1, invitations.LETTERS_AT_ONCE)
    return render(
        "participation/consultations/show_batch.html",
        batch=batch,
        count=count,
        seats_filled=count.used * 12 // batch.size,
        last_day=labels.last_moment(batch.expires_at, staff_pages.zone()),
        is_over=batch.expires_at <= now(),
        parts=[(first, min(first + invitations.LETTERS_AT_ONCE - 1, batch.size)) for first in parts],
        languages_held=[
            (
                all_languages()[tag].name,
                url_for("consultations.print_letters", lang=tag, slug=desk.slug, batch_id=number),
            )
            for tag in desk.languages
            if tag in all_languages()
        ],
        print_form=PrintForm.receive(about=f"letters {number}"),
        export_form=ConfirmForm.receive(about=f"export {number}"),
        hand_out_form=ConfirmForm.receive(about=f"hand out {number}"),
        stop_form=ConfirmForm.receive(about=f"stop {number}"),
        done=done_sentences.get(request.args.get("done", "")),
        **staff_pages.desk_context(desk),
    )


@bp.post(HERE + "/invitations/<int:batch_id>/letters")
@allow(can_write, of=find_batch)
def print_letters(desk: BatchDesk) -> Response | BaseResponse:
    """Letters with code and QR, in the language of this address; they can be printed until they are handed out."""
    form = PrintForm.receive(about=f"letters {desk.batch.id}")
    if not form.is_sent():
        return go_to("consultations.show_batch", slug=desk.slug, batch_id=desk.batch.id)
    found = invitations.print_codes(
        desk.consultation,
        desk.batch,
        first=form.first.data or 1,
        secret=settings().secret_key,
        by=current_actor(),
        at=now(),
    )
    language, consultation = current_language().tag, desk.consultation
    return render(
        "participation/consultations/print_letters.html",
        caching=Caching.NEVER,
        letters=[_letter(each) for each in found],
        purpose=consultation.purpose.read(language),
        start_url=_absolute(f"/c/{desk.slug}"),
        last_day=labels.last_moment(desk.batch.expires_at, staff_pages.zone()),
        other_ways=pages.lines_in(consultation.other_ways, language),
        batch_url=url_for("consultations.show_batch", slug=desk.slug, batch_id=desk.batch.id),
        **staff_pages.desk_context(desk),
    )


@bp.post(HERE + "/invitations/<int:batch_id>/export")
@allow(can_write, of=find_batch)
def export_codes(desk: BatchDesk) -> Response | BaseResponse:
    """All codes as a table, once."""
    form = ConfirmForm.receive(about=f"export {desk.batch.id}")
    if not form.is_sent():
        return go_to("consultations.show_batch", slug=desk.slug, batch_id=desk.batch.id)
    found = invitations.export_codes(
        desk.consultation, desk.batch, secret=settings().secret_key, by=current_actor(), at=now()
    )
    response = make_response(_table(found, desk.batch))
    response.content_type = "text/csv; charset=utf-8"
    name = f"{desk.slug}-codes-{desk.batch.id}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = Caching.NEVER.value
    return response


@bp.post(HERE + "/invitations/<int:batch_id>/hand-out")
@allow(can_write, of=find_batch)
def hand_out_codes(desk: BatchDesk) -> Response | BaseResponse:
    """The letters have left the building: nobody sees the codes again."""
    if ConfirmForm.receive(about=f"hand out {desk.batch.id}").is_sent():
        invitations.hand_out(desk.consultation, desk.batch, by=current_actor(), at=now())
    return go_to("consultations.show_batch", slug=desk.slug, batch_id=desk.batch.id, done="handed_out")


@bp.post(HERE + "/invitations/<int:batch_id>/stop")
@allow(can_write, of=find_batch)
def stop_codes(desk: BatchDesk) -> Response | BaseResponse:
    """Codes that were not used work no more."""
    if ConfirmForm.receive(about=f"stop {desk.batch.id}").is_sent():
        invitations.stop_batch(desk.consultation, desk.batch, by=current_actor(), at=now())
    return go_to("consultations.show_batch", slug=desk.slug, batch_id=desk.batch.id, done="stopped")


def _end_of(last_day: object) -> datetime:
    """The first moment after the last day, in the city's time."""
    day = datetime.fromisoformat(str(last_day)).date() + timedelta(days=1)
    return datetime.combine(day, time(0), ZoneInfo(staff_pages.zone()))


def _letter(code: Code) -> dict[str, object]:
    address = _absolute(f"/i/{code.code}")
    picture = segno.make(address, error="m", micro=False)
    return {
        "number": code.number,
        "code": code.code,
        "picture": picture.svg_data_uri(scale=4, border=2, light="#fff"),
        "url": address,
    }


def _table(found: list[Code], batch: InvitationBatch) -> str:
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["number", "code", "link", "works_until"])
    for each in found:
        link = _absolute(f"/i/{each.code}")
        writer.writerow([each.number, codes.format_code(each.code), link, batch.expires_at.isoformat()])
    return table.getvalue()


def _absolute(path: str) -> str:
    return settings().base_url + path
