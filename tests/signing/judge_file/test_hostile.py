"""Hostile files: two exceptions come out and no other, soon, and nothing passes by accident."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing.judge.file.document import open_document
from signing.judge.file.faults import RefusedStructure, UnsureStructure
from signing.judge.file.objects import Ref, Stream
from signing.judge.file.refusals import open_and_refuse
from signing.judge.file.revisions import MOST_REVISIONS
from signing.judge.file.signatures import list_signatures
from tests.signing import makers
from tests.signing.judge_file import files
from tests.signing.judge_file.files import CATALOG, FORM
from tests.signing.makers import deflated, stream
from tests.support.soon import soon

SIGNED = files.evidence(files.signed_twice())
STREAMED = files.evidence(files.signed(files.plain(streamed=True, packed={7: b"1", 8: b"2"})))


def read(pdf: bytes) -> str:
    """What the reader says of everything in a file: `read`, or the name of its exception."""
    try:
        document = open_document(pdf)
        list_signatures(document)
        for one in document.revisions:
            view = document.at(one.index)
            for number in one.entries:
                view.get(Ref(number))
                view.raw(number)
    except (RefusedStructure, UnsureStructure) as err:
        return str(err)
    return "read"


@given(st.binary(max_size=200))
def test_any_bytes_are_answered(data: bytes) -> None:
    for pdf in (data, b"%PDF-1.7\n" + data, files.plain() + data):
        read(pdf)
        open_and_refuse(pdf)


@given(st.sampled_from([SIGNED, STREAMED]), st.data())
def test_any_few_bytes_changed_are_answered(pdf: bytes, data: st.DataObject) -> None:
    changed = bytearray(pdf)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(pdf) - 1))
        changed[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    read(bytes(changed))
    open_and_refuse(bytes(changed))


WORDS = [
    *(b"/Prev", b"/XRefStm", b"/Size", b"/Root", b"/Length", b"/W", b"/Index", b"/Type"),
    *(b"xref", b"trailer", b"startxref", b"obj", b"endobj", b"stream", b"<<", b">>", b"[", b"("),
]


@given(st.sampled_from([SIGNED, STREAMED]), st.data())
def test_any_value_put_in_another_place_is_answered(pdf: bytes, data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(WORDS))
    places = [at for at in range(len(pdf)) if pdf.startswith(word, at)]
    if not places:
        return
    at = data.draw(st.sampled_from(places)) + len(word)
    more = data.draw(st.sampled_from([b" 0", b" -1", b" 7 0 R", b" null", b"[[]]", b" %d" % at]))
    changed = pdf[:at] + more + pdf[at + len(more) :]
    read(changed)
    open_and_refuse(changed)


def table_of(count: int) -> bytes:
    head = b"%PDF-1.7\n"
    rows = b"0000000009 00000 n \n" * count
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\n" % (count + 1)
    return head + b"xref\n1 %d\n" % count + rows + trailer + files.tail(len(head))


def stream_of(count: int, rows: bytes | None = None) -> bytes:
    """A cross-reference stream that promises so many rows."""
    keys = b"/Type/XRef/Size %d/W[0 1 0]/Root 1 0 R" % count
    body = deflated(bytes(count) if rows is None else rows, keys)
    return b"%PDF-1.7\n1 0 obj\n" + body + b"\nendobj\n" + files.tail(9)


def many_revisions(count: int) -> bytes:
    out = bytearray(files.plain())
    at = makers.last_section(bytes(out))
    for _ in range(count):
        trailer = b"xref\n0 0\ntrailer\n<</Size 7/Root 1 0 R/Prev %d>>\n" % at
        at = len(out)
        out += trailer + files.tail(at)
    return bytes(out)


def nested_fields(count: int) -> bytes:
    below = {n: b"<</T(a)/Kids[%d 0 R]>>" % (n + 1) for n in range(7, 7 + count)}
    return files.plain({FORM: files.form(b"7 0 R"), **below, 7 + count: b"<</T(a)>>"})


def chained_lengths(count: int) -> bytes:
    made = {n: b"<</Length %d 0 R>>\nstream\n\nendstream" % (n + 1) for n in range(7, 7 + count)}
    return files.plain({**made, 7 + count: b"0"})


def objects_in_objects(count: int) -> bytes:
    """Each object ends where all others end: one long comment hides the next one's beginning."""
    pdf = files.plain()
    body = b"".join(b"%06d 0 obj %%" % (n + 10) for n in range(count)) + b"\nnull endobj\n"
    rows = b"".join(files.row(len(pdf) + 14 * n) for n in range(count))
    trailer = b"trailer\n<</Size %d/Root 1 0 R/Prev %d>>\n" % (
        count + 10,
        makers.last_section(pdf),
    )
    return files.append(pdf, body, b"xref\n10 %d\n" % count + rows + trailer)


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a stream of 3 million rows": (lambda: stream_of(3_000_000), "caps"),
    "a stream of 300 MB": (lambda: stream_of(9, bytes(300 << 20)), "inflate_cap"),
    "a table of 2 million rows": (lambda: table_of(2_000_000), "caps"),
    "a table that promises rows": (
        lambda: table_of(1).replace(b"1 1\n", b"1 9999\n"),
        "section_form",
    ),
    "too many revisions": (lambda: many_revisions(MOST_REVISIONS), "caps"),
    "an object stream of 20 MB": (
        lambda: files.plain(packed={7: b"1" + b" " * (20 << 20)}),
        "inflate_cap",
    ),
    "a catalog that is itself": (lambda: files.plain({CATALOG: b"1 0 R"}), "reference_loop"),
    "a form that holds itself": (
        lambda: files.plain({5: b"<</T(a)/Kids[5 0 R]>>", FORM: files.form(b"5 0 R")}),
        "form",
    ),
    "fields 3,000 deep": (lambda: nested_fields(3_000), "form"),
    "lengths of lengths": (lambda: chained_lengths(3_000), "stream_length"),
    "objects in objects": (lambda: objects_in_objects(20_000), "caps"),
    "20,000 nested arrays": (lambda: files.plain({7: b"[" * 20_000}), "nesting"),
    "50 MB of line ends": (lambda: files.plain() + b"\n" * (50 << 20), "end"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_told_soon(name: str) -> None:
    make, rule = BOMBS[name]
    pdf = make()
    with soon():
        said = read(pdf)
    assert said.startswith(rule)
    with soon(20):
        open_and_refuse(pdf)


def test_streams_are_decoded_up_to_one_sum_for_the_whole_file() -> None:
    pdf = files.plain({n: deflated(bytes(15 << 20)) for n in range(7, 13)})
    document = open_document(pdf)
    found = [document.newest.get(Ref(n)) for n in range(7, 13)]
    streams = [one for one in found if isinstance(one, Stream)]
    with soon():
        assert sum(len(document.stream_bytes(one)) for one in streams[:4]) == 60 << 20
        with pytest.raises(UnsureStructure, match="inflate_cap"):
            document.stream_bytes(streams[4])


@pytest.mark.parametrize("word", [b"/ByteRange[", b"startxref 5 %%EOF ", b"startxref ", b"%PDF-"])
def test_many_words_of_structure_take_no_long_time(word: bytes) -> None:
    many = word * 200_000
    for pdf in (files.signed(files.plain({7: stream(many)})), files.signed() + many, many):
        with soon(20):
            open_and_refuse(pdf)


def test_a_thousand_revisions_are_read() -> None:
    with soon(20):
        assert read(many_revisions(MOST_REVISIONS - 1)) == "read"


@pytest.mark.parametrize("streamed", [False, True])
def test_23_000_objects_are_placed_at_once(streamed: bool) -> None:  # noqa: FBT001 (drawn)
    pdf = files.plain(dict.fromkeys(range(7, 23000), b"(x)"), streamed=streamed)
    with soon(5):
        assert len(open_document(pdf).revisions[0].entries) >= 22_999
