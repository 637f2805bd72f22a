"""The city that the security tests walk through: one consultation and one dialogue session in each stage with all that
can be in it, and one of each kind of person.

This is the one place where tests share rows. A test that changes something gives the city back as it was
(`tests/security/conftest.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from participation.accounts import services as account_services
from participation.accounts.identity import cookie_name, settings
from participation.accounts.links import make_link
from participation.accounts.models import Door, LinkPurpose, Participant, ParticipantKey, Staff, StaffSession
from participation.accounts.passwords import hash_password
from participation.city.models import SupportResource
from participation.consultations import Audience, Publication, StageKind
from participation.core.clock import now
from participation.core.database import db
from participation.core.localized import LocalizedText
from participation.core.policy import Actor, Grant, Role, Space
from tests.factories.accounts import grant_role, make_staff
from tests.factories.city import SOME_DAY, make_city, make_rule, words
from tests.factories.consultations import make_consultation, make_stage
from tests.security.canaries import Canaries
from tests.security.filling import Filling
from tests.security.filling_sessions import STANDS, SessionFilling

#: Where a consultation can stand; in each of them is everything that can be in one.
STAGES = ("draft", "before", "open", "closed", "archived")
#: Roles that are held in one consultation, or in all.
LOCAL_ROLES = (
    Role.OFFICER,
    Role.MODERATOR,
    Role.FACILITATOR,
    Role.INTERPRETER,
    Role.AUTHORITY_READER,
    Role.ORGANISER,
    Role.SUMMARISER,
    Role.STEWARD,
)
WIDE_ROLES = (Role.ADMINISTRATOR, Role.SAFEGUARDING_LEAD, Role.SAFEGUARDING_DEPUTY)
#: Everybody, by name; see permissions.toml.
PEOPLE = (
    "stranger",
    "own",
    "other",
    "shared",
    *(f"{role}@{where}" for role in LOCAL_ROLES for where in ("here", "elsewhere")),
    *(str(role) for role in WIDE_ROLES),
    "officer@everywhere",
    "lead",
    "staff@nothing",
    "unverified",
    "deactivated",
    "stale",
)
#: The password of all staff.
PASSWORD = "nine brown kettles on the roof"
#: One code of a batch that can be used, and its consultation.
INVITED = "invited"


def three(text: str) -> LocalizedText:
    """Words of the staff in each language."""
    return words(text, es=f"{text} (es)", ar=f"{text} (ar)")


@dataclass
class Who:
    """Somebody who sends requests."""

    name: str
    cookies: dict[str, str] = field(default_factory=dict)
    staff_id: int = 0
    participant_id: int = 0
    #: as policies see her, for services
    actor: Actor = field(default_factory=Actor)

    @property
    def header(self) -> str:
        """Her cookies, as they go along with a request."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


@dataclass
class Place:
    """One consultation or session with everything in it; `ids` are what addresses are made of."""

    name: str
    slug: str
    #: number of the consultation or session
    number: int
    kind: str = "consultation"
    ids: dict[str, Any] = field(default_factory=dict)

    @property
    def consultation_id(self) -> int:
        """The number of this consultation."""
        assert self.kind == "consultation"
        return self.number

    @property
    def space(self) -> Space:
        """The space roles are granted in."""
        return Space(self.kind, self.number)


class World:
    """Everybody and everything, once."""

    def __init__(self) -> None:
        self.canaries = Canaries()
        self.places: dict[str, Place] = {}
        #: dialogue sessions, by their own stages
        self.talks: dict[str, Place] = {}
        self.people: dict[str, Who] = {}
        #: values for addresses outside consultations
        self.ids: dict[str, Any] = {}
        self.secret = settings().secret_key
        #: hashed once, since hashing takes long on purpose
        self._password_hash = hash_password(PASSWORD)
        self._build()
        db.session.commit()

    # -- the city and its people

    def _build(self) -> None:
        texts = ("name", "contact_address", "contact_hours", "privacy_notice", "accessibility_statement")
        make_city(contact_email="help@city.example", **{each: three(each) for each in texts})
        for number in (1, 2):
            make_rule(number, title=three("Be kind"), text=three("Speak about things."))
        db.session.add(
            SupportResource(
                position=1, name=three("A line"), description=three("Listens."), phone="112", reviewed_on=SOME_DAY
            )
        )
        for name in (*STAGES, INVITED, "elsewhere"):
            self._open_place(name)
        talks = {name: SessionFilling(self, name) for name in STANDS}
        self.talks = {name: filling.make() for name, filling in talks.items()}
        self._gather_people()
        for place in self.places.values():
            Filling(self, place).fill()
        for name, filling in talks.items():
            filling.staff_it(self.talks[name])

    def place_at(self, stage: str) -> Place | None:
        """The consultation or session that stands at this stage."""
        return self.places.get(stage) or self.talks.get(stage)

    def _open_place(self, name: str) -> None:
        at = now()
        facts: dict[str, Any] = {"slug": f"place-{name}", "is_open": False}
        if name == "draft":
            facts |= {"publication": Publication.DRAFT, "published_at": None}
        if name == "archived":
            facts |= {"publication": Publication.ARCHIVED}
        if name in {"closed", "archived"}:
            facts |= {"has_open_votes": True}
        if name == "draft":
            facts |= {each: three(each) for each in ("title", "purpose", "can_change", "cannot_change", "decided_by")}
            facts |= {"other_ways": three("On paper.")}
        if name == INVITED:
            facts |= {"audience": Audience.INVITED, "age_bands": ["16-18", "19-30"]}
        consultation = make_consultation(reply_due_on=SOME_DAY + timedelta(days=60), **facts)
        opens = {"before": timedelta(days=10), "closed": timedelta(days=-30), "archived": timedelta(days=-30)}
        opens_at = at + opens.get(name, timedelta(days=-1))
        answered, read = opens_at + timedelta(days=20), opens_at + timedelta(days=40)
        stage = make_stage(consultation, opens_at=opens_at, closes_at=answered, name=three("Asking"))
        reading = {"position": 2, "opens_at": answered, "closes_at": read, "name": three("Reading")}
        make_stage(consultation, StageKind.READING, **reading)
        place = self.places[name] = Place(name, consultation.slug, consultation.id)
        place.ids["stage_id"] = stage.id

    def _gather_people(self) -> None:
        everything = [*self.places.values(), *self.talks.values()]
        here = [place.space for place in everything if place.name != "elsewhere"]
        elsewhere = [place.space for place in everything if place.name == "elsewhere"]
        self.people["stranger"] = Who("stranger")
        for name, is_shared in (("own", False), ("other", False), ("shared", True)):
            self.people[name] = self._resident(name, is_shared=is_shared)
        for role in LOCAL_ROLES:
            self.people[f"{role}@here"] = self._staff(f"{role}@here", role, here)
            self.people[f"{role}@elsewhere"] = self._staff(f"{role}@elsewhere", role, elsewhere)
        for role in WIDE_ROLES:
            self.people[str(role)] = self._staff(str(role), role, [None])
        self.people["officer@everywhere"] = self._staff("officer@everywhere", Role.OFFICER, [None])
        self.people["lead"] = self._staff("lead", Role.FACILITATOR, elsewhere, named="name of a facilitator")
        self.people["staff@nothing"] = self._staff("staff@nothing", Role.OFFICER, [])
        self.people["unverified"] = self._staff("unverified", Role.OFFICER, here, is_verified=False)
        self.people["deactivated"] = self._staff("deactivated", Role.ADMINISTRATOR, [None])
        db.session.get_one(Staff, self.people["deactivated"].staff_id).is_active = False
        self.people["stale"] = self._staff("stale", Role.ADMINISTRATOR, [None], stepped_up_at=None)
        self._let_in_halfway()
        newcomer = make_staff(Role.MODERATOR, space=here[2], name="Newcomer", email="newcomer@city.example")
        token = make_link(newcomer.id, LinkPurpose.INVITATION, secret=self.secret, at=now())
        self.ids |= {"staff_id": newcomer.id, "token": token}
        signer = db.session.get_one(Staff, self.people["officer@here"].staff_id)
        own = db.session.get_one(Participant, self.people["own"].participant_id)
        self.ids |= {"signer": signer.email, "return_code": account_services.return_code(own, secret=self.secret)}
        self.canaries.note(self._password_hash.rpartition("$")[2].replace("+", "").replace("/", ""), "password hash")
        self.ids["grant_id"] = grant_role(newcomer, Role.FACILITATOR, space=here[2]).id

    def _let_in_halfway(self) -> None:
        """Those whose sign-in stands at one of its earlier steps; they are no actors of the table of permissions."""
        halfway: dict[str, dict[str, Any]] = {
            "newcomer": {"came_by": Door.INVITATION, "has_password": False},
            "without-authenticator": {"came_by": Door.INVITATION},
            "without-proof": {"came_by": Door.RESET, "has_password": False},
        }
        for name, facts in halfway.items():
            self.people[name] = self._staff(name, Role.MODERATOR, [], is_verified=False, **facts)
            staff = db.session.get_one(Staff, self.people[name].staff_id)
            if name == "newcomer":
                staff.password_hash = staff.totp_secret = ""
            if name == "without-authenticator":
                staff.totp_secret = ""

    def _resident(self, name: str, *, is_shared: bool) -> Who:
        participant = account_services.make_participant(
            account_services.Origin.DEVICE, secret=self.secret, at=now(), nonce_hash=f"nonce of {name}"
        )
        key = f"device-of-{name}"
        db.session.add(
            ParticipantKey(
                key_hash=account_services.hash_key(key),
                participant_id=participant.id,
                is_shared=is_shared,
                expires_at=now() + (timedelta(minutes=15) if is_shared else timedelta(days=30)),
            )
        )
        db.session.flush()
        self.canaries.note(account_services.return_code(participant, secret=self.secret), "return code", owner=name)
        return Who(
            name,
            {cookie_name("key"): key},
            participant_id=participant.id,
            actor=Actor(participant_id=participant.id),
        )

    def _staff(self, name: str, role: Role, spaces: list[Any], *, named: str = "staff name", **facts: Any) -> Who:
        staff = make_staff(
            name=f"Somebody {self.canaries.plant(named, owner=name)}",
            email=f"{self.canaries.plant('staff address', owner=name)}@city.example",
            password_hash=self._password_hash,
            totp_secret=self.canaries.plant("authenticator seed"),
            uses_shortcuts=False,
        )
        for space in spaces:
            grant_role(staff, role, space=space)
        token = f"sign-in-of-{name}"
        values = {
            "token_hash": account_services.hash_key(token),
            "staff_id": staff.id,
            "created_at": now(),
            "seen_at": now(),
            "expires_at": now() + timedelta(hours=12),
            "has_password": True,
            "is_verified": True,
            "stepped_up_at": now(),
        }
        db.session.add(StaffSession(**{**values, **facts}))
        if name == "officer@here":  # signed in on another device too
            db.session.add(StaffSession(**{**values, "token_hash": account_services.hash_key("another device")}))
        grants = frozenset(Grant(role, space) for space in spaces)
        return Who(
            name,
            {cookie_name("staff"): token},
            staff_id=staff.id,
            actor=Actor(staff_id=staff.id, name=staff.name, grants=grants, is_verified=True, is_fresh=True),
        )
