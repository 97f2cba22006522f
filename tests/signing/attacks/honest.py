"""Controls: what honest software does to a signed letter. All of these must pass."""

from collections.abc import Callable

from tests.signing import makers
from tests.signing.attacks import letter
from tests.signing.makers import revise

Make = Callable[[], bytes]


def with_note() -> bytes:
    return letter.unsigned(**letter.WITH_NOTE)


def shrinks_nothing() -> bytes:
    """Numbers that never were used are declared free."""
    pdf = letter.signed()
    unused = makers.next_number(pdf)
    return revise(pdf, {}, freed=[unused + 3], trailer=letter.TRAILER)


def by_streams() -> bytes:
    pdf = letter.unsigned(streamed=True)
    value = makers.next_number(pdf)
    written = {
        letter.OFFICER: letter.officer(b"/V %d 0 R/AP<</N %d 0 R>>" % (value, value + 1)),
        value + 1: letter.look(b"Officer"),
    }
    return makers.sign(pdf, written, value=value, trailer=letter.TRAILER, streamed=True)


def evidence_in_object_stream() -> bytes:
    pdf = by_streams()
    number = makers.next_number(pdf)
    packed = {
        letter.CATALOG: letter.catalog(b"/DSS %d 0 R" % number),
        number: b"<</Type/DSS/Certs[%d 0 R]>>" % (number + 1),
    }
    written = {number + 1: makers.stream(letter.certificate())}
    return revise(pdf, written, packed=packed, trailer=letter.TRAILER)


def rewritten_alike() -> bytes:
    """A writer that copies an object without a change."""
    return revise(letter.sealed(), {letter.PAGE: letter.page()}, trailer=letter.TRAILER)


def unreached_object() -> bytes:
    """A new object that nothing names shows nothing."""
    pdf = letter.signed()
    return revise(pdf, {makers.next_number(pdf): b"<</Spare true>>"}, trailer=letter.TRAILER)


CONTROLS: dict[str, Make] = {
    "signed": letter.signed,
    "sealed": letter.sealed,
    "by_streams": by_streams,
    "certified": letter.certified,
    "certified_and_sealed": lambda: letter.sign_seal(letter.certified()),
    "evidence": lambda: letter.add_evidence(letter.sealed()),
    "evidence_certified_p1": lambda: letter.add_evidence(letter.certified(1)),
    "evidence_in_object_stream": evidence_in_object_stream,
    "new_field": lambda: letter.add_field(letter.signed()),
    "new_invisible_field": lambda: letter.add_field(letter.signed(), rect=b"0 0 0 0"),
    "stamped": lambda: letter.add_stamp(letter.sealed(), b"0 0 0 0"),
    "metadata": lambda: letter.renew_metadata(letter.sealed()),
    "note_filled_p2": lambda: letter.fill_note(letter.certify(with_note(), 2)),
    "note_kept": lambda: letter.sign_seal(letter.sign_officer(with_note())),
    "never_used_number_freed": shrinks_nothing,
    "rewritten_alike": rewritten_alike,
    "unreached_object": unreached_object,
}
