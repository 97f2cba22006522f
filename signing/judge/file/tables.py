"""The rows of a cross-reference table. Source: ISO 32000-2, 7.5.4."""

from __future__ import annotations

import re
from itertools import compress
from typing import Final, NamedTuple

from signing.judge.file.faults import RefusedStructure, unsure
from signing.judge.file.objects import Entry

MOST_ROWS: Final = 500_000
"""In one section."""

HIGHEST_NUMBER: Final = 8_388_607
"""Of an object. Over it some readers give the table up, and search the bytes for objects.

Source: ISO 32000-1, annex C.2.
"""

_ROW: Final = 20
_HIGHEST: Final = b"65535"
"""Generation. Source: ISO 32000-2, 7.5.4."""
_START: Final = re.compile(rb"[\t\n\f\r ]{0,16}+(xref)[\t\f ]*+(?:\r\n|\n|\r)[\t\n\f\r ]*+")
_SUBSECTION: Final = re.compile(rb"[\t\n\f\r ]*+(\d{1,10}+) (\d{1,10}+)[\t\f ]*+(?:\r\n|\n|\r)")
_ROWS: Final = re.compile(rb"(?:\d{10} \d{5} [nf](?: \r| \n|\r\n))*+")


class Rows(NamedTuple):
    """What the rows of a table say."""

    start: int
    """Where `xref` stands."""

    end: int
    """One past the last row."""

    entries: dict[int, Entry]
    """Objects in use, with their offsets."""

    freed: frozenset[int]
    """Free numbers without 0."""


def read_table_rows(data: bytes, at: int) -> Rows | None:
    """The rows of the table at an offset, a few blanks before it; None where none begins.

    Raises:
        RefusedStructure: a number has two rows (`entries_doubled`).
        UnsureStructure: not rows of exactly 20 bytes, or too many.
    """
    start = _START.match(data, at)
    if start is None:
        return None
    entries: dict[int, Entry] = {}
    freed: set[int] = set()
    end, total = start.end(), 0
    while (head := _SUBSECTION.match(data, end)) is not None:
        first, count = int(head[1]), int(head[2])
        total += count
        if first > HIGHEST_NUMBER:  # also of no row at all
            raise unsure("section_form", "a number out of range")
        if total > MOST_ROWS:
            raise unsure("caps", "rows")
        end = head.end() + _ROW * count
        _take(data[head.end() : end], range(first, first + count), entries, freed)
    if len(entries) + len(freed) != total or not freed.isdisjoint(entries):
        raise RefusedStructure("entries_doubled")
    if 0 in entries:
        raise unsure("section_form", "number 0 in use")
    return Rows(start.start(1), end, entries, frozenset(freed - {0}))


def _take(block: bytes, numbers: range, entries: dict[int, Entry], freed: set[int]) -> None:
    """Adds the rows of one subsection."""
    if len(block) != _ROW * len(numbers) or _ROWS.fullmatch(block) is None:
        raise unsure("section_form", "rows")
    words = block.split()
    used = [kind == b"n" for kind in words[2::3]]
    generations = words[1::3]
    if set(compress(generations, used)) - {b"00000"} or max(generations, default=b"") > _HIGHEST:
        raise unsure("generation")
    entries.update(compress(zip(numbers, map(int, words[::3]), strict=True), used))
    freed.update(number for number, yes in zip(numbers, used, strict=True) if not yes)
