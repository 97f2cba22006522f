"""Reads each revision of a file by itself: what a reference to nothing means, then and later.

The library refuses every reference to nothing, for whoever appends to a file may define the number
later, and so put an object where the signer saw none. Refused here is only that.
"""

from __future__ import annotations

from typing import Any, Final

from pyhanko.pdf_utils.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NullObject,
    PdfObject,
    Reference,
)
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.pdf_utils.xref import ObjStreamRef, XRefSectionData
from typing_extensions import override

READ_TRAILER_KEYS: Final = frozenset({"/Root", "/Info", "/Encrypt", "/ID", "/Prev", "/Size"})
"""Trailer entries that readers use; no other leads to anything shown. ISO 32000-2, table 15."""

_MOST_OBJECTS: Final = 200_000


class HistoryReader(PdfFileReader):
    """A reader to whom a number that no revision ever defines is null.

    Every other reference to nothing stays an error. Source: ISO 32000-2, 7.3.10: an indirect
    reference to an undefined object is a reference to null, and no error.
    """

    @override
    def _read_object(
        self,
        ref: Reference,
        marker: int | ObjStreamRef | None,
        never_decrypt: bool = False,
        as_metadata_stream: bool = False,
    ) -> PdfObject:
        if marker is None and not used_in(self, ref.idnum):
            null = NullObject()
            null.container_ref = ref
            return null
        return super()._read_object(ref, marker, never_decrypt, as_metadata_stream)  # type: ignore[no-any-return]  # no types there

    @override
    def get_historical_resolver(self, revision: int) -> Revision:
        """One revision as it was."""
        cache: dict[int, Any] = self._historical_resolver_cache
        if revision not in cache:
            cache[revision] = Revision(self, revision)
        found: Revision = cache[revision]
        return found


class Revision(HistoricalResolver):
    """One revision, in whose trailer a reference to nothing is null where no reader follows it.

    LibreOffice leaves `/AdditionalStreams [… 49 0 R]` in each trailer and never writes object 49;
    the next revision uses the number for something else.
    """

    def __init__(self, reader: HistoryReader, revision: int) -> None:
        super().__init__(reader, revision)
        self._future: frozenset[int] | None = None
        for key in set(self._trailer) - READ_TRAILER_KEYS:
            self._trailer[key] = self._nulled(self._trailer.raw_get(key))

    def is_defined(self, reference: IndirectObject) -> bool:
        """Whether a reference leads to an object in this revision."""
        found = self.reader.xrefs.get_historical_ref(reference.reference, self.revision)
        return found is not None

    def future_numbers(self) -> frozenset[int]:
        """Numbers that this revision names where readers look, and only a later one defines.

        Every key is followed, /Parent too. Objects beyond the limit count as naming any number.
        """
        if self._future is None:
            self._future = frozenset(self._named_for_later())
        return self._future

    def _named_for_later(self) -> set[int]:
        later = numbers_used(self.reader, since=self.revision + 1)
        found: set[int] = set()
        seen: set[tuple[int, int]] = set()
        waiting: list[PdfObject] = [self._trailer]
        while waiting:
            one = waiting.pop()
            if not isinstance(one, IndirectObject):
                waiting += children(one)
            elif (one.idnum, one.generation) not in seen:
                seen.add((one.idnum, one.generation))
                if len(seen) > _MOST_OBJECTS:
                    return later or {0}
                if self.is_defined(one):
                    waiting.append(self.get_object(one.reference))
                elif one.idnum in later:
                    found.add(one.idnum)
        return found

    def _nulled(self, value: PdfObject) -> PdfObject:
        if isinstance(value, IndirectObject):
            return value if self.is_defined(value) else NullObject()
        if isinstance(value, ArrayObject):
            return ArrayObject(self._nulled(value.raw_get(at)) for at in range(len(value)))
        if isinstance(value, DictionaryObject):
            return DictionaryObject(  # type: ignore[no-untyped-call]  # no types there
                {key: self._nulled(value.raw_get(key)) for key in value}
            )
        return value


def children(one: PdfObject) -> list[PdfObject]:
    """The direct parts of a container, references unresolved; of anything else none."""
    if isinstance(one, DictionaryObject):
        return [one.raw_get(key) for key in one]
    if isinstance(one, ArrayObject):
        return [one.raw_get(index) for index in range(len(one))]
    return []


def used_in(reader: PdfFileReader, number: int) -> bool:
    """Whether any revision of the file, the newest included, gives a number an object."""
    return any(
        number in data.standard_xrefs or number in data.xrefs_in_objstm
        for data in sections(reader, since=0)
    ) or any(reference.idnum == number for reference in reader.xrefs.xref_stream_refs)


def numbers_used(reader: PdfFileReader, *, since: int) -> set[int]:
    """All numbers to which a revision, or a later one, gives an object."""
    found: set[int] = set()
    for data in sections(reader, since=since):
        found.update(data.standard_xrefs, data.xrefs_in_objstm)
    return found


def sections(reader: PdfFileReader, *, since: int) -> list[XRefSectionData]:
    """The cross-reference sections of a revision and all later ones, hybrid streams beside them."""
    found = []
    for revision in range(since, reader.xrefs.total_revisions):
        data = reader.xrefs.get_xref_data(revision)
        found.append(data)
        if data.hybrid is not None:
            found.append(data.hybrid.xref_data)
    return found
