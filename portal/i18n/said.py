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
_LEAST_LETTERS: Final = 4
"""A template with less of its own would take data for a sentence."""
_DEEPEST: Final = 3
"""Values within values."""


class _Template(NamedTuple):
    anchor: str
    """Its longest piece, which is looked for first."""
    shape: re.Pattern[str]
    english: str


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
            values = found.groupdict().items()
            return one.english % {name: _in_english(value, depth + 1) for name, value in values}
    return _in_pieces(text, depth)


def _in_pieces(text: str, depth: int) -> str:
    """Several sentences in a row, or one with a capital that its template does not have."""
    pieces = re.split(r"(?<=[.!?…;]) (?=\S)", text)
    if len(pieces) > 1:
        return " ".join(_in_english(piece, depth + 1) for piece in pieces)
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
        _Template(max(pieces, key=len), _shape(text), english)
        for text, english in catalogue.items()
        if isinstance(text, str) and (pieces := _PLACE.split(text)[::2]) and len(pieces) > 1
        if sum(map(str.isalpha, "".join(pieces))) >= _LEAST_LETTERS and english
    ]
    return tuple(sorted(found, key=lambda one: -len(one.shape.pattern)))


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
