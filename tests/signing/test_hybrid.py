"""Files with a table for old readers and a stream for new ones."""

import io

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from signing.library.hybrid import readings_agree

PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>"
CONTENT = b"<</Length 0>>\nstream\n\nendstream"
TREE = b"<</Type/StructTreeRoot>>"


def hybrid(catalog: bytes, hidden: bytes, *, doubled: bool = False) -> PdfFileReader:
    """Objects 1 to 4 in a table; number 5, and 4 once more if doubled, only in a stream."""
    out = bytearray(b"%PDF-1.7\n")
    places = {}

    def write(number: int, body: bytes) -> None:
        places[number] = len(out)
        out.extend(b"%d 0 obj\n" % number + body + b"\nendobj\n")

    for number, body in enumerate((catalog, PAGES, PAGE, CONTENT), 1):
        write(number, body)
    table = len(out)
    out.extend(b"xref\n0 6\n0000000000 65535 f \n")
    for number in range(1, 5):
        out.extend(b"%010d 00000 n \n" % places[number])
    out.extend(b"0000000000 65535 f \n")
    out.extend(b"trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % table)
    write(5, hidden)
    rows = b"\x01" + places[5].to_bytes(4, "big") + b"\0"
    index = b"[5 1]"
    if doubled:
        write(4, CONTENT)
        rows = b"\x01" + places[4].to_bytes(4, "big") + b"\0" + rows
        index = b"[4 2]"
    head = b"<</Type/XRef/Size 7/W[1 4 1]/Index%s/Length %d>>" % (index, len(rows))
    write(6, head + b"\nstream\n" + rows + b"\nendstream")
    end = len(out)
    out.extend(
        b"xref\n0 0\ntrailer\n<</Size 7/Root 1 0 R/Prev %d/XRefStm %d>>\n" % (table, places[6])
    )
    out.extend(b"startxref\n%d\n%%%%EOF\n" % end)
    return PdfFileReader(io.BytesIO(bytes(out)), strict=False)


def test_a_structure_tree_that_only_new_readers_see_changes_nothing() -> None:
    reader = hybrid(b"<</Type/Catalog/Pages 2 0 R/StructTreeRoot 5 0 R>>", TREE)
    assert readings_agree(reader, first_signed_revision=1)


@pytest.mark.parametrize("key", [b"/OpenAction", b"/AcroForm", b"/Names", b"/Outlines"])
def test_what_only_new_readers_would_show_or_run_is_refused(key: bytes) -> None:
    reader = hybrid(b"<</Type/Catalog/Pages 2 0 R" + key + b" 5 0 R>>", b"<<>>")
    assert not readings_agree(reader, first_signed_revision=1)


def test_a_number_with_two_places_is_refused() -> None:
    reader = hybrid(b"<</Type/Catalog/Pages 2 0 R>>", TREE, doubled=True)
    assert not readings_agree(reader, first_signed_revision=1)


def test_a_hybrid_section_after_the_first_signature_is_refused() -> None:
    reader = hybrid(b"<</Type/Catalog/Pages 2 0 R>>", TREE)
    assert not readings_agree(reader, first_signed_revision=0)


def later(*, elsewhere: bool = False, hidden: bool = False) -> PdfFileReader:
    """A later section whose stream repeats what its own table says of number 4, or says more."""
    out = bytearray(b"%PDF-1.7\n")
    places = {}

    def write(number: int, body: bytes) -> None:
        places[number] = len(out)
        out.extend(b"%d 0 obj\n" % number + body + b"\nendobj\n")

    for number, body in enumerate((b"<</Type/Catalog/Pages 2 0 R>>", PAGES, PAGE, CONTENT), 1):
        write(number, body)
    table = len(out)
    out.extend(b"xref\n0 5\n0000000000 65535 f \n")
    for number in range(1, 5):
        out.extend(b"%010d 00000 n \n" % places[number])
    out.extend(b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % table)
    old = places[4]
    write(4, CONTENT)
    new = places[4]
    write(5, TREE)
    numbers = [(4, old if elsewhere else new)] + ([(5, places[5])] if hidden else [])
    rows = b"".join(b"\x01" + place.to_bytes(4, "big") + b"\0" for _, place in numbers)
    head = b"<</Type/XRef/Size 7/W[1 4 1]/Index[4 %d]/Length %d>>" % (len(numbers), len(rows))
    write(6, head + b"\nstream\n" + rows + b"\nendstream")
    end = len(out)
    out.extend(b"xref\n4 1\n%010d 00000 n \n6 1\n%010d 00000 n \n" % (new, places[6]))
    out.extend(b"trailer\n<</Size 7/Root 1 0 R/Prev %d/XRefStm %d>>\n" % (table, places[6]))
    out.extend(b"startxref\n%d\n%%%%EOF\n" % end)
    return PdfFileReader(io.BytesIO(bytes(out)), strict=False)


def test_a_later_stream_that_only_repeats_its_own_table_changes_nothing() -> None:
    assert readings_agree(later(), first_signed_revision=0)


@pytest.mark.parametrize("more", [{"elsewhere": True}, {"hidden": True}])
def test_a_later_stream_that_says_more_or_else_than_its_table_is_refused(
    more: dict[str, bool],
) -> None:
    assert not readings_agree(later(**more), first_signed_revision=0)
