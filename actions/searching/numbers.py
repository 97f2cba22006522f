"""Directives by the number that somebody typed: `96`, `số 96`, `96-hd`, `96-HD/BTGTU`."""

from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from actions.listing.sight import Reader
from models.directive import Directive
from models.search import folded_words

MOST: Final = 5
"""Shown of those that bear a number; another year has its own."""
_LOOKED_AT: Final = 50
_LARGEST: Final = 2**31 - 1
_SAID: Final = "so"
"""`số`, folded."""


def bearing(reader: Reader, typed: str) -> list[Directive]:
    """Returns the directives within sight that bear the number which was typed, the newest first.

    None where what was typed is no number, or a number with words that are not those behind it.
    """
    return bearers(reader.session, typed, reader.sees_directives())[:MOST]


def bearers(session: Session, typed: str, *within: ColumnElement[bool]) -> list[Directive]:
    """Returns those that bear it, `within` conditions, whoever asks."""
    words = list(folded_words(typed))
    if words[:1] == [_SAID]:
        words = words[1:]
    if not words or not words[0].isdecimal() or int(words[0]) > _LARGEST:
        return []
    found = session.scalars(
        select(Directive)
        .where(Directive.number == int(words[0]), *within)
        .order_by(Directive.issue_date.desc(), Directive.id)
        .limit(_LOOKED_AT)
    )
    return [one for one in found if _goes_on(one.number_text or "", words[1:])]


def _goes_on(number_text: str, typed: list[str]) -> bool:
    """Tells whether the words behind a number begin as they were typed."""
    behind = " ".join(list(folded_words(number_text))[1:])
    return behind.startswith(" ".join(typed))
