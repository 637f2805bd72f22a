"""Words for what stands in a contribution's columns. The list of permissions is the only one in the whole product."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from .models import Channel, Permission, State, Surface

#: What an author allows, in her own voice.
permission_labels: Mapping[Permission, str] = {
    Permission.QUOTE: _l("Quote as written"),
    Permission.PARAPHRASE: _l("Say it in your own words"),
    Permission.COUNT_ONLY: _l("Only count it"),
    Permission.STAFF_ONLY: _l("Staff only"),
    Permission.DO_NOT_USE: _l("Do not use it"),
}
permission_hints: Mapping[str, str] = {
    Permission.QUOTE.value: _l("Others may read them in reports, without your name."),
    Permission.PARAPHRASE.value: _l("Reports may tell the idea, but not in your words."),
    Permission.COUNT_ONLY.value: _l("Reports say how many people said something like it."),
    Permission.STAFF_ONLY.value: _l("They read it to understand. It appears in no report."),
    Permission.DO_NOT_USE.value: _l("We keep it for you to see, and do nothing with it."),
}
#: What an author allowed, told to the staff.
permission_facts: Mapping[Permission, str] = {
    Permission.QUOTE: _l("May be quoted"),
    Permission.PARAPHRASE: _l("May be told in other words"),
    Permission.COUNT_ONLY: _l("Only counted"),
    Permission.STAFF_ONLY: _l("Staff only"),
    Permission.DO_NOT_USE: _l("Not to be used"),
}
PERMISSION_CHOICES = [(each.value, label) for each, label in permission_labels.items()]

#: Where her words stand, told to their author.
state_labels: Mapping[State, str] = {
    State.HELD: _l("Waiting to be read"),
    State.VISIBLE: _l("Read and accepted"),
    State.RETURNED: _l("Sent back to you"),
    State.LIMITED: _l("Shown to few"),
    State.HIDDEN: _l("Not shown"),
    State.REMOVED: _l("Removed"),
    State.WITHDRAWN: _l("Taken back by you"),
    State.EXPIRED: _l("Deleted on the promised day"),
}
state_sentences: Mapping[State, str] = {
    State.HELD: _l("Somebody will read this before others see it."),
    State.VISIBLE: _l("Your words are part of this now."),
    State.RETURNED: _l("Please change something, then send it again. The reason stands below."),
    State.LIMITED: _l("Only you and the people who look after this can read it. The reason stands below."),
    State.HIDDEN: _l("Nobody sees this but you and the moderators. The reason stands below."),
    State.REMOVED: _l("Your words were taken away. The reason stands below."),
    State.WITHDRAWN: _l("Your words are deleted. Only that somebody said something is still counted."),
    State.EXPIRED: _l(
        "We deleted your words, as we had promised. What you allowed to be quoted still stands in summaries that are"
        " out; take it back to have it removed there, too."
    ),
}
#: The same where only staff read the words anyway.
staff_surface_sentences: Mapping[State, str] = {
    State.HELD: _l("Somebody will read this soon."),
    State.VISIBLE: _l("Somebody read this. It is part of what the staff work with."),
}
#: Colour of a state's mark; the words beside it say the same.
state_tones: Mapping[State, str] = {
    State.HELD: "sun",
    State.VISIBLE: "teal",
    State.RETURNED: "clay",
    State.LIMITED: "clay",
    State.HIDDEN: "clay",
    State.REMOVED: "clay",
    State.WITHDRAWN: "plain",
    State.EXPIRED: "plain",
}
#: Where words stand, told to the staff.
state_facts: Mapping[State, str] = {
    State.HELD: _l("Waiting"),
    State.VISIBLE: _l("Released"),
    State.RETURNED: _l("Returned"),
    State.LIMITED: _l("Limited"),
    State.HIDDEN: _l("Hidden"),
    State.REMOVED: _l("Removed"),
    State.WITHDRAWN: _l("Withdrawn"),
    State.EXPIRED: _l("Deleted, its time was over"),
}
channel_labels: Mapping[Channel, str] = {
    Channel.WEB: _l("Online"),
    Channel.PAPER: _l("On paper"),
    Channel.PHONE: _l("By phone"),
    Channel.IN_PERSON: _l("In person"),
    Channel.IMPORT: _l("Imported"),
    Channel.CITY: _l("From the city"),
}


def sentence_of(state: State, surface: Surface) -> str:
    """What `state` means, told to the author."""
    return (
        staff_surface_sentences.get(state, state_sentences[state])
        if surface == Surface.STAFF
        else state_sentences[state]
    )
