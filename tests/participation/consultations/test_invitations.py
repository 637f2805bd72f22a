"""Invitation codes: made, printed, exported once, used once, stopped."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.consultations import invitations
from participation.consultations.models import Consultation, InvitationBatch, InvitationCode
from participation.consultations.services import InvitationUsed, UnknownInvitation, find_open_invitation, use_invitation
from participation.core.audit import AuditEntry
from participation.core.errors import Invalid
from participation.core.policy import Actor, Role
from tests.browser import Browser
from tests.factories.accounts import make_participant, make_staff
from tests.factories.city import make_city
from tests.factories.consultations import make_consultation
from tests.fixtures.time import Clock
from tests.participation.consultations.staff_steps import officer_of, send

SECRET = "a secret long enough for the tests"


@pytest.fixture(autouse=True)
def standing_clock(clock: Clock) -> Clock:
    return clock


def make_batch(clock: Clock, size: int = 3) -> tuple[Consultation, InvitationBatch, Actor]:
    consultation = make_consultation()
    by = Actor(staff_id=make_staff(Role.OFFICER).id)
    batch = invitations.make_batch(
        consultation, "Letters", size, expires_at=clock.now + timedelta(days=10), secret=SECRET, by=by, at=clock.now
    )
    return consultation, batch, by


def test_codes_are_unlike_each_other_and_only_their_hashes_are_kept(database: SQLAlchemy, clock: Clock) -> None:
    _consultation, batch, _by = make_batch(clock, size=50)

    found = invitations.list_codes(batch, secret=SECRET)

    kept = set(database.session.query(InvitationCode.code_hash).all())
    assert len({each.code for each in found}) == 50
    assert len(kept) == 50
    assert not any(each.code in str(kept) for each in found)


def test_a_code_lets_one_person_in_once(database: SQLAlchemy, clock: Clock) -> None:
    consultation, batch, _by = make_batch(clock)
    typed = invitations.list_codes(batch, secret=SECRET)[0].code.lower()

    code, invited_to = find_open_invitation(typed, secret=SECRET, at=clock.now)
    use_invitation(code, make_participant().id, at=clock.now)
    database.session.expire_all()

    assert invited_to.id == consultation.id
    with pytest.raises(InvitationUsed):
        find_open_invitation(typed, secret=SECRET, at=clock.now)
    count = invitations.list_batches(consultation.id)[0]
    assert (count.used, count.unused) == (1, 2)


def test_exported_codes_can_never_be_seen_again(database: SQLAlchemy, clock: Clock) -> None:
    consultation, batch, by = make_batch(clock)

    assert len(invitations.export_codes(consultation, batch, secret=SECRET, by=by, at=clock.now)) == 3

    assert batch.seed == ""
    with pytest.raises(invitations.HandedOut):
        invitations.export_codes(consultation, batch, secret=SECRET, by=by, at=clock.now)
    with pytest.raises(invitations.HandedOut):
        invitations.print_codes(consultation, batch, first=1, secret=SECRET, by=by, at=clock.now)


def test_codes_of_a_stopped_batch_work_no_more(database: SQLAlchemy, clock: Clock) -> None:
    consultation, batch, by = make_batch(clock)
    typed = invitations.list_codes(batch, secret=SECRET)[0].code

    invitations.stop_batch(consultation, batch, by=by, at=clock.now)

    with pytest.raises(UnknownInvitation):
        find_open_invitation(typed, secret=SECRET, at=clock.now)


@pytest.mark.parametrize("size", [0, -1, invitations.MOST_CODES + 1])
def test_a_batch_has_a_sensible_size(database: SQLAlchemy, clock: Clock, size: int) -> None:
    with pytest.raises(Invalid) as refused:
        make_batch(clock, size=size)

    assert refused.value.field == "size"


def test_no_audit_row_holds_a_code(database: SQLAlchemy, clock: Clock) -> None:
    consultation, batch, by = make_batch(clock)
    found = invitations.print_codes(consultation, batch, first=1, secret=SECRET, by=by, at=clock.now)

    rows = [f"{row.verb} {row.subject} {row.details}" for row in database.session.query(AuditEntry)]

    assert [row.split()[0] for row in rows] == ["invitations_made", "invitations_printed"]
    assert not any(each.code in row for each in found for row in rows)


def test_an_officer_makes_prints_and_exports_codes(browser: Browser, database: SQLAlchemy) -> None:
    make_city()
    consultation = make_consultation()
    officer_of(browser, consultation)
    here = f"/en/staff/consultations/{consultation.slug}"

    made = send(
        browser, f"{here}/new-invitations", {"label_text": "May letters", "size": "٣", "last_day": "2026-07-01"}
    )
    batch_url = made.headers["Location"].split("?")[0]
    assert "May letters" in browser.get(f"{here}/invitations").words

    letters = send(browser, batch_url, {}, action="/letters")
    assert letters.status_code == 200
    pictures = [each["src"] for each in letters.soup.find_all("img", class_="letter-picture")]
    assert len(pictures) == 3
    assert all(each.startswith("data:image/svg+xml") for each in pictures)
    assert letters.headers["Cache-Control"] == "no-store"

    table = send(browser, batch_url, {}, action="/export")
    rows = list(csv.DictReader(io.StringIO(table.get_data(as_text=True))))
    assert [row["number"] for row in rows] == ["1", "2", "3"]
    assert rows[0]["link"].endswith("/i/" + rows[0]["code"].replace("-", ""))

    page = browser.get(batch_url)
    assert "Nobody can see them again" in page.words
    assert page.soup.find("form", {"action": f"{batch_url}/export"}) is None


def test_a_second_export_is_refused_with_a_sentence(browser: Browser) -> None:
    make_city()
    consultation = make_consultation()
    officer_of(browser, consultation)
    here = f"/en/staff/consultations/{consultation.slug}"
    made = send(browser, f"{here}/new-invitations", {"label_text": "May", "size": "2", "last_day": "2026-07-01"})
    batch_url = made.headers["Location"].split("?")[0]
    page = browser.get(batch_url)
    tokens = [
        form.find("input", {"name": "form_token"})["value"]
        for form in page.soup.find_all("form", {"action": f"{batch_url}/export"})
    ]
    other = browser.get(batch_url).form("/export").find("input", {"name": "form_token"})["value"]

    first = browser.post(f"{batch_url}/export", data={"form_token": tokens[0]}, queries=30)
    second = browser.post(f"{batch_url}/export", data={"form_token": other}, queries=30)

    assert first.mimetype == "text/csv"
    assert second.status_code == 409
    assert "handed out" in second.words


def test_somebody_who_only_reads_makes_no_codes(browser: Browser) -> None:
    make_city()
    consultation = make_consultation()
    officer_of(browser, consultation, Role.MODERATOR)

    assert browser.get(f"/en/staff/consultations/{consultation.slug}/new-invitations").status_code == 403
