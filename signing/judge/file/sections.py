"""Reads one cross-reference section: a table, a stream, or both (hybrid).

Source: ISO 32000-2, 7.5.4 (table), 7.5.8 (stream), 7.5.8.4 (hybrid).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from signing.judge.file.faults import RefusedStructure, unsure
from signing.judge.file.objects import Entry, Obj
from signing.judge.file.parsing import END_LINES, SKIP, parse
from signing.judge.file.streams import read_stream_rows
from signing.judge.file.tables import HIGHEST_NUMBER, Rows, read_table_rows

_TRAILER: Final = re.compile(SKIP + rb"trailer")
_TAIL: Final = re.compile(
    rb"(?:[\t\n\f\r ]++|%(?!%)[^\r\n]*+[\r\n])*+" + END_LINES + rb"(?:\r\n|\n|\r)?"
)
_REPEATABLE: Final = frozenset({"Info"})
"""Keys of a trailer that nobody renders: some scanners repeat them. The last one counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One cross-reference section as written."""

    at: int
    """Its offset, as others name it; a few blanks may stand there."""

    start: int
    """Its first byte: of `xref`, or of the stream's object number."""

    end: int
    """One past its trailer, or past the stream's `endobj`."""

    kind: str
    """`table`, `stream` or `hybrid`."""

    entries: dict[int, Entry]
    """Objects in use; those of a hybrid's stream too."""

    freed: frozenset[int]
    """Numbers that it says are free, without 0."""

    trailer: dict[str, Obj]
    number: int | None = None
    """The object number of a cross-reference stream."""

    stream: Section | None = None
    """The stream beside a hybrid's table."""

    listed: frozenset[int] = frozenset()
    """Numbers that a hybrid's table itself places; empty of the other kinds."""

    @property
    def reaches(self) -> int:
        """One past the last byte that belongs to it or to the stream beside its table."""
        return self.end if self.stream is None else max(self.end, self.stream.end)


def read_section(data: bytes, at: int) -> Section:
    """The section at an offset.

    Raises:
        RefusedStructure: a number twice (`entries_doubled`), or with two places (`hybrid_differs`).
        UnsureStructure: not well formed.
    """
    rows = read_table_rows(data, at)
    return _stream(data, at) if rows is None else _table(data, at, rows)


def _table(data: bytes, at: int, rows: Rows) -> Section:
    opened = _TRAILER.match(data, rows.end)
    if opened is None:
        raise unsure("section_form", "no trailer")
    trailer, end = parse(data, opened.end(), repeatable=_REPEATABLE)
    if not isinstance(trailer, dict):
        raise unsure("section_form", "the trailer is no dictionary")
    table = Section(
        at=at,
        start=rows.start,
        end=end,
        kind="table",
        entries=rows.entries,
        freed=rows.freed,
        trailer=trailer,
    )
    _check_size(table)
    return table if "XRefStm" not in trailer else _hybrid(data, table)


def tail_end(data: bytes, section: Section, names: int | None = None) -> int | None:
    """One past the %%EOF line whose startxref names a section; None where that is not so.

    Args:
        data: the whole file.
        section: the one before that line.
        names: the offset to be named; its own by default.
    """
    tail = _TAIL.match(data, section.end)
    if tail is None or int(tail[1]) != (section.at if names is None else names):
        return None
    return tail.end()


def _stream(data: bytes, at: int) -> Section:
    located, stream, entries, freed = read_stream_rows(data, at)
    found = Section(
        at=at,
        start=located.start,
        end=located.end,
        kind="stream",
        entries=entries,
        freed=freed,
        trailer=stream.dictionary,
        number=located.number,
    )
    _check_size(found)
    return found


def _hybrid(data: bytes, table: Section) -> Section:
    """Both together. A number has one place, whichever of the two a reader asks first."""
    place = table.trailer["XRefStm"]
    if type(place) is not int or not 0 < place < len(data):
        raise unsure("hybrid")
    stream = _stream(data, place)
    for number, entry in stream.entries.items():
        if table.entries.get(number, entry) != entry:
            raise RefusedStructure("hybrid_differs", str(number))
    if stream.freed & table.entries.keys():
        raise RefusedStructure("hybrid_differs", "freed in one of two")
    return Section(
        at=table.at,
        start=table.start,
        end=table.end,
        kind="hybrid",
        entries={**table.entries, **stream.entries},
        freed=(table.freed | stream.freed) - stream.entries.keys(),
        trailer=table.trailer,
        stream=stream,
        listed=frozenset(table.entries),
    )


def _check_size(section: Section) -> None:
    size = section.trailer.get("Size")
    highest = max(max(section.entries, default=0), max(section.freed, default=0))
    if type(size) is not int or not highest < size <= HIGHEST_NUMBER + 1:
        raise unsure("section_size")
