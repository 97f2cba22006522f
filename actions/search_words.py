"""By what words a directive is found: kept in the transaction that changes it.

Two places write what the words are made of, and both call `keep_words`: `actions.changing.amend`,
through which every change of a directive's columns goes, and `actions.draft_rows.add_revision`,
which writes content and recipient lists. A test holds that there are no others.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.base import DirectiveId
from models.directive import Directive, RecipientLine, Revision
from models.organisation import Organisation, UnitGroup
from models.search import DirectiveWords, words_of
from models.session import Database

TOLD: Final = frozenset({"number_text", "symbol", "doc_type", "subject"})
"""Columns of a directive that are among its words."""
AT_ONCE: Final = 200


def keep_words(session: Session, directive: Directive) -> None:
    """Writes the words of a directive as it stands in this transaction. Does not commit.

    A revision that is not written yet has no words; who writes it calls again.
    """
    session.flush()
    content = session.get(Revision, (directive.id, directive.revision))
    if content is None:
        return
    words = current_words(session, directive, content)
    row = session.scalars(
        select(DirectiveWords).where(DirectiveWords.directive_id == directive.id)
    ).one_or_none()
    if row is None:
        row = DirectiveWords(directive_id=directive.id)
    row.revision = directive.revision
    row.number_text = directive.number_text
    row.words = words
    session.add(row)
    session.flush()


def current_words(session: Session, directive: Directive, content: Revision) -> str:
    """Returns the words of a directive: number, kind, subject, units, text."""
    head = (directive.number_text, directive.symbol, directive.doc_type, directive.subject)
    return words_of((*head, *_unit_names(session, directive)), content.content)


def _unit_names(session: Session, directive: Directive) -> list[str]:
    """Names of the units and groups that the recipient list names, beside what it prints."""
    lines = session.scalars(
        select(RecipientLine)
        .where(
            RecipientLine.directive_id == directive.id,
            RecipientLine.revision == directive.revision,
        )
        .order_by(RecipientLine.ordinal)
    ).all()
    units = {key for line in lines for key in line.organisations}
    groups = {key for line in lines for key in line.groups}
    named = [line.raw for line in lines]
    for table, keys in ((Organisation, units), (UnitGroup, groups)):
        named += session.scalars(
            select(table.name).where(table.id.in_(keys)).order_by(table.id)
        ).all()
    return named


def behind(session: Session, limit: int) -> Sequence[DirectiveId]:
    """Returns directives whose words are missing or older than they are."""
    number, known = Directive.number_text, DirectiveWords.number_text
    return session.scalars(
        select(Directive.id)
        .join(
            Revision,
            (Revision.directive_id == Directive.id) & (Revision.ordinal == Directive.revision),
        )
        .outerjoin(DirectiveWords, DirectiveWords.directive_id == Directive.id)
        .where(
            or_(
                DirectiveWords.id.is_(None),
                DirectiveWords.revision != Directive.revision,
                number.is_distinct_from(known),
            )
        )
        .order_by(Directive.id)
        .limit(limit)
    ).all()


def catch_up(database: Database) -> int:
    """Writes words that are behind, some at a time. Returns how many directives had such.

    The version before this one, running beside it, changes directives without their words.
    """
    count = 0
    while True:
        with database.writing() as session:
            found = behind(session, AT_ONCE)
            for key in found:
                directive = session.get(Directive, key, with_for_update=True)
                if directive is not None:
                    keep_words(session, directive)
        count += len(found)
        if len(found) < AT_ONCE:
            return count
