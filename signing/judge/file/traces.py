"""What the raw bytes tell of a file's structure, also where it cannot be opened in full.

A file may carry another one inside, as an attachment: what stands in the body of a stream is no
part of this file's own structure.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from signing.judge.file.document import Document
from signing.judge.file.objects import Stream
from signing.judge.file.parsing import BLANK, EDGE

_END: Final = re.compile(rb"startxref" + BLANK + rb"{1,32}+(\d{1,12}+)" + BLANK + rb"{1,32}+%%EOF")
_RANGE: Final = re.compile(rb"/ByteRange" + EDGE)
_TABLE: Final = re.compile(BLANK + rb"{0,16}+xref" + EDGE)
_STREAM: Final = re.compile(
    BLANK + rb"{0,16}+\d{1,10}+" + BLANK + rb"{1,16}+0" + BLANK + rb"{1,16}+obj"
)
_PREV: Final = re.compile(rb"/Prev" + BLANK + rb"{0,32}+(\d{1,12}+)" + EDGE)
_MOST_SECTIONS: Final = 1_000
_MOST_TRAILER: Final = 1 << 16
_BLANKS: Final = b"\t\n\f\r "
_LINE_ENDS: Final = {b"", b"\n", b"\r", b"\r\n"}


def places_of(data: bytes, word: bytes) -> Iterator[int]:
    """Every offset at which a word stands."""
    at = data.find(word)
    while at >= 0:
        yield at
        at = data.find(word, at + len(word))


def named_sections(data: bytes) -> list[tuple[int, int]]:
    """Each startxref with its %%EOF: where it stands, and the offset that it names.

    Source: ISO 32000-2, 7.5.5.
    """
    ends = (_END.match(data, at) for at in places_of(data, b"startxref"))
    return [(end.start(), int(end[1])) for end in ends if end is not None]


def followed_sections(data: bytes) -> set[int] | None:
    """The offsets that /Prev leads to from the last startxref; None where the chain is lost.

    For files that could not be opened: it looks for the words alone and believes them.
    """
    named = named_sections(data)
    at: int | None = named[-1][1] if named else None
    found: set[int] = set()
    while at is not None:
        trailer = _trailer(data, at)
        if trailer is None or at in found or len(found) >= _MOST_SECTIONS:
            return None
        found.add(at)
        before = _PREV.search(trailer)
        at = None if before is None else int(before[1])
    return found or None


def _trailer(data: bytes, at: int) -> bytes | None:
    if _TABLE.match(data, at):
        start = data.find(b"trailer", at)
        end = data.find(b"startxref", start, start + _MOST_TRAILER)
    elif _STREAM.match(data, at):
        start = at
        end = data.find(b"stream", at, at + _MOST_TRAILER)
    else:
        return None
    return data[start:end] if 0 <= start < end else None


def range_places(data: bytes) -> Iterator[int]:
    """Every offset at which a signature dictionary says /ByteRange."""
    return (at for at in places_of(data, b"/ByteRange") if _RANGE.match(data, at))


def carries_a_file(data: bytes) -> bool:
    """Whether a second header stands in the bytes: another file may be attached."""
    return data.find(b"%PDF-", 1) >= 0


def bytes_behind_end(data: bytes) -> bytes:
    """What stands behind the last %%EOF, without the end of its line."""
    rest = data[data.rfind(b"%%EOF") + 5 :]
    return b"" if rest in _LINE_ENDS else rest


def is_blank(data: bytes) -> bool:
    """Whether bytes are white space alone, NUL left out. Source: ISO 32000-2, 7.2.3."""
    return not data.strip(_BLANKS)


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
