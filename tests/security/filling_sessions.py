"""The dialogue sessions of the security tests: one in each stage in which something about it differs, and all in it.

They are numbered so that roles in a consultation and in a session of the same number are told apart: the session
elsewhere has the number of a consultation here, and the last session here that of the consultation elsewhere.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from dialogues.sessions import agenda, join_codes
from dialogues.sessions.models import DialogueSession, Interpreter, Meeting, RoundKind
from dialogues.sessions.states import State
from participation.core.clock import now
from participation.core.database import db
from participation.core.localized import LocalizedText
from participation.core.policy import SYSTEM, Role
from tests.factories.accounts import make_staff
from tests.factories.city import words
from tests.factories.sessions import make_item, make_line, make_session
from tests.security.filling_rooms import fill_room

if TYPE_CHECKING:
    from tests.security.world import Place, World

#: State and start of each, in the order of their numbers.
STANDS: dict[str, tuple[State, timedelta]] = {
    "elsewhere": (State.DRAFT, timedelta(days=25)),
    "announced": (State.READY, timedelta(hours=20)),
    "live": (State.ROUND, timedelta(hours=-1)),
    "over": (State.CLOSED, timedelta(days=-10)),
    "cancelled": (State.CANCELLED, timedelta(days=5)),
    "dropped": (State.CANCELLED, timedelta(days=6)),
    "planned": (State.DRAFT, timedelta(days=20)),
}
#: Stages that no resident knows of.
UNKNOWN = frozenset({"elsewhere", "planned", "dropped"})
#: Stages in which somebody of the table of permissions knocks.
TALKS = tuple(name for name in STANDS if name != "elsewhere")
TEXTS = ("purpose", "topics", "heard_by", "authority", "place")


class SessionFilling:
    """Makes the session of one place, with everything planners write and choose."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.at = now()
        self.is_draft = name in UNKNOWN

    def make(self) -> Place:
        """The place, with what addresses are made of."""
        from tests.security.world import Place  # which is made of all fillings

        state, start = STANDS[self.name]
        is_announced = not self.is_draft
        session = make_session(
            slug=f"talk-{self.name}",
            title=self._text("title of a draft session"),
            **{each: self._text("words of a draft session") for each in TEXTS},
            state=state,
            starts_at=self.at + start,
            languages=["en", "es", "ar"],
            meeting=Meeting.HYBRID,
            video_url=f"https://video.example/{self._plant('video room')}",
            safeguarding_phone=self._plant("number of the safeguarding lead"),
            reply_due_on=(self.at + timedelta(days=90)).date(),
            keep_until=(self.at + timedelta(days=300)).date(),
            announced_at=self.at if is_announced else None,
            tried_at=None if self.name == "announced" else self.at,
            sensitivity=3 if self.name == "live" else 2,
        )
        place = Place(self.name, session.slug, session.id, kind="session")
        place.ids["item_id"] = self._plan_rounds(session)
        place.ids |= {"first_item_id": self.first_item_id, "note_id": 1, "code": "AAAAAA"}
        for number in (1, 2):
            line = self._text("words of a draft session")
            make_line(session, position=number).text = line
        for tag in ("es", "ar"):
            db.session.add(Interpreter(session_id=session.id, language=tag, name=self._plant("name of an interpreter")))
        place.ids["code"] = self._make_codes(session)
        return place

    def staff_it(self, place: Place) -> None:
        """Two who lead it, and one on call: whoever leads here holds no role here."""
        session = db.session.get_one(DialogueSession, place.space.id)
        session.second_id = make_staff(Role.FACILITATOR, space=place.space).id
        session.safeguarding_id = self.world.people[str(Role.SAFEGUARDING_LEAD)].staff_id
        lead = make_staff(Role.FACILITATOR).id if self.name == "elsewhere" else self.world.people["lead"].staff_id
        session.lead_id = lead
        db.session.flush()
        if not self.is_draft:
            fill_room(self.world, place, session)

    def _plan_rounds(self, session: DialogueSession) -> int:
        items = []
        for position, kind in enumerate(RoundKind, 1):
            facts: dict[str, Any] = {
                "title": self._text("words of a draft session"),
                "prompt": self._text("words of a draft session"),
                "minutes": 10,
            }
            if kind == RoundKind.POLL:
                facts["options"] = [agenda.stored(self._text("answers of a poll")) for _ in range(3)]
            items.append(make_item(session, kind, position=position, **facts))
        if self.name == "live":
            session.item_id = items[0].id
        self.first_item_id = items[0].id
        return items[list(RoundKind).index(RoundKind.POLL)].id

    def _make_codes(self, session: DialogueSession) -> str:
        """A code that leaked and was closed, and the one that works, which is given; one that leads nowhere else."""
        secret = self.world.secret
        if self.name in {"planned", "dropped"}:
            return "AAAAAA"
        closed = join_codes.open_code(session, secret=secret, by=SYSTEM, at=self.at)
        works = join_codes.change_code(session, secret=secret, by=SYSTEM, at=self.at)
        self.world.canaries.note(closed, "closed join code", place=self.name)
        self.world.canaries.note(works, "join code", place=self.name)
        return works

    def _text(self, kind: str) -> LocalizedText:
        """Words in each language; with a canary where nobody outside may read them."""
        is_private = self.is_draft or kind == "answers of a poll"
        said = f"Words {self._plant(kind)} here" if is_private else "Words for everybody"
        return words(said, es=f"{said} (es)", ar=f"{said} (ar)")

    def _plant(self, kind: str) -> str:
        return self.world.canaries.plant(kind, place=self.name)
