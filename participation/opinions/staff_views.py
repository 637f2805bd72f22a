"""Staff's page of the statements of one step: what is there, and what the city puts forward itself."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from participation.consultations import Publication, Step, StepDesk, can_write, get_consultation, get_step
from participation.contributions import GONE, State, state_facts
from participation.core.addresses import row_number
from participation.core.clock import now
from participation.core.errors import DomainError, NotFound
from participation.core.forms import as_choices
from participation.core.languages import all_languages, current_language
from participation.core.pages import go_to, render
from participation.core.policy import allow, current_actor
from participation.translation import readable

from . import seeding
from .blueprint import bp
from .models import MAX_STATEMENT, Author
from .seeding import Seed
from .staff_forms import CloseForm, SeedForm

HERE = "/<lang>/staff/consultations/<string:slug>/steps/<int:step_id>/statements"
#: What only moderators and its author read any more.
KEPT_BY_MODERATORS = frozenset({State.HIDDEN, State.REMOVED, *GONE})


def find_statements(slug: str, step_id: int, number: int = 0) -> StepDesk:
    """The statements step with this number."""
    consultation, step = get_consultation(slug), get_step(step_id)
    if step.consultation_id != consultation.id or step.kind != "statements":
        raise NotFound
    return StepDesk(consultation, step, consultation.title.source)


@bp.route(HERE, methods=["GET", "POST"])
@allow(can_write, of=find_statements)
def seed_statements(desk: StepDesk) -> Response | BaseResponse:
    """All statements, and a form to put more forward; they are shown before they are added."""
    step, consultation = desk.step, desk.consultation
    form = SeedForm.receive(about=str(step.id), data={"language": desk.language})
    form.language.choices = as_choices((tag, language.name) for tag, language in all_languages().items())
    rows = seeding.list_with_words(step.id)
    planned: list[Seed] = []
    if form.is_sent():
        try:
            lines = _typed(form)
            planned = seeding.plan_seeds(lines, [contribution.body for _statement, contribution in rows])
            if "confirmed" in request.form and _has_no_file():
                language, key, by = form.language.data, form.key, current_actor()
                added = seeding.add_seeds(consultation, step, planned, language=language, form_key=key, by=by, at=now())
                return go_to("opinions.seed_statements", slug=desk.slug, step_id=step.id, added=added)
            form.lines.data = "\n".join(seed.text for seed in planned)
            form.keep()
        except DomainError as trouble:
            form.refuse(trouble)
            rows = seeding.list_with_words(step.id)
    rows = [row for row in rows if row[1].state not in KEPT_BY_MODERATORS]
    read = readable([contribution for _statement, contribution in rows], current_language().tag)
    return render(
        "participation/opinions/seed_statements.html",
        status=422 if planned else form.status,
        form=form,
        step_prompt=step.prompt.read(current_language().tag),
        planned=planned,
        good=sum(seed.is_good for seed in planned),
        statements=[
            {
                "words": read[contribution.id],
                "is_ours": statement.author == Author.CITY,
                "is_open": statement.is_open,
                "state": state_facts[contribution.state],
                "votes": statement.vote_count,
                "number": statement.id,
            }
            for statement, contribution in rows
        ],
        close_forms={
            statement.id: CloseForm.receive(about=str(statement.id))
            for statement, _contribution in rows
            if statement.author == Author.CITY and statement.is_open
        },
        limit=MAX_STATEMENT,
        added=request.args.get("added", type=row_number),
        action=url_for("opinions.seed_statements", slug=desk.slug, step_id=step.id),
        slug=desk.slug,
        step_id=step.id,
        back_url=url_for("consultations.edit_step", slug=desk.slug, step_id=step.id, tag=desk.language),
        consultation_title=consultation.title.read(current_language().tag),
        overview_url=url_for("consultations.show_overview", slug=desk.slug),
        is_draft=consultation.publication == Publication.DRAFT,
    )


@bp.post(HERE + "/<int:number>/close")
@allow(can_write, of=find_statements)
def close_statement(desk: StepDesk) -> Response | BaseResponse:
    """Take one of the city's statements out."""
    number = int((request.view_args or {})["number"])
    found = seeding.get_statement_of(desk.step, number)
    if CloseForm.receive(about=str(number)).is_sent():
        seeding.close_statement(desk.consultation, found, by=current_actor(), at=now())
    return go_to("opinions.seed_statements", slug=desk.slug, step_id=desk.step.id)


def link_for_editors(step: Step) -> tuple[str, str] | None:
    """The way from a statements step's page to its statements."""
    if step.kind != "statements":
        return None
    slug = (request.view_args or {}).get("slug", "")
    return gettext("Statements of this step"), url_for("opinions.seed_statements", slug=slug, step_id=step.id)


def _typed(form: SeedForm) -> list[str]:
    """The lines of the table where one was chosen, else those that were typed."""
    table = request.files.get("table")
    if table is not None and table.filename:
        return seeding.read_table(table.read())
    return (form.lines.data or "").splitlines()


def _has_no_file() -> bool:
    table = request.files.get("table")
    return table is None or not table.filename
