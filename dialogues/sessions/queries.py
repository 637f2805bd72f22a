"""Reads of sessions: for residents who look for one, for staff who plan and lead them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select

from participation.core.database import db
from participation.core.errors import NotFound

from .models import AgendaItem, AgreementLine, DialogueSession, Interpreter, JoinCode, SessionEvent
from .states import LIVE, State

#: Sessions in one page of a list.
PAGE_SIZE = 20
#: How long a session stands among the coming ones after it has begun.
STAYS_LISTED = timedelta(hours=6)


def find_session(slug: str) -> DialogueSession | None:
    """The session with this name in addresses."""
    return db.session.execute(select(DialogueSession).where(DialogueSession.slug == slug)).scalar_one_or_none()


def get_session(slug: str) -> DialogueSession:
    """The session with this name in addresses.

    Raises:
        NotFound: there is none.
    """
    found = find_session(slug)
    if found is None:
        raise NotFound
    return found


def get_session_by_id(session_id: int) -> DialogueSession:
    """The session with this number.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(DialogueSession, session_id)
    if found is None:
        raise NotFound
    return found


def lock_session(session_id: int) -> DialogueSession:
    """The session, read afresh and locked until the commit, so that two facilitators do not lead it at once."""
    return db.session.execute(
        select(DialogueSession)
        .where(DialogueSession.id == session_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()


def list_coming(at: datetime) -> Sequence[DialogueSession]:
    """Announced sessions that are still to come or going on; the next one first."""
    query = select(DialogueSession).where(
        DialogueSession.state.in_([State.READY, *LIVE]), DialogueSession.starts_at > at - STAYS_LISTED
    )
    ordered = query.order_by(DialogueSession.starts_at, DialogueSession.id).limit(PAGE_SIZE)
    return db.session.execute(ordered).scalars().all()


def list_for_staff(
    ids: Sequence[int] | None, staff_id: int | None, *, after: tuple[datetime, int] | None = None
) -> tuple[Sequence[DialogueSession], bool]:
    """Sessions in the spaces `ids` (None: all) or led by `staff_id`, latest first, and whether more follow.

    `after` is start and number of the last one of the page before.
    """
    query = select(DialogueSession)
    if ids is not None:
        leads = or_(DialogueSession.lead_id == staff_id, DialogueSession.second_id == staff_id)
        query = query.where(or_(DialogueSession.id.in_(ids), leads))
    if after is not None:
        starts_at, number = after
        same = (DialogueSession.starts_at == starts_at) & (DialogueSession.id < number)
        query = query.where(or_(DialogueSession.starts_at < starts_at, same))
    ordered = query.order_by(DialogueSession.starts_at.desc(), DialogueSession.id.desc()).limit(PAGE_SIZE + 1)
    found = db.session.execute(ordered).scalars().all()
    return found[:PAGE_SIZE], len(found) > PAGE_SIZE


def list_sessions_by_ids(ids: Sequence[int]) -> Sequence[DialogueSession]:
    """These sessions, in no order."""
    return db.session.execute(select(DialogueSession).where(DialogueSession.id.in_(ids))).scalars().all()


def list_session_ids() -> Sequence[int]:
    """Numbers of all sessions, latest first."""
    return db.session.execute(select(DialogueSession.id).order_by(DialogueSession.id.desc())).scalars().all()


def list_items(session_id: int) -> Sequence[AgendaItem]:
    """The agenda in its order."""
    query = select(AgendaItem).where(AgendaItem.session_id == session_id)
    return db.session.execute(query.order_by(AgendaItem.position, AgendaItem.id)).scalars().all()


def find_item(session_id: int, item_id: int | None) -> AgendaItem | None:
    """One item of this session's agenda."""
    item = db.session.get(AgendaItem, item_id) if item_id is not None else None
    return item if item is not None and item.session_id == session_id else None


def agreement_version(session_id: int) -> int:
    """The version of the agreement in force; 0 where there is none."""
    newest = select(func.max(AgreementLine.version)).where(AgreementLine.session_id == session_id)
    return db.session.execute(newest).scalar_one() or 0


def list_agreement(session_id: int) -> Sequence[AgreementLine]:
    """The lines of the agreement in force."""
    newest = select(func.max(AgreementLine.version)).where(AgreementLine.session_id == session_id).scalar_subquery()
    query = select(AgreementLine).where(AgreementLine.session_id == session_id, AgreementLine.version == newest)
    return db.session.execute(query.order_by(AgreementLine.position)).scalars().all()


def list_interpreters(session_id: int) -> Sequence[Interpreter]:
    """Who interprets."""
    query = select(Interpreter).where(Interpreter.session_id == session_id)
    return db.session.execute(query.order_by(Interpreter.language, Interpreter.name)).scalars().all()


def find_open_code(session_id: int) -> JoinCode | None:
    """The code that works now."""
    return next(iter(list_open_codes(session_id)), None)


def list_open_codes(session_id: int) -> Sequence[JoinCode]:
    """All codes that work now, the newest first; one, unless two people made one at the same moment."""
    query = select(JoinCode).where(JoinCode.session_id == session_id, JoinCode.closed_at.is_(None))
    return db.session.execute(query.order_by(JoinCode.id.desc())).scalars().all()


def find_by_code(code_hash: str) -> DialogueSession | None:
    """The session a working code leads to."""
    query = select(DialogueSession).join(JoinCode, JoinCode.session_id == DialogueSession.id)
    found = query.where(JoinCode.code_hash == code_hash, JoinCode.closed_at.is_(None))
    return db.session.execute(found).scalar_one_or_none()


def list_events(session_id: int, *, after: int = 0) -> Sequence[SessionEvent]:
    """What happened after the event number `after`, in order."""
    query = select(SessionEvent).where(SessionEvent.session_id == session_id, SessionEvent.sequence > after)
    return db.session.execute(query.order_by(SessionEvent.sequence)).scalars().all()


def is_code_taken(code_hash: str) -> bool:
    """Whether this code leads or once led to a session."""
    return db.session.execute(select(JoinCode.id).where(JoinCode.code_hash == code_hash)).first() is not None


def list_cancelled(at: datetime) -> Sequence[DialogueSession]:
    """Sessions that were announced, would still come, and were cancelled."""
    query = select(DialogueSession).where(
        DialogueSession.state == State.CANCELLED,
        DialogueSession.starts_at > at,
        DialogueSession.announced_at.is_not(None),
    )
    return db.session.execute(query.order_by(DialogueSession.starts_at).limit(PAGE_SIZE)).scalars().all()


def list_overdue(check_out_before: datetime, live_before: datetime, most: int) -> Sequence[DialogueSession]:
    """Sessions in the check-out that were to end before `check_out_before`, and live ones before `live_before`."""
    is_left = (DialogueSession.state == State.CHECK_OUT) & (DialogueSession.ends_at < check_out_before)
    is_abandoned = DialogueSession.state.in_(LIVE) & (DialogueSession.ends_at < live_before)
    query = select(DialogueSession).where(or_(is_left, is_abandoned)).order_by(DialogueSession.id)
    return db.session.execute(query.limit(most)).scalars().all()


def list_to_forget(day: date, most: int) -> Sequence[DialogueSession]:
    """Sessions of which everything said is to be deleted by `day`; drafts hold nothing and live ones end first."""
    query = select(DialogueSession).where(
        DialogueSession.keep_until <= day,
        DialogueSession.state.not_in([State.DRAFT, State.ARCHIVED, *LIVE]),
    )
    return db.session.execute(query.order_by(DialogueSession.id).limit(most)).scalars().all()


def list_led_soon(staff_id: int, at: datetime) -> Sequence[DialogueSession]:
    """Announced and live sessions that this person leads and that begin within a day."""
    leads = or_(DialogueSession.lead_id == staff_id, DialogueSession.second_id == staff_id)
    near = DialogueSession.starts_at.between(at - STAYS_LISTED, at + timedelta(days=1))
    query = select(DialogueSession).where(leads, near, DialogueSession.state.in_([State.READY, *LIVE]))
    return db.session.execute(query.order_by(DialogueSession.starts_at)).scalars().all()
