"""Words for what stands in a summary's tables: shares, ways of taking part, kinds of finding, what is still missing."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from participation import contributions
from participation.core.disclosure import ShareInWords

from .models import FindingKind
from .releasing import Lack

#: A share of fewer than 30 people; each as wide as `core.disclosure` says.
share_labels: Mapping[str, object] = {
    ShareInWords.FEW: _l("few or nobody"),
    ShareInWords.SOME: _l("some"),
    ShareInWords.ABOUT_HALF: _l("about half"),
    ShareInWords.MOST: _l("most or all"),
}
#: How people came to a consultation.
came_by_labels: Mapping[str, object] = {
    "open_link": _l("By the open link"),
    "invited_code": _l("With a personal code"),
    "entered_by_staff": _l("Written down by staff"),
    "imported": _l("From an earlier conversation"),
    "other": _l("In other ways"),
}
#: How answers reached the city, for tables.
channel_labels: Mapping[str, object] = {
    **{channel.value: label for channel, label in contributions.channel_labels.items()},
    "other": _l("In other ways"),
}
#: The same, inside a sentence: "About 120 people took part: online, on paper and by phone."
channel_phrases: Mapping[str, object] = {
    "web": _l("online"),
    "paper": _l("on paper"),
    "phone": _l("by phone"),
    "in_person": _l("in person"),
    "import": _l("in an earlier conversation"),
    "other": _l("in other ways"),
}
way_captions: Mapping[str, object] = {
    "channel": _l("How the answers reached us"),
    "came_by": _l("How people came to take part"),
    "language": _l("Languages people answered in"),
}
finding_labels: Mapping[FindingKind, object] = {
    FindingKind.SHARED: _l("People agree"),
    FindingKind.DISAGREEMENT: _l("People disagree"),
    FindingKind.MINORITY: _l("Fewer people, and it matters"),
}
finding_tones: Mapping[str, str] = {
    FindingKind.SHARED.value: "teal",
    FindingKind.DISAGREEMENT.value: "sun",
    FindingKind.MINORITY.value: "plum",
}
opinion_labels: Mapping[str, object] = {
    "agree": _l("Agree"),
    "disagree": _l("Disagree"),
    "pass": _l("Pass"),
}
question_labels: Mapping[str, object] = {
    "open": _l("In own words"),
    "one_choice": _l("One choice"),
    "several_choices": _l("Several choices"),
    "scale": _l("Scale"),
    "ranking": _l("Order of importance; counted is what came first"),
}
lack_labels: Mapping[Lack, object] = {
    Lack.HEADLINE: _l("The headline is missing or out of date"),
    Lack.INTRODUCTION: _l("The introduction is missing or out of date"),
    Lack.FINDINGS: _l("There is no finding yet"),
    Lack.LANGUAGE: _l("The sentence is missing or out of date"),
    Lack.SIGNATURE: _l("Nobody has signed it"),
    Lack.EVIDENCE: _l("It rests on nothing that people said"),
}
