"""Which words of a text were taken away and which came in, for people to read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from rapidfuzz.distance import Indel

# A date or an amount is one word: half of it changed says nothing.
_WORDS = re.compile(r"\d+(?:[/.,-]\d+)+\s*|\w+\s*|[^\w\s]\s*|\s+")
_SHORTEST_BRIDGE = 4
"""Letters that must stand unchanged between two changes; with fewer they are read as one."""


class PieceKind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words."""

    kind: PieceKind
    text: str


def words_of(text: str) -> list[str]:
    """Returns the words and signs of a text, each with the blanks after it."""
    return _WORDS.findall(text)


def changed_pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Returns how one text became the other; blanks and line ends alone mean nothing."""
    before, after = words_of(old), words_of(new)
    bare_before, bare_after = ([word.strip() for word in words] for words in (before, after))
    runs: list[Piece] = []
    for code in Indel.opcodes(bare_before, bare_after):
        gone = "".join(before[code.src_start : code.src_end])
        come = "".join(after[code.dest_start : code.dest_end])
        if code.tag == "equal":
            is_last = code.src_end == len(before) and code.dest_end == len(after)
            runs += [Piece(PieceKind.SAME, come)] if is_last else _with_own_blanks(gone, come)
        if code.tag in ("delete", "replace"):
            runs.append(Piece(PieceKind.REMOVED, gone))
        if code.tag in ("insert", "replace"):
            runs.append(Piece(PieceKind.ADDED, come))
    return tuple(_gathered(_bridged(runs)))


def _with_own_blanks(gone: str, come: str) -> list[Piece]:
    """What stayed before a change; a blank after it in one text alone is part of that."""
    bare = come.rstrip()
    before, after = gone[len(gone.rstrip()) :], come[len(bare) :]
    if bool(before) == bool(after):
        return [Piece(PieceKind.SAME, come)]
    blank = Piece(PieceKind.REMOVED, before) if before else Piece(PieceKind.ADDED, after)
    return [Piece(PieceKind.SAME, bare), blank]


def _bridged(runs: Sequence[Piece]) -> list[Piece]:
    """A comma that stayed between two changes would only break the reading."""
    made: list[Piece] = []
    for at, piece in enumerate(runs):
        inside = 0 < at < len(runs) - 1
        if piece.kind is PieceKind.SAME and inside and len(piece.text.strip()) < _SHORTEST_BRIDGE:
            made += [Piece(PieceKind.REMOVED, piece.text), Piece(PieceKind.ADDED, piece.text)]
        else:
            made.append(piece)
    return made


def _gathered(runs: Sequence[Piece]) -> list[Piece]:
    """Of changes side by side, all that went comes before all that came."""
    made: list[Piece] = []
    for same, group in groupby(runs, key=lambda piece: piece.kind is PieceKind.SAME):
        pieces = list(group)
        kinds = (PieceKind.SAME,) if same else (PieceKind.REMOVED, PieceKind.ADDED)
        for kind in kinds:
            text = "".join(piece.text for piece in pieces if piece.kind is kind)
            if text:
                made.append(Piece(kind, text))
    return made


def likeness(old: str, new: str) -> float:
    """Returns how much of two texts is the same words: 0 for nothing, 1 for all."""
    before, after = ([word.strip() for word in words_of(text)] for text in (old, new))
    return Indel.normalized_similarity(before, after)
