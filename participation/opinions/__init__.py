"""*Statements* people agree or disagree with, in an order that gives each enough votes; import from Polis.

A *vote* is where one person stands on one statement: agree, disagree or pass. It is no contribution: it has no words.
"""

from __future__ import annotations

from flask import Flask

from participation.core import events
from participation.core.registry import registry

from . import commands, entry, records, services, staff_views, views
from .blueprint import bp
from .kind import Statements
from .models import MAX_STATEMENT, Author, Statement, Vote
from .queries import StatementResult, count_votes, iter_votes, statement_results
from .services import add_statement, cast_vote

__all__ = [
    "MAX_STATEMENT",
    "Author",
    "Statement",
    "StatementResult",
    "Vote",
    "add_statement",
    "cast_vote",
    "count_votes",
    "init_app",
    "iter_votes",
    "statement_results",
]


#: Files whose pages hang on the blueprint.
PAGES = (views, staff_views)


def init_app(app: Flask) -> None:
    """Open this room: the kind of step, and statements that follow what moderators decide."""
    app.register_blueprint(bp)
    app.cli.add_command(commands.group)
    registry().step_kinds[Statements.kind] = Statements()
    registry().step_editor_links.append(staff_views.link_for_editors)
    registry().own_data.append(records.tell_own_votes)
    registry().kept_words["vote"] = entry.LABELS
    registry().erasers.append(services.erase_votes)
    for event in (events.contribution_decided, events.contribution_withdrawn, events.contribution_mended):
        event.connect(services.follow_state, weak=False)
