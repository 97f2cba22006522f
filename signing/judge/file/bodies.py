"""Where the bodies of streams are: what stands in them is no part of a file's own structure.

A file may carry another one inside, as an attachment, with sections and signatures of its own.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import Final, TypeAlias

from signing.judge.file.document import Document
from signing.judge.file.faults import UnsureStructure
from signing.judge.file.objects import Stream

_LARGE: Final = 1 << 20
_LARGE_BODY: Final = 1 << 16
_SMALL: Final = 1 << 12
"""Bytes per object on average; under it a file is of small objects, and searched as it is."""

Parts: TypeAlias = tuple[tuple[int, int], ...]
"""Parts of a file as (first byte, one past the last)."""


def parts_to_search(data: bytes, document: Document | None = None) -> Parts:
    """Where words of structure are looked for: everywhere but in the bodies of large streams.

    Pictures make most of a large file, and none of its structure.
    """
    if document is None or len(data) < _LARGE:
        return ((0, len(data)),)
    found = []
    at = 0
    for start, end in _large_bodies(document):
        found.append((at, start))
        at = end
    return (*found, (at, len(data)))


def _large_bodies(document: Document) -> Iterator[tuple[int, int]]:
    if sum(len(one.entries) for one in document.revisions) > len(document.data) // _SMALL:
        return
    offsets = sorted(_offsets(document))
    for start, after in pairwise((*offsets, len(document.data))):
        if after - start < _LARGE_BODY:
            continue
        try:
            value = document.object_at(start).value
        except UnsureStructure:
            return  # searched like all the rest
        if isinstance(value, Stream) and value.end <= after:
            yield value.start, value.end


class Bodies:
    """Where the bodies of a document's streams are."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._offsets: list[int] | None = None
        self._last = range(0)

    def hold(self, at: int) -> bool:
        """Whether an offset lies in the body of a stream that some revision places.

        Raises:
            UnsureStructure: the object there cannot be read.
        """
        if at not in self._last:
            self._last = self._body(at)
        return at in self._last

    def _body(self, at: int) -> range:
        """The body of the last stream that begins before an offset."""
        if self._offsets is None:
            self._offsets = sorted(_offsets(self._document))
        index = bisect_right(self._offsets, at)
        value = self._document.object_at(self._offsets[index - 1]).value if index else None
        return range(value.start, value.end) if isinstance(value, Stream) else range(0)


def _offsets(document: Document) -> set[int]:
    """Where all objects of all revisions begin."""
    return {
        entry
        for one in document.revisions
        for entry in one.entries.values()
        if isinstance(entry, int)
    }
