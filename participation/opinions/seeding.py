"""Statements of the city's own, put forward by staff: typed one a line, or read from a table with `comment_text`.

What will be added is shown before it is; a table that cannot be read is refused whole, with the line that is wrong.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, select

from participation.consultations import Consultation, Step
from participation.contributions import (
    GONE,
    Channel,
    Contribution,
    ContributionDraft,
    Mode,
    Permission,
    Surface,
    clean_words,
)
from participation.core import audit
from participation.core.database import db
from participation.core.errors import Invalid, NotFound
from participation.core.policy import Actor

from .models import MAX_STATEMENT, Author, Statement, Vote
from .services import add_statement

#: Column that holds the statement, as in Polis' own seed files.
COLUMN = "comment_text"
#: Most statements that are added at once.
MOST_SEEDS = 200
_SEPARATORS = ",;\t"


@dataclass(frozen=True)
class Seed:
    """One statement somebody is about to add."""

    text: str
    #: why it will not be added; empty when it will
    trouble: object = ""

    @property
    def is_good(self) -> bool:
        """Whether it will be added."""
        return not self.trouble


def read_table(content: bytes) -> list[str]:
    """The statements of a CSV file with a column `comment_text`; line breaks inside one become spaces.

    Raises:
        Invalid: it is no such table; says where.
    """
    text = _decoded(content)
    first = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=first.count) if any(sign in first for sign in _SEPARATORS) else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        names = [(name or "").strip().lower() for name in reader.fieldnames or []]
        if COLUMN not in names:
            raise Invalid(
                _l("The first line of the table has to name a column “%(name)s”.", name=COLUMN), field="table"
            )
        reader.fieldnames = names
        found = [_one_line(row.get(COLUMN) or "") for row in reader]
    except csv.Error:
        message = _l(
            "Line %(number)s of the table cannot be read. Is a quotation mark missing?", number=reader.line_num
        )
        raise Invalid(message, field="table") from None
    return [each for each in found if each]


def plan_seeds(lines: Iterable[str], known: Iterable[str]) -> list[Seed]:
    """What will become of these lines: added, or left out because they are too long or there already.

    Raises:
        Invalid: there is nothing, or too much at once.
    """
    texts = [each for line in lines if (each := _one_line(line))]
    if not texts:
        raise Invalid(_l("Please write at least one statement, or choose a table."), field="lines")
    if len(texts) > MOST_SEEDS:
        message = _l(
            "Please add up to %(most)s statements at once. These are %(count)s.", most=MOST_SEEDS, count=len(texts)
        )
        raise Invalid(message, field="lines")
    seen = {_folded(text) for text in known}
    seeds = []
    for text in texts:
        cleaned = clean_words(text, field="lines")
        if _folded(cleaned) in seen:
            seeds.append(Seed(cleaned, _l("is there already")))
        elif len(cleaned) > MAX_STATEMENT:
            seeds.append(Seed(cleaned, _l("is longer than %(limit)s signs", limit=MAX_STATEMENT)))
        else:
            seeds.append(Seed(cleaned))
        seen.add(_folded(cleaned))
    return seeds


def add_seeds(
    consultation: Consultation,
    step: Step,
    seeds: Sequence[Seed],
    *,
    language: str,
    form_key: str,
    by: Actor,
    at: datetime,
) -> int:
    """Put the good ones of `seeds` forward in the city's name; gives how many. People can vote on them at once."""
    texts = [seed.text for seed in seeds if seed.is_good]
    for number, text in enumerate(texts):
        _add(consultation, step, text, language=language, form_key=f"{form_key}:{number}", by=by, at=at)
    if texts:
        audit.note("statements_added", f"step:{step.id}", by=by, at=at, space=consultation.space, count=len(texts))
    return len(texts)


def close_statement(consultation: Consultation, statement: Statement, *, by: Actor, at: datetime) -> None:
    """Show a statement of the city's to nobody any more; votes on it stay and are counted.

    Raises:
        Invalid: a resident wrote it; moderators decide about those.
    """
    if statement.author != Author.CITY:
        raise Invalid(_l("A resident wrote this. Please decide about it in the queue, with a reason."))
    if statement.is_open:
        statement.is_open = False
        db.session.flush()
        audit.note("statement_closed", f"statement:{statement.id}", by=by, at=at, space=consultation.space)


def carry_over_seeds(old: Step, new: Step, consultation: Consultation, *, at: datetime) -> None:
    """Put the city's statements that are open in `old` forward in `new` as well, without votes."""
    for statement, contribution in list_with_words(old.id):
        if statement.author == Author.CITY and statement.is_open:
            _add(
                consultation,
                new,
                contribution.body,
                language=contribution.language,
                form_key=f"carried:{new.id}:{statement.id}",
                by=Actor(),
                at=at,
            )


def get_statement_of(step: Step, number: int) -> Statement:
    """The statement with this number, if it belongs to `step`.

    Raises:
        NotFound: it does not.
    """
    found = db.session.get(Statement, number)
    if found is None or found.step_id != step.id:
        raise NotFound
    return found


def steps_with_votes(step_ids: Collection[int]) -> set[int]:
    """Ids of those of the steps in which anybody voted; looks for one vote of a statement, and counts none."""
    some = select(Vote.statement_id).where(Vote.statement_id == Statement.id).exists()
    found = select(Statement.step_id).where(Statement.step_id.in_(step_ids), some).distinct()
    return set(db.session.execute(found).scalars())


def list_with_words(step_id: int, *, only_open: bool = False) -> Sequence[Row[Statement, Contribution]]:
    """All statements of a step with their words, in the order they were put forward."""
    query = (
        select(Statement, Contribution)
        .join(Contribution, Contribution.id == Statement.contribution_id)
        .where(Statement.step_id == step_id, Contribution.state.not_in(GONE))
        .order_by(Statement.id)
    )
    if only_open:
        query = query.where(Statement.is_open)
    return db.session.execute(query).all()


def _add(
    consultation: Consultation, step: Step, text: str, *, language: str, form_key: str, by: Actor, at: datetime
) -> None:
    draft = ContributionDraft(
        participant_id=None,
        form_key=form_key,
        space=consultation.space,
        subject_kind="statement",
        subject_id=step.id,
        surface=Surface.PUBLIC,
        body=text,
        language=language,
        permission=Permission.QUOTE,
        mode=Mode(consultation.moderation_mode),
        channel=Channel.CITY,
    )
    add_statement(draft, author=Author.CITY, by=by, at=at)


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        message = _l("This is not a table in plain text. Please save it as “CSV UTF-8” and choose it again.")
        raise Invalid(message, field="table")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        message = _l("The signs in this table cannot be read. Please save it as “CSV UTF-8” and choose it again.")
        raise Invalid(message, field="table") from None


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _folded(text: str) -> str:
    return _one_line(text).casefold()
