"""Words for what stands in a session's columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from .models import AgeBand, Meeting, RoundKind
from .states import Overlay, State

state_labels: Mapping[State, Any] = {
    State.DRAFT: _l("Being planned"),
    State.READY: _l("Announced"),
    State.LOBBY: _l("Waiting room"),
    State.AGREEMENT: _l("Agreement"),
    State.CHECK_IN: _l("Check-in"),
    State.ROUND: _l("Round"),
    State.BREAKOUT: _l("In rooms"),
    State.HARVEST: _l("Harvest"),
    State.CHECK_OUT: _l("Check-out"),
    State.CLOSED: _l("Over"),
    State.SUMMARY_DRAFT: _l("Summary being written"),
    State.PARTICIPANT_REVIEW: _l("Read by those who were there"),
    State.SUMMARY_FINAL: _l("Summary written"),
    State.DISCLOSURE_CHECK: _l("Summary being checked"),
    State.SENT: _l("Sent to the city"),
    State.ACKNOWLEDGED: _l("Received by the city"),
    State.RESPONDED: _l("Answered"),
    State.FED_BACK: _l("People were told"),
    State.ARCHIVED: _l("Archived"),
    State.CANCELLED: _l("Cancelled"),
}
state_tones: Mapping[State, str] = {
    State.DRAFT: "plain",
    State.READY: "teal",
    State.CANCELLED: "clay",
    **dict.fromkeys(
        (State.LOBBY, State.AGREEMENT, State.CHECK_IN, State.ROUND, State.BREAKOUT, State.HARVEST, State.CHECK_OUT),
        "sun",
    ),
}
overlay_labels: Mapping[Overlay, Any] = {
    Overlay.PAUSE: _l("Pause"),
    Overlay.COOL_DOWN: _l("Cool-down"),
    Overlay.SAFETY_HOLD: _l("Safety hold"),
}
meeting_labels: Mapping[Meeting, Any] = {
    Meeting.ROOM: _l("In a room"),
    Meeting.ONLINE: _l("Online"),
    Meeting.HYBRID: _l("In a room and online"),
}
age_labels: Mapping[AgeBand, Any] = {
    AgeBand.CHILD: _l("13 to 15 years"),
    AgeBand.TEEN: _l("16 and 17 years"),
    AgeBand.ADULT: _l("18 and older"),
}
sensitivity_labels: Mapping[int, Any] = {
    1: _l("Everyday: few will be hurt"),
    2: _l("Touches people: some may need a pause"),
    3: _l("May hurt: everything typed is read by a facilitator before the group sees it"),
}
round_labels: Mapping[RoundKind, Any] = {
    RoundKind.GO_AROUND: _l("Go-around"),
    RoundKind.OPEN_QUEUE: _l("Raised hands"),
    RoundKind.SILENT_WRITE: _l("Writing in silence"),
    RoundKind.PAIRS: _l("In pairs"),
    RoundKind.STORY: _l("Stories"),
    RoundKind.POLL: _l("A choice"),
    RoundKind.STATEMENT_VOTE: _l("Statements"),
}
round_hints: Mapping[str, Any] = {
    RoundKind.GO_AROUND.value: _l("Each in turn. Passing is fine, and there is a second chance at the end."),
    RoundKind.OPEN_QUEUE.value: _l("Who has spoken least comes first."),
    RoundKind.SILENT_WRITE.value: _l("Everybody writes. All of it is shown together, without names."),
    RoundKind.PAIRS.value: _l("Two and two talk with each other, then tell the others."),
    RoundKind.STORY.value: _l("One person tells, the others listen."),
    RoundKind.POLL.value: _l("One answer each. Nothing is shown until it is closed."),
    RoundKind.STATEMENT_VOTE.value: _l("Agree, disagree or pass on what others wrote."),
}
template_labels: Mapping[str, Any] = {
    "check_in_circle": _l("Check-in circle"),
    "story_circle": _l("Story circle"),
    "four_phases": _l("Four phases"),
    "listening": _l("Listening session"),
    "affinity_then_mixed": _l("First among yourselves, then mixed"),
    "youth_short": _l("Short session for young people"),
}
template_hints: Mapping[str, Any] = {
    "check_in_circle": _l("75 minutes, up to 16 people. For getting to know each other and a first subject."),
    "story_circle": _l("90 minutes, 4 to 6 people. Stories before opinions."),
    "four_phases": _l(
        "Two and a half hours, up to 24 people. For racism and exclusion, from who we are to what we do."
    ),
    "listening": _l("90 minutes, up to 40 people. Some tell, everybody else listens."),
    "affinity_then_mixed": _l("Two and a half hours, up to 48 people. First with people who share an experience."),
    "youth_short": _l("45 minutes, up to 18 people from 13 to 17. Two checked adults are needed."),
}
done_sentences: Mapping[str, Any] = {
    "saved": _l("Saved."),
    "unchanged": _l("Nothing had changed."),
    "created": _l("The session is begun. Now its texts, its people and its rounds."),
    "copied": _l("This is a copy. Look through it before you announce it."),
    "announced": _l("The session is announced. People can find it now."),
    "withdrawn": _l("Residents cannot find it any more."),
    "cancelled": _l("The session is cancelled. Everybody who looks for it reads that."),
    "code": _l("There is a new code. The old one leads nowhere."),
    "tried": _l("Noted: joining was tried out."),
}
