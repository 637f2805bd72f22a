"""Words for what stands in the tables of moderation: to authors, and to moderators."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from .models import Action, Gravity, Outcome, Source

#: What a moderator can do, told to her.
action_labels: Mapping[Action, str] = {
    Action.RELEASE: _l("Release it"),
    Action.RETURN: _l("Return it to its author"),
    Action.LIMIT: _l("Limit it"),
    Action.HIDE: _l("Hide it"),
    Action.REMOVE: _l("Remove it"),
}
action_hints: Mapping[str, str] = {
    Action.RELEASE.value: _l("It counts, and is shown as far as its kind allows."),
    Action.RETURN.value: _l("The author can change it and send it again. Others do not see it."),
    Action.LIMIT.value: _l("Only the author and the staff of this space can read it."),
    Action.HIDE.value: _l("Only the author and moderators can read it."),
    Action.REMOVE.value: _l("Only for what is illegal, names somebody’s home, sexualises a child or threatens."),
}
#: Releasing has a button of its own.
ACTION_CHOICES = [(each.value, label) for each, label in action_labels.items() if each is not Action.RELEASE]
#: What was done, in a history.
action_facts: Mapping[Action, str] = {
    Action.RELEASE: _l("Released"),
    Action.RESTORE: _l("Restored"),
    Action.RETURN: _l("Returned to the author"),
    Action.LIMIT: _l("Limited"),
    Action.HIDE: _l("Hidden"),
    Action.REMOVE: _l("Removed"),
}
#: What was done, told to the author: the standard sentence of each decision.
notice_headings: Mapping[Action, str] = {
    Action.RETURN: _l("We sent this back to you"),
    Action.LIMIT: _l("Only few people can read this"),
    Action.HIDE: _l("We do not show this"),
    Action.REMOVE: _l("We removed this"),
}
notice_sentences: Mapping[Action, str] = {
    Action.RELEASE: _l("Somebody read your words and accepted them."),
    Action.RESTORE: _l("Somebody looked again and put your words back."),
    Action.RETURN: _l(
        "Somebody read your words. They cannot stay as they are, but you can change them and send them again."
    ),
    Action.LIMIT: _l("Somebody read your words. Only you and the people who look after this can read them now."),
    Action.HIDE: _l("Somebody read your words. Nobody but you and the moderators can read them now."),
    Action.REMOVE: _l("Somebody read your words and took them away. Nobody uses them."),
}
gravity_labels: Mapping[Gravity, str] = {
    Gravity.ILLEGAL: _l("It is against the law"),
    Gravity.DOXING: _l("It tells where somebody lives or how to find them"),
    Gravity.SEXUAL_MINOR: _l("It sexualises a child"),
    Gravity.THREAT: _l("It threatens somebody, and the threat can be believed"),
}
GRAVITY_CHOICES = [("", _l("Choose why")), *((each.value, label) for each, label in gravity_labels.items())]

source_labels: Mapping[Source, str] = {
    Source.MODE: _l("New"),
    Source.REPORT: _l("Reported"),
    Source.MENDED: _l("Changed by its author"),
    Source.STAFF: _l("Noticed by staff"),
}

outcome_labels: Mapping[Outcome, str] = {
    Outcome.UPHELD: _l("The decision stands"),
    Outcome.CHANGED: _l("A milder decision takes its place"),
    Outcome.REVERSED: _l("The words are put back"),
}
CHANGED = Outcome.CHANGED.value
OUTCOME_CHOICES = [(each.value, label) for each, label in outcome_labels.items()]
#: What came of an appeal, told to the author.
outcome_sentences: Mapping[Outcome, str] = {
    Outcome.UPHELD: _l("Somebody else looked again. The decision stays."),
    Outcome.CHANGED: _l("Somebody else looked again and decided something milder."),
    Outcome.REVERSED: _l("Somebody else looked again. You were right, and your words are back."),
}
#: Roles that decide, told to the author; never a name.
role_labels: Mapping[str, str] = {
    "moderator": _l("a moderator"),
    "officer": _l("a council officer"),
    "administrator": _l("an administrator"),
}

#: Filters of the queue.
STATE_CHOICES = [
    ("waiting", _l("Waiting")),
    ("visible", _l("Released")),
    ("returned", _l("Returned")),
    ("limited", _l("Limited")),
    ("hidden", _l("Hidden")),
    ("removed", _l("Removed")),
]
SOURCE_CHOICES = [("", _l("All reasons")), *((each.value, label) for each, label in source_labels.items())]
AGE_CHOICES = [
    ("", _l("Any time")),
    ("overdue", _l("Longer than promised")),
    ("soon", _l("Due within 6 hours")),
    ("new", _l("Came in today")),
]
WHO_CHOICES = [
    ("", _l("Everybody’s")),
    ("mine", _l("Taken by me")),
    ("unclaimed", _l("Taken by nobody")),
    ("others", _l("Taken by colleagues")),
]
