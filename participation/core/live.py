"""Live pages: what changed is pushed to everybody who looks at it, in her language and for her role.

A service calls `publish` beside the change it makes; phones hear of it after the commit, and never of what was rolled
back. A page calls `stream_address` and names it in `hx-sse:connect`. Where streams are blocked a script fetches the
same fragments every few seconds; without JavaScript the page loads itself again and may draw `latest`.

Files: `live_tickets` who may listen, `live_fragments` what may be pushed, `live_log` the tables, `live_bus` the way to
the processes that hold streams, `live_phone`, `live_hub` and `live_server` those processes, `serving` starts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, Flask, Response, current_app, g, request, url_for
from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction
from werkzeug.exceptions import Forbidden

from . import live_log
from .addresses import row_number
from .database import db
from .live_bus import Bus, Nudge
from .live_fragments import FragmentRefused, check_fragment
from .live_log import CLOSING
from .live_tickets import Audience, Ticket, TicketRefused, read, sign
from .policy import PUBLIC, allow
from .registry import Registry
from .settings import Settings

__all__ = [
    "Audience",
    "FragmentRefused",
    "close",
    "erase",
    "latest",
    "publish",
    "start_live",
    "stream_address",
]

#: Longest name of a topic or a member, in characters.
LONGEST_NAME = 70
#: Seconds after which a phone may ask again when nobody takes its stream.
RETRY_SECONDS = 5
_PENDING = "live nudges"

pages = Blueprint("live", __name__)


def start_live(app: Flask, settings: Settings) -> None:
    """Open the two addresses of streams, tidy the log, and tell pages' addresses in a header."""
    app.extensions["live_bus"] = Bus(settings)
    registry: Registry = app.extensions["registry"]
    registry.tidiers.append(live_log.prune)
    app.register_blueprint(pages)
    app.after_request(_name_stream)


def publish(topic: str, fragments: Mapping[Audience, str], *, at: datetime) -> int:
    """Push a fragment of HTML to everybody who listens to `topic`; gives the event's number in the topic.

    The event is written in this transaction and pushed after its commit. `fragments` holds one finished fragment for
    each language and role; who is not in it sees nothing of this event. Until the transaction ends others who publish
    to the same topic wait, so publish last; of several topics, in alphabetical order.

    Raises:
        FragmentRefused: a fragment could act: it holds a form, a control, a script, `hx-*`, a nonce or the like.
        ValueError: there is no fragment, or the topic's name is too long.
    """
    if not fragments or not 0 < len(topic) <= LONGEST_NAME:
        raise ValueError("an event needs a topic of at most 70 characters and at least one fragment")
    for html in fragments.values():
        check_fragment(html)
    return _append(topic, {str(audience): html for audience, html in fragments.items()}, at)


def close(topic: str, member: str, *, at: datetime) -> int:
    """Show `member` out of `topic` after the commit: her streams end, and tickets made before now open nothing."""
    if not 0 < len(member) <= LONGEST_NAME:
        raise ValueError("a member's name has at most 70 characters")
    return _append(topic, {f"{CLOSING}{member}": ""}, at)


def erase(topic: str, *, at: datetime) -> int:
    """Throw away all that `topic` said so far, and let everybody who listens load the page anew after the commit."""
    sequence = live_log.erase(db.session.connection(), topic, at)
    _pending().append(Nudge(topic, sequence, None))
    return sequence


def latest(topic: str, audience: Audience) -> str | None:
    """The newest fragment that `audience` was shown, for pages without JavaScript; None when the log holds none."""
    found = live_log.read_latest(db.session.connection(), topic, str(audience))
    return found.fragments[str(audience)] if found else None


def stream_address(topic: str, audience: Audience, *, member: str) -> str:
    """Where this page's reader hears of everything that happens in `topic` from this moment on.

    Call it before reading what the page shows: what happens in between is then sent rather than missed. Whether she
    may listen is for the view's policy to say. The answer also carries the address in the header `Live-Address`, where
    the page's script finds a fresh one by asking for the page again.
    """
    position = live_log.newest_of(db.session.connection(), topic)
    token = sign(_secret(), Ticket(topic, audience, member, position))
    g.live_address = url_for("live.listen", token=token)
    address: str = g.live_address
    return address


@pages.get("/live/<token>")
@allow(PUBLIC)
def listen(token: str) -> Response:
    """Reached only when the stream was not handed to a live process: the ticket is refused, or there is none."""
    _read_ticket(token)
    return Response(status=503, headers={"Retry-After": str(RETRY_SECONDS)})


@pages.get("/live/<token>/events")
@allow(PUBLIC)
def list_events(token: str) -> Response:
    """The fragments after number `after`, for phones whose streams are blocked; 304 while there are none.

    The tag is the number of the newest event. A 205 says what the event `reload` says: load the page anew.
    """
    ticket = _read_ticket(token)
    connection = db.session.connection()
    after = request.args.get("after", ticket.position, row_number)
    if not live_log.reaches(connection, ticket.topic, after):
        return Response(status=205)
    found = live_log.read_after(connection, ticket.topic, after, audience=str(ticket.audience))
    newest = found[-1].sequence if found else after
    response = Response("".join(html for each in found for html in each.fragments.values()), mimetype="text/html")
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(str(newest))
    response.make_conditional(request)
    return response


def _read_ticket(token: str) -> Ticket:
    """The ticket, if it is good and its holder was not shown out since.

    Raises:
        Forbidden: it opens nothing.
    """
    try:
        ticket, _made_at = read(_secret(), token)
    except TicketRefused as trouble:
        raise Forbidden from trouble
    closings = live_log.read_closings(db.session.connection(), ticket.topic)
    if closings.get(ticket.member, -1) > ticket.position:
        raise Forbidden
    return ticket


def _append(topic: str, fragments: dict[str, str], at: datetime) -> int:
    sequence = live_log.append(db.session.connection(), topic, fragments, at)
    _pending().append(Nudge(topic, sequence, fragments))
    return sequence


def _pending() -> list[Nudge]:
    """Nudges that wait for this session's commit."""
    waiting: list[Nudge] = db.session().info.setdefault(_PENDING, [])
    return waiting


@event.listens_for(db.session, "after_commit")
def _send_pending(session: Session) -> None:
    waiting: list[Nudge] = session.info.pop(_PENDING, [])
    if waiting:
        bus: Bus = current_app.extensions["live_bus"]
        for nudge in waiting:
            bus.send(nudge)


@event.listens_for(db.session, "after_soft_rollback")
def _drop_pending(session: Session, undone: SessionTransaction) -> None:
    waiting: list[Nudge] = session.info.get(_PENDING, [])
    if undone.nested:
        # some of it may be undone and some not: the log will say
        waiting[:] = [Nudge(topic, 2**31 - 1, None) for topic in {each.topic for each in waiting}]
    else:
        waiting.clear()


def _secret() -> str:
    return str(current_app.config["SECRET_KEY"])


def _name_stream(response: Response) -> Response:
    if "live_address" in g:
        response.headers["Live-Address"] = g.live_address
    return response
