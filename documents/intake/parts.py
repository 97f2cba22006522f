"""Sections and numbered parts of the body, numbered by order where OCR spoilt the numerals."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz import fuzz

from documents.intake.folding import fold
from documents.intake.paper import ROMAN_HEADING, Block

_PART = re.compile(r"^\s*(?P<number>\d{1,2}(?:\.\d{1,2})*)[.)]\s+(?P<rest>\S.*)$", re.DOTALL)
_ARTICLE = re.compile(r"^\s*(?P<number>[ĐD]i[ềe]u \d{1,3})[.:]\s+(?P<rest>\S.*)$", re.DOTALL)
_ROMANS: Final = [
    "I",
    "II",
    "III",
    "IV",
    "V",
    "VI",
    "VII",
    "VIII",
    "IX",
    "X",
    "XI",
    "XII",
    "XIII",
    "XIV",
    "XV",
]
_CLOSING: Final = ("tren day la", "trong qua trinh trien khai", "trong qua trinh thuc hien")
_LIKE_CLOSING: Final = 84
_HEADING_LENGTH: Final = 170


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One paragraph with the part it stands in."""

    block: Block
    """The paragraph."""
    section: str
    """"III"; empty outside of sections."""
    label: str
    """"III.2"; empty outside of parts."""
    title: str
    """Heading of the part; empty where the part has none."""
    section_title: str
    """Heading of the section."""
    is_heading: bool
    """Whether it is that heading itself."""


@dataclass(slots=True)
class _Place:
    section: str = ""
    section_title: str = ""
    label: str = ""
    title: str = ""
    sections: int = 0


def passages_of(blocks: Sequence[Block]) -> tuple[Passage, ...]:
    """Give every paragraph of the body its section and part."""
    place = _Place()
    found: list[Passage] = []
    for index, block in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        heading = _enter(place, block, following)
        found.append(
            Passage(
                block=block,
                section=place.section,
                label=place.label,
                title=place.title,
                section_title=place.section_title,
                is_heading=heading,
            )
        )
    return tuple(found)


def _enter(place: _Place, block: Block, following: Block | None) -> bool:
    """Move on to the section or part that a paragraph opens; tell whether it is a heading."""
    title = section_title(block.text)
    if title is not None:
        place.section = _ROMANS[min(place.sections, len(_ROMANS) - 1)]
        place.sections += 1
        place.section_title, place.label, place.title = title, "", ""
        return True
    if _is_closing(block.text):
        place.section = place.section_title = place.label = place.title = ""
        return False
    article = _ARTICLE.match(block.text)
    if article is not None:
        place.label, place.title = article["number"], ""
        return False
    part = _PART.match(block.text)
    if part is None:
        return False
    place.label = f"{place.section}.{part['number']}" if place.section else part["number"]
    place.title = part["rest"].strip() if _is_heading(part["rest"], following) else ""
    return bool(place.title)


def section_title(text: str) -> str | None:
    """Return the title of a section heading ("II. NỘI DUNG", "|. NOI DUNG"), else None."""
    numeral = ROMAN_HEADING.match(text)
    if numeral is None or len(text) > _HEADING_LENGTH:
        return None
    title = text[numeral.end() :].strip()
    letters = [c for c in title if c.isalpha()]
    if len(letters) < 4 or sum(c.islower() for c in letters) * 5 > len(letters):  # noqa: PLR2004
        return None
    return title


def _is_heading(rest: str, following: Block | None) -> bool:
    if following is None or len(rest) > _HEADING_LENGTH or _PART.match(following.text):
        return False
    return not rest.strip().endswith((".", ";"))


def _is_closing(text: str) -> bool:
    opening = fold(text[:40])
    return any(fuzz.ratio(opening[: len(c)], c) >= _LIKE_CLOSING for c in _CLOSING)
