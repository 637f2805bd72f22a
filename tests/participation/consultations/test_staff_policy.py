"""Who on the staff may do what with a consultation: one table, each combination in it."""

from __future__ import annotations

import itertools

import pytest

from participation.consultations.models import Consultation, Participation, Publication
from participation.consultations.staff_policy import (
    Desk,
    EntryDesk,
    SectionDesk,
    can_create,
    can_enter,
    can_read,
    can_see_receipt,
    can_translate,
    can_write,
    is_insider,
)
from participation.core.localized import LocalizedText
from participation.core.policy import NOBODY, Actor, Grant, Role, Space

HERE = Space("consultation", 1)
ELSEWHERE = Space("consultation", 2)
WRITE = {Role.OFFICER, Role.ORGANISER}
INSIDE = {
    *WRITE, Role.ADMINISTRATOR, Role.MODERATOR, Role.FACILITATOR, Role.INTERPRETER, Role.SUMMARISER, Role.STEWARD,
}  # fmt: skip
ENTER = {Role.OFFICER, Role.ORGANISER, Role.FACILITATOR}
PLACES = {"here": HERE, "elsewhere": ELSEWHERE, "everywhere": None}
CASES = list(itertools.product(Role, PLACES, Publication))


def consultation(publication: Publication) -> Consultation:
    return Consultation(id=1, publication=publication, title=LocalizedText(source="en"), languages=["en", "ar"])


def holder(role: Role, place: str) -> Actor:
    return Actor(staff_id=7, grants=frozenset({Grant(role, PLACES[place])}))


@pytest.mark.parametrize(("role", "place", "publication"), CASES)
def test_each_role_does_what_it_is_for(role: Role, place: str, publication: Publication) -> None:
    actor, desk = holder(role, place), Desk(consultation(publication))
    counts_here = place != "elsewhere"
    is_out = publication != Publication.DRAFT

    assert can_write(actor, desk) == (counts_here and role in WRITE)
    assert is_insider(actor, desk) == (counts_here and role in INSIDE)
    assert can_read(actor, desk) == (is_out or (counts_here and role in INSIDE))
    assert can_enter(actor, desk) == (is_out and counts_here and role in ENTER)
    assert can_create(actor) == (role in {Role.OFFICER, Role.ADMINISTRATOR})


@pytest.mark.parametrize(("role", "place", "publication"), CASES)
@pytest.mark.parametrize("language", ["en", "ar"])
def test_interpreters_write_translations_and_never_the_original(
    role: Role, place: str, publication: Publication, language: str
) -> None:
    desk = SectionDesk(consultation(publication), "about", language)
    translates = role is Role.INTERPRETER and language != "en"

    assert can_translate(holder(role, place), desk) == (place != "elsewhere" and (role in WRITE or translates))


@pytest.mark.parametrize("publication", Publication)
@pytest.mark.parametrize("actor", [NOBODY, Actor(participant_id=3)])
def test_residents_reach_no_staff_page(actor: Actor, publication: Publication) -> None:
    desk = Desk(consultation(publication))

    assert not any(rule(actor, desk) for rule in (can_read, can_write, can_enter, can_create, is_insider))


@pytest.mark.parametrize(("entered_by", "is_shown"), [(7, True), (8, False), (None, False)])
def test_only_whoever_wrote_an_answer_down_sees_its_receipt(entered_by: int | None, is_shown: bool) -> None:
    desk = EntryDesk(consultation(Publication.PUBLISHED), Participation(entered_by=entered_by))

    assert can_see_receipt(holder(Role.OFFICER, "here"), desk) is is_shown
