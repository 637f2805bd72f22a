"""Staff's pages for answers that came on paper, by phone or in person: one form with every question, and a receipt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from participation.accounts import get_participant, return_code, settings
from participation.contributions import Channel, Permission, permission_hints, permission_labels
from participation.core.clock import now
from participation.core.errors import DomainError
from participation.core.forms import BaseForm
from participation.core.languages import all_languages, current_language
from participation.core.pages import Caching, go_to, render
from participation.core.policy import allow, current_actor

from . import entries, labels, queries, staff_pages
from .blueprint import bp
from .entries import EntryDraft
from .models import Step
from .staff_forms import EntryForm
from .staff_labels import entry_channel_labels
from .staff_policy import Desk, EntryDesk, can_enter, can_see_receipt
from .staff_views import HERE, find_desk
from .steps import Data, kind_of, make_entry_forms


@dataclass(frozen=True)
class Question:
    """One step on the page where an answer is written down."""

    step: Step
    form: BaseForm
    template: str

    @property
    def tick(self) -> str:
        """The box that says that it was answered, for a kind whose form sends an answer in any case."""
        return f"answered-{self.step.id}" if kind_of(self.step).always_sends else ""

    @property
    def is_touched(self) -> bool:
        """Whether anything was filled in here."""
        if self.tick:
            return self.tick in request.form
        prefix = f"q{self.step.id}-"
        # browsers send the direction of each text along (`dirname`), of empty ones too
        sent = ((name, value) for name, value in request.form.items() if not name.endswith(".dir"))
        return any(name.startswith(prefix) and value.strip() for name, value in sent)

    def is_good(self) -> bool:
        """Whether the answer can be taken; an empty one can, since nobody has to answer everything."""
        return not self.is_touched or self.form.validate()


class WholeForm:
    """The page's form with all questions in it, for its list of troubles."""

    def __init__(self, form: EntryForm, questions: Sequence[Question]) -> None:
        self._form = form
        self._questions = questions

    def is_filled_in(self) -> bool:
        """Whether every question can be taken; all are looked at, so that every trouble is shown at once."""
        if request.method != "POST":
            return False
        if "move" in request.form:
            for each in self._questions:
                if each.tick:
                    each.form.validate()  # an arrow was pressed: the order changes, and nothing else is looked at
            return False
        wrong = [each for each in self._questions if not each.is_good()]
        if wrong:
            self._form.validate()
        return not wrong

    def __iter__(self) -> Iterator[Any]:
        yield from self._form
        for each in self._questions:
            yield from each.form

    @property
    def errors(self) -> bool:
        """Whether anything has to be put right at a field."""
        return any(field.errors for field in self)

    @property
    def troubles(self) -> list[object]:
        """Sentences about the whole page."""
        return self._form.troubles

    @property
    def status(self) -> int:
        """HTTP status of the page."""
        return 422 if self.errors or self.troubles else 200

    def hidden_tag(self) -> Markup:
        """The page's token."""
        return self._form.hidden_tag()


def find_entry(slug: str, number: int) -> EntryDesk:
    """One entry of the consultation."""
    desk = find_desk(slug)
    return EntryDesk(desk.consultation, entries.get_entry(desk.consultation.id, number))


@bp.route(HERE + "/new-entry", methods=["GET", "POST"])
@allow(can_enter, of=find_desk)
def enter_answer(desk: Desk) -> Response | BaseResponse:
    """Write down what one person, or a group, answered."""
    consultation, steps = desk.consultation, list(queries.list_steps(desk.consultation.id))
    form = EntryForm.receive(about=str(consultation.id), data={"people_count": 1, "language": current_language().tag})
    form.offer(_languages(desk), consultation.age_bands)
    forms = make_entry_forms({step: f"q{step.id}-" for step in steps})
    questions = [_question(step, forms[step.id]) for step in steps]
    whole = WholeForm(form, questions)
    if whole.is_filled_in() and form.is_sent():
        try:
            draft = _draft_of(form, questions)
            made = entries.enter_answers(
                consultation, steps, draft, secret=settings().secret_key, by=current_actor(), at=now()
            )
            return go_to("consultations.show_entry", slug=desk.slug, number=made.id)
        except DomainError as trouble:
            form.refuse(trouble)
    stages = queries.list_stages(consultation.id)
    return render(
        "participation/consultations/enter_answer.html",
        status=whole.status,
        form=whole,
        entry=form,
        questions=[_shown(each, place) for place, each in enumerate(questions, 1)],
        is_open=entries.takes_entries(consultation, stages, now()),
        draft_key=None,
        is_heading=False,
        asks_language=False,
        permission_hints=permission_hints,
        unset_choice=permission_labels[Permission(consultation.unset_permission)],
        recent=[_recent(each) for each in entries.list_entries(consultation.id)],
        **staff_pages.desk_context(desk),
    )


@bp.get(HERE + "/entries/<int:number>")
@allow(can_see_receipt, of=find_entry)
def show_entry(desk: EntryDesk) -> Response:
    """The receipt for the person: what was written down, and the code that brings her back to it."""
    participation = desk.participation
    code = ""
    if entries.shows_code(participation, now()):
        code = return_code(get_participant(participation.participant_id), secret=settings().secret_key)
    consultation = desk.consultation
    return render(
        "participation/consultations/show_entry.html",
        caching=Caching.NEVER,
        reference=participation.reference,
        code=code,
        hours=entries.RECEIPT_HOURS,
        people=participation.people_count,
        channel=entry_channel_labels[Channel(participation.channel)],
        start_url=settings().base_url + url_for("accounts.come_back", lang=participation.language),
        reply=labels.day(consultation.reply_due_on, staff_pages.zone()) if consultation.reply_due_on else "",
        next_url=url_for("consultations.enter_answer", slug=desk.slug),
        **staff_pages.desk_context(desk),
    )


def _question(step: Step, form: BaseForm) -> Question:
    kind = kind_of(step)
    return Question(step, form, kind.entry_template or kind.template)


def _draft_of(form: EntryForm, questions: Sequence[Question]) -> EntryDraft:
    answers: dict[int, Data] = {}
    for each in questions:
        data = kind_of(each.step).data_of(each.form) if each.is_touched else {}
        if data:
            answers[each.step.id] = {**data, "language": form.language.data} if "language" in data else data
    return EntryDraft(
        channel=Channel(form.channel.data),
        people_count=form.people_count.data or 0,
        language=form.language.data,
        consent_spoken=bool(form.consent_spoken.data),
        age_band=str(form.age_band.data or "") if "age_band" in form else "",
        answers=answers,
        form_key=form.key,
    )


def _shown(question: Question, place: int) -> dict[str, Any]:
    step, language = question.step, current_language().tag
    return {
        "number": place,
        "tick": question.tick,
        "is_ticked": bool(question.tick) and question.tick in request.form,
        "form": question.form,
        "template": question.template,
        "step": step,
        "words": step.prompt.read(language),
        "help": step.help.read(language) if step.help else None,
    }


def _recent(entry: Any) -> dict[str, Any]:
    return {
        "reference": entry.reference,
        "people": entry.people_count,
        "channel": entry_channel_labels.get(Channel(entry.channel), entry.channel),
        "day": labels.day(entry.started_on, staff_pages.zone()),
    }


def _languages(desk: Desk) -> list[tuple[str, str]]:
    """The consultation's languages, then the site's others."""
    return staff_pages.language_names(dict.fromkeys([*desk.languages, *all_languages()]))
