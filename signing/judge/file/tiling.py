"""Whether the bytes of later revisions are all accounted for, and point nowhere else.

Source: ISO 32000-2, 7.5.6: an update adds changed objects, one section and one trailer.
"""

from __future__ import annotations

import re
from typing import Final

from signing.judge.file.document import Document, View
from signing.judge.file.faults import unsure
from signing.judge.file.objects import Entry, Packed, Stream
from signing.judge.file.revisions import Revision
from signing.judge.file.traces import is_blank

_COMMENTS: Final = re.compile(rb"(?:[\0\t\n\f\r ]++|%[^\r\n]*+[\r\n])*+")


def hides_bytes(document: Document, revision: Revision) -> bool:
    """Whether something stands in a revision that its section does not list, or objects overlap.

    An object in an object stream stands there too.

    Raises:
        UnsureStructure: an object of it cannot be read.
    """
    at = revision.start
    for start, end in _spans(document, revision):
        between = document.data[at:start]
        # An object in a comment is found by whoever repairs the file.
        if start < at or not _COMMENTS.fullmatch(between) or b"obj" in between:
            return True
        if not is_blank(between):
            raise unsure("revision_gap")
        at = end
    if at != revision.section.end or _misnames(document, revision):
        return True
    # Object streams of an encrypted file cannot be read here.
    return "Encrypt" not in revision.trailer and _hides_members(document, revision)


def _misnames(document: Document, revision: Revision) -> bool:
    """Whether an object bears another number than its section says: a repair goes by the former."""
    return any(
        isinstance(entry, int) and document.object_at(entry).number != number
        for number, entry in revision.entries.items()
    )


def _hides_members(document: Document, revision: Revision) -> bool:
    for number, entry in revision.entries.items():
        if not isinstance(entry, int) or not revision.start <= entry < revision.end:
            continue
        value = document.object_at(entry).value
        if isinstance(value, Stream) and value.dictionary.get("Type") == "ObjStm":
            members = enumerate(document.container(entry).numbers)
            if any(revision.entries.get(one) != Packed(number, at) for at, one in members):
                return True
    return False


def _spans(document: Document, revision: Revision) -> list[tuple[int, int]]:
    """Objects and sections of a revision as (first byte, one past the last), in order."""
    spans = set()
    for entry in revision.entries.values():
        if isinstance(entry, int) and revision.start <= entry < revision.end:
            located = document.object_at(entry)
            spans.add((located.start, located.end))
    for section in (revision.section, revision.section.stream):
        if section is not None:
            spans.add((section.start, section.end))
    return sorted(spans)


def redirects(document: Document, first: int) -> bool:
    """Whether a later revision gives a number a place in the bytes of another one.

    It may repeat a place that the number has already; and it may not replace an object stream of
    an older revision, whose objects would change without being listed.

    Args:
        document: the file.
        first: index of the first revision that may not.
    """
    containers: set[int] = set()
    for one in document.revisions:
        if one.index >= first and _redirects(document.at(one.index - 1), one, containers):
            return True
        containers.update(at.container for at in one.entries.values() if isinstance(at, Packed))
    return False


def _redirects(before: View, revision: Revision, containers: set[int]) -> bool:
    return any(
        before.entry(number) != entry and (number in containers or not _is_own(revision, entry))
        for number, entry in revision.entries.items()
    )


def _is_own(revision: Revision, entry: Entry) -> bool:
    """Whether a place lies in the bytes of a revision."""
    place = revision.entries.get(entry.container) if isinstance(entry, Packed) else entry
    return isinstance(place, int) and revision.start <= place < revision.end


def looks_ahead(document: Document) -> bool:
    """Whether a revision places an object behind its own end, in bytes that came later."""
    size = len(document.data)
    return any(
        isinstance(entry, int) and one.end <= entry < size
        for one in document.revisions[:-1]
        for entry in one.entries.values()
    )
