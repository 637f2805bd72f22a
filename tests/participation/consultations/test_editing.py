"""What staff do to a consultation as a whole: texts, facts, copies."""

from __future__ import annotations

from typing import Any

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.accounts.models import RoleGrant
from participation.consultations import editing, publishing, step_editing
from participation.consultations.models import Audience, Consultation, Publication, Stage, Step
from participation.consultations.sections import SECTIONS
from participation.consultations.wording import ChangedMeanwhile, current_texts, fingerprint
from participation.core.audit import AuditEntry
from participation.core.errors import Conflict, Invalid
from participation.core.policy import Actor, Role
from participation.surveys.models import Option
from tests.factories.city import words
from tests.factories.consultations import make_consultation, make_participation, make_step
from tests.fixtures.time import Clock


@pytest.fixture(autouse=True)
def standing_clock(clock: Clock) -> Clock:
    return clock


def save(consultation: Consultation, section: str, by: Actor, clock: Clock, **values: Any) -> list[str]:
    language = values.pop("language", "en")
    facts = values.pop("facts", {})
    current = current_texts(consultation, SECTIONS[section].texts)
    seen = values.pop("seen", fingerprint(current.values(), language))
    typed = {**{name: text.text_in(language) for name, text in current.items()}, **values}
    return editing.save_section(
        consultation, section, typed=typed, facts=facts, language=language, seen=seen, by=by, at=clock.now
    )


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
