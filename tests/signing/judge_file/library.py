"""The same file by pyHanko's reader, compared object by object."""

import io
from collections.abc import Collection, Iterator

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from signing.judge.file.document import Document, View
from signing.judge.file.faults import UnsureStructure
from signing.judge.file.objects import Name, Obj, Ref, Stream, Text


def signatures_seen(data: bytes) -> dict[str, bytes]:
    """The /Contents of all filled signature fields, by name."""
    reader = PdfFileReader(io.BytesIO(data), strict=False)
    return {
        str(field): bytes(value.get_object()["/Contents"])
        for field, value, _ in enumerate_sig_fields(reader, filled_status=True)
    }


def differences(
    document: Document,
    data: bytes,
    *,
    most: int = 600,
    but: Collection[int] = (),
    damaged: bool = False,
) -> Iterator[tuple[int, int]]:
    """Revision and number of each object that the library sees otherwise.

    Args:
        document: the file as we read it.
        data: its bytes.
        most: objects compared per revision; every n-th of more.
        but: numbers left out.
        damaged: we may be unsure of objects.
    """
    reader = PdfFileReader(io.BytesIO(data), strict=False)
    # A linearised first revision is two of the library's.
    ahead = reader.xrefs.total_revisions - len(document.revisions)
    for one in document.revisions:
        theirs = reader.get_historical_resolver(one.index + ahead)
        numbers = sorted({n for each in document.revisions[: one.index + 1] for n in each.entries})
        for number in numbers[:: len(numbers) // most + 1]:
            try:
                same = number in but or _same(document.at(one.index), number, theirs, reader)
            except UnsureStructure:
                same = damaged  # then the library decides
            if not same:
                yield one.index, number


def _same(view: View, number: int, theirs: HistoricalResolver, reader: PdfFileReader) -> bool:
    ours = view.get(Ref(number))
    if isinstance(ours, Stream) and ours.dictionary.get("Type") in ("XRef", "ObjStm"):
        return True  # the library does not hand these out
    return alike(ours, asked(theirs, number, reader), view.document)


def asked(view: HistoricalResolver, number: int, reader: PdfFileReader) -> generic.PdfObject:
    try:
        return view.get_object(generic.Reference(number, 0, reader))
    except (PdfReadError, KeyError):
        return generic.NullObject()


def alike(ours: Obj, theirs: generic.PdfObject, document: Document) -> bool:
    """Whether an object is the same to the byte."""
    if isinstance(theirs, generic.IndirectObject):
        return ours == Ref(theirs.idnum)
    if isinstance(theirs, generic.StreamObject):
        return (
            isinstance(ours, Stream)
            and document.data[ours.start : ours.end] == theirs.encoded_data
            and alike_dictionaries(ours.dictionary, theirs, document)
        )
    if isinstance(theirs, generic.DictionaryObject):
        return isinstance(ours, dict) and alike_dictionaries(ours, theirs, document)
    if isinstance(theirs, generic.ArrayObject):
        return isinstance(ours, list) and [True] * len(theirs) == [
            alike(mine, theirs.raw_get(at), document) for at, mine in enumerate(ours)
        ]
    return alike_scalars(ours, theirs)


def alike_dictionaries(
    ours: dict[str, Obj], theirs: generic.DictionaryObject, document: Document
) -> bool:
    kept = {key: value for key, value in ours.items() if value is not None}
    named = {key.removeprefix("/"): key for key in theirs}
    return kept.keys() == named.keys() and all(
        alike(value, theirs.raw_get(named[key]), document) for key, value in kept.items()
    )


def latin(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("latin-1")


def alike_scalars(ours: Obj, theirs: generic.PdfObject) -> bool:
    if isinstance(theirs, generic.NullObject):
        return ours is None
    if isinstance(theirs, generic.BooleanObject):
        return ours is theirs.value
    if isinstance(theirs, generic.NameObject):
        # What is no UTF-8 is Latin-1 to the library and surrogates to us.
        return type(ours) is Name and theirs.removeprefix("/") in {ours, latin(ours)}
    if isinstance(theirs, generic.TextStringObject | generic.ByteStringObject):
        return type(ours) is Text and ours == theirs.original_bytes
    if isinstance(theirs, generic.NumberObject):
        return type(ours) is int and ours == int(theirs)
    return type(ours) in {float, int} and ours == float(theirs)
