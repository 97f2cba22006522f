"""What the rooms below say, in the language of the reader.

Deeds, verdicts and refusals speak Vietnamese and know nothing of languages. The portal knows every
sentence they can say by its template: a text with named places. A sentence is recognised whole or
by its template, its values are said in turn, and what is nobody's template is data and stays.
"""

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from portal.i18n.catalogue import translations
from portal.i18n.choosing import spoken
from signing.language import Language

_PLACE: Final = re.compile(r"%\((\w+)\)s")
_LEAST_LETTERS: Final = 3
"""A template with less of its own would take data for a sentence."""
_TELLING: Final = 14
_DEEPEST: Final = 4
"""Values within values."""
_GAPS: Final = (re.compile(r"(?<=[.!?…])( )(?=\S)"), re.compile(r"([;:,] | · )"))
"""Between sentences; between clauses."""
_HEADED: Final = re.compile(r"([^.:;!?]+): (.+)", re.DOTALL)
"""A place, and what is wrong there: one sentence or several."""


class _Template(NamedTuple):
    anchor: str
    """Its longest piece, which is looked for first."""
    shape: re.Pattern[str]
    english: str
    is_telling: bool
    """Whether it has words enough to be known by; else a value that goes on in small letters is
    the rest of another sentence."""


def said(text: str) -> str:
    """Returns what a room said, in the language of the request; data stays as it is."""
    return text if not text or spoken() is Language.VI else _in_english(text, 0)


@lru_cache(maxsize=4096)
def _in_english(text: str, depth: int) -> str:
    known = translations(Language.EN).gettext(text)
    if known != text or depth > _DEEPEST:
        return known
    for one in _templates():
        found = one.shape.fullmatch(text) if one.anchor in text else None
        if found:
            values = found.groupdict()
            heard = {name: _in_english(value, depth + 1) for name, value in values.items()}
            if one.is_telling or not any(
                value[:1].islower() and heard[name] == value for name, value in values.items()
            ):
                return one.english % heard
    return _in_pieces(text, depth)


def _in_pieces(text: str, depth: int) -> str:
    """Several sentences in a row, clauses of one, or a capital that its template does not have."""
    headed = _HEADED.fullmatch(text)
    if headed:
        rest = _in_english(headed[2], depth + 1)
        if rest != headed[2]:
            return f"{_in_english(headed[1], depth + 1)}: {rest}"
    for gap in _GAPS:
        pieces = gap.split(text)
        if len(pieces) > 1:
            spoken_pieces = [*(_in_english(one, depth + 1) for one in pieces[::2])]
            if spoken_pieces != pieces[::2]:
                pieces[::2] = spoken_pieces
                return "".join(pieces)
    small = text[:1].lower() + text[1:]
    if small == text:
        return text
    spoken_small = _in_english(small, depth + 1)
    return text if spoken_small == small else spoken_small[:1].upper() + spoken_small[1:]


@cache
def _templates() -> tuple[_Template, ...]:
    """Every template with places, the most telling first."""
    catalogue = getattr(translations(Language.EN), "_catalog", {})
    found = [
        _Template(max(pieces, key=len), _shape(text), english, _letters(pieces) >= _TELLING)
        for text, english in catalogue.items()
        if isinstance(text, str) and (pieces := _PLACE.split(text)[::2]) and len(pieces) > 1
        if english and _letters(pieces) >= _LEAST_LETTERS
    ]
    return tuple(sorted(found, key=lambda one: -len(one.shape.pattern)))


def _letters(pieces: list[str]) -> int:
    return sum(map(str.isalpha, "".join(pieces)))


def _shape(text: str) -> re.Pattern[str]:
    parts, seen = _PLACE.split(text), set[str]()
    made = []
    for at, part in enumerate(parts):
        if at % 2 == 0:
            made.append(re.escape(part.replace("%%", "%")))
        elif part in seen:
            made.append(f"(?P={part})")
        else:
            seen.add(part)
            made.append(f"(?P<{part}>.+?)")
    return re.compile("".join(made), re.DOTALL)
