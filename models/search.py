"""By what words directives are found, and the searches that officers keep."""

import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, DirectiveId

MOST_WORDS: Final = 60_000
"""Words of one directive that are kept; a page holds some 400."""
LONGEST_WORD: Final = 60
FULL_TEXT: Final = "directive_words_index"
"""SQLite's own table beside `directive_words`, with what FTS5 keeps in tables of that name."""
VECTOR: Final = "vector"
"""PostgreSQL's own column of `directive_words`, made by the database out of `words`."""
_WORD: Final = re.compile(r"[^\W_]+")
_SILENT: Final = frozenset({"regime", "role", "mark", "group", "number", "issue_date"})
"""Keys of stored content under which no words stand."""


class DirectiveWords(Base):
    """The words of a directive as it stands now, folded; the full-text index lies over them.

    Written by `actions.search_words` alone, in the transaction that changes the directive.
    """

    __tablename__ = "directive_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    """Row of the full-text table on SQLite."""
    directive_id: Mapped[DirectiveId] = mapped_column(
        ForeignKey("directive.id", ondelete="CASCADE"), unique=True
    )
    revision: Mapped[int] = mapped_column()
    """Whose content the words are; with the number it tells whether they are out of date."""
    number_text: Mapped[str | None] = mapped_column(String(80))
    words: Mapped[str] = mapped_column(Text)
    """Plain Latin letters and digits, single blanks between."""


class SavedView(Base):
    """A search that an officer keeps under a name; nobody else sees it."""

    __tablename__ = "saved_view"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    officer_id: Mapped[str] = mapped_column(ForeignKey("officer.id"))
    name: Mapped[str] = mapped_column(String(80))
    filters: Mapped[dict[str, Any]] = mapped_column(JSON)
    """As they stand in the address of the list."""
    created_at: Mapped[datetime] = mapped_column()

    __table_args__ = (UniqueConstraint("officer_id", "name"),)


def folded_words(text: str) -> Iterator[str]:
    """Yields the words of a text: no case, no marks, `đ` as `d`, nothing but `a-z0-9`.

    Letters of other alphabets are spelt by their number, so that both databases take every word
    for one word.
    """
    for word in _WORD.findall(folded(text)):
        plain = word if word.isascii() else "".join(map(_spelt, word))
        yield plain[:LONGEST_WORD]


def folded(text: str) -> str:
    """Returns text for comparing: no case, no marks, `đ` as `d`, single blanks."""
    parts = unicodedata.normalize("NFKD", text.casefold().replace("đ", "d"))
    kept = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return " ".join(kept.casefold().split())


def _spelt(letter: str) -> str:
    return letter if letter.isascii() else f"u{ord(letter):x}"


def words_of(head: Sequence[str | None], content: dict[str, Any]) -> str:
    """Returns the words by which a directive is found.

    Args:
        head: number, kind, subject, units: they come first, and always fit.
        content: the stored content of its current revision.
    """
    kept: list[str] = []
    for text in _texts(head, content):
        kept += folded_words(text)
        if len(kept) >= MOST_WORDS:
            break
    return " ".join(kept[:MOST_WORDS])


def _texts(head: Iterable[str | None], content: dict[str, Any]) -> Iterator[str]:
    yield from (one for one in head if one)
    yield from _strings(content)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if key not in _SILENT:
                yield from _strings(one)
