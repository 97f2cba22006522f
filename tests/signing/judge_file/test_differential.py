"""Whatever we read of a damaged file, the library reads the same."""

from hypothesis import given
from hypothesis import strategies as st

from signing.judge.file.refusals import open_and_refuse
from tests.signing.judge_file import files
from tests.signing.judge_file.library import differences, signatures_seen

HONEST = [
    files.evidence(files.signed_twice()),
    files.evidence(files.signed(files.plain(streamed=True, packed={7: b"1", 8: b"2"}))),
    files.signed(files.linearised()),
]
WORDS = [
    *(b"/Prev ", b"/Size ", b"/Root ", b"/Length ", b"/W", b"/Index", b"/Type", b"/Fields"),
    *(b"xref", b"trailer", b"startxref", b" obj", b"endobj", b"stream", b"<<", b">>", b"/T("),
    *(b"/ByteRange", b"/Contents<", b"%%EOF", b"0 R", b" n ", b" f ", b"/V", b"\n"),
]
BITS = [
    b" ",
    b"\n",
    b"%",
    b"0",
    b"1",
    b"/",
    b"\0",
    b"<",
    b"(",
    b"#",
    b"% x\n",
    b"null",
    b"\xe9",
    *WORDS,
]


@given(st.sampled_from(HONEST), st.data())
def test_what_we_read_of_a_damaged_file_the_library_reads_the_same(
    honest: bytes, data: st.DataObject
) -> None:
    word = data.draw(st.sampled_from(WORDS))
    places = [at for at in range(len(honest)) if honest.startswith(word, at)]
    if not places:
        return
    at = data.draw(st.sampled_from(places)) + data.draw(st.sampled_from([0, len(word), 1]))
    damaged = honest[:at] + data.draw(st.sampled_from(BITS))
    damaged += honest[at + data.draw(st.integers(0, 4)) :]
    opened = open_and_refuse(damaged)
    if opened.is_refused or opened.unsure or not (opened.document and opened.signatures):
        return
    assert list(differences(opened.document, damaged, damaged=True)) == []
    ours = {one.name: one.contents for one in opened.signatures.filled}
    assert ours == signatures_seen(damaged)
