"""Words for the staff's pages about consultations: states, audiences, modes, ways of coming."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from participation.contributions import Channel, Mode

from .models import Audience, CameBy, StageKind

state_labels: Mapping[str, Any] = {
    "draft": _l("Draft"),
    "soon": _l("Opens later"),
    "open": _l("Open now"),
    "closed": _l("Closed"),
    "archived": _l("In the archive"),
}
#: Colour of a state's mark; the words say the same.
state_tones: Mapping[str, str] = {
    "draft": "sun",
    "soon": "plain",
    "open": "teal",
    "closed": "plain",
    "archived": "plain",
}

care_labels: Mapping[str, Any] = {
    "texts": _l("Texts missing or old"),
    "ending": _l("Ends within three days"),
    "reply": _l("Reply due soon"),
    "overdue": _l("Reply overdue"),
}

audience_labels: Mapping[Audience, Any] = {
    Audience.ALL: _l("Everybody"),
    Audience.AGE_BANDS: _l("People of certain ages"),
    Audience.INVITED: _l("People with an invitation code"),
}
audience_hints: Mapping[str, Any] = {
    Audience.ALL.value: _l("Whoever has the link can answer."),
    Audience.AGE_BANDS.value: _l("Everybody is asked for an age band before the first question, and for nothing else."),
    Audience.INVITED.value: _l("Each person needs a code from a letter; each code works once."),
}
mode_labels: Mapping[Mode, Any] = {
    Mode.HOLD: _l("A person reads first"),
    Mode.VISIBLE: _l("Shown at once, read afterwards"),
}
mode_hints: Mapping[str, Any] = {
    Mode.HOLD.value: _l("Nothing a resident typed is public before somebody released it. This is how it usually is."),
    Mode.VISIBLE.value: _l("Only for calm subjects with somebody at the queue all day long."),
}
came_by_labels: Mapping[CameBy, Any] = {
    CameBy.OPEN_LINK: _l("By the open link"),
    CameBy.INVITED_CODE: _l("With an invitation code"),
    CameBy.ENTERED_BY_STAFF: _l("Written down by staff"),
    CameBy.IMPORTED: _l("Imported"),
}
entry_channel_labels: Mapping[Channel, Any] = {
    Channel.PAPER: _l("On paper"),
    Channel.PHONE: _l("By phone"),
    Channel.IN_PERSON: _l("In person"),
}
stage_kind_labels: Mapping[StageKind, Any] = {
    StageKind.ANSWERING: _l("Residents answer"),
    StageKind.READING: _l("We read everything"),
    StageKind.ACTING: _l("The city answers"),
}
stage_kind_hints: Mapping[str, Any] = {
    StageKind.ANSWERING.value: _l("The questions are open."),
    StageKind.READING.value: _l("Staff read every answer and write the summary."),
    StageKind.ACTING.value: _l("The city says what it will do, and does it."),
}
#: What the list and the overview say in one line about an audience.
audience_facts: Mapping[Audience, Any] = {
    Audience.ALL: _l("Open to everybody"),
    Audience.AGE_BANDS: _l("Open to certain ages"),
    Audience.INVITED: _l("By invitation only"),
}
#: What stands at the top of a page after something was done there.
done_sentences: Mapping[str, Any] = {
    "published": _l("Published. Residents can find it now."),
    "extended": _l("The new last day stands, and everybody sees it."),
    "closed": _l("Closed. Everybody can read why."),
    "copied": _l("This is the copy. Days are not copied: please choose them."),
    "archived": _l("Put into the archive."),
    "unarchived": _l("Taken out of the archive."),
    "saved": _l("Saved."),
    "version": _l("Saved as a new version. Answers to the one before stay and are counted apart."),
    "unchanged": _l("Nothing was changed."),
    "added": _l("Added."),
    "taken_out": _l("Taken out."),
    "made": _l("The codes are made."),
    "handed_out": _l("Noted: the codes have left the building."),
    "stopped": _l("Stopped. Codes that were not used yet work no more."),
}
