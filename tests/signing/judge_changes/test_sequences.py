"""Honest revisions in any order are understood; one more that is not honest never is."""

import re
from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.signing import makers
from tests.signing.attacks import letter
from tests.signing.judge_changes.judged import PASS, answer, broken_rule

Deed = Callable[[bytes], bytes]
PROPERTY = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
_TABLE = re.compile(rb"(?:^|\n)(\d+) 0 obj\n")


def newest(pdf: bytes, number: int) -> bytes:
    """The body of an object as it is now."""
    head = b"\n%d 0 obj\n" % number
    at = pdf.rindex(head) + len(head)
    return pdf[at : pdf.index(b"\nendobj", at)]


def stamp(pdf: bytes) -> bytes:
    """A document time stamp as far as the changes go: its token is judged elsewhere."""
    number = makers.next_number(pdf)
    field = letter.field(b"Stamp%d" % number, b"0 0 0 0", b"/V %d 0 R" % (number + 1))
    value = makers.signature_dictionary(subfilter=b"ETSI.RFC3161")
    written = {
        letter.FORM: with_item(newest(pdf, letter.FORM), b"/Fields[", number),
        letter.PAGE: with_item(newest(pdf, letter.PAGE), b"/Annots[", number),
        number: field,
        number + 1: value.replace(b"/Type/Sig", b"/Type/DocTimeStamp"),
    }
    return makers.fill(makers.revise(pdf, written, trailer=letter.TRAILER))


def with_item(body: bytes, key: bytes, number: int) -> bytes:
    end = body.index(b"]", body.index(key))
    return body[:end] + b" %d 0 R" % number + body[end:]


def stranger(pdf: bytes) -> bytes:
    number = makers.next_number(pdf)
    field = letter.field(
        b"Stranger%d" % number,
        b"72 100 180 150",
        b"/V %d 0 R/AP<</N %d 0 R>>" % (number + 1, number + 2),
    )
    written = {
        letter.FORM: with_item(newest(pdf, letter.FORM), b"/Fields[", number),
        letter.PAGE: with_item(newest(pdf, letter.PAGE), b"/Annots[", number),
        number: field,
        number + 2: letter.look(b"Stranger"),
    }
    return makers.sign(pdf, written, value=number + 1, trailer=letter.TRAILER)


def evidence(pdf: bytes) -> bytes:
    """A store, or one more certificate in the store that is there."""
    catalog = newest(pdf, letter.CATALOG)
    found = re.search(rb"/DSS (\d+) 0 R", catalog)
    new = makers.next_number(pdf)
    if found is None:
        return letter.add_evidence(pdf)
    store = int(found[1])
    changed = with_item(newest(pdf, store), b"/Certs[", new)
    written = {store: changed, new: makers.stream(letter.certificate())}
    return makers.revise(pdf, written, trailer=letter.TRAILER)


def seal(pdf: bytes) -> bytes:
    return (
        pdf if b"/T(Seal)/Rect[200 100 290 190]/F 132/P 3 0 R/V" in pdf else letter.sign_seal(pdf)
    )


def nothing(pdf: bytes) -> bytes:
    return makers.revise(pdf, {}, trailer=letter.TRAILER)


def by_stream(pdf: bytes) -> bytes:
    return makers.revise(pdf, {}, trailer=letter.TRAILER, streamed=True)


HONEST: list[Deed] = [seal, stranger, stamp, evidence, letter.renew_metadata, nothing, by_stream]
deeds = st.lists(st.sampled_from(HONEST), max_size=6)


def after(done: list[Deed]) -> bytes:
    pdf = letter.signed()
    for deed in done:
        pdf = deed(pdf)
    return pdf


@PROPERTY
@given(done=deeds)
def test_honest_revisions_in_any_order_pass(done: list[Deed]) -> None:
    assert answer(after(done)) == PASS


MUTATIONS = (
    (b"/Contents 4 0 R", b"/Contents 12 0 R"),
    (b"/MediaBox[0 0 595 842]", b"/MediaBox[0 0 595 420]"),
    (b"/Pages 2 0 R", b"/Pages 3 0 R"),
    (b"/F1 11 0 R", b"/F1 10 0 R"),
    (b"(So 97", b"(So 98"),
    (b"/T(Officer)", b"/T(Offizer)"),
    (b"/Subtype/Link", b"/Subtype/Note"),
    (b"vbpl.vn", b"vbpl.xy"),
    (b"/Count 1", b"/Count 2"),
    (b"/BaseFont/Helvetica", b"/BaseFont/Symbol"),
    (b"(Officer) Tj", b"(Offizer) Tj"),
    (b"<</Type", b"<</AA<</O<</S/JavaScript/JS(1)>>>>/Type"),
    (b"/Rect[300", b"/Rect[301"),
    (b"/Fields[6 0 R", b"/Fields["),
)


def forgeries(pdf: bytes) -> list[tuple[int, bytes]]:
    """Each object as it is now with each of the mutations that it can have."""
    numbers = {int(one) for one in _TABLE.findall(pdf)} - {letter.XMP, letter.INFO}
    bodies = {number: newest(pdf, number) for number in sorted(numbers)}
    return [
        (number, body.replace(old, new, 1))
        for number, body in bodies.items()
        for old, new in MUTATIONS
        if old in body and b"/Type/XRef" not in body
    ]


@PROPERTY
@given(done=deeds, more=deeds, data=st.data())
def test_one_forged_revision_among_honest_ones_never_passes(
    done: list[Deed], more: list[Deed], data: st.DataObject
) -> None:
    pdf = after(done)
    number, body = data.draw(st.sampled_from(forgeries(pdf)))
    forged = makers.revise(pdf, {number: body}, trailer=letter.TRAILER)
    assert answer(forged) != PASS
    for deed in more:
        forged = nothing(forged) if deed is seal else by_stream(forged)
    assert answer(forged) != PASS


@PROPERTY
@given(done=deeds, data=st.data())
def test_an_honest_revision_with_one_foreign_object_in_it_never_passes(
    done: list[Deed], data: st.DataObject
) -> None:
    """The seal's own revision redefines some object of the letter beside its own."""
    number = data.draw(st.sampled_from([2, 3, 4, 6, 8, 11, 12]))
    body = data.draw(
        st.sampled_from([b"null", b"<<>>", b"[]", letter.page(), makers.stream(b"x"), b"(x)", b"7"])
    )
    pdf = after([one for one in done if one is not seal])
    if body == newest(pdf, number):
        return
    assert broken_rule(letter.sign_seal(pdf, {number: body})) != ""
