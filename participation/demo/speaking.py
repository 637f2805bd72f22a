"""The demo's voices: what people said, what a moderator decided about it, how they mended it, and its translations."""

from __future__ import annotations

from collections.abc import Callable

from participation.accounts import Staff
from participation.consultations import CameBy, Participation, kind_of
from participation.contributions import (
    Channel,
    Contribution,
    ContributionDraft,
    Mode,
    Permission,
    Surface,
    get_contribution,
    list_own,
    mend_contribution,
)
from participation.core.policy import Actor
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
from participation.opinions import Author, add_statement
from participation.translation import save_translation

from . import content
from .asking import Asked
from .content import Days, Entry
from .crowd import WRITTEN_DOWN, Arrival, join


class Voices:
    """Lets the people of the content files speak, and the demo's staff look after their words."""

    def __init__(
        self, asked: dict[str, Asked], actors: dict[str, Actor], staff: dict[str, Staff], days: Days, secret: str
    ):
        """`actors` are the staff as policies see them, by key."""
        self.asked = asked
        self.actors = actors
        self.officer_id = staff["officer"].id
        self.days = days
        self.secret = secret
        #: contribution id by the voice's key
        self.said: dict[str, int] = {}

    def load(self) -> None:
        """Everybody speaks, in the order of the files."""
        voices = content.read("voices")
        for entry in voices["answer"]:
            self._speak(entry, self._answer)
        for entry in voices["statement"]:
            self._speak(entry, self._put_forward)

    def _speak(self, entry: Entry, say: Callable[[Entry, str, Asked, Participation], Contribution]) -> None:
        asked = self.asked[entry["consultation"]]
        first = entry.get("returned", entry)
        participation = self._join(entry, asked, first["day"])
        contribution = say(entry, first["text"], asked, participation)
        author = Actor(participant_id=participation.participant_id)
        if "returned" in entry:
            self._restrict(contribution, Action.RETURN, entry["returned"])
            at = self.days.moment(entry["day"], 40)
            mend_contribution(contribution, entry["text"], by=author, at=at)
        if "refused" in entry:
            refused = entry["refused"]
            self._restrict(contribution, Action(refused["action"]), refused)
            if "appeal" in entry:
                self._appeal(contribution, entry["appeal"], author)
        elif entry["state"] == "visible":
            self._decide(contribution, Action.RELEASE, None, day=entry["day"])
        for language, text in entry.get("translations", {}).items():
            at = self.days.moment(entry["day"], 90)
            save_translation(contribution, language, text, by=self.actors["interpreter"], at=at)
        self.said[entry["id"]] = contribution.id

    def _join(self, entry: Entry, asked: Asked, day: int) -> Participation:
        came = CameBy.ENTERED_BY_STAFF if entry["channel"] in WRITTEN_DOWN else CameBy.OPEN_LINK
        if came is CameBy.OPEN_LINK and asked.entry["audience"] == "invited":
            came = CameBy.INVITED_CODE
        arrival = Arrival(entry["language"], entry["channel"], came, day, entry["people"])
        return join(asked, self.days, arrival, officer_id=self.officer_id, secret=self.secret)

    def _answer(self, entry: Entry, text: str, asked: Asked, participation: Participation) -> Contribution:
        step = asked.steps[entry["question"]]
        permission = None if entry["permission"] == "unset" else entry["permission"]
        data = {"body": text, "permission": permission, "language": entry["language"]}
        assert participation.sent_at is not None  # noqa: S101  join() has just set it
        kind_of(step).send(step, data, participation, form_key=entry["id"], at=participation.sent_at)
        return list_own(participation.participant_id)[0]

    def _put_forward(self, entry: Entry, text: str, asked: Asked, participation: Participation) -> Contribution:
        step = next(step for step in asked.steps.values() if step.kind == "statements")
        assert participation.sent_at is not None  # noqa: S101  join() has just set it
        draft = ContributionDraft(
            participant_id=participation.participant_id,
            form_key=entry["id"],
            space=asked.consultation.space,
            subject_kind="statement",
            subject_id=step.id,
            surface=Surface.PUBLIC,
            body=text,
            language=entry["language"],
            permission=None if entry["permission"] == "unset" else Permission(entry["permission"]),
            unset_permission=Permission(asked.consultation.unset_permission),
            mode=Mode(asked.consultation.moderation_mode),
            channel=Channel(entry["channel"]),
            people_count=entry["people"],
            entered_by=participation.entered_by,
        )
        by = Actor(participant_id=participation.participant_id, staff_id=participation.entered_by)
        statement = add_statement(draft, author=Author.RESIDENT, by=by, at=participation.sent_at)
        asked.statements[entry["id"]] = statement
        return get_contribution(statement.contribution_id)

    def _restrict(self, contribution: Contribution, action: Action, reason: Entry) -> None:
        language = contribution.language if contribution.language in reason["reason"] else "en"
        reasons = Reasons(
            ground=Ground.RULE,
            rule_number=reason["rule"],
            facts=contribution.body,
            fit=reason["reason"][language],
            language=language,
        )
        self._decide(contribution, action, reasons, day=reason["day"])

    def _decide(self, contribution: Contribution, action: Action, reasons: Reasons | None, *, day: int) -> None:
        by = self._moderator_of(contribution)
        item = find_item_of(contribution.id)
        assert item is not None  # noqa: S101  every contribution sent in these spaces waits for a person
        waiting = read_waiting([(item, contribution)])[0]
        at = self.days.moment(day, 50)
        if reasons is None:
            decide(waiting, action, by=by, at=at)
        else:
            decide(waiting, action, reasons, by=by, at=at)

    def _moderator_of(self, contribution: Contribution) -> Actor:
        from_first = self.actors["moderator"]
        grants = {grant.space for grant in from_first.grants}
        return from_first if contribution.space in grants else self.actors["moderator-two"]

    def _appeal(self, contribution: Contribution, appeal: Entry, author: Actor) -> None:
        decision = latest_decisions([contribution.id])[contribution.id]
        at = self.days.moment(appeal["day"])
        make_appeal(contribution, decision, appeal["text"], contribution.language, by=author, at=at)
