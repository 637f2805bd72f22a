"""Publishing and the two addresses of streams: after the commit or never, to whoever holds a good ticket."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask, Response
from flask_sqlalchemy import SQLAlchemy
from itsdangerous import URLSafeTimedSerializer

from participation.core import live, live_tickets
from participation.core.clock import now
from participation.core.live import Audience, FragmentRefused, publish
from participation.core.live_bus import Bus, Nudge, decode, encode
from participation.core.live_tickets import Ticket, TicketRefused
from participation.core.serving import arrival_of
from tests.browser import Browser
from tests.fixtures.databases import SECRET, Backend, make_app, make_settings

TOPIC = "session:1:participants"
ENGLISH = Audience("en", "participant")
STREAM = {"ACCEPT": "text/html, text/event-stream", "SEC-FETCH-SITE": "same-origin"}


class Ear(Bus):
    """Hears what would be sent."""

    def __init__(self) -> None:
        self.heard: list[Nudge] = []

    def send(self, nudge: Nudge) -> None:
        self.heard.append(nudge)


@pytest.fixture
def ear(backend: Backend, database: SQLAlchemy, monkeypatch: pytest.MonkeyPatch) -> Ear:
    found = Ear()
    monkeypatch.setitem(backend.app.extensions, "live_bus", found)
    return found


def ticket(member: str = "participant:1", position: int = 0, topic: str = TOPIC) -> str:
    return live_tickets.sign(SECRET, Ticket(topic, ENGLISH, member, position))


def say(database: SQLAlchemy, *texts: str) -> None:
    for text in texts:
        publish(TOPIC, {ENGLISH: f"<p>{text}</p>"}, at=now())
    database.session.commit()


def test_an_event_is_sent_after_the_commit_and_not_before(database: SQLAlchemy, ear: Ear) -> None:
    publish(TOPIC, {ENGLISH: "<p>words</p>"}, at=now())
    before = list(ear.heard)

    database.session.commit()
    database.session.commit()

    assert before == []
    assert ear.heard == [Nudge(TOPIC, 1, {"en/participant": "<p>words</p>"})]


def test_what_is_rolled_back_is_never_sent(database: SQLAlchemy, ear: Ear) -> None:
    publish(TOPIC, {ENGLISH: "<p>words</p>"}, at=now())
    database.session.rollback()
    database.session.commit()

    assert ear.heard == []


def test_after_a_partial_rollback_the_log_is_asked_instead(database: SQLAlchemy, ear: Ear) -> None:
    publish(TOPIC, {ENGLISH: "<p>kept</p>"}, at=now())
    inner = database.session.begin_nested()
    publish(TOPIC, {ENGLISH: "<p>undone</p>"}, at=now())
    inner.rollback()
    database.session.commit()

    assert [(each.topic, each.fragments) for each in ear.heard] == [(TOPIC, None)]
    assert live.latest(TOPIC, ENGLISH) == "<p>kept</p>"


@pytest.mark.parametrize(("status", "heard"), [(200, 1), (422, 0)])
def test_a_request_that_fails_publishes_nothing(
    database: SQLAlchemy, backend: Backend, ear: Ear, status: int, heard: int
) -> None:
    with backend.app.test_request_context("/", method="POST"):
        backend.app.preprocess_request()
        publish(TOPIC, {ENGLISH: "<p>words</p>"}, at=now())
        backend.app.process_response(Response(status=status))

    assert len(ear.heard) == heard


@pytest.mark.parametrize(
    "html",
    [
        "<form action='/x'></form>",
        "<p>fine</p><FORM>",
        "<button>Press</button>",
        "<input name='a'>",
        "<p hx-get='/x'>words</p>",
        "<p data-hx-get='/x'>words</p>",
        "<p HX-Get='/x'>words</p>",
        "<p nonce='abc'>words</p>",
        "<p hx-nonce='abc'>words</p>",
        "<script>go()</script>",
        "<p onclick='go()'>words</p>",
        "<a href='javascript:go()'>words</a>",
        "<a href=' JavaScript:go()'>words</a>",
        "<p form='other'>words</p>",
        "<svg><a xlink:href='/x'></a></svg>",
        "<p style='position:fixed'>words</p>",
        "<iframe srcdoc='x'></iframe>",
        "<template><form></form></template>",
        "<p>cut <b",
        "<![CDATA[ <form> ]]>",
    ],
)
def test_a_fragment_that_could_act_is_refused(html: str) -> None:
    with pytest.raises(FragmentRefused):
        publish(TOPIC, {ENGLISH: html}, at=now())


@pytest.mark.parametrize(
    "html",
    [
        "<p lang='ar' dir='rtl'>a &lt;form&gt; with hx-get and nonce in words</p>",
        "<ol class='cards'><li id='a-1' aria-live='polite'><a href='/en/help'>5 of 6</a></li></ol>",
        "",
    ],
)
def test_words_and_plain_markup_pass(database: SQLAlchemy, html: str) -> None:
    assert publish(TOPIC, {ENGLISH: html}, at=now()) == 1


@pytest.mark.parametrize(("topic", "fragments"), [("", {ENGLISH: "x"}), ("t" * 71, {ENGLISH: "x"}), ("t", {})])
def test_an_event_needs_a_name_and_somebody_to_see_it(topic: str, fragments: dict[Audience, str]) -> None:
    with pytest.raises(ValueError, match="topic"):
        publish(topic, fragments, at=now())


def test_a_ticket_says_what_it_opens() -> None:
    found, _made_at = live_tickets.read(SECRET, ticket(position=7))

    assert found == Ticket(TOPIC, ENGLISH, "participant:1", 7)


@pytest.mark.parametrize("spoil", ["cut", "turned", "other secret", "other purpose", "long", "empty"])
def test_a_forged_ticket_is_refused(spoil: str, browser: Browser) -> None:
    good = ticket()
    bad = {
        "cut": good[:-1],
        "turned": good[:5] + ("A" if good[5] != "A" else "B") + good[6:],
        "other secret": live_tickets.sign("another secret " * 4, Ticket(TOPIC, ENGLISH, "participant:1", 0)),
        "other purpose": URLSafeTimedSerializer(SECRET, salt="form").dumps([TOPIC, "en", "participant", "a", 0]),
        "long": good * 12,
        "empty": "x",
    }[spoil]

    with pytest.raises(TicketRefused):
        live_tickets.read(SECRET, bad)
    assert browser.get(f"/live/{bad}/events").status_code == 403
    assert browser.get(f"/live/{bad}").status_code == 403
    assert arrival_of("GET", f"/live/{bad}", STREAM, SECRET) is None


def test_an_old_ticket_is_refused(monkeypatch: pytest.MonkeyPatch, browser: Browser) -> None:
    old = ticket()
    monkeypatch.setattr(live_tickets, "TICKET_SECONDS", -1)
    monkeypatch.setitem(live_tickets.read.__kwdefaults__, "seconds", -1)

    assert browser.get(f"/live/{old}/events").status_code == 403
    assert arrival_of("GET", f"/live/{old}", STREAM, SECRET) is None


def test_a_good_ticket_is_told_to_come_back_where_nobody_takes_streams(browser: Browser) -> None:
    page = browser.get(f"/live/{ticket()}")

    assert page.status_code == 503
    assert page.headers["Retry-After"] == "5"


@pytest.mark.parametrize(
    ("method", "path", "headers", "taken"),
    [
        ("GET", "", {}, True),
        ("POST", "", {}, False),
        ("HEAD", "", {}, False),
        ("GET", "/events", {}, False),
        ("GET", "", {"ACCEPT": "text/html"}, False),
        ("GET", "", {"SEC-FETCH-SITE": "cross-site"}, False),
        ("GET", "", {"SEC-FETCH-SITE": "same-site"}, False),
    ],
)
def test_only_a_phone_on_our_own_page_is_handed_over(
    method: str, path: str, headers: dict[str, str], taken: bool
) -> None:
    found = arrival_of(method, f"/live/{ticket()}{path}", {**STREAM, **headers}, SECRET)

    assert (found is not None) is taken


@pytest.mark.parametrize(("sent", "understood"), [("57", 57), ("", None), ("-1", None), ("5x", None), ("9" * 30, None)])
def test_what_a_phone_saw_last_is_a_number(sent: str, understood: int | None) -> None:
    found = arrival_of("GET", f"/live/{ticket()}", {**STREAM, "LAST-EVENT-ID": sent}, SECRET)

    assert found is not None
    assert found.last_seen == understood


def test_polling_gives_what_is_new_once(database: SQLAlchemy, browser: Browser) -> None:
    address = f"/live/{ticket()}/events"
    say(database, "one", "two")

    first = browser.get(f"{address}?after=0", strict=False)
    again = browser.get(f"{address}?after=2", headers={"If-None-Match": first.headers["ETag"]}, strict=False)
    say(database, "three")
    then = browser.get(f"{address}?after=2", headers={"If-None-Match": first.headers["ETag"]}, strict=False)

    assert (first.status_code, first.get_data(as_text=True)) == (200, "<p>one</p><p>two</p>")
    assert (again.status_code, again.data) == (304, b"")
    assert (then.status_code, then.get_data(as_text=True), then.headers["ETag"]) == (200, "<p>three</p>", '"3"')


def test_polling_says_when_the_page_must_be_loaded_anew(database: SQLAlchemy, browser: Browser) -> None:
    say(database, "one")
    live.erase(TOPIC, at=now())
    database.session.commit()

    assert browser.get(f"/live/{ticket()}/events?after=1").status_code == 205
    assert browser.get(f"/live/{ticket()}/events?after=2").status_code == 200


def test_whoever_was_shown_out_cannot_poll_until_she_has_a_new_ticket(database: SQLAlchemy, browser: Browser) -> None:
    live.close(TOPIC, "participant:1", at=now())
    database.session.commit()

    assert browser.get(f"/live/{ticket()}/events").status_code == 403
    assert browser.get(f"/live/{ticket('participant:2')}/events").status_code == 200
    assert browser.get(f"/live/{ticket(position=1)}/events").status_code == 200


def test_a_page_says_where_it_listens_from_this_moment_on(database: SQLAlchemy, backend: Backend) -> None:
    say(database, "before")
    with backend.app.test_request_context("/en/"):
        address = live.stream_address(TOPIC, ENGLISH, member="participant:1")
        response = backend.app.process_response(Response("page"))
    found, _made_at = live_tickets.read(SECRET, address.removeprefix("/live/"))

    assert found.position == 1
    assert response.headers["Live-Address"] == address


def test_the_newest_fragment_is_there_for_pages_without_javascript(database: SQLAlchemy) -> None:
    say(database, "one", "two")

    assert live.latest(TOPIC, ENGLISH) == "<p>two</p>"
    assert live.latest(TOPIC, Audience("es", "participant")) is None


@pytest.mark.parametrize("spoil", [b"x", b".", b"a.b"])
def test_a_message_that_is_not_signed_by_us_is_not_heard(spoil: bytes) -> None:
    good = encode(Nudge("t", 1, {"en/a": "<p>é</p>"}), SECRET)

    assert decode(good, SECRET) == Nudge("t", 1, {"en/a": "<p>é</p>"})
    assert decode(good, "another secret " * 4) is None
    assert decode(good + spoil, SECRET) is None
    assert decode(spoil, SECRET) is None


def test_a_ticket_is_no_message_and_a_message_no_ticket() -> None:
    with pytest.raises(TicketRefused):
        live_tickets.read(SECRET, encode(Nudge("t", 1, None), SECRET).decode())
    assert decode(ticket().encode(), SECRET) is None


def test_tidying_knows_the_log(tmp_path_factory: pytest.TempPathFactory) -> None:
    program: Flask = make_app(make_settings(tmp_path_factory.mktemp("live")))

    assert any(each.__module__.endswith("live_log") for each in program.extensions["registry"].tidiers)
    assert timedelta(seconds=live_tickets.TICKET_SECONDS) < timedelta(hours=24)
