"""Who may answer for the city."""

from __future__ import annotations

from participation.core.policy import Role, has_role, has_role_here

#: Thing: a finding.
can_answer = has_role_here(Role.OFFICER)
can_list_answers = has_role(Role.OFFICER, Role.ORGANISER, Role.SUMMARISER, Role.STEWARD, Role.AUTHORITY_READER)
