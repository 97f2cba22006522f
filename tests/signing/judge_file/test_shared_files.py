"""Our reader over the labelled files: honest ones are read as the library reads them."""

import csv
import io
from pathlib import Path

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

from signing.judge.file.document import Document, open_document
from signing.judge.file.objects import Name, Obj, Ref, Stream, Text
from signing.judge.file.refusals import open_and_refuse
from signing.judge.file.signatures import list_signatures

CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "signed-pdfs"
LABELS = CORPUS / "labels.tsv"
ROWS = (
    [
        (row["file"], row["must_be"])
        for row in csv.DictReader(LABELS.read_text("utf-8").splitlines(), delimiter="\t")
    ]
    if LABELS.exists()
    else []
)
HONEST = [name for name, label in ROWS if label == "OK"]
UNSURE = {"intact/esig-dss__encrypted.pdf": "encrypted"}
"""Honest files that our reader leaves to the library, and the rule."""

BROKEN = {("intact/huynhppp-qlvb-web__CV_4427_0001.signed.pdf", 8)}
"""A scanner's metadata: its /Length says 1752, and it is empty."""

_MOST_OBJECTS = 600
"""Compared per file and revision; every n-th of more."""

pytestmark = pytest.mark.skipif(not ROWS, reason="../shared/signed-pdfs is absent")


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_is_read_and_refused_by_no_rule(name: str) -> None:
    opened = open_and_refuse((CORPUS / name).read_bytes())
    assert opened.findings == ()
    assert (opened.unsure.rule if opened.unsure else "") == UNSURE.get(name, "")
    if opened.signatures is not None:
        assert opened.signatures.filled
        assert all(one.byte_range is not None for one in opened.signatures.filled)


def test_bad_files_are_refused_by_their_bytes_where_they_can_be() -> None:
    refused = [
        name
        for name, label in ROWS
        if label != "OK" and open_and_refuse((CORPUS / name).read_bytes()).is_refused
    ]
    assert len(refused) >= 25


@pytest.mark.parametrize("name", [one for one in HONEST if one not in UNSURE])
def test_the_library_sees_the_same_objects_in_each_revision(name: str) -> None:
    data = (CORPUS / name).read_bytes()
    document = open_document(data)
    reader = PdfFileReader(io.BytesIO(data), strict=False)
    # A linearised first revision is two of the library's.
    ahead = reader.xrefs.total_revisions - len(document.revisions)
    compared = 0
    for one in document.revisions:
        view = document.at(one.index)
        theirs = reader.get_historical_resolver(one.index + ahead)
        numbers = sorted({n for each in document.revisions[: one.index + 1] for n in each.entries})
        for number in numbers[:: len(numbers) // _MOST_OBJECTS + 1]:
            if (name, number) in BROKEN:
                continue
            ours = view.get(Ref(number))
            if isinstance(ours, Stream) and ours.dictionary.get("Type") in {"XRef", "ObjStm"}:
                continue  # the library does not hand these out
            compared += 1
            assert alike(ours, asked(theirs, number, reader), document), (one.index, number)
    assert compared > len(document.revisions)


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


@pytest.mark.parametrize("name", [one for one in HONEST if one not in UNSURE])
def test_the_library_sees_the_same_signatures(name: str) -> None:
    data = (CORPUS / name).read_bytes()
    found = list_signatures(open_document(data))
    reader = PdfFileReader(io.BytesIO(data), strict=False)
    theirs = {
        str(field): bytes(value.get_object()["/Contents"])
        for field, value, _ in enumerate_sig_fields(reader, filled_status=True)
    }
    assert {one.name: one.contents for one in found.filled} == theirs
