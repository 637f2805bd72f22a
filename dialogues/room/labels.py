"""Words for what stands in the room's columns, and the sentences a facilitator can take over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from dialogues.sessions import Overlay, State

from .models import NoteKind, Presence

note_labels: Mapping[NoteKind, Any] = {
    NoteKind.BREAK: _l("I need a break"),
    NoteKind.HARM: _l("Something felt harmful"),
    NoteKind.SAFETY: _l("I am worried about someone’s safety"),
    NoteKind.HELP: _l("Language or technical help"),
    NoteKind.OTHER: _l("Something else"),
}
presence_labels: Mapping[Presence, Any] = {
    Presence.WAITING: _l("Waiting"),
    Presence.THERE: _l("Present"),
    Presence.STEPPED_OUT: _l("Taking a break"),
    Presence.LEFT: _l("Gone"),
}
presence_tones: Mapping[Presence, str] = {
    Presence.WAITING: "sun",
    Presence.THERE: "teal",
    Presence.STEPPED_OUT: "plum",
    Presence.LEFT: "plain",
}
#: What phones say in each state, above everything else.
headings: Mapping[State, Any] = {
    State.READY: _l("It has not begun yet"),
    State.LOBBY: _l("Welcome. We begin soon"),
    State.AGREEMENT: _l("What we agree on"),
    State.CHECK_IN: _l("How are you coming in?"),
    State.ROUND: _l("Round"),
    State.BREAKOUT: _l("In small rooms"),
    State.HARVEST: _l("What should the city hear?"),
    State.CHECK_OUT: _l("Before you go"),
}
leads: Mapping[State, Any] = {
    State.READY: _l("You are in. Come back to this page when it begins, or leave it open."),
    State.LOBBY: _l("Leave this page open. It changes by itself when the facilitators begin."),
    State.AGREEMENT: _l("The facilitators read this aloud. Nobody sees anything of the conversation before agreeing."),
    State.CHECK_IN: _l("One word is enough. Passing is fine."),
    State.BREAKOUT: _l("You talk with a few people now. The facilitators call you back."),
    State.HARVEST: _l("Choose for each of your texts what the city may do with it. Nothing is chosen for you."),
    State.CHECK_OUT: _l("Thank you for coming. Keep your return code: it brings you back to your words."),
}
overlay_headings: Mapping[Overlay, Any] = {
    Overlay.PAUSE: _l("We take a pause"),
    Overlay.COOL_DOWN: _l("We take a quiet moment"),
    Overlay.SAFETY_HOLD: _l("We have stopped for a moment"),
}
overlay_leads: Mapping[Overlay, Any] = {
    Overlay.PAUSE: _l("Nothing is sent now. What you were writing stays on your phone."),
    Overlay.COOL_DOWN: _l(
        "Put both feet on the floor. Breathe in slowly, and out more slowly. Look for three things of one colour."
    ),
    Overlay.SAFETY_HOLD: _l("The facilitators look after somebody. You can write to them, and you can go."),
}
#: What a facilitator does next, by the state it leads to.
move_labels: Mapping[State, Any] = {
    State.LOBBY: _l("Open the waiting room"),
    State.AGREEMENT: _l("Begin with the agreement"),
    State.CHECK_IN: _l("Go on to the check-in"),
    State.BREAKOUT: _l("Send people into rooms"),
    State.ROUND: _l("Begin this round"),
    State.HARVEST: _l("Go on to the harvest"),
    State.CHECK_OUT: _l("Go on to the check-out"),
    State.CLOSED: _l("End the conversation"),
}
level_labels: Mapping[int, Any] = {
    0: _l("0: no concern"),
    1: _l("1: to be watched"),
    2: _l("2: somebody may be in danger"),
    3: _l("3: somebody is in danger now"),
}
#: Sentences that help when the room is not calm (dialogue-and-safety.md §6.11).
scripts: tuple[tuple[Any, Any], ...] = (
    (_l("Opening"), _l("We are here to listen to each other. Nobody has to speak. You can pass, pause or go.")),
    (
        _l("What we cannot promise"),
        _l("We keep what you say private. But if somebody may be in danger, we have to tell a person who can help."),
    ),
    (_l("When words hurt"), _l("Let us slow down. Something was said that hurts. We talk about it before we go on.")),
    (_l("When somebody speaks for a group"), _l("I would like to hear it as your own experience.")),
    (_l("Closing"), _l("Thank you for what you shared. What people said stays here; what we learned may leave.")),
)
#: What to do when somebody is in distress (dialogue-and-safety.md §3, §6.10).
care_steps: tuple[Any, ...] = (
    _l("Stop. Pause the conversation."),
    _l("Support. One of you goes to the person, the other stays with the group."),
    _l("Ask openly: tell me, explain, describe. No leading questions, and no promise of secrecy."),
    _l("Go on only when the person wants to and can. Otherwise go out together."),
    _l("Afterwards: agree on how and when you ask again. Write it into the debrief."),
)
