"""The moderators' pages as they are worked with."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy

from participation.contributions.models import GONE, State, Surface
from participation.core.audit import AuditEntry, find_first_broken_entry
from participation.core.policy import Role, Space
from participation.moderation.models import Action, Decision, ReviewItem
from tests.browser import Browser, Page
from tests.factories.accounts import give_cookie, make_participant, make_staff, sign_in
from tests.factories.city import make_city, make_rule, words
from tests.factories.consultations import make_consultation
from tests.factories.moderation import decide, make_waiting, words_of
from tests.fixtures.time import Clock

QUEUE = "/en/staff/queue/"
#: A refused form rolls back and reads everything afresh for the page it is shown on again.
REFUSED = 16
REFUSAL = {
    "action": "return",
    "ground": "rule:1",
    "facts": "“idiots”",
    "fit": "This calls people names.",
}


@pytest.fixture
def moderator(browser: Browser, database: SQLAlchemy, clock: Clock) -> Browser:
    """A moderator's browser; she moderates everything."""
    make_city()
    make_rule(1)
    return sign_in(browser, make_staff(Role.MODERATOR, name="Yusuf"))


def ids(page: Page) -> list[int]:
    """Numbers of the items a queue page shows."""
    return [int(str(each["id"]).removeprefix("item-")) for each in page.soup.select("[data-queue-item]")]


def test_what_waits_longest_comes_first(moderator: Browser, database: SQLAlchemy, clock: Clock) -> None:
    space = make_consultation().space
    second = make_waiting(space, body="Second words")
    first = make_waiting(space, body="First words", sent_at=clock.now - timedelta(hours=1))

    page = moderator.get(QUEUE)

    assert ids(page) == [first.id, second.id]
    assert "First words" in page.words
    assert "2 wait" in page.words


def test_one_press_releases(moderator: Browser, database: SQLAlchemy, clock: Clock) -> None:
    item = make_waiting(make_consultation().space)

    page = moderator.get(QUEUE)
    page = moderator.send(page, "/queue/", press="release")

    assert "1 released." in page.words
    assert words_of(item).state == State.VISIBLE
    entry = database.session.execute(sa.select(AuditEntry)).scalar_one()
    assert (entry.verb, entry.details["before"], entry.details["after"]) == ("contribution_released", "held", "visible")


def test_undo_puts_it_back_and_only_for_half_a_minute(moderator: Browser, database: SQLAlchemy, clock: Clock) -> None:
    item = make_waiting(make_consultation().space)
    page = moderator.send(moderator.get(QUEUE), "/queue/", press="release")

    clock.advance(seconds=29)
    undone = moderator.send(page, "/undo")

    assert "Undone" in undone.words
    assert words_of(item).state == State.HELD
    assert database.session.get_one(ReviewItem, item.id).is_open

    page = moderator.send(moderator.get(QUEUE), "/queue/", press="release")
    clock.advance(seconds=31)
    late = moderator.send(page, "/undo", follow=False)

    assert late.status_code == 409
    assert words_of(item).state == State.VISIBLE


def test_a_refusal_needs_its_reasons(moderator: Browser, database: SQLAlchemy, clock: Clock) -> None:
    item = make_waiting(make_consultation().space)
    page = moderator.get(f"{QUEUE}{item.id}/")

    for missing in ("ground", "facts", "fit"):
        answer = moderator.send(page, f"/queue/{item.id}/", queries=REFUSED, **{**REFUSAL, missing: ""})
        assert answer.status_code == 422
        assert answer.soup.select_one(f"#{missing}-error") is not None
    assert database.session.execute(sa.select(sa.func.count()).select_from(Decision)).scalar_one() == 0

    answer = moderator.send(page, f"/queue/{item.id}/", **REFUSAL)

    assert answer.heading == "The queue"
    assert words_of(item).state == State.RETURNED


def test_removing_needs_a_grave_reason(moderator: Browser, database: SQLAlchemy, clock: Clock) -> None:
    item = make_waiting(make_consultation().space)
    page = moderator.get(f"{QUEUE}{item.id}/")

    refused = moderator.send(page, f"/queue/{item.id}/", queries=REFUSED, **{**REFUSAL, "action": "remove"})
    assert refused.soup.select_one("#gravity-error") is not None

    moderator.send(page, f"/queue/{item.id}/", **{**REFUSAL, "action": "remove", "gravity": "doxing"})
    assert words_of(item).state == State.REMOVED


def test_after_a_decision_the_next_one_comes(moderator: Browser, database: SQLAlchemy, clock: Clock) -> None:
    space = make_consultation().space
    first, second = make_waiting(space), make_waiting(space, body="The next words")

    page = moderator.send(moderator.get(f"{QUEUE}{first.id}/"), f"/queue/{first.id}/", **REFUSAL)

    assert page.request.path == f"{QUEUE}{second.id}/"
    assert "1 returned." in page.words
    assert "The next words" in page.words


def test_words_that_changed_meanwhile_are_not_decided_and_nothing_typed_is_lost(
    moderator: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    item = make_waiting(make_consultation().space)
    page = moderator.get(f"{QUEUE}{item.id}/")
    colleague = make_staff(Role.MODERATOR)
    decide(item, colleague)

    answer = moderator.send(page, f"/queue/{item.id}/", queries=REFUSED, **REFUSAL)

    assert answer.status_code == 409
    assert "Somebody changed this while you were reading" in answer.words
    assert "This calls people names." in answer.get_data(as_text=True)
    assert words_of(item).state == State.VISIBLE


def test_an_old_list_releases_nothing_that_was_taken(moderator: Browser, database: SQLAlchemy, clock: Clock) -> None:
    item = make_waiting(make_consultation().space)
    page = moderator.get(QUEUE)
    other = sign_in(moderator.application.test_client(), make_staff(Role.MODERATOR, name="Chiara"))  # type: ignore[type-var]
    taken = other.get(f"{QUEUE}{item.id}/")
    other.send(taken, "/claim", press="do=take")

    answer = moderator.send(page, "/queue/", queries=REFUSED, press="release")

    assert answer.status_code == 409
    assert words_of(item).state == State.HELD
    assert "Chiara" in moderator.get(f"{QUEUE}{item.id}/").words


def test_claiming_giving_back_and_taking_over(moderator: Browser, database: SQLAlchemy, clock: Clock) -> None:
    item = make_waiting(make_consultation().space)

    page = moderator.send(moderator.get(f"{QUEUE}{item.id}/"), "/claim", press="do=take")
    assert "Taken by you" in page.words
    assert ids(moderator.get(QUEUE + "?who=mine")) == [item.id]
    assert ids(moderator.get(QUEUE + "?who=unclaimed")) == []

    page = moderator.send(page, "/claim", press="do=give_back")
    assert "Taken by you" not in page.words

    colleague = sign_in(moderator.application.test_client(), make_staff(Role.MODERATOR))  # type: ignore[type-var]
    colleague.send(colleague.get(f"{QUEUE}{item.id}/"), "/claim", press="do=take")
    page = moderator.get(f"{QUEUE}{item.id}/")
    assert page.soup.find("input", {"name": "action"}) is None
    page = moderator.send(moderator.get(f"{QUEUE}{item.id}/"), "/claim", press="do=take_over")
    assert "Taken by you" in page.words


def test_filters_stand_in_the_address_and_narrow(moderator: Browser, database: SQLAlchemy, clock: Clock) -> None:
    one, other = make_consultation(), make_consultation()
    before = {"sent_at": clock.now - timedelta(hours=25)}
    english = make_waiting(one.space, **before)
    arabic = make_waiting(other.space, body="مقاعد أكثر", language="ar", direction="rtl", **before)
    strange = make_waiting(other.space, body="Daha çok bank", language="tr", **before)
    fresh = make_waiting(one.space)

    assert ids(moderator.get(QUEUE + "?language=ar")) == [arabic.id]
    assert ids(moderator.get(QUEUE + "?language=other")) == [strange.id]
    assert ids(moderator.get(QUEUE + f"?space={one.space}")) == [english.id, fresh.id]
    assert ids(moderator.get(QUEUE + "?age=new")) == [fresh.id]
    assert ids(moderator.get(QUEUE + "?age=overdue")) == [english.id, arabic.id, strange.id]
    assert ids(moderator.get(QUEUE + "?state=visible")) == []
    assert ids(moderator.get(QUEUE + "?space=nonsense:9999999999999999999&age=x&who=y&state=z&source=q")) == []
    page = moderator.get(QUEUE + f"?language=ar&space={other.space}")
    chosen = page.soup.select_one("#filter-language option[selected]")
    assert chosen is not None
    assert chosen["value"] == "ar"


def test_a_long_queue_comes_in_pages(moderator: Browser, database: SQLAlchemy, clock: Clock) -> None:
    space = make_consultation().space
    made = [make_waiting(space).id for _ in range(30)]

    first = moderator.get(QUEUE)
    second = moderator.go(first, "Next")

    assert ids(first) + ids(second) == made


def test_many_at_once_are_previewed_and_can_be_undone(moderator: Browser, database: SQLAlchemy, clock: Clock) -> None:
    space = make_consultation().space
    items = [make_waiting(space) for _ in range(4)]
    page = moderator.get(QUEUE)

    preview = moderator.send(page, "/queue/", item=[f"{each.id}.1" for each in items[:3]], press="bulk=release")
    assert preview.heading == "Release 3?"
    assert {words_of(each).state for each in items} == {State.HELD}

    done = moderator.send(preview, "/bulk")
    assert "3 released." in done.words
    assert [words_of(each).state for each in items] == [State.VISIBLE] * 3 + [State.HELD]
    assert database.session.execute(sa.select(sa.func.count()).select_from(AuditEntry)).scalar_one() == 3

    moderator.send(done, "/undo")
    assert {words_of(each).state for each in items} == {State.HELD}
    assert database.session.execute(sa.select(sa.func.count()).select_from(AuditEntry)).scalar_one() == 6
    assert find_first_broken_entry() is None


def test_all_that_match_are_hidden_with_one_statement_of_reasons(
    moderator: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    space = make_consultation().space
    items = [make_waiting(space) for _ in range(30)]

    preview = moderator.send(moderator.get(QUEUE), "/queue/", all="1", press="bulk=hide")
    assert preview.heading == "Hide 30?"
    refused = moderator.send(preview, "/bulk")
    assert refused.status_code == 422
    moderator.send(refused, "/bulk", ground="rule:1", facts="“idiots”", fit="Names.")

    assert {words_of(each).state for each in items} == {State.HIDDEN}


def test_bulk_of_something_that_changed_does_nothing_by_half(
    moderator: Browser, database: SQLAlchemy, clock: Clock
) -> None:
    space = make_consultation().space
    items = [make_waiting(space) for _ in range(3)]
    preview = moderator.send(moderator.get(QUEUE), "/queue/", all="1", press="bulk=release")
    decide(items[1], make_staff(Role.MODERATOR), Action.HIDE)

    answer = moderator.send(preview, "/bulk")

    assert answer.status_code in {409, 422}
    assert [words_of(each).state for each in items] == [State.HELD, State.HIDDEN, State.HELD]


def test_a_moderator_sees_only_her_spaces(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    mine, other = make_consultation(), make_consultation()
    seen, unseen = make_waiting(mine.space, body="Seen"), make_waiting(other.space, body="Canary in another space")
    sign_in(browser, make_staff(Role.MODERATOR, space=mine.space))

    page = browser.get(QUEUE)

    assert ids(page) == [seen.id]
    assert "Canary" not in page.get_data(as_text=True)
    assert browser.get(f"{QUEUE}{unseen.id}/").status_code == 404
    assert ids(browser.get(QUEUE + f"?space={other.space}")) == []
    forged = browser.get(f"{QUEUE}bulk?do=release&items={unseen.id}.1")
    assert "Canary" not in forged.get_data(as_text=True)


def test_forged_keys_release_nothing_in_other_spaces(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    mine, other = make_consultation(), make_consultation()
    make_waiting(mine.space)
    unseen = make_waiting(other.space)
    sign_in(browser, make_staff(Role.MODERATOR, space=mine.space))
    page = browser.get(QUEUE)

    values = {"form_token": page.form("/queue/").find("input", {"name": "form_token"})["value"]}  # type: ignore[index]
    answer = browser.post(QUEUE, data={**values, "release": f"{unseen.id}.1"})

    assert answer.status_code == 403
    assert words_of(unseen).state == State.HELD


@pytest.mark.parametrize("role", [Role.OFFICER, Role.AUTHORITY_READER, Role.INTERPRETER, Role.ADMINISTRATOR])
def test_staff_without_a_grant_see_nothing(browser: Browser, database: SQLAlchemy, clock: Clock, role: Role) -> None:
    item = make_waiting(make_consultation().space)
    sign_in(browser, make_staff(role))

    assert browser.get(QUEUE).status_code == 403
    assert browser.get(f"{QUEUE}{item.id}/").status_code == 404


def test_strangers_are_led_to_sign_in(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    for path in (QUEUE, f"{QUEUE}1/", "/en/staff/appeals/", "/en/staff/audit/", "/en/staff/translations/"):
        answer = browser.get(path)
        assert answer.status_code == 303
        assert "/sign-in" in answer.headers["Location"]


def test_a_held_word_stands_on_no_public_page(moderator: Browser, database: SQLAlchemy, clock: Clock) -> None:
    item = make_waiting(make_consultation().space, body="Canary not yet released")
    stranger = moderator.application.test_client()

    assert stranger.get(f"/en/words/{item.contribution_id}/").status_code == 404  # type: ignore[union-attr]
    moderator.send(moderator.get(QUEUE), "/queue/", press="release")
    assert "Canary" in stranger.get(f"/en/words/{item.contribution_id}/").get_data(as_text=True)


@pytest.mark.parametrize("state", sorted(GONE))
def test_about_words_that_are_gone_nothing_is_left_to_decide(
    moderator: Browser, database: SQLAlchemy, clock: Clock, state: State
) -> None:
    item = make_waiting(make_consultation().space)
    words_of(item).state = state
    database.session.commit()

    page = moderator.get(f"{QUEUE}{item.id}/")

    assert "There is nothing left to decide." in page.words
    assert page.soup.find("input", {"name": "action"}) is None


def test_hostile_words_stay_words(moderator: Browser, database: SQLAlchemy, clock: Clock) -> None:
    hostile = "<script>alert(1)</script> {{ 7*7 }} <img src=x onerror=alert(1)> ‮ %(x)s"
    item = make_waiting(make_consultation().space, body=hostile)

    for path in (QUEUE, f"{QUEUE}{item.id}/", f"{QUEUE}bulk?do=hide&all=1"):
        page = moderator.get(path, strict=False)
        text = page.get_data(as_text=True)
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text
        assert "<img src=x" not in text


def test_the_keys_can_be_off(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    make_waiting(make_consultation().space)
    sign_in(browser, make_staff(Role.MODERATOR, uses_shortcuts=False))

    page = browser.get(QUEUE)

    assert page.soup.select_one("[data-queue='off']") is not None
    assert "Keys: off" in page.words


def test_the_home_page_counts_what_the_lists_show(moderator: Browser, database: SQLAlchemy, clock: Clock) -> None:
    space = make_consultation().space
    make_waiting(space, sent_at=clock.now - timedelta(hours=30))
    make_waiting(space, sent_at=clock.now - timedelta(hours=25))
    make_waiting(space)

    home = moderator.get("/en/staff/")

    counts = {
        str(link["href"]): int(link.select_one(".need-count").get_text())
        for link in home.soup.select("a.need")  # type: ignore[union-attr]
    }
    assert counts == {QUEUE: 3, QUEUE + "?age=overdue": 2}
    for path, count in counts.items():
        assert len(ids(moderator.get(path))) == count


def test_the_author_reads_why_mends_and_sends_again(moderator: Browser, database: SQLAlchemy, clock: Clock) -> None:
    make_rule(2, title=words("Be kind", ar="كونوا لطفاء"), text=words("No insults.", ar="لا شتائم."))
    author = make_participant()
    item = make_waiting(make_consultation().space, author, body="You idiots", language="ar", direction="rtl")
    moderator.send(
        moderator.get(f"{QUEUE}{item.id}/"), f"/queue/{item.id}/", **{**REFUSAL, "ground": "rule:2", "language": "en"}
    )
    resident = give_cookie(moderator.application.test_client(), author)  # type: ignore[type-var]

    page = resident.get(f"/ar/me/contributions/{item.contribution_id}/")
    assert "كونوا لطفاء" in page.words
    quoted = [each for each in page.soup.select("blockquote") if "This calls people names." in each.get_text()]
    assert quoted[0]["lang"] == "en"
    assert quoted[0]["dir"] == "ltr"

    edit = resident.get(f"/en/me/contributions/{item.contribution_id}/edit")
    assert "This calls people names." in edit.words
    sent = resident.send(edit, body="Please listen to us")
    assert "Waiting to be read" in sent.words

    queue = moderator.get(QUEUE)
    assert ids(queue) == [item.id]
    assert "Changed by its author" in queue.words
    assert "You idiots" in moderator.get(f"{QUEUE}{item.id}/").words


def test_surfaces_and_permissions_are_said(moderator: Browser, database: SQLAlchemy, clock: Clock) -> None:
    space = make_consultation().space
    make_waiting(space, surface=Surface.PUBLIC, permission="quote")
    make_waiting(space, surface=Surface.STAFF)

    page = moderator.get(QUEUE)

    assert "Everybody will read it" in page.words
    assert "May be quoted" in page.words
    assert "Only staff read it" in page.words
    assert "Only counted" in page.words


def test_an_unknown_space_has_an_empty_queue(browser: Browser, database: SQLAlchemy, clock: Clock) -> None:
    sign_in(browser, make_staff(Role.MODERATOR, space=Space("consultation", 77)))

    assert "Everything is read" in browser.get(QUEUE).words
