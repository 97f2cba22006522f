"""Attacks on the file itself: sections, offsets, gaps, ends."""

import re

from tests.signing import makers
from tests.signing.attacks import letter
from tests.signing.attacks.content import FORGED, Attack, append
from tests.signing.makers import revise, stream


def bytes_after_end(signed: bytes) -> bytes:
    return signed + b"900 dong\n"


def comment_after_end(signed: bytes) -> bytes:
    return signed + b"% 900 dong\n"


def object_after_end(signed: bytes) -> bytes:
    """An object without any section: tools that repair a file take it for the newest."""
    return signed + b"4 0 obj\n" + stream(FORGED) + b"\nendobj\n"


def object_and_end_after_end(signed: bytes) -> bytes:
    """The same, and a copy of the old end: the section that it names was read before."""
    tail = b"startxref\n%d\n%%%%EOF\n" % makers.last_section(signed)
    return object_after_end(signed) + tail


def rollback(signed: bytes) -> bytes:
    """A second startxref leads back to the revision before the last signature."""
    places = re.findall(rb"startxref\s+(\d+)", signed)
    return signed + b"startxref\n" + places[-2] + b"\n%%EOF\n"


def rollback_to_unsigned(signed: bytes) -> bytes:
    places = re.findall(rb"startxref\s+(\d+)", signed)
    return signed + b"startxref\n" + places[0] + b"\n%%EOF\n"


def rollback_with_own_revision(signed: bytes) -> bytes:
    """The seal vanishes: a new revision names the one before it as its predecessor."""
    places = re.findall(rb"startxref\s+(\d+)", signed)
    return revise(signed, {}, prev=int(places[-2]), trailer=letter.TRAILER)


def skipped_to_first(signed: bytes) -> bytes:
    places = re.findall(rb"startxref\s+(\d+)", signed)
    return revise(signed, {}, prev=int(places[0]), trailer=letter.TRAILER)


def chain_cut(signed: bytes) -> bytes:
    """A whole new document behind the signed one, without /Prev."""
    plain = letter.unsigned(content=stream(FORGED))
    shift = len(signed)
    body = plain[plain.index(b"1 0 obj") :]
    moved = plain.index(b"1 0 obj")

    def later(found: re.Match[bytes]) -> bytes:
        return b"%010d 00000 n" % (int(found[1]) - moved + shift)

    body = re.sub(rb"(\d{10}) 00000 n", later, body)
    at = makers.last_section(plain) - moved + shift
    return signed + re.sub(rb"startxref\n\d+", b"startxref\n%d" % at, body)


def number_twice_in_section(signed: bytes) -> bytes:
    """One section gives the content two places: readers differ in which they take."""
    at = len(signed)
    forged = b"4 0 obj\n" + stream(FORGED) + b"\nendobj\n"
    start = at + len(forged)
    old = signed.index(b"4 0 obj")
    rows = b"4 1\n%010d 00000 n \n4 1\n%010d 00000 n \n" % (at, old)
    return (
        signed
        + forged
        + b"xref\n"
        + rows
        + (
            b"trailer\n<</Size %d%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
            % (makers.last_size(signed), letter.TRAILER, makers.last_section(signed), start)
        )
    )


def object_in_gap(signed: bytes) -> bytes:
    """A forged content lies before an honest later revision's own objects, unlisted."""
    hidden = signed + b"4 0 obj\n" + stream(FORGED) + b"\nendobj\n"
    return letter.renew_metadata(hidden)


def object_in_gap_before_section(signed: bytes) -> bytes:
    later = letter.renew_metadata(signed)
    at = makers.last_section(later)
    hidden = b"4 0 obj\n" + stream(FORGED) + b"\nendobj\n"
    tail = re.sub(rb"startxref\n\d+", b"startxref\n%d" % (at + len(hidden)), later[at:])
    return later[:at] + hidden + tail


def comment_in_gap(signed: bytes) -> bytes:
    """A catalog in a comment of a later revision: repairing tools find it."""
    hidden = signed + b"% 1 0 obj <</Type/Catalog/Pages 99 0 R>> endobj\n"
    return letter.renew_metadata(hidden)


def unlisted_in_object_stream(signed: bytes) -> bytes:
    """An object stream holds one more number than the section lists: a repair finds it."""
    number = makers.next_number(signed)
    packed = {letter.INFO: b"<</Producer(Trinh Ky)/ModDate(D:20260202)>>"}
    two = {**packed, letter.PAGE: letter.page(content=b"11 0 R")}
    pdf = revise(signed, {}, packed=packed, trailer=letter.TRAILER)
    at = pdf.index(b"%d 0 obj" % number, len(signed))
    out = signed + pdf[len(signed) : at]
    places = {number: len(out)}
    out += b"%d 0 obj\n" % number + makers.object_stream(two) + b"\nendobj\n"
    members = {letter.INFO: (number, 0)}
    trailer = letter.TRAILER + b"/Prev %d" % makers.last_section(signed)
    return out + makers._by_stream(len(out), places, members, (), number + 1, trailer)


def content_under_a_foreign_number(signed: bytes) -> bytes:
    """The bytes say `4 0 obj`, the section says 17: who repairs the file shows it."""
    new = makers.next_number(signed)
    pdf = revise(signed, {new: stream(FORGED)}, trailer=letter.TRAILER)
    at = pdf.rindex(b"%d 0 obj" % new)
    return pdf[:at] + b" 4 0 obj" + pdf[at + 8 :]


def numbers_hidden_by_size(signed: bytes) -> bytes:
    """Numbers from 12 on are missing to whoever obeys /Size: the signatures, their looks."""
    return makers.with_size(revise(signed, {}, trailer=letter.TRAILER), 12)


def hybrid_later_revision(signed: bytes) -> bytes:
    """A later table; beside it a stream in which only new readers find a forged content."""
    out = bytearray(signed)
    number = makers.next_number(signed)
    content = len(out)
    out += b"4 0 obj\n" + stream(FORGED) + b"\nendobj\n"
    rows = b"\x01" + content.to_bytes(4, "big") + b"\0\0"
    hidden = len(out)
    keys = b"/Type/XRef/Size %d/W[1 4 2]/Index[4 1]/Root 1 0 R" % (number + 1)
    out += b"%d 0 obj\n" % number + stream(rows, keys) + b"\nendobj\n"
    at = len(out)
    out += b"xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size %d%s/Prev %d/XRefStm %d>>\n" % (
        number,
        hidden,
        number + 1,
        letter.TRAILER,
        makers.last_section(signed),
        hidden,
    )
    return bytes(out) + b"startxref\n%d\n%%%%EOF\n" % at


def page_in_object_stream(signed: bytes) -> bytes:
    packed = {letter.PAGE: letter.page(content=b"11 0 R")}
    return revise(signed, {}, packed=packed, trailer=letter.TRAILER)


def offset_between_objects(signed: bytes) -> bytes:
    """The page's entry leads into a string of a later revision that holds another page."""
    inner = b"3 0 obj" + letter.page(content=b"11 0 R") + b"endobj"
    new = makers.next_number(signed)
    pdf = append(signed, {new: b"(%s)" % inner.replace(b"(", b"").replace(b")", b"")})
    at = pdf.index(b"3 0 obj<<", len(signed))
    tail = len(pdf)
    return (
        pdf
        + b"xref\n3 1\n%010d 00000 n \n" % at
        + (
            b"trailer\n<</Size %d%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
            % (makers.last_size(pdf), letter.TRAILER, makers.last_section(pdf), tail)
        )
    )


def generation_raised(signed: bytes) -> bytes:
    at = len(signed)
    forged = b"4 1 obj\n" + stream(FORGED) + b"\nendobj\n"
    start = at + len(forged)
    return (
        signed
        + forged
        + b"xref\n4 1\n%010d 00001 n \n" % at
        + (
            b"trailer\n<</Size %d%s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
            % (makers.last_size(signed), letter.TRAILER, makers.last_section(signed), start)
        )
    )


def zero_generation_changed_in_header(signed: bytes) -> bytes:
    """The first bytes stand before the header: offsets count from it, or do they?"""
    return b"%!\n" + signed


ATTACKS: tuple[Attack, ...] = (
    bytes_after_end,
    comment_after_end,
    object_after_end,
    object_and_end_after_end,
    rollback,
    rollback_to_unsigned,
    rollback_with_own_revision,
    skipped_to_first,
    chain_cut,
    number_twice_in_section,
    object_in_gap,
    object_in_gap_before_section,
    comment_in_gap,
    unlisted_in_object_stream,
    numbers_hidden_by_size,
    content_under_a_foreign_number,
    hybrid_later_revision,
    page_in_object_stream,
    offset_between_objects,
    generation_raised,
    zero_generation_changed_in_header,
)
