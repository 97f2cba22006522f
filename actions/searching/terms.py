"""What somebody typed into the search box, as words that both databases are asked for.

Nothing that was typed reaches a database as it is: words are folded to `a-z0-9` first, so there is
no quote, star, operator or NUL that could mean anything.
"""

import re
from dataclasses import dataclass
from typing import Any, Final, Self

from sqlalchemy import ColumnElement, column, func, literal_column, select, table
from sqlalchemy.orm import Session

from models.directive import Directive
from models.search import FULL_TEXT, VECTOR, DirectiveWords, folded_words
from models.session import is_postgresql

LONGEST: Final = 200
"""Characters that are looked at."""
MOST_TERMS: Final = 24
SHORTEST_BEGINNING: Final = 2
"""Letters from which on the last word may be the beginning of one."""
_PARTS: Final = re.compile(r'["“”„](?P<phrase>[^"“”„]*)["“”„]|(?P<loose>[^\s"“”„]+)')

_FULL_TEXT: Final = table(FULL_TEXT, column("rowid"))
_MATCHES: Final[ColumnElement[Any]] = literal_column(FULL_TEXT)
"""The table itself, which SQLite asks for matches."""
_VECTOR: Final[ColumnElement[Any]] = literal_column(f"directive_words.{VECTOR}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a directive must hold: each term is one word, or several that follow each other."""

    phrases: tuple[tuple[str, ...], ...] = ()
    begins: bool = False
    """The last word of the last term may be the beginning of a longer one."""

    @classmethod
    def read(cls, typed: str) -> Self:
        """Reads what was typed: words in any order, quoted ones as they follow each other.

        What is joined by signs, such as `96-HD/BTGTU`, is one term. Of a longer text the first
        `LONGEST` characters count.
        """
        found: list[tuple[str, ...]] = []
        begins = False
        for part in _PARTS.finditer(typed[:LONGEST]):
            words = tuple(folded_words(part["phrase"] or part["loose"] or ""))
            if words and len(found) < MOST_TERMS:
                found.append(words)
                begins = part["phrase"] is None and len(words[-1]) >= SHORTEST_BEGINNING
        return cls(phrases=tuple(found), begins=begins)

    def __bool__(self) -> bool:
        return bool(self.phrases)

    def condition(self, session: Session) -> ColumnElement[bool]:
        """Returns the condition on `Directive`; there must be a term."""
        if is_postgresql(session):
            asked = func.to_tsquery(literal_column("'simple'"), self.for_postgresql())
            holding = select(DirectiveWords.directive_id).where(_VECTOR.op("@@")(asked))
            return Directive.id.in_(holding)
        # SQLite lists the matching rows once, then walks the directives in the order of the page
        # and stops when it is full: it never reads the words themselves.
        rows = select(_FULL_TEXT.c.rowid).where(_MATCHES.op("MATCH")(self.for_sqlite()))
        return (
            select(DirectiveWords.id)
            .where(DirectiveWords.directive_id == Directive.id, DirectiveWords.id.in_(rows))
            .exists()
        )

    def for_sqlite(self) -> str:
        """Returns the terms in the language of FTS5."""
        told = [f'"{" ".join(words)}"' for words in self.phrases]
        return " AND ".join(told) + (" *" if self.begins else "")

    def for_postgresql(self) -> str:
        """Returns the terms in the language of `to_tsquery`."""
        told = [list(words) for words in self.phrases]
        if self.begins:
            # The word alone adds nothing to its beginnings but an estimate: PostgreSQL takes a
            # beginning for rare, and reads what is frequent from the wrong end, 20 times slower.
            told[-1][-1] = f"({told[-1][-1]} | {told[-1][-1]}:*)"
        return " & ".join(f"({' <-> '.join(words)})" for words in told)


NO_TERMS: Final = Terms()
"""What an empty search box says."""
