"""What the raw bytes tell of a file's structure, also where it cannot be opened in full."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from signing.judge.file.bodies import Parts
from signing.judge.file.parsing import BLANK, EDGE

_END: Final = re.compile(rb"startxref" + BLANK + rb"{1,32}+(\d{1,12}+)" + BLANK + rb"{1,32}+%%EOF")
_RANGE: Final = re.compile(rb"/ByteRange" + EDGE)
_TABLE: Final = re.compile(BLANK + rb"{0,16}+xref" + EDGE)
_STREAM: Final = re.compile(
    BLANK + rb"{0,16}+\d{1,10}+" + BLANK + rb"{1,16}+0" + BLANK + rb"{1,16}+obj"
)
_PREV: Final = re.compile(rb"/Prev" + BLANK + rb"{0,32}+(\d{1,12}+)" + EDGE)
_MOST_SECTIONS: Final = 200

_MOST_TRAILER: Final = 1 << 16
_BLANKS: Final = b"\t\n\f\r "
_LINE_ENDS: Final = {b"", b"\n", b"\r", b"\r\n"}


def places_of(data: bytes, word: bytes, parts: Parts) -> Iterator[int]:
    """Every offset at which a word stands."""
    for start, end in parts:
        at = data.find(word, start, end)
        while at >= 0:
            yield at
            at = data.find(word, at + len(word), end)


def named_sections(data: bytes, parts: Parts) -> list[tuple[int, int]]:
    """Each startxref with its %%EOF: where it stands, and the offset that it names.

    Source: ISO 32000-2, 7.5.5.
    """
    ends = (_END.match(data, at) for at in places_of(data, b"startxref", parts))
    return [(end.start(), int(end[1])) for end in ends if end is not None]


def followed_sections(data: bytes) -> set[int] | None:
    """The offsets that /Prev leads to from the last startxref; None where the chain is lost.

    For files that could not be opened: it looks for the words alone and believes them.
    """
    named = named_sections(data, ((0, len(data)),))
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


def range_places(data: bytes, parts: Parts) -> Iterator[int]:
    """Every offset at which a signature dictionary says /ByteRange."""
    return (at for at in places_of(data, b"/ByteRange", parts) if _RANGE.match(data, at))


def carries_a_file(data: bytes) -> bool:
    """Whether a second header stands in the bytes: another file may be attached."""
    return data.find(b"%PDF-", 1) >= 0


def bytes_behind_end(data: bytes) -> bytes:
    """What stands behind the last startxref with its %%EOF, without the end of its line.

    A file without any has no end: nothing stands behind it.
    """
    at = data.rfind(b"startxref")
    while at >= 0:
        end = _END.match(data, at)
        if end is not None:
            rest = data[end.end() :]
            return b"" if rest in _LINE_ENDS else rest
        at = data.rfind(b"startxref", 0, at)
    return b""


def is_blank(data: bytes) -> bool:
    """Whether bytes are white space alone, NUL left out. Source: ISO 32000-2, 7.2.3."""
    return not data.strip(_BLANKS)
