"""What a signature's byte range covers, to the byte.

Source: ISO 32000-2, 12.8.1 (the range is the whole file but for the value of /Contents);
ETSI EN 319 142-1, 5.3 (so do PAdES signatures).
"""

from __future__ import annotations

from binascii import Error, unhexlify
from typing import Final, NamedTuple

from signing.judge.file.objects import Located, Obj, Text
from signing.judge.file.revisions import Revision

WHOLE_FILE: Final = "whole_file"
REVISION: Final = "revision"
PARTIAL: Final = "partial"
_PARTS: Final = 4
_BLANKS: Final = b"\t\n\f\r "
_LINE_ENDS: Final = {b"", b"\n", b"\r", b"\r\n"}

ByteRange = tuple[int, int, int, int]


class Coverage(NamedTuple):
    """The range where it is exactly right, else the finding's code."""

    covers: str
    """`whole_file`, `revision` or `partial`."""

    byte_range: ByteRange | None
    """(0, end of the first part, start of the second, its length); None where partial."""

    fault: str = ""
    """Code of a finding; empty where nothing is wrong."""


def measure(
    data: bytes, dictionary: dict[str, Obj], holder: Located, revision: Revision
) -> Coverage:
    """How much of the file a signature covers.

    1. The range is two parts: from the first byte of the file to `<`, and from behind `>` on.
    2. Between them is exactly the hexadecimal string of this dictionary's /Contents.
    3. It ends where the revision of the signature ends; the end of its last line may be left out,
       blanks behind it may be signed too.
    4. The cross-reference sections of that revision lie inside.

    Args:
        data: the whole file.
        dictionary: the signature dictionary.
        holder: the object that it stands in, with its place.
        revision: the one that writes that object.
    """
    contents = dictionary.get("Contents")
    if not isinstance(contents, Text) or not any(contents):
        return Coverage(PARTIAL, None, "contents_missing")
    written = read_range(dictionary.get("ByteRange"))
    if written is None:
        return Coverage(PARTIAL, None, "coverage_partial")
    _, first, second, length = written
    end = second + length
    if end > len(data):
        return Coverage(PARTIAL, None, "saved_anew")
    inside = holder.start < first < second < holder.end
    if not inside or gap_contents(data, first, second) != contents:
        return Coverage(PARTIAL, None, "coverage_partial")
    if not _ends_with(data, end, revision):
        return Coverage(PARTIAL, None, "coverage_partial")
    whole = data[end:] in _LINE_ENDS
    return Coverage(WHOLE_FILE if whole else REVISION, written)


def _ends_with(data: bytes, end: int, revision: Revision) -> bool:
    if end > revision.end:
        return not data[revision.end : end].strip(_BLANKS)
    return data[end : revision.end] in _LINE_ENDS and revision.reaches <= end


def read_range(value: Obj) -> ByteRange | None:
    """A /ByteRange of two parts that begins at the first byte and has a gap; None of any other."""
    if not isinstance(value, list) or len(value) != _PARTS:
        return None
    zero, first, second, length = (one if type(one) is int else -1 for one in value)
    return (zero, first, second, length) if zero == 0 < first < second and length > 0 else None


def gap_contents(data: bytes, first: int, second: int) -> bytes | None:
    """The string that fills a gap: brackets and hexadecimal digits, no blank; None if others do."""
    if data[first : first + 1] != b"<" or data[second - 1 : second] != b">":
        return None
    try:
        return unhexlify(data[first + 1 : second - 1])
    except Error:
        return None
