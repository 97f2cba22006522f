"""A PDF file as its revisions, and each object of each of them. Source: ISO 32000-2, 7.5.6.

Nothing is parsed that is not asked for: opening reads the cross-reference sections alone.
"""

from __future__ import annotations

from bisect import bisect_right
from operator import itemgetter
from typing import Final

from signing.judge.file.containers import Container, open_container
from signing.judge.file.faults import unsure
from signing.judge.file.filters import decode
from signing.judge.file.indirect import read_object
from signing.judge.file.objects import Entry, Located, Obj, Packed, Ref, Stream
from signing.judge.file.revisions import Revision, read_revisions

_REVISION: Final = itemgetter(0)
_MOST_DECODED: Final = 64 << 20
"""Bytes decoded of one file, all streams together."""

_OVERLAPS: Final = 4
"""How often a byte is parsed on average: objects of an honest file do not lie in each other."""

_MOST_LENGTHS: Final = 4
"""Of objects that must be read for one another's /Length."""

_MOST_STEPS: Final = 16
"""Of references to references."""


class Document:
    """A file whose structure is fully understood.

    Once a method raised, ask no more of it: what was read in vain would be read again.
    """

    def __init__(self, data: bytes, revisions: tuple[Revision, ...]) -> None:
        self.data = data
        self.revisions = revisions
        """Oldest first; a linearised first revision is one, of two sections."""

        self._located: dict[int, Located] = {}
        self._containers: dict[int, Container] = {}
        self._history: dict[int, tuple[tuple[int, Entry | None], ...]] = {}
        self._views: dict[int, View] = {}
        self._open: set[int] = set()
        self._decoded = 0
        self._parsed = 0

    def at(self, revision: int) -> View:
        """The document as it was after a revision, 0 the oldest."""
        view = self._views.get(revision)
        if view is None:
            view = self._views[revision] = View(self, revision)
        return view

    @property
    def newest(self) -> View:
        """The document as it is."""
        return self.at(len(self.revisions) - 1)

    def history(self, number: int) -> tuple[tuple[int, Entry | None], ...]:
        """The revisions that place a number (None: free it), oldest first, with that place."""
        found = self._history.get(number)
        if found is None:
            found = self._history[number] = tuple(
                (one.index, one.entries.get(number))
                for one in self.revisions
                if number in one.entries or number in one.freed
            )
        return found

    def object_at(self, offset: int) -> Located:
        """The indirect object at an offset, parsed once."""
        found = self._located.get(offset)
        if found is None:
            found = self._located[offset] = self._parse(offset)
        return found

    def _parse(self, offset: int) -> Located:
        if offset in self._open or len(self._open) >= _MOST_LENGTHS:
            raise unsure("stream_length", "needs itself, or one after the other")
        self._open.add(offset)
        try:
            found = read_object(self.data, offset, self._length)
        finally:
            self._open.discard(offset)
        self._parsed += found.end - found.start
        if self._parsed > _OVERLAPS * len(self.data):
            raise unsure("caps", "objects inside objects")
        return found

    def container(self, offset: int) -> Container:
        """The object stream at an offset, decoded once."""
        found = self._containers.get(offset)
        if found is None:
            stream = self.object_at(offset).value
            if not isinstance(stream, Stream):
                raise unsure("object_stream")
            found = open_container(stream.dictionary, self.stream_bytes(stream))
            self._containers[offset] = found
        return found

    def stream_bytes(self, stream: Stream) -> bytes:
        """What a stream stands for, decoded under caps; plain or FlateDecode alone."""
        found = decode(stream.dictionary, self.data[stream.start : stream.end])
        self._decoded += len(found)
        if self._decoded > _MOST_DECODED:
            raise unsure("inflate_cap", "the file as a whole")
        return found

    def _length(self, reference: Ref) -> int:
        """A /Length that stands in an object of its own.

        It must never have been redefined, else one stream would end at two places.
        """
        history = self.history(reference.number)
        if len(history) != 1 or history[0][1] is None:
            raise unsure("stream_length", "redefined")
        value = self._read(reference.number, history[0][1], history[0][0])
        if type(value) is not int:
            raise unsure("stream_length")
        return value

    def _read(self, number: int, entry: Entry, revision: int) -> Obj:
        if isinstance(entry, Packed):
            return self._packed(number, entry, revision)
        located = self.object_at(entry)
        if located.number != number:
            raise unsure("object_header", f"{number} is {located.number}")
        return located.value

    def _packed(self, number: int, entry: Packed, revision: int) -> Obj:
        return self.container(self._place(entry.container, revision)).read(number, entry.position)

    def _place(self, container: int, revision: int) -> int:
        place = self.at(revision).entry(container)
        if not isinstance(place, int) or self.object_at(place).number != container:
            raise unsure("object_stream", f"no stream {container}")
        return place


class View:
    """One revision of a document: the newest place of each number, up to it."""

    def __init__(self, document: Document, revision: int) -> None:
        self.document = document
        self.revision = revision
        self.trailer: dict[str, Obj] = document.revisions[revision].trailer
        self._entries: dict[int, Entry | None] = {}

    def entry(self, number: int) -> Entry | None:
        """Where an object lies; None where it is free or was never written."""
        try:
            return self._entries[number]
        except KeyError:
            places = self.document.history(number)
            index = bisect_right(places, self.revision, key=_REVISION)
            found = places[index - 1][1] if index else None
            self._entries[number] = found
            return found

    def get(self, value: Obj) -> Obj:
        """A value with its references followed; of an absent object None.

        Source: ISO 32000-2, 7.3.10 (a reference to nothing is null).
        """
        for _ in range(_MOST_STEPS):
            if not isinstance(value, Ref):
                return value
            entry = self.entry(value.number)
            if entry is None:
                return None
            value = self.document._read(value.number, entry, self.revision)  # noqa: SLF001 (its half)
        raise unsure("reference_loop")

    @property
    def root(self) -> dict[str, Obj]:
        """The catalog."""
        reference = self.trailer.get("Root")
        found = self.get(reference)
        if not isinstance(reference, Ref) or not isinstance(found, dict):
            raise unsure("root")
        return found

    def raw(self, number: int) -> bytes:
        """The bytes of an object: `n 0 obj` to `endobj`, or its part of an object stream.

        Empty where the number is free.
        """
        entry = self.entry(number)
        if entry is None:
            return b""
        if isinstance(entry, Packed):
            place = self.document._place(entry.container, self.revision)  # noqa: SLF001 (its half)
            return self.document.container(place).raw(number, entry.position)
        located = self.document.object_at(entry)
        if located.number != number:
            raise unsure("object_header", f"{number} is {located.number}")
        return self.document.data[located.start : located.end]

    def stream_bytes(self, stream: Stream) -> bytes:
        """What a stream stands for, decoded under caps."""
        return self.document.stream_bytes(stream)


def open_document(data: bytes) -> Document:
    """Reads the structure of a file: header, cross-reference sections, revisions and their ends.

    Args:
        data: the whole file.

    Raises:
        RefusedStructure: what no honest writer makes.
        UnsureStructure: what is not fully understood.
    """
    return Document(data, read_revisions(data))
