"""What staff do to a consultation: texts, facts, copies, days and questions."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.accounts.models import RoleGrant
from participation.consultations import editing, publishing, scheduling, step_editing
from participation.consultations.models import Audience, Consultation, Publication, Stage, StageKind, Step
from participation.consultations.scheduling import Dates
from participation.consultations.sections import SECTIONS
from participation.consultations.step_editing import StepChange
from participation.consultations.wording import ChangedMeanwhile, current_texts, fingerprint
from participation.core.audit import AuditEntry
from participation.core.errors import Conflict, Invalid
from participation.core.localized import LocalizedText
from participation.core.policy import Actor, Role
from participation.surveys.models import Answer, Option
from tests.factories.accounts import make_staff
from tests.factories.city import SOME_DAY, words
from tests.factories.consultations import make_consultation, make_participation, make_stage, make_step
from tests.fixtures.time import Clock

PARIS = "Europe/Paris"


@pytest.fixture(autouse=True)
def standing_clock(clock: Clock) -> Clock:
    return clock


@pytest.fixture
def officer(database: SQLAlchemy) -> Actor:
    return Actor(staff_id=make_staff(Role.OFFICER).id)


def save(consultation: Consultation, section: str, by: Actor, clock: Clock, **values: Any) -> list[str]:
    language = values.pop("language", "en")
    facts = values.pop("facts", {})
    current = current_texts(consultation, SECTIONS[section].texts)
    seen = values.pop("seen", fingerprint(current.values(), language))
    typed = {**{name: text.text_in(language) for name, text in current.items()}, **values}
    return editing.save_section(
        consultation, section, typed=typed, facts=facts, language=language, seen=seen, by=by, at=clock.now
    )


# -- The whole ---------------------------------------------------------------------------------------------------------


def test_whoever_creates_a_consultation_is_its_officer(database: SQLAlchemy, officer: Actor, clock: Clock) -> None:
    made = editing.create_consultation("Café y sombra", source="es", languages=["es"], by=officer, at=clock.now)

    grant = database.session.query(RoleGrant).filter_by(space_kind="consultation", space_id=made.id).one()
    assert (grant.staff_id, grant.role) == (officer.staff_id, Role.OFFICER)
    assert made.slug == "cafe-y-sombra"
    assert made.title.source == "es"


@pytest.mark.parametrize(
    ("title", "slug"), [("المقاعد", "consultation"), ("A  B", "a-b"), ("x" * 100, "x" * 60), ("!!", "consultation")]
)
def test_a_title_gives_a_name_in_addresses(database: SQLAlchemy, title: str, slug: str) -> None:
    assert editing.free_slug(title) == slug


def test_two_with_one_title_have_two_addresses(database: SQLAlchemy, officer: Actor, clock: Clock) -> None:
    made = [
        editing.create_consultation("Trees", source="en", languages=["en"], by=officer, at=clock.now) for _ in range(3)
    ]

    assert [each.slug for each in made] == ["trees", "trees-2", "trees-3"]


def test_a_changed_source_makes_translations_stale(officer: Actor, clock: Clock) -> None:
    consultation = make_consultation(title=words("Trees", es="Árboles"))

    assert save(consultation, "about", officer, clock, title="Trees and shade") == ["title"]

    assert consultation.title.read("es").is_stale
    assert save(consultation, "about", officer, clock, language="es", title="Árboles y sombra") == ["title"]
    assert not consultation.title.read("es").is_stale


def test_nobody_overwrites_what_a_colleague_wrote(officer: Actor, clock: Clock) -> None:
    consultation = make_consultation()
    seen = fingerprint(current_texts(consultation, SECTIONS["about"].texts).values(), "en")
    save(consultation, "about", officer, clock, title="Hers")

    with pytest.raises(ChangedMeanwhile):
        save(consultation, "about", officer, clock, seen=seen, title="Mine")

    assert consultation.title.text_in("en") == "Hers"


def test_what_residents_read_cannot_become_empty(officer: Actor, clock: Clock) -> None:
    consultation = make_consultation()

    with pytest.raises(Invalid) as refused:
        save(consultation, "about", officer, clock, purpose=" ")

    assert refused.value.field == "purpose_text"


@pytest.mark.parametrize("text", ["x" * 3001, "half \ud800 sign"])
def test_a_text_too_long_or_damaged_is_refused(officer: Actor, clock: Clock, text: str) -> None:
    consultation = make_consultation()

    with pytest.raises(Invalid):
        save(consultation, "about", officer, clock, purpose=text)


@pytest.mark.parametrize(
    ("section", "facts"),
    [
        ("audience", {"audience": Audience.INVITED, "age_bands": []}),
        ("moderation", {"has_open_votes": True}),
        ("moderation", {"unset_permission": "quote"}),
        ("about", {"slug": "other"}),
    ],
)
def test_the_terms_people_answered_under_stay(
    officer: Actor, clock: Clock, section: str, facts: dict[str, Any]
) -> None:
    consultation = make_consultation()

    with pytest.raises(Conflict):
        save(consultation, section, officer, clock, facts=facts)


@pytest.mark.parametrize("band", ["12-11", "young", "12", "-", "1000+"])
def test_an_age_band_that_cannot_be_is_named(officer: Actor, clock: Clock, band: str) -> None:
    consultation = make_consultation(publication=Publication.DRAFT)

    with pytest.raises(Invalid) as refused:
        save(consultation, "audience", officer, clock, facts={"audience": Audience.AGE_BANDS, "age_bands": [band]})

    assert refused.value.field == "age_bands"


def test_a_copy_takes_texts_and_questions_but_no_days_and_no_people(
    database: SQLAlchemy, officer: Actor, clock: Clock
) -> None:
    original = make_consultation(title=words("Trees", es="Árboles"))
    step = make_step(original, "one_choice", prompt=words("Where?", es="¿Dónde?"))
    database.session.add(Option(step_id=step.id, position=1, label=words("Here", es="Aquí")))
    make_participation(original)

    copy = editing.copy_consultation(original, "Trees again", by=officer, at=clock.now)

    assert copy.publication == Publication.DRAFT
    assert copy.purpose == original.purpose
    twin = database.session.query(Step).filter_by(consultation_id=copy.id).one()
    assert (twin.prompt, twin.version) == (step.prompt, 1)
    assert database.session.query(Option).filter_by(step_id=twin.id).one().label.text_in("es") == "Aquí"
    assert database.session.query(Stage).filter_by(consultation_id=copy.id).count() == 0


def test_publishing_is_refused_by_the_service_too(officer: Actor, clock: Clock) -> None:
    consultation = make_consultation(publication=Publication.DRAFT)

    with pytest.raises(publishing.StillMissing):
        publishing.publish(consultation, by=officer, at=clock.now)


def test_the_archive_takes_only_what_has_closed(officer: Actor, clock: Clock) -> None:
    consultation = make_consultation()

    with pytest.raises(Conflict):
        publishing.archive(consultation, by=officer, at=clock.now)
    publishing.archive(consultation, by=officer, at=clock.advance(days=30))
    assert consultation.publication == Publication.ARCHIVED
    publishing.unarchive(consultation, by=officer, at=clock.now)
    assert consultation.publication == Publication.PUBLISHED


def test_every_deed_is_an_audit_row(database: SQLAlchemy, officer: Actor, clock: Clock) -> None:
    made = editing.create_consultation("Trees", source="en", languages=["en"], by=officer, at=clock.now)
    save(made, "about", officer, clock, purpose="Why not?")
    step_editing.add_step(made, "open", "Which?", by=officer, at=clock.now)

    verbs = {row.verb for row in database.session.query(AuditEntry) if row.space == str(made.space)}

    assert verbs == {"consultation_created", "role_granted", "consultation_changed", "step_added"}


# -- Days --------------------------------------------------------------------------------------------------------------


def dates(first: date, last: date | None, *, at: time = time(0), until: time | None = None) -> Dates:
    return Dates(first, at, last, until)


def save_stage(consultation: Consultation, by: Actor, clock: Clock, when: Dates, stage: Stage | None = None) -> Stage:
    return scheduling.save_stage(
        consultation, stage, kind=StageKind.ANSWERING if stage is None else stage.kind, dates=when,
        name=LocalizedText(), zone=PARIS, by=by, at=clock.now,
    )  # fmt: skip


def test_the_last_day_is_included_in_the_citys_own_time(officer: Actor, clock: Clock) -> None:
    consultation = make_consultation(is_open=False, publication=Publication.DRAFT)

    stage = save_stage(consultation, officer, clock, dates(date(2026, 7, 1), date(2026, 7, 31)))

    assert stage.opens_at.isoformat() == "2026-07-01T00:00:00+02:00"
    assert stage.closes_at.isoformat() == "2026-08-01T00:00:00+02:00"
    assert Dates.of(stage, PARIS) == dates(date(2026, 7, 1), date(2026, 7, 31))


def test_stages_stand_in_the_order_of_their_days(officer: Actor, clock: Clock) -> None:
    consultation = make_consultation(is_open=False, publication=Publication.DRAFT)
    later = save_stage(consultation, officer, clock, dates(date(2026, 8, 1), None))

    sooner = save_stage(consultation, officer, clock, dates(date(2026, 7, 1), date(2026, 7, 31)))

    assert (sooner.position, later.position) == (1, 2)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 7, 10), date(2026, 7, 9), "last_day"),
        (date(2026, 7, 20), date(2026, 8, 10), "first_day"),
        (date(2026, 6, 20), None, "last_day"),
        (date(2026, 9, 20), None, "first_day"),
    ],
)
def test_stages_do_not_meet(officer: Actor, clock: Clock, first: date, last: date | None, field: str) -> None:
    consultation = make_consultation(is_open=False, publication=Publication.DRAFT)
    save_stage(consultation, officer, clock, dates(date(2026, 7, 1), date(2026, 7, 31)))
    save_stage(consultation, officer, clock, dates(date(2026, 9, 1), None))

    with pytest.raises(Invalid) as refused:
        save_stage(consultation, officer, clock, dates(first, last))

    assert refused.value.field == field


def test_a_last_day_people_count_on_moves_only_by_extending(officer: Actor, clock: Clock) -> None:
    consultation = make_consultation(is_open=False)
    stage = make_stage(consultation)
    known = Dates.of(stage, PARIS)

    with pytest.raises(Conflict):
        save_stage(
            consultation,
            officer,
            clock,
            dates(known.first_day, known.first_day + timedelta(days=3), at=known.first_time),
            stage,
        )


def test_extending_moves_what_comes_after(officer: Actor, clock: Clock) -> None:
    consultation = make_consultation(is_open=False)
    answering = make_stage(consultation)
    reading = make_stage(
        consultation, StageKind.READING, position=2, opens_at=answering.closes_at,
        closes_at=answering.closes_at + timedelta(days=7),
    )  # fmt: skip
    before = answering.closes_at
    longer = Dates.of(answering, "UTC")
    longer = Dates(longer.first_day, longer.first_time, longer.last_day + timedelta(days=5), longer.last_time)

    scheduling.extend(consultation, longer, reply_due_on=None, zone="UTC", by=officer, at=clock.now)

    assert answering.closes_at - before == timedelta(days=5)
    assert reading.opens_at - before == timedelta(days=5)


def test_a_shorter_time_is_no_extension(officer: Actor, clock: Clock) -> None:
    consultation = make_consultation(is_open=False)
    known = Dates.of(make_stage(consultation), "UTC")

    with pytest.raises(Invalid):
        scheduling.extend(consultation, known, reply_due_on=None, zone="UTC", by=officer, at=clock.now)


def test_closing_early_needs_a_reason_in_each_language(officer: Actor, clock: Clock) -> None:
    consultation = make_consultation(languages=["en", "es"])

    with pytest.raises(Invalid) as refused:
        scheduling.close_early(consultation, {"en": "Flood."}, source="en", by=officer, at=clock.now)
    assert refused.value.field == "reason_es"

    scheduling.close_early(consultation, {"en": "Flood.", "es": "Inundación."}, source="en", by=officer, at=clock.now)
    assert consultation.closed_early_reason.read("es").text == "Inundación."
    with pytest.raises(Conflict):
        scheduling.close_early(consultation, {"en": "No", "es": "No"}, source="en", by=officer, at=clock.now)


# -- Questions ---------------------------------------------------------------------------------------------------------


def change_options(
    consultation: Consultation, step: Step, lines: list[str], by: Actor, clock: Clock, **more: Any
) -> Step:
    options = step_editing.kind_of(step).options_of(step)
    change = StepChange(
        language="en",
        typed={"prompt": step.prompt.text_in("en"), "help": ""},
        options=dict(enumerate(lines, 1)),
        seen=step_editing.seen_of(step, options, "en"),
        **more,
    )
    return step_editing.save_step(consultation, step, change, by=by, at=clock.now)


def labels_of(step: Step) -> list[tuple[str, str]]:
    return [(text.text_in("en"), text.text_in("es")) for text in step_editing.kind_of(step).options_of(step)]


def make_choice(database: SQLAlchemy) -> tuple[Consultation, Step]:
    consultation = make_consultation()
    step = make_step(consultation, "one_choice")
    for place, (name, spanish) in enumerate([("Bus", "Autobús"), ("Tram", "Tranvía")], 1):
        database.session.add(Option(step_id=step.id, position=place, label=words(name, es=spanish)))
    database.session.flush()
    return consultation, step


def test_an_option_that_moves_keeps_its_translations(database: SQLAlchemy, officer: Actor, clock: Clock) -> None:
    consultation, step = make_choice(database)

    change_options(consultation, step, ["Tram", "Ferry", "Bus"], officer, clock)

    assert labels_of(step) == [("Tram", "Tranvía"), ("Ferry", ""), ("Bus", "Autobús")]


def test_an_option_reworded_in_place_keeps_its_translation_as_an_old_one(
    database: SQLAlchemy, officer: Actor, clock: Clock
) -> None:
    consultation, step = make_choice(database)

    change_options(consultation, step, ["Night bus", "Tram"], officer, clock)

    assert labels_of(step) == [("Night bus", "Autobús"), ("Tram", "Tranvía")]
    assert step_editing.kind_of(step).options_of(step)[0].read("es").is_stale


def test_two_options_alike_are_refused(database: SQLAlchemy, officer: Actor, clock: Clock) -> None:
    consultation, step = make_choice(database)

    with pytest.raises(Invalid) as refused:
        change_options(consultation, step, ["Bus", "Bus"], officer, clock)

    assert refused.value.field == "options"


def test_options_that_have_answers_change_as_a_new_version_counted_apart(
    database: SQLAlchemy, officer: Actor, clock: Clock
) -> None:
    consultation, step = make_choice(database)
    participation = make_participation(consultation)
    database.session.add(
        Answer(step_id=step.id, participant_id=participation.participant_id, language="en", sent_on=SOME_DAY)
    )
    database.session.flush()

    with pytest.raises(step_editing.NewVersionNeeded):
        change_options(consultation, step, ["Bus"], officer, clock)
    newer = change_options(consultation, step, ["Bus"], officer, clock, makes_version=True)

    assert (newer.version, newer.lineage, newer.position) == (2, step.lineage, step.position)
    assert labels_of(step) == [("Bus", "Autobús"), ("Tram", "Tranvía")]
    assert labels_of(newer) == [("Bus", "Autobús")]
    assert step.retired_at == clock.now
    with pytest.raises(Conflict):
        change_options(consultation, step, ["Tram"], officer, clock, makes_version=True)


def test_options_that_stand_alone_keep_doing_so_wherever_they_move(
    database: SQLAlchemy, officer: Actor, clock: Clock
) -> None:
    consultation, step = make_choice(database)
    step.settings = {"alone": [2]}

    change_options(consultation, step, ["Tram", "Bus"], officer, clock)

    assert step.settings == {"alone": [1]}


def test_steps_move_with_buttons_and_stop_at_the_ends(database: SQLAlchemy, officer: Actor, clock: Clock) -> None:
    consultation = make_consultation()
    first, second, third = [make_step(consultation, "open", place) for place in (1, 2, 3)]

    step_editing.move_step(consultation, third, by_places=-1, by=officer, at=clock.now)
    step_editing.move_step(consultation, first, by_places=-1, by=officer, at=clock.now)

    assert [step.position for step in (first, third, second)] == [1, 2, 3]


def test_the_only_question_of_what_residents_see_stays(database: SQLAlchemy, officer: Actor, clock: Clock) -> None:
    consultation = make_consultation()
    step = make_step(consultation)

    with pytest.raises(Conflict):
        step_editing.take_out_step(consultation, step, by=officer, at=clock.now)


@pytest.mark.parametrize(("kind", "prompt", "field"), [("dance", "Why?", "kind"), ("open", " ", "prompt_text")])
def test_a_step_needs_a_kind_and_a_question(officer: Actor, clock: Clock, kind: str, prompt: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        step_editing.add_step(make_consultation(), kind, prompt, by=officer, at=clock.now)

    assert refused.value.field == field
