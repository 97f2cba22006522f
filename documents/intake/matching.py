"""Which units of the directory a recipient line names, and what it names beyond them.

A line may name several units with a shared head or tail ("Thường trực UBND và HĐND tỉnh"). A match
counts only when every word of the piece is explained by the chosen name; a tie between two units is
never decided here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz import fuzz

from documents.intake.folding import words_of
from documents.intake.result import KnownUnit, Unresolved

NO_SUCH_UNIT: Final = "Không khớp đơn vị nào trong danh mục của cơ quan."
"""Why a piece is left, where no unit is near it."""
_ACCEPT: Final = 78
_MARGIN: Final = 8
_NEAR: Final = _ACCEPT - _MARGIN
_NAMES_KEPT: Final = 20_000
_WORD: Final = 60
_JOINTS = re.compile(r"\s*[;,:]\s*|\s+(?:và|va)\s+", re.IGNORECASE)
_SHARED_WORDS: Final = 3
_FILLERS: Final = frozenset({"cac", "va", "cua", "tinh"})


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitMatch:
    """Units of one line."""

    units: tuple[str, ...]
    """Identifiers in the order of the line."""
    unresolved: tuple[Unresolved, ...]
    """Pieces that no unit explains, and ties."""


def match_units(core: str, directory: Sequence[KnownUnit]) -> UnitMatch:
    """Match a line, without its role marker, with the directory."""
    pieces = [p for p in _JOINTS.split(core) if p.strip()]
    units: list[str] = []
    unresolved: list[Unresolved] = []
    at = 0
    while at < len(pieces):
        taken, unit = _longest(pieces, at, core, directory)
        if unit is not None:
            units.append(unit.id)
        else:
            unresolved.append(_left(pieces[at], core, directory))
        at += taken
    return UnitMatch(units=tuple(dict.fromkeys(units)), unresolved=tuple(unresolved))


def _longest(
    pieces: Sequence[str], at: int, core: str, directory: Sequence[KnownUnit]
) -> tuple[int, KnownUnit | None]:
    """Take as many pieces as one unit explains, else one piece with a shared head or tail."""
    for end in range(len(pieces), at, -1):
        span = _span(core, pieces, at, end)
        unit = _best(span, directory)
        if unit is not None:
            return end - at, unit
    for candidate in _completed(pieces, at):
        unit = _best(candidate, directory)
        if unit is not None:
            return 1, unit
    return 1, None


def _span(core: str, pieces: Sequence[str], at: int, end: int) -> str:
    """Return the words of the line from one piece to another, joints and all."""
    start = 0
    for piece in pieces[:at]:
        start = core.index(piece, start) + len(piece)
    first = core.index(pieces[at], start)
    stop = first
    for piece in pieces[at:end]:
        stop = core.index(piece, stop) + len(piece)
    return core[first:stop]


def _completed(pieces: Sequence[str], at: int) -> Iterator[str]:
    """Lend a piece the head of the first piece or the tail of the last one."""
    piece = pieces[at]
    head, tail = pieces[0].split(), pieces[-1].split()
    for count in range(1, _SHARED_WORDS + 1):
        if at > 0 and len(head) > count:
            yield f"{' '.join(head[:count])} {piece}"
        if at < len(pieces) - 1 and len(tail) > count:
            yield f"{piece} {' '.join(tail[-count:])}"
        if at > 0 and len(head) > count and len(tail) > count:
            yield f"{' '.join(head[:count])} {piece} {' '.join(tail[-count:])}"


@lru_cache(maxsize=_NAMES_KEPT)
def _joined(name: str) -> str:
    """Return the folded words of a name; a directory is gone through again for every piece."""
    return " ".join(words_of(name))


def _ranked(text: str, directory: Sequence[KnownUnit]) -> list[tuple[float, str, KnownUnit]]:
    """Return the units, the nearest first; those that can neither be meant nor tie score 0."""
    joined = " ".join(words_of(text))
    found = []
    for unit in directory:
        names = (unit.name, *unit.aliases)
        score, name = max((fuzz.ratio(joined, _joined(n), score_cutoff=_NEAR), n) for n in names)
        found.append((score, name, unit))
    return sorted(found, key=lambda row: -row[0])


def _best(text: str, directory: Sequence[KnownUnit]) -> KnownUnit | None:
    ranked = _ranked(text, directory)
    if not ranked or ranked[0][0] < _ACCEPT:
        return None
    score, name, unit = ranked[0]
    rival = next((row[0] for row in ranked[1:] if row[2].id != unit.id), 0.0)
    exact = score == 100 and rival < 100  # noqa: PLR2004 - the very same words
    if not exact and score - rival < _MARGIN:
        return None
    return unit if _explains(text, name) and _explains(name, text) else None


def _explains(text: str, name: str) -> bool:
    """Tell whether every word of a text has a counterpart in a name."""
    known = words_of(name)
    return all(
        word in _FILLERS or max((fuzz.ratio(word, k) for k in known), default=0.0) >= _WORD
        for word in words_of(text)
    )


def _left(piece: str, core: str, directory: Sequence[KnownUnit]) -> Unresolved:
    ranked = _ranked(piece, directory)
    near = [row for row in ranked if row[0] >= _ACCEPT]
    if len(near) > 1 and near[0][0] - near[1][0] < _MARGIN:
        why = f"Có thể là “{near[0][2].name}” hoặc “{near[1][2].name}”."
    else:
        why = NO_SUCH_UNIT
    if piece != core:
        why += f" (trong dòng “{core}”)"
    return Unresolved(text=piece, where="recipients", why=why)
