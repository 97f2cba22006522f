"""Hybrid-reference files: a table for old readers, and a stream that only newer ones read.

Word writes them, and so they are what this country's gazette publishes. One file, two readings: it
is accepted only where both readings show the same document.
"""

from __future__ import annotations

from typing import Final

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    PdfObject,
    StreamObject,
)
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import XRefSectionData

_UNSHOWN: Final = {"/StructTreeRoot"}
"""Read by nobody who shows pages; Word hides it in the stream by design."""

_MOST_OBJECTS: Final = 200_000


def readings_agree(reader: PdfFileReader, *, first_signed_revision: int) -> bool:
    """Whether old and new readers see the same pages, annotations, form and actions.

    1. A stream that only repeats places of its own section's table changes nothing.
    2. Every other one lies in bytes that the first signature covers.
    3. No number has one place in a table and another in a stream.
    4. Nothing that is shown or run leads to an object which only the stream knows.

    Source: ISO 32000-2, 7.5.8.4.
    """
    sections = [reader.xrefs.get_xref_data(one) for one in range(reader.xrefs.total_revisions)]
    hidden: set[int] = set()
    for revision, section in enumerate(sections):
        if section.hybrid is None:
            continue
        stream = section.hybrid.xref_data
        if _repeats(section, stream):
            continue
        known = sections[: revision + 1]
        if revision > first_signed_revision or stream.hybrid is not None:
            return False
        if any(_contradict(stream, table) for table in known):
            return False
        hidden |= _numbers(stream)
    tables: set[int] = set().union(*(_numbers(section) for section in sections))
    return not _reaches(reader, hidden - tables)


def _numbers(section: XRefSectionData) -> set[int]:
    return {*section.standard_xrefs, *section.xrefs_in_objstm}


def _repeats(section: XRefSectionData, stream: XRefSectionData) -> bool:
    """Whether a stream says nothing that the table beside it does not say too."""
    return (
        stream.hybrid is None
        and not stream.xrefs_in_objstm
        and not stream.freed
        and stream.standard_xrefs.items() <= section.standard_xrefs.items()
    )


def _contradict(stream: XRefSectionData, table: XRefSectionData) -> bool:
    """Whether a number has two places: one for old readers, one for new ones."""
    return any(
        stream.standard_xrefs.get(number) != table.standard_xrefs.get(number)
        or number in stream.xrefs_in_objstm
        or number in table.xrefs_in_objstm
        for number in _numbers(stream) & _numbers(table)
    )


def _reaches(reader: PdfFileReader, hidden: set[int]) -> bool:
    """Whether a hidden object is found from the catalog. Give up means yes."""
    seen: set[int] = set()
    waiting: list[PdfObject] = [reader.root]
    while waiting:
        one = waiting.pop()
        if isinstance(one, IndirectObject):
            if one.idnum in hidden or len(seen) > _MOST_OBJECTS:
                return True
            if one.idnum not in seen:
                seen.add(one.idnum)
                waiting.append(one.get_object())  # type: ignore[no-untyped-call]  # no types there
        else:
            waiting += _children(one)
    return False


def _children(one: PdfObject) -> list[PdfObject]:
    if isinstance(one, DictionaryObject | StreamObject):
        return [one.raw_get(key) for key in one if key not in _UNSHOWN]
    if isinstance(one, ArrayObject):
        return [one.raw_get(index) for index in range(len(one))]
    return []
