"""Names of roles and doors, as people read them."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from participation.core.policy import Role

from .models import Door

#: role → (its name, what it is for)
ROLES = {
    Role.ADMINISTRATOR: (_l("Administrator"), _l("Invites staff and gives roles. Sees no more words than others.")),
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
}

DOORS = {
    Door.PASSWORD: _l("Password and code"),
    Door.INVITATION: _l("Invitation"),
    Door.RESET: _l("New sign-in"),
    Door.DEMO: _l("Demo link"),
}


def role_name(role: Role) -> object:
    """A role's name."""
    return ROLES[role][0]
