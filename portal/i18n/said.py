"""What the rooms below say, in the language of the reader.

Deeds, verdicts and refusals speak Vietnamese and know nothing of languages. The portal knows every
sentence they can say by its template: a text with named places. A sentence is recognised whole or
by its template, its values are said in turn, and what is nobody's template is data and stays.
"""

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from portal.i18n.catalogue import PLACE, agreed, translations
from portal.i18n.choosing import spoken
from signing.language import Language

_LEAST_LETTERS: Final = 3
"""A template with less of its own would take data for a sentence."""
_WRITTEN: Final = frozenset({"return_reason"})
"""Places of what somebody of the office wrote: data, whatever it looks like."""
_TELLING: Final = 14
_DEEPEST: Final = 4
"""Values within values."""
_GAPS: Final = (re.compile(r"(?<=[.!?…])( )(?=\S)"), re.compile(r"([;:,] | · )"))
"""Between sentences; between clauses."""
_HEADED: Final = re.compile(r"((?:[^.:;!?“]|\.(?=\S)|“[^”]*”)+): (.+)", re.DOTALL)
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
    if not text:
        return text
    known = translations(Language.EN).gettext(text)
    if known != text or depth > _DEEPEST:
        return known
    return (
        _by_template(text, depth, telling=True)
        or _stopped(text, depth)
        or _headed(text, depth)
        or _clauses(text, depth)
        or _by_template(text, depth, telling=False)
        or _in_pieces(text, depth)
    )


def _by_template(text: str, depth: int, *, telling: bool) -> str:
    for one in _templates():
        found = one.shape.fullmatch(text) if one.anchor in text else None
        if found and one.is_telling is telling:
            values = found.groupdict()
            heard = {
                name: value if name in _WRITTEN else _in_english(value, depth + 1)
                for name, value in values.items()
            }
            if telling or not any(
                _goes_on(value) and heard[name] == value for name, value in values.items()
            ):
                return agreed(one.english, values) % heard
    return ""


def _goes_on(value: str) -> bool:
    """Tells whether a value looks like the rest of another sentence."""
    return value[:1].islower() or any(gap in value for gap in (": ", ". "))


def _stopped(text: str, depth: int) -> str:
    """A sentence with a stop that its template does not have."""
    bare = text.removesuffix(".")
    heard = _by_template(bare, depth, telling=True) if bare != text else ""
    return f"{heard}." if heard else ""


def _headed(text: str, depth: int) -> str:
    """A place and what is wrong there, where that is known as a whole."""
    found = _HEADED.fullmatch(text)
    rest = _in_english(found[2], depth + 1) if found else ""
    if found is None or rest == found[2]:
        return ""
    quoted = found[1].startswith("“") and found[1].endswith("”")
    return f"{found[1] if quoted else _in_english(found[1], depth + 1)}: {rest}"


def _clauses(text: str, depth: int) -> str:
    """Clauses in a row, each of which is known."""
    clauses = text.split("; ")
    heard = [_in_english(one, depth + 1) for one in clauses] if len(clauses) > 1 else []
    known = heard and all(one != other for one, other in zip(heard, clauses, strict=True))
    return "; ".join(heard) if known else ""


def _in_pieces(text: str, depth: int) -> str:
    """Several sentences, clauses of one, a stop or a capital that its template does not have."""
    for gap in _GAPS:
        pieces = gap.split(text)
        if len(pieces) > 1:
            spoken_pieces = [*(_in_english(one, depth + 1) for one in pieces[::2])]
            if spoken_pieces != pieces[::2]:
                pieces[::2] = spoken_pieces
                return "".join(pieces)
    bare = text.removesuffix(".")
    if bare != text and (spoken_bare := _in_english(bare, depth + 1)) != bare:
        return f"{spoken_bare}."
    small = text[:1].lower() + text[1:]
    if small == text:
        return text
    spoken_small = _in_english(small, depth + 1)
    return text if spoken_small == small else spoken_small[:1].upper() + spoken_small[1:]


@cache
def _templates() -> tuple[_Template, ...]:
    """Every template with places, the one with the most words of its own first."""
    catalogue = getattr(translations(Language.EN), "_catalog", {})
    found = [
        (
            sum(map(len, pieces)),
            _Template(max(pieces, key=len), _shape(text), english, _tells(pieces)),
        )
        for text, english in catalogue.items()
        if isinstance(text, str) and (pieces := PLACE.split(text)[::2]) and len(pieces) > 1
        if english and _letters(pieces) >= _LEAST_LETTERS
    ]
    return tuple(one for _own, one in sorted(found, key=lambda pair: -pair[0]))


def _tells(pieces: list[str]) -> bool:
    """Words enough, or every place stands between quotation marks."""
    quoted = all(one.endswith("“") for one in pieces[:-1]) and all(
        one.startswith("”") for one in pieces[1:]
    )
    return quoted or _letters(pieces) >= _TELLING


def _letters(pieces: list[str]) -> int:
    return sum(map(str.isalpha, "".join(pieces)))


def _shape(text: str) -> re.Pattern[str]:
    parts, seen = PLACE.split(text), set[str]()
    made = []
    for at, part in enumerate(parts):
        if at % 2 == 0:
            made.append(re.escape(part.replace("%%", "%")))
        elif part in seen:
            made.append(f"(?P={part})")
        else:
            seen.add(part)
            # What somebody typed and what is quoted may be nothing.
            quoted = parts[at - 1].endswith("“") and parts[at + 1].startswith("”")
            made.append(f"(?P<{part}>.*?)" if quoted else f"(?P<{part}>.+?)")
    return re.compile("".join(made), re.DOTALL)
