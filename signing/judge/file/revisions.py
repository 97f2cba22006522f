"""The revisions of a file: which section ends where, and what each adds.

Source: ISO 32000-2, 7.5.5, 7.5.6 (incremental updates), annex F (linearised files).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final

from signing.judge.file.faults import RefusedStructure, unsure
from signing.judge.file.objects import Entry, Obj
from signing.judge.file.parsing import END_LINES
from signing.judge.file.sections import Section, read_section, tail_end

MOST_REVISIONS: Final = 1_000
MOST_ENTRIES: Final = 1_000_000
"""Of all sections together."""

_HEADER: Final = b"%PDF-"
_LAST: Final = re.compile(END_LINES)
_TAIL: Final = 64
_LINE_ENDS: Final = {b"", b"\n", b"\r", b"\r\n"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One saving of the file: the bytes from the revision before to its own %%EOF."""

    index: int
    start: int
    """Where the revision before ends; 0 of the first."""

    end: int
    """One past its %%EOF line."""

    entries: dict[int, Entry]
    """Objects that this revision writes, and where."""

    freed: frozenset[int]
    """Numbers that it says are free, without 0."""

    trailer: dict[str, Obj]
    kind: str
    """`table`, `stream` or `hybrid`."""

    sections: tuple[Section, ...]
    """One; two of a linearised first revision, that of the first page first."""

    hidden: frozenset[int] = frozenset()
    """Numbers that a hybrid's stream places and no table up to here does."""

    @property
    def section(self) -> Section:
        """The one that its startxref names."""
        return self.sections[0]

    @property
    def reaches(self) -> int:
        """One past the last byte of its cross-reference sections."""
        return max(one.reaches for one in self.sections)


def read_revisions(data: bytes, *, encrypted: bool = False) -> tuple[Revision, ...]:
    """All revisions, oldest first.

    Args:
        data: the whole file.
        encrypted: whether it may be; numbers and places are not, strings and streams are.

    Raises:
        RefusedStructure: bytes behind the last %%EOF (`trailing_bytes`); a section behind the one
            that the last startxref names (`revision_unreached`); sections that reach into each
            other (`revisions_overlap`).
        UnsureStructure: not fully understood.
    """
    if not data.startswith(_HEADER):
        raise unsure("header")
    sections = _chain(data, _last_place(data))
    if not encrypted and any("Encrypt" in one.trailer for one in sections):
        raise unsure("encrypted")
    revisions = _joined(data, sections)
    _check_end(data, revisions[-1])
    return _with_hidden(revisions)


def _last_place(data: bytes) -> int:
    """The offset that the last startxref of the file names."""
    at = data.rfind(b"startxref", -_TAIL if len(data) > _TAIL else 0)
    found = _LAST.match(data, at) if at >= 0 else None
    if found is not None:
        return int(found[1])
    last = data.rfind(b"%%EOF")
    if last >= 0 and data[last + 5 :].strip(b"\t\n\f\r "):
        raise RefusedStructure("trailing_bytes")
    raise unsure("end")


def _chain(data: bytes, at: int) -> list[Section]:
    """The sections from the last startxref along /Prev, oldest first."""
    sections: list[Section] = []
    seen: set[int] = set()
    entries = 0
    place: Obj = at
    while place is not None:
        if type(place) is not int or not 0 < place < len(data) or place in seen:
            raise unsure("section_chain")
        seen.add(place)
        sections.append(read_section(data, place))
        entries += len(sections[-1].entries) + len(sections[-1].freed)
        if len(sections) > MOST_REVISIONS or entries > MOST_ENTRIES:
            raise unsure("caps", "sections")
        place = sections[-1].trailer.get("Prev")
    return sections[::-1]


def _joined(data: bytes, sections: list[Section]) -> tuple[Revision, ...]:
    """Revisions from sections: one each, but a linearised file's first two are one."""
    first = sections[:1]
    if len(sections) > 1 and sections[1].at < sections[0].at:
        first = [sections[1], sections[0]]
        if "XRefStm" in first[0].trailer or "XRefStm" in first[1].trailer:
            raise unsure("linearised", "hybrid")
    revisions = [_first(data, first)]
    for section in sections[len(first) :]:
        revisions.append(_later(data, section, revisions[-1]))
    return tuple(revisions)


def _first(data: bytes, sections: list[Section]) -> Revision:
    main, last = sections[0], sections[-1]
    end = tail_end(data, last, names=main.at)
    if end is None:
        raise unsure("linearised" if len(sections) > 1 else "revision_end")
    if main is not last:
        _check_linearised(main, last)
    entries = main.entries if main is last else {**last.entries, **main.entries}
    freed = frozenset().union(*(one.freed for one in sections)) - entries.keys()
    return Revision(
        index=0,
        start=0,
        end=end,
        entries=entries,
        freed=freed,
        trailer=main.trailer,
        kind=main.kind,
        sections=tuple(sections),
    )


def _check_linearised(main: Section, last: Section) -> None:
    """The two sections share the numbers out: none has two places, none is free in the main one."""
    if any(main.entries.get(number, at) != at for number, at in last.entries.items()):
        raise RefusedStructure("entries_doubled")
    if not main.freed.isdisjoint(last.entries):
        raise unsure("linearised", "free in one of two")


def _later(data: bytes, section: Section, before: Revision) -> Revision:
    end = tail_end(data, section)
    if end is None:
        raise unsure("revision_end")
    if section.at < before.end:
        raise RefusedStructure("revisions_overlap")
    return Revision(
        index=before.index + 1,
        start=before.end,
        end=end,
        entries=section.entries,
        freed=section.freed,
        trailer=section.trailer,
        kind=section.kind,
        sections=(section,),
    )


def _check_end(data: bytes, newest: Revision) -> None:
    """Nothing but the end of a line stands behind the newest revision."""
    rest = data[newest.end :]
    if rest.strip(b"\t\n\f\r "):
        unreached = b"startxref" in rest
        raise RefusedStructure("revision_unreached" if unreached else "trailing_bytes")
    if rest not in _LINE_ENDS:
        raise unsure("end", "blanks")


def _with_hidden(revisions: tuple[Revision, ...]) -> tuple[Revision, ...]:
    """Names what only readers of hybrid streams see, and refuses what others see elsewhere.

    Old readers know the tables alone. No number may have one place in a stream and another in the
    tables up to it. Source: ISO 32000-2, 7.5.8.4.
    """
    if all(one.kind != "hybrid" for one in revisions):
        return revisions
    tables: dict[int, Entry] = {}
    found = []
    for one in revisions:
        section = one.section
        streamed = one.entries.keys() - section.listed if section.stream else set()
        if any(tables.get(n, one.entries[n]) != one.entries[n] for n in streamed):
            raise RefusedStructure("hybrid_differs")
        if section.stream is not None and not section.stream.freed.isdisjoint(tables):
            raise RefusedStructure("hybrid_differs", "free in one of two")
        tables.update((n, at) for n, at in one.entries.items() if n not in streamed)
        found.append(replace(one, hidden=frozenset(streamed - tables.keys())))
    return tuple(found)
