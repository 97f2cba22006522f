"""A file is its revisions, and each object of each of them."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.judge.file.document import open_document
from signing.judge.file.faults import RefusedStructure, UnsureStructure
from signing.judge.file.filters import decode
from signing.judge.file.objects import Name, Obj, Packed, Ref, Stream
from tests.signing.judge_file import files
from tests.signing.judge_file.files import CATALOG, FORM, PAGE, PAGES, SECOND
from tests.signing.makers import deflated, revise, stream


def pages(count: int) -> bytes:
    return b"<</Type/Pages/Kids[3 0 R]/Count %d>>" % count


@pytest.mark.parametrize("streamed", [False, True])
def test_each_revision_shows_the_objects_of_its_time(streamed: bool) -> None:  # noqa: FBT001 (drawn)
    first = files.plain(streamed=streamed)
    second = revise(first, {PAGES: pages(2)}, streamed=streamed)
    third = revise(second, {20: b"(new)"}, streamed=streamed)
    document = open_document(third)
    counts = [document.at(one).get(Ref(PAGES)) for one in range(3)]
    assert [one["Count"] for one in counts if isinstance(one, dict)] == [1, 2, 2]
    assert [document.at(one).get(Ref(20)) for one in range(3)] == [None, None, b"new"]
    assert [one.end for one in document.revisions] == [len(first), len(second), len(third)]
    assert [one.start for one in document.revisions] == [0, len(first), len(second)]
    assert document.revisions[1].kind == ("stream" if streamed else "table")


def test_a_freed_number_is_null_from_then_on_and_may_come_back() -> None:
    freed = revise(files.plain(), {}, freed=[SECOND])
    again = revise(freed, {SECOND: b"(back)"})
    document = open_document(again)
    shown = [document.at(one).get(Ref(SECOND)) for one in range(3)]
    assert isinstance(shown[0], dict)
    assert shown[1:] == [None, b"back"]
    assert [one for one, _ in document.history(SECOND)] == [0, 1, 2]
    assert document.history(SECOND)[1] == (1, None)


def test_objects_of_object_streams_are_read_and_quoted() -> None:
    pdf = files.plain(packed={8: b"<</A 1>>", 9: b"[1 2]"})
    view = open_document(pdf).newest
    assert view.entry(9) == Packed(10, 1)
    assert view.get(Ref(8)) == {"A": 1}
    assert view.raw(9).strip() == b"[1 2]"
    assert view.raw(PAGES) == b"2 0 obj\n" + pages(1) + b"\nendobj"
    assert view.raw(77) == b""


def test_references_are_followed_and_values_pass() -> None:
    view = open_document(files.plain({7: b"8 0 R", 8: b"(end)"})).newest
    assert view.get(Ref(7)) == b"end"
    assert view.get(Name("A")) == "A"
    assert view.root["Type"] == "Catalog"
    assert view.trailer["Size"] == 9


def test_a_stream_is_decoded_and_its_raw_bytes_are_in_the_file() -> None:
    document = open_document(files.plain({7: deflated(b"so many words"), 8: stream(b"plain")}))
    packed, plain = document.newest.get(Ref(7)), document.newest.get(Ref(8))
    assert isinstance(packed, Stream)
    assert isinstance(plain, Stream)
    assert document.stream_bytes(packed) == b"so many words"
    assert document.data[plain.start : plain.end] == document.newest.stream_bytes(plain) == b"plain"


def test_a_length_of_its_own_object_is_followed_unless_a_revision_redefines_it() -> None:
    body = b"<</Length 8 0 R>>\nstream\nabc\nendstream"
    pdf = files.plain({7: body, 8: b"3"})
    found = open_document(pdf).newest.get(Ref(7))
    assert isinstance(found, Stream)
    assert found.end - found.start == 3
    with pytest.raises(UnsureStructure, match="stream_length: redefined"):
        open_document(revise(pdf, {8: b"3"})).newest.get(Ref(7))


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_the_body_of_a_stream_begins_behind_one_line_end(line_end: bytes) -> None:
    pdf = files.plain({7: b"<</Length 4>>\nstream" + line_end + b"\tabc" + line_end + b"endstream"})
    found = open_document(pdf).newest.get(Ref(7))
    assert isinstance(found, Stream)
    assert pdf[found.start : found.end] == b"\tabc"


def test_nothing_is_parsed_that_is_not_asked_for() -> None:
    view = open_document(files.plain({7: b"<<<broken"})).newest
    assert view.root["Type"] == "Catalog"
    with pytest.raises(UnsureStructure):
        view.get(Ref(7))


def test_a_linearised_first_revision_is_one() -> None:
    pdf = files.linearised()
    document = open_document(files.evidence(pdf))
    assert [len(one.sections) for one in document.revisions] == [2, 1]
    assert document.revisions[0].end == len(pdf)
    assert document.revisions[0].entries.keys() == set(range(1, 8))
    assert document.at(0).root["Type"] == "Catalog"
    assert isinstance(document.newest.get(Ref(PAGE)), dict)


def test_a_linearised_file_whose_sections_disagree_is_refused() -> None:
    with pytest.raises(RefusedStructure, match="entries_doubled"):
        open_document(files.linearised(doubled=True))


def test_a_linearised_file_that_frees_in_one_section_what_the_other_places_is_unsure() -> None:
    with pytest.raises(UnsureStructure, match="linearised"):
        open_document(files.linearised(freed=True))


def test_what_only_the_stream_of_a_hybrid_places_is_known_as_hidden() -> None:
    pdf = files.hybrid(files.plain(), hidden=b"(secret)")
    document = open_document(pdf)
    assert document.revisions[1].kind == "hybrid"
    assert document.revisions[1].hidden == {7}
    assert document.newest.get(Ref(7)) == b"secret"


def test_a_hybrid_stream_may_repeat_the_place_of_a_table_but_name_no_other() -> None:
    pdf = files.plain()
    places = {one: pdf.index(b"%d 0 obj" % one) for one in (CATALOG, FORM)}
    assert open_document(files.hybrid(pdf, hidden=b"1", also={CATALOG: places[CATALOG]})).revisions[
        1
    ].hidden == {7}
    with pytest.raises(RefusedStructure, match="hybrid_differs"):
        open_document(files.hybrid(pdf, hidden=b"1", also={CATALOG: places[FORM]}))


def test_a_hybrid_stream_frees_no_number_that_a_table_places() -> None:
    assert open_document(files.hybrid(files.plain(), hidden=b"1", freed=30)).revisions[1].freed
    with pytest.raises(RefusedStructure, match="hybrid_differs"):
        open_document(files.hybrid(files.plain(), hidden=b"1", freed=FORM))


def test_a_few_blanks_before_a_section_or_an_object_are_none_of_its_bytes() -> None:
    pdf = files.plain()
    body = b" \n7 0 obj\n(x)\nendobj\n"
    rows = files.table([(7, files.row(len(pdf)))])
    trailer = b"trailer\n<</Size 8/Root 1 0 R/Prev %d>>\n" % files.last_section(pdf)
    at = len(pdf) + len(body)
    document = open_document(pdf + body + b"\r\n" + rows + trailer + files.tail(at))
    assert document.newest.get(Ref(7)) == b"x"
    assert document.revisions[1].section.start == at + 2
    assert document.object_at(len(pdf)).start == len(pdf) + 2


def predict(rows: list[bytes], kinds: list[int]) -> bytes:
    """PNG filters as an encoder has them. Source: PNG (ISO 15948), 9.2."""
    out = b""
    above = bytes(len(rows[0]))
    for row, kind in zip(rows, kinds, strict=True):
        out += bytes([kind])
        for at, x in enumerate(row):
            left = row[at - 1] if at else 0
            corner = above[at - 1] if at else 0
            rough = left + above[at] - corner
            nearest = min((left, above[at], corner), key=lambda one: abs(rough - one))
            guess = (0, left, above[at], (left + above[at]) // 2, nearest)[kind]
            out += bytes([(x - guess) & 255])
        above = row
    return out


@given(st.data(), st.integers(1, 6), st.integers(1, 8))
def test_every_png_predictor_is_undone(data: st.DataObject, width: int, height: int) -> None:
    rows = [data.draw(st.binary(min_size=width, max_size=width)) for _ in range(height)]
    one_kind = data.draw(st.booleans())
    kinds = [2] * height if one_kind else [data.draw(st.integers(0, 4)) for _ in range(height)]
    dictionary: dict[str, Obj] = {
        "Filter": Name("FlateDecode"),
        "DecodeParms": {"Predictor": 12, "Columns": width},
    }
    raw = zlib.compress(predict(rows, kinds))
    assert decode(dictionary, raw) == b"".join(rows)
