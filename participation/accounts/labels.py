"""Names of roles and doors, as people read them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from participation.core.policy import Role

from .models import Door, Origin

#: role → (its name, what it is for)
ROLES = {
    Role.OFFICER: (_l("Officer"), _l("Plans consultations, writes summaries and answers.")),
    Role.ORGANISER: (_l("Organiser"), _l("Runs one consultation.")),
    Role.MODERATOR: (_l("Moderator"), _l("Reads what people sent before others see it.")),
    Role.INTERPRETER: (_l("Interpreter"), _l("Translates what people wrote.")),
    Role.SUMMARISER: (_l("Summariser"), _l("Writes what people said in short.")),
    Role.STEWARD: (_l("Steward"), _l("Checks a summary that somebody else wrote and releases it.")),
    Role.FACILITATOR: (_l("Facilitator"), _l("Leads a conversation.")),
    Role.SAFEGUARDING_LEAD: (_l("Safeguarding lead"), _l("Looks after people who may be in danger.")),
    Role.SAFEGUARDING_DEPUTY: (_l("Safeguarding deputy"), _l("Stands in for the safeguarding lead.")),
    Role.AUTHORITY_READER: (_l("Authority reader"), _l("Reads summaries and answers, changes nothing.")),
    Role.ADMINISTRATOR: (_l("Administrator"), _l("Invites staff and gives roles. Sees no more words than others.")),
}

DOORS = {
    Door.PASSWORD: _l("Password and code"),
    Door.INVITATION: _l("Invitation"),
    Door.RESET: _l("New sign-in"),
    Door.DEMO: _l("Demo link"),
}

ORIGINS = {
    Origin.DEVICE: _l("On your own device"),
    Origin.STAFF: _l("Written down by staff"),
    Origin.IMPORT: _l("Imported"),
}


def role_name(role: Role) -> object:
    """A role's name."""
    return ROLES[role][0]


#: What is kept about a resident, as she reads it in her own copy; the file for machines has the plain names.
KEPT = {
    "about_me": _l("About you"),
    "contributions": _l("What you said"),
    "participations": _l("Where you took part"),
    "survey_answers": _l("Your answers"),
    "decisions": _l("What was decided about your words"),
    "votes": _l("What you agreed or disagreed with"),
    "age_band": _l("Age group"),
    "appeal": _l("What you asked to be looked at again"),
    "appeal_answer": _l("Answer to it"),
    "appeal_made_at": _l("Asked"),
    "appeal_outcome": _l("Outcome"),
    "answers": _l("What it answers"),
    "came_by": _l("How you came"),
    "channel": _l("On which way"),
    "chosen_option_ids": _l("Chosen answers"),
    "consultation": _l("Consultation"),
    "contribution": _l("Number of what you said"),
    "contribution_id": _l("Number of what you said"),
    "decided_at": _l("Decided"),
    "decision": _l("Decision"),
    "drafts": _l("What you began and have not sent"),
    "device_remembered_until": _l("This device is remembered until"),
    "filled_in": _l("Filled in"),
    "language": _l("Language"),
    "law": _l("Law"),
    "matters": _l("Matters to you"),
    "people": _l("People"),
    "permission": _l("What may be done with your words"),
    "permission_when_none_was_chosen": _l("What may be done when you chose nothing"),
    "reference": _l("Reference"),
    "replaced_on": _l("Replaced"),
    "rule": _l("Rule"),
    "scale_value": _l("Number you chose"),
    "saved_at": _l("Saved"),
    "sent_at": _l("Sent"),
    "sent_on": _l("Sent"),
    "shared_device": _l("Others use this device"),
    "started_on": _l("Begun"),
    "state": _l("State"),
    "statement": _l("Number of the statement"),
    "step_id": _l("Number of the question"),
    "took_part_by": _l("How you came"),
    "took_part_first_on": _l("First day"),
    "vote": _l("Your vote"),
    "voted_on": _l("Day"),
    "where": _l("Where"),
    "why": _l("Why"),
    "withdrawn_at": _l("Taken back"),
    "wording": _l("Wording"),
    "words": _l("Words"),
    "words_it_is_about": _l("Words it is about"),
}


def kept_name(name: str) -> object:
    """The name of something kept, in the reader's language, else as the file for machines has it."""
    return KEPT.get(name) or name.replace("_", " ")
