"""What one person is told of her own answers when she asks for her data."""

from __future__ import annotations

from typing import Any

from . import queries


def tell_own_answers(participant_id: int) -> tuple[str, list[dict[str, Any]]]:
    """Her answers; the words of open ones are told by `contributions`."""
    answers = queries.list_answers(participant_id)
    chosen = queries.list_choices([answer.id for answer in answers])
    rows = [
        {
            "step_id": answer.step_id,
            "sent_on": answer.sent_on.isoformat(),
            "channel": answer.channel,
            "language": answer.language,
            "scale_value": answer.scale_value,
            "chosen_option_ids": chosen.get(answer.id, []),
            "contribution_id": answer.contribution_id,
        }
        for answer in answers
    ]
    return "survey_answers", rows
