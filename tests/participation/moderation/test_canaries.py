"""What a person has not released stands on no page that others can reach (security rules, T2a)."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from flask_sqlalchemy import SQLAlchemy

from participation.accounts.models import Participant
from participation.contributions.models import Contribution, Permission, State, Surface
from participation.core.policy import Role
from participation.moderation.models import Action
from tests.browser import Browser
from tests.factories.accounts import give_cookie, make_participant, make_staff, sign_in
from tests.factories.city import make_city, make_rule
from tests.factories.consultations import make_consultation, make_step
from tests.factories.moderation import decide, make_waiting, words_of
from tests.factories.opinions import make_statement
from tests.fixtures.time import Clock

CANARY = "Canary"
#: Pages one walk looks at, at most.
MOST_PAGES = 80


def walk(browser: Browser, *starts: str) -> list[str]:
    """Follow every link from `starts` on; the addresses of the pages that show the canary."""
    waiting, seen, found = list(starts), set(starts), []
    while waiting and len(seen) < MOST_PAGES:
        page = browser.get(waiting.pop(0), strict=False, queries=10_000)
        if CANARY in page.get_data(as_text=True):
            found.append(page.request.path)
        if page.mimetype != "text/html":
            continue
        for link in page.soup.find_all("a", href=True):
            target = urlsplit(urljoin(page.request.url, str(link["href"])))
            path = target.path + (f"?{target.query}" if target.query else "")
            if target.netloc == "localhost" and path not in seen and path.startswith("/en"):
                seen.add(path)
                waiting.append(path)
    assert len(seen) > 8, "the walk went nowhere"
    return found


@pytest.fixture
def author(database: SQLAlchemy, clock: Clock) -> Participant:
    """Somebody whose words are in every state but released, as statements and as open answers."""
    make_city()
    make_rule(1)
    author = make_participant()
    consultation = make_consultation(slug="canaries")
    step, open_step = make_step(consultation, "statements"), make_step(consultation, "open", position=2)
    moderator = make_staff(Role.MODERATOR)
    for state in (State.HELD, State.RETURNED, State.LIMITED, State.HIDDEN, State.REMOVED):
        statement = make_statement(step, f"{CANARY} {state}", is_open=False)
        database.session.get_one(Contribution, statement.contribution_id).state = state
    staff_only = make_waiting(
        consultation.space,
        author,
        body=f"{CANARY} for staff",
        surface=Surface.STAFF,
        subject_id=open_step.id,
        permission=Permission.STAFF_ONLY,
    )
    decide(staff_only, moderator)
    hidden = make_waiting(consultation.space, author, body=f"{CANARY} hidden", subject_id=open_step.id)
    decide(hidden, moderator, Action.HIDE)
    assert words_of(staff_only).state == State.VISIBLE
    return author


def test_strangers_and_other_participants_meet_no_unreleased_word(browser: Browser, author: Participant) -> None:
    starts = ("/en/", "/en/consultations/canaries", "/en/consultations/canaries/statements/1")

    assert walk(browser, *starts) == []
    other = give_cookie(browser.application.test_client(), make_participant())  # type: ignore[type-var]
    assert walk(other, *starts, "/en/me") == []


def test_staff_without_a_grant_meet_none_either(browser: Browser, author: Participant) -> None:
    sign_in(browser, make_staff(Role.AUTHORITY_READER))

    assert walk(browser, "/en/staff/", "/en/", "/en/staff/queue/", "/en/staff/translations/") == []


def test_the_walk_would_find_it(browser: Browser, author: Participant) -> None:
    give_cookie(browser, author)

    assert "/en/me" in walk(browser, "/en/me")
