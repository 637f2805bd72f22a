"""What stands in one consultation of the security tests: answers, words in every state, decisions, findings."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from participation.accounts import Origin, Participant, make_participant, return_code
from participation.consultations import CameBy, Consultation, Participation, Step, kind_of
from participation.consultations.invitations import list_codes, make_batch
from participation.consultations.models import DraftAnswer
from participation.contributions import (
    Channel,
    Contribution,
    ContributionDraft,
    Mode,
    Permission,
    Surface,
    get_contribution,
    mend_contribution,
    withdraw_contribution,
)
from participation.core.clock import now
from participation.core.database import db
from participation.core.policy import Actor, Grant, Role
from participation.moderation import (
    Action,
    Ground,
    Reasons,
    decide,
    find_item_of,
    latest_decisions,
    make_appeal,
    read_waiting,
)
from participation.moderation.models import Gravity
from participation.opinions import Author, Statement, add_statement, cast_vote
from participation.responses import AnswerKind, ResponseDraft, publish_response
from participation.summaries import (
    FindingKind,
    Gathered,
    cite,
    gather_evidence,
    prepare_release,
    release_summary,
    sign_finding,
    write_cover,
    write_finding,
)
from participation.summaries.models import SavedExport
from participation.translation import save_translation
from tests.factories.accounts import make_staff
from tests.factories.city import words
from tests.factories.consultations import make_participation, make_step

if TYPE_CHECKING:
    from tests.security.world import Place, World

#: People besides those with a name, so that small numbers are not the only ones.
CROWD = 12
OPTIONS = {1: words("A bench", es="Un banco", ar="مقعد"), 2: words("A tree", es="Un árbol", ar="شجرة")}


class Filling:
    """Fills one place."""

    def __init__(self, world: World, place: Place) -> None:
        self.world = world
        self.place = place
        self.at = now()
        self.consultation = db.session.get_one(Consultation, place.consultation_id)
        self.steps: dict[str, Step] = {}
        #: the staff who do what is done here; not among the actors, so that no actor is the decider
        self.moderator = self._helper(Role.MODERATOR)
        self.officer = self._helper(Role.OFFICER)
        self.second = self._helper(Role.OFFICER)
        self.joined: dict[str, Participation] = {}

    def fill(self) -> None:
        """Everything, in the order in which it would come about."""
        self._ask()
        self._take_part()
        self._say()
        self._vote()
        self._write_down()
        self._sum_up()
        self._invite()

    def plant(self, kind: str, owner: str = "") -> str:
        """A sentence with a new canary."""
        return f"Words {self.world.canaries.plant(kind, place=self.place.name, owner=owner)} here"

    def _helper(self, role: Role) -> Actor:
        staff = make_staff(role, space=self.place.space, is_active=True)
        return Actor(
            staff_id=staff.id, name=staff.name, grants=frozenset({Grant(role, self.place.space)}), is_verified=True
        )

    def _ask(self) -> None:
        kinds = ("open", "one_choice", "several_choices", "scale", "ranking", "statements")
        for position, kind in enumerate(kinds, 1):
            prompt = words(f"Question {position}?", es=f"¿Pregunta {position}?", ar=f"سؤال {position}؟")
            step = self.steps[kind] = make_step(
                self.consultation, kind, position, prompt=prompt, is_optional=kind != "open"
            )
            if kind in {"one_choice", "several_choices", "ranking"}:
                kind_of(step).save_options(step, OPTIONS)
        self.place.ids |= {"step_id": self.steps["open"].id, "statements_id": self.steps["statements"].id}

    def _join(self, participant_id: int) -> Participation:
        person = db.session.get_one(Participant, participant_id)
        return make_participation(
            self.consultation, person, sent_at=self.at, reference=f"B-{self.consultation.id}{participant_id}"
        )

    def _take_part(self) -> None:
        if self.place.name == "invited":
            return
        for name in ("own", "other", "shared"):
            self.joined[name] = self._join(self.world.people[name].participant_id)
        for number in range(CROWD):
            person = make_participant(Origin.DEVICE, secret=self.world.secret, at=self.at)
            self.joined[f"crowd {number}"] = self._join(person.id)
        choices = {"one_choice": "option", "several_choices": "options", "ranking": "order"}
        for number, (name, participation) in enumerate(self.joined.items()):
            for kind, key in choices.items():
                step = self.steps[kind]
                ids = [each.id for each in _options(step)]
                value = ids[number % 2] if key == "option" else ids
                kind_of(step).send(step, {key: value}, participation, form_key=name, at=self.at)
            kind_of(self.steps["scale"]).send(
                self.steps["scale"], {"value": 1 + number % 5}, participation, form_key=name, at=self.at
            )

    # -- words

    def _say(self) -> None:
        if self.place.name == "invited":
            return
        ids = self.place.ids
        held = self._answer("own", "held answer")
        ids["contribution_id"] = held.id
        save_translation(held, "es", self.plant("translation of held words", "own"), by=self.officer, at=self.at)
        ids["item_id"] = self._item(held)
        self._answer("other", "held answer of another")
        for permission in Permission:
            said = self._answer(f"crowd {list(Permission).index(permission)}", f"released answer, {permission}")
            said.permission = permission
            self._decide(said, Action.RELEASE)
        db.session.flush()
        if self.place.name == "open":
            self._decide_now()
        self._state("own", "held statement", None)
        visible = self._state("own", "visible statement", Action.RELEASE)
        ids["visible_id"] = visible.id
        limited = self._state("own", "limited statement", Action.LIMIT)
        hidden = self._state("own", "hidden statement", Action.HIDE)
        removed = self._state("own", "removed statement", Action.REMOVE)
        returned = self._state("own", "returned statement", Action.RETURN)
        by = self.world.people["own"].actor
        for each, kind in ((returned, "returned"), (limited, "limited")):
            ids[f"{kind}_id"] = each.id
        ids["removed_id"] = removed.id
        decision = latest_decisions([hidden.id])[hidden.id]
        ids["hidden_id"] = hidden.id
        appeal = make_appeal(hidden, decision, self.plant("appeal", "own"), "en", by=by, at=self.at)
        ids["appeal_id"] = appeal.id
        mended = self._state("own", "earlier wording", Action.RETURN)
        mend_contribution(mended, self.plant("mended statement", "own"), by=by, at=self.at)
        withdrawn = self._state("own", "withdrawn statement", None)
        withdraw_contribution(withdrawn, by=by, at=self.at)
        ids["withdrawn_id"] = withdrawn.id
        draft = {"body": self.plant("draft answer", "own"), "permission": None, "language": "en"}
        db.session.add(
            DraftAnswer(
                participation_id=self.joined["own"].id, step_id=self.steps["open"].id, data=draft, saved_at=self.at
            )
        )
        db.session.flush()

    def _answer(self, name: str, kind: str) -> Contribution:
        """Words at the open question, held."""
        step, participation = self.steps["open"], self.joined[name]
        data = {"body": self.plant(kind, name), "permission": None, "language": "en"}
        kind_of(step).send(step, data, participation, form_key=kind, at=self.at)
        said = db.session.query(Contribution).filter_by(participant_id=participation.participant_id).all()
        return next(each for each in said if each.body == data["body"])

    def _state(self, name: str, kind: str, action: Action | None) -> Contribution:
        """A statement of somebody's, and what a moderator decided about it."""
        person = self.joined[name].participant_id
        draft = ContributionDraft(
            participant_id=person,
            form_key=f"{self.place.name} {kind}",
            space=self.place.space,
            subject_kind="statement",
            subject_id=self.steps["statements"].id,
            surface=Surface.PUBLIC,
            body=self.plant(kind, name),
            language="en",
            permission=Permission.QUOTE,
            mode=Mode.HOLD,
        )
        statement = add_statement(draft, author=Author.RESIDENT, by=Actor(participant_id=person), at=self.at)
        self.place.ids.setdefault("number", statement.id)
        # whoever voted while it was open keeps the vote, and gets no words by it once they are taken from view
        cast_vote(statement.id, self.joined["other"].participant_id, 1, matters=False, on=self.at.date())
        contribution = get_contribution(statement.contribution_id)
        if action is not None:
            self._decide(contribution, action)
        return contribution

    def _decide(self, contribution: Contribution, action: Action) -> None:
        owner = next(
            (name for name, each in self.joined.items() if each.participant_id == contribution.participant_id), ""
        )
        reasons = Reasons(
            ground=Ground.RULE,
            rule_number=1,
            facts=self.plant("facts of a decision", owner),
            fit=self.plant("reasons of a decision", owner),
            gravity=Gravity.THREAT if action is Action.REMOVE else None,
        )
        item = find_item_of(contribution.id)
        assert item is not None
        decide(read_waiting([(item, contribution)])[0], action, reasons, by=self.moderator, at=self.at)

    def _decide_now(self) -> None:
        """A decision of the moderator among the people, which she can still undo."""
        said = self._answer("crowd 9", "held answer of another")
        item = find_item_of(said.id)
        assert item is not None
        by = self.world.people["moderator@here"].actor
        decision = decide(read_waiting([(item, said)])[0], Action.RELEASE, by=by, at=self.at)
        self.world.ids["done"] = decision.batch

    def _item(self, contribution: Contribution) -> int:
        item = find_item_of(contribution.id)
        assert item is not None
        return item.id

    # -- votes, findings, answers, exports

    def _vote(self) -> None:
        draft = ContributionDraft(
            participant_id=None,
            form_key=f"{self.place.name} seed",
            space=self.place.space,
            subject_kind="statement",
            subject_id=self.steps["statements"].id,
            surface=Surface.PUBLIC,
            body="The bridge needs a path for bicycles.",
            language="en",
            permission=Permission.QUOTE,
            mode=Mode.VISIBLE,
            channel=Channel.CITY,
        )
        self.seed: Statement = add_statement(draft, author=Author.CITY, by=self.officer, at=self.at)
        self.place.ids["seed_id"] = self.seed.id
        for number, participation in enumerate(self.joined.values()):
            value = (1, -1, 0)[number % 3]
            cast_vote(self.seed.id, participation.participant_id, value, matters=False, on=self.at.date())

    def _sum_up(self) -> None:
        if self.place.name == "invited":
            return
        space, at, officer = self.place.space, self.at, self.officer
        three = {"es": "Dicen", "ar": "يقولون"}
        write_cover(space, words("They spoke", **three), words("Many came", **three), by=officer, at=at)
        released = write_finding(space, words("People want paths", **three), FindingKind.SHARED, by=officer, at=at)
        cite(released, Gathered(statement_ids=[self.seed.id]), by=officer, at=at)
        sign_finding(released, by=officer, at=at)
        if self.place.name in {"open", "closed", "archived", "elsewhere"}:
            release = prepare_release(space, gather_evidence(self.consultation), by=officer, at=at)
            release_summary(release, release.sha256, by=self.second, at=at)
            draft = ResponseDraft(
                kind=AnswerKind.WE_WILL,
                text=words("We will build them", **three),
                owner=words("Roads", **three),
                due_on=at.date() + timedelta(days=30),
            )
            publish_response(released, draft, by=officer, at=at)
        self.place.ids["finding_id"] = released.id
        self._look_ahead(three)

    def _look_ahead(self, three: dict[str, str]) -> None:
        """Findings of the next summary: one that waits with it for a second person, and one nobody signed."""
        space, at, officer = self.place.space, self.at, self.officer
        waiting = write_finding(
            space, words(self.plant("finding that waits"), **three), FindingKind.SHARED, by=officer, at=at
        )
        cite(waiting, Gathered(step_ids=[self.steps["one_choice"].id]), by=officer, at=at)
        sign_finding(waiting, by=officer, at=at)
        if self.place.name != "archived":  # there it can be prepared anew
            prepare_release(space, gather_evidence(self.consultation), by=officer, at=at)
            unsigned = write_finding(
                space, words(self.plant("finding nobody signed"), **three), FindingKind.MINORITY, by=officer, at=at
            )
            cite(unsigned, Gathered(step_ids=[self.steps["scale"].id]), by=officer, at=at)
            self.place.ids["unsigned_id"] = unsigned.id
        export = SavedExport(
            space_kind=space.kind,
            space_id=space.id,
            kind="staff",
            made_by=officer.staff_id,
            made_at=at,
            reason=self.plant("reason of an export"),
        )
        db.session.add(export)
        db.session.flush()

    # -- other channels and invitations

    def _write_down(self) -> None:
        if self.place.name == "invited":
            return
        person = make_participant(Origin.STAFF, secret=self.world.secret, at=self.at)
        code = return_code(person, secret=self.world.secret)
        self.world.canaries.note(code, "return code of an entry", place=self.place.name)
        entry = make_participation(
            self.consultation,
            person,
            came_by=CameBy.ENTERED_BY_STAFF,
            channel=Channel.PAPER,
            sent_at=self.at,
            reference=f"B-E{self.consultation.id}",
            consent_spoken=True,
            entered_by=self.world.people["officer@here"].staff_id if self.place.name != "elsewhere" else None,
        )
        self.place.ids["entry_number"] = entry.id

    def _invite(self) -> None:
        batch = make_batch(
            self.consultation,
            self.plant("name of a batch"),
            3,
            expires_at=self.at + timedelta(days=30),
            secret=self.world.secret,
            by=self.officer,
            at=self.at,
        )
        self.place.ids["batch_id"] = batch.id
        made = [each.code for each in list_codes(batch, secret=self.world.secret)]
        self.place.ids["code"] = made[0]
        for code in made:
            self.world.canaries.note(code, "invitation code", place=self.place.name)


def _options(step: Step) -> list:
    from participation.surveys import list_options

    return list_options([step.id])[step.id]
